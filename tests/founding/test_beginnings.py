"""What a project begins with: the starter, the report's stages, the line for git."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest

from capstone_build.founding.bundled import bundled_text
from capstone_build.founding.ignore_file import is_ignored, with_memory_ignored
from capstone_build.founding.starter import Tables, find_tables

BUNDLED = "capstone_report.pipeline"


def test_the_report_is_taken_over_as_it_is() -> None:
    """But for its first words: the same stages build the same artifacts."""
    spec = find_spec(BUNDLED)
    assert spec is not None
    assert spec.origin is not None
    own = ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body
    taken = ast.parse(bundled_text(BUNDLED)).body

    assert [ast.dump(each) for each in taken[1:]] == [ast.dump(each) for each in own[1:]]
    assert "change" in (ast.get_docstring(ast.parse(bundled_text(BUNDLED))) or "")


@pytest.mark.parametrize(
    ("text", "is_out"),
    [
        ("", False),
        (".cache\n", True),
        (".cache/", True),
        ("/.cache/*\n!.cache/.gitkeep", True),
        ("**/.cache", True),
        (".*\n", True),
        ("# .cache/\n", False),
        (".cache/\n!.cache/\n", False),
        ("cache/\n", False),
    ],
)
def test_git_is_asked_by_its_file(text: str, is_out: bool) -> None:
    """The memory is out, or a line puts it out."""
    assert is_ignored(text) is is_out
    assert is_ignored(with_memory_ignored(text))
    assert with_memory_ignored(text).startswith(text)


def test_tables_are_found_where_they_are_likely(tmp_path: Path) -> None:
    """In `data/` first, then here, then in another folder; never in what is made."""
    for folder in ("output", ".hidden", "zoo", "raw"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.csv").write_text("a\tb,\t\n", encoding="utf-8")
    assert find_tables(tmp_path) == Tables("raw/*.csv", "\t")
    (tmp_path / "x.csv").write_text("a|b", encoding="utf-8")
    assert find_tables(tmp_path) == Tables("*.csv", "|")
    (tmp_path / "data").mkdir()
    assert find_tables(tmp_path) == Tables("*.csv", "|")
    (tmp_path / "data" / "x.csv").write_text("", encoding="utf-8")
    assert find_tables(tmp_path) == Tables("data/*.csv", ",")
