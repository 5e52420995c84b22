"""`capstone diff` says what changed in an artifact between builds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.project import Project

PIPELINE = """\
    import json
    from pathlib import Path
    import pyarrow as pa
    from capstone_build import stage

    ROWS = {"name": ["ann", "bob", "cid"], "age": [30, 40, 50]}

    @stage(outputs={"text": "output/text.txt"})
    def text() -> str:
        return "one\\ntwo\\nthree\\n"

    @stage(outputs={"tree": "output/tree.json"})
    def tree() -> dict:
        return {"model": {"depth": 3, "rates": [1, 2]}}

    @stage(outputs={"rows": "output/rows.parquet"})
    def rows() -> pa.Table:
        return pa.table(ROWS)

    @stage(outputs={"parts": "output/parts/"})
    def parts(parts: Path) -> None:
        (parts / "a.csv").write_text("name,age\\nann,30\\nbob,40\\n")
        (parts / "b.bin").write_bytes(b"\\0\\1")
    """


@pytest.fixture
def made(project: Project) -> Project:
    """A text, a tree, a table and a folder, built once."""
    project.write("pipeline.py", PIPELINE)
    project.build()
    return project


def differing(project: Project, *words: str) -> dict[str, Any]:
    """Return what `capstone diff --json` tells of each artifact, by its path."""
    told = json.loads(project.run("diff", *words, "--json").out)
    assert told["format"] == 1
    return {each["path"]: each for each in told["artifacts"]}


def test_each_sort_of_artifact_is_compared_in_its_own_terms(made: Project) -> None:
    """Lines of a text, values of JSON by their path, rows and values of tables."""
    unchanged = made.run("diff", "output")
    assert unchanged.out == "output is what it was since the first build that is remembered\n"
    made.edit("pipeline.py", "two", "2")
    made.edit("pipeline.py", '"depth": 3, "rates": [1, 2]', '"depth": 4, "rates": [1]')
    made.edit(
        "pipeline.py", '"cid"], "age": [30, 40, 50]', '"dan", "eve"], "age": [30, 41, 50, 60]'
    )
    made.edit("pipeline.py", "bob,40", "bob,44")
    made.build()

    assert made.run("diff", "output/text.txt").out.splitlines()[1:] == [
        "  @@ -1,3 +1,3 @@",
        "   one",
        "  -two",
        "  +2",
        "   three",
    ]
    assert made.run("diff", "output/tree.json").out.splitlines()[1:] == [
        "  $.model.depth: 3 -> 4",
        "  $.model.rates[1]: 2 -> nothing",
    ]
    assert made.run("diff", "output/rows.parquet").out.splitlines()[1:] == [
        "  rows: 3 -> 4",
        "  - row name cid",
        "  + row name dan",
        "  + row name eve",
        "  column 'age'  1 value differs",
        "    mean: 40 -> 45.25 (+13.12%)",
        "    most: 50 -> 60",
        "    name bob: 40 -> 41",
    ]
    assert [*differing(made, "output/parts/")] == ["output/parts/a.csv"]
    [column] = differing(made, "output")["output/parts/a.csv"]["change"]["columns"]
    assert (column["name"], column["changed"]) == ("age", 1)


def test_a_build_is_what_is_compared_with(made: Project) -> None:
    """What it left, or what stood when it was through, with what is there now."""
    for before, after in (("three", "drei"), ("drei", "trois")):
        made.edit("pipeline.py", before, after)
        made.build()
    told = json.loads(made.run("log", "--json").out)["builds"]
    first, second, third = (each["build"] for each in told)

    def lines(*words: str) -> Any:
        return differing(made, *words, "output/text.txt")["output/text.txt"]["change"]["lines"][-2:]

    assert lines() == lines(second) == ["-drei", "+trois"]
    assert lines(first) == ["-three", "+trois"]
    assert f"{first} -> {third}" in made.run("diff", first, "text.txt", cwd="output").out
    unchanged = made.run("diff", second, "output/tree.json").out
    assert unchanged == f"output/tree.json is what it was since build {second}\n"


def test_what_was_edited_by_hand_or_is_gone_is_compared_as_well(made: Project) -> None:
    """With what the last build left."""
    made.write("output/text.txt", "one\n2\nthree\n")
    (made.root / "output/tree.json").unlink()

    told = differing(made, "output")
    assert [*told] == ["output/text.txt", "output/tree.json"]
    assert (told["output/text.txt"]["now"]["build"], told["output/tree.json"]["now"]) == ("", None)
    assert told["output/text.txt"]["kind"] == "text"
    assert "as no build left it" in made.run("diff", "output/text.txt").out


def test_what_cannot_be_compared_is_said(made: Project) -> None:
    """An artifact that nobody left, a version that is not kept, too many words."""
    wrong = made.run("diff", "output/txt.txt")
    assert (wrong.code, "Did you mean 'output/text.txt'?" in wrong.err) == (2, True)
    made.edit("pipeline.py", "two", "2")
    made.build()
    for each in (made.root / ".cache/objects").rglob("*"):
        if each.is_file():
            each.unlink()
    gone = made.run("diff", "output/text.txt")
    assert (gone.code, "is not kept any more" in gone.err) == (2, True)
    assert made.run("diff", "a", "b", "c").code == 2
