"""What other tools' files become, word for word."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.founding.example import Example, examples

EXAMPLES = examples()


@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{e.tool}-{e.name}" for e in EXAMPLES])
def test_a_file_becomes_the_pipeline_that_is_expected(example: Example, tmp_path: Path) -> None:
    """The pipeline, and what is said of the file, are those of the example."""
    example.put(tmp_path)

    assert example.become(tmp_path) == example.expected


def test_each_tool_has_a_dozen_examples() -> None:
    """Else a folder that is not found would pass."""
    for tool in ("dvc", "make", "snakemake"):
        assert len([each for each in EXAMPLES if each.tool == tool]) >= 12


def test_what_is_written_is_as_formatters_leave_it(tmp_path: Path) -> None:
    """Ruff, as it is when nobody configured it, has nothing to say of any of them."""
    for example in EXAMPLES:
        file = tmp_path / example.tool / example.name / "pipeline.py"
        file.parent.mkdir(parents=True)
        file.write_text(example.expected["pipeline.py"], encoding="utf-8")
        ast.parse(example.expected["pipeline.py"])

    for words in (["check"], ["format", "--diff"]):
        command = [sys.executable, "-m", "ruff", *words, "--isolated", "--no-cache", "-q", "."]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
