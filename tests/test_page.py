"""What a page shows is held against what was printed, and nothing gets by."""

from __future__ import annotations

import pytest

from tests.page import blocks, shows, side, typed
from tests.project import Project
from tests.story import Story


def test_all_that_is_printed_has_to_be_shown() -> None:
    """A line too few, too many, or another one is a difference; three dots stand for any."""
    printed = "a b\n\nc\nd\n"

    assert shows(["a   b", "c", "d"], printed)
    assert shows(["a b", "..."], printed)
    assert shows(["...", "d"], printed)
    assert shows(["a ...", "c", "", "d"], printed)
    assert not shows(["a b", "c"], printed)
    assert not shows(["c", "d"], printed)
    assert not shows(["a b", "d", "c"], printed)
    assert not shows(["a b", "c", "d", "e"], printed)


def test_what_differs_from_run_to_run_does_not_count() -> None:
    """Durations, instants, names of builds; and that a stage starts, which a terminal shows."""
    printed = "start     load\nbuilt     load  <0.01 s  never ran\n20261129T141904-21  12 ms\n"

    assert shows(["built  load  0.2 s  never ran", "20260501T101500-7  3 ms"], printed)
    assert not shows(["built  load  0.2 s  forced", "20260501T101500-7  3 ms"], printed)


def test_blocks_are_read_with_their_marks() -> None:
    """Language, mark and heading; lines that are typed; both sides of an edit."""
    page = (
        "# A\n\n<!-- a.py -->\n```diff\n a\n-b\n+c\n```\n\n```console\ngoes on\n$ x\ny\n$ z\n```\n"
    )
    edit, console = blocks(page)

    assert (edit.mark, edit.language, edit.heading) == ("a.py", "diff", "A")
    assert (side(edit.text, " -"), side(edit.text, " +")) == ("a\nb\n", "a\nc\n")
    assert list(typed(console.text)) == [("", ["goes on"]), ("x", ["y"]), ("z", [])]


@pytest.mark.parametrize(
    "page",
    [
        "```console\n$ echo a\nb\n```\n",
        "```console\n$ false\n```\n",
        "```python\n1 / 0\n```\n",
        "```\n$ echo a\na\n```\n",
        "* in a list\n\n  ```console\n  $ echo a\n  ```\n",
        "<!-- a.txt -->\n```diff\n-what is not there\n```\n",
    ],
)
def test_what_no_reader_could_follow_fails(project: Project, page: str) -> None:
    """Another answer, a failure, code that nobody says what to do with, a block out of sight."""
    project.write("a.txt", "a")
    with Story(project) as story, pytest.raises(AssertionError):
        story.follow(f"# A page\n\n{page}")
