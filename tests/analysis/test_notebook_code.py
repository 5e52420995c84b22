"""The code of a notebook is that of its cells, line by line as Jupyter runs it."""

from __future__ import annotations

import ast
import json

import pytest

from capstone_build.analysis.file.notebook import notebook_code


def notebook(*cells: str) -> bytes:
    """Return a notebook with these code cells."""
    return json.dumps({"cells": [{"cell_type": "code", "source": [c]} for c in cells]}).encode()


@pytest.mark.parametrize("odd", ["\x0c", "\x1c", "\x85", "\u2028"])
def test_only_a_newline_ends_a_line_of_a_cell(odd: str) -> None:
    """What other tools take for the end of a line stays in the literal that it is in."""
    text = f'share = "1{odd}%"\n'
    code = notebook_code(notebook(text)).decode()
    assert ast.literal_eval(ast.parse(code).body[0].value) == f"1{odd}%"  # type: ignore[attr-defined]


def test_a_magic_counts_as_the_string_that_it_is() -> None:
    """It may do anything, and is no Python."""
    assert notebook_code(notebook("%time f()", "x = 1")) == b"f('%time f()')\nx = 1"
