"""What a stage reads undeclared may be written by another: no build calls that up to date."""

from __future__ import annotations

import pytest

from tests.project import Project

PIPELINE = """
from pathlib import Path

from capstone_build import stage


def other(path):
    try:
        return Path(path).read_text()
    except FileNotFoundError:
        return "-"

"""

WRITER = """
@stage(inputs={"raw": "data.txt"}, outputs={"o": "output/a.txt"})
def a(raw: str) -> str:
    return raw.upper()

"""

READER = """
@stage(inputs={"raw": "plain.txt"}, outputs={"o": "output/b.txt"})
def b(raw: str) -> str:
    return raw + other("output/a.txt")

"""

ASKING = """
@stage(inputs={"raw": "plain.txt"}, outputs={"o": "output/b.txt"})
def b(raw: str) -> str:
    file = Path("output/a.txt")
    return raw + (file.read_text() if file.exists() else "-")

"""

BELOW = """
@stage(inputs={"b": "output/b.txt"}, outputs={"o": "output/c.txt"})
def c(b: str) -> str:
    return b + "!"

"""


@pytest.fixture
def early(project: Project) -> Project:
    """A project whose stage `b` reads what `a` writes, without a word of it, and before it."""
    project.write("data.txt", "one")
    project.write("plain.txt", "")
    project.write("pipeline.py", PIPELINE + READER + WRITER + BELOW)
    return project


def settled(project: Project) -> bool:
    """Tell whether the next build has nothing to do, and a forecast says so too."""
    forecast = project.run("build", "-n").out
    return "must run" not in forecast and project.build().ran == []


@pytest.mark.parametrize("order", [READER + WRITER, WRITER + READER, ASKING + WRITER])
@pytest.mark.parametrize("at_once", ["1", "2"])
def test_the_first_build_ends_with_what_the_second_would_make(
    early: Project, order: str, at_once: str
) -> None:
    """Whichever comes first, and at the same time."""
    early.write("pipeline.py", PIPELINE + order + BELOW)
    early.build("-j", at_once)
    assert early.read("output/b.txt") == "ONE"
    assert early.read("output/c.txt") == "ONE!"
    assert settled(early)


@pytest.mark.parametrize("at_once", ["1", "2"])
def test_a_stage_that_was_judged_too_early_is_judged_again(early: Project, at_once: str) -> None:
    """It runs once more, with what is below it, and the line to paste is told."""
    early.build()
    early.write("data.txt", "two")
    assert "may run: waits for a" in early.run("build", "-n").out
    done = early.build("-j", at_once)
    assert done.ran == ["a", "b", "c"]
    assert early.read("output/c.txt") == "TWO!"
    assert "stage b was looked at before stage a wrote output/a.txt" in done.out
    assert 'inputs={"a": "output/a.txt"}' in done.out
    assert settled(early)


def test_a_stage_whose_early_reading_did_not_change_is_left(early: Project) -> None:
    """A writer that leaves the same bytes calls nobody back."""
    early.build()
    early.edit("pipeline.py", "raw.upper()", "raw.swapcase()")
    done = early.build()
    assert done.ran == ["a"]
    assert "looked at before" not in done.out


def test_what_others_write_undeclared_calls_back_too(early: Project) -> None:
    """Neither the writer nor the reader says a word of it."""
    early.edit("pipeline.py", "return raw.upper()", "Path('note').write_text(raw); return ''")
    early.edit("pipeline.py", 'other("output/a.txt")', 'other("note")')
    early.build()
    assert early.read("output/b.txt") == "one"
    early.write("data.txt", "two")
    assert early.build().ran == ["a", "b", "c"]
    assert early.read("output/b.txt") == "two"
    assert settled(early)


def test_outputs_that_are_restored_call_back_too(early: Project) -> None:
    """They are written as a run writes them."""
    early.build()
    early.write("data.txt", "two")
    early.build()
    early.write("data.txt", "one")
    done = early.build()
    assert (done.ran, early.read("output/c.txt")) == ([], "ONE!")
    assert {"a", "b"} <= set(done.restored)
    assert settled(early)


def test_a_chain_of_early_readers_ends_settled(early: Project) -> None:
    """The last is judged when those before it have run again."""
    early.write(
        "pipeline.py",
        PIPELINE
        + """
@stage(outputs={"o": "output/z.txt"})
def z() -> str:
    return other("output/y.txt")


@stage(outputs={"o": "output/y.txt"})
def y() -> str:
    return other("output/a.txt")

"""
        + WRITER,
    )
    early.build()
    assert early.read("output/z.txt") == "ONE"
    assert settled(early)
    early.write("data.txt", "two")
    assert early.build().ran == ["a", "y", "z"]
    assert settled(early)


@pytest.mark.parametrize("at_once", ["1", "2"])
def test_two_that_feed_each_other_end_with_a_word(early: Project, at_once: str) -> None:
    """Neither can be settled: that is said, and the build ends."""
    early.write(
        "pipeline.py",
        PIPELINE
        + """
@stage(outputs={"o": "output/x.txt"})
def x() -> str:
    return other("output/y.txt") + "x"


@stage(outputs={"o": "output/y.txt"})
def y() -> str:
    return other("output/x.txt") + "y"
""",
    )
    done = early.build("-j", at_once)
    assert "is not settled" in done.out
    assert "output/x.txt" in done.out
    assert len(done.ran) <= 6


def test_a_stage_that_is_forced_is_forced_once(early: Project) -> None:
    """That it is called back is judged as ever."""
    early.build()
    early.write("data.txt", "two")
    assert early.build("--force", "c").ran.count("c") <= 2
    assert early.build("--force", "c").ran == ["c"]
    assert settled(early)


def test_a_failure_leaves_the_early_reader_to_the_next_build(early: Project) -> None:
    """A build that ends with a failure calls nobody back, and forgets nothing."""
    early.build()
    early.write("data.txt", "two")
    early.edit("pipeline.py", 'return b + "!"', 'raise OSError("no")')
    assert early.run("build", "c").code == 1
    assert early.run("build", "a").code == 0
    early.edit("pipeline.py", 'raise OSError("no")', 'return b + "!"')
    early.build()
    assert early.read("output/c.txt") == "TWO!"
    assert settled(early)


SHARED_DATABASE = """
        import sqlite3
        from capstone_build import stage

        def note(who):
            with sqlite3.connect("work.db") as database:
                database.execute("create table if not exists t (x)")
                database.execute("insert into t values (?)", (who,))
            database.close()
            return who

        @stage(outputs={"o": "output/a.txt"})
        def a() -> str:
            return note("a")

        @stage(outputs={"o": "output/b.txt"})
        def b() -> str:
            return note("b")
        """


def test_a_database_that_two_stages_share_settles_with_a_word(project: Project) -> None:
    """Each changes it for the other: each runs once more, and then what is left counts."""
    project.write("pipeline.py", SHARED_DATABASE)
    told = project.build("-j1").out
    assert "read and write work.db undeclared" in told
    assert settled(project)
    (project.root / "work.db").unlink()
    assert sorted(set(project.build().ran)) == ["a", "b"]
    assert settled(project)


def test_a_database_that_two_stages_share_at_the_same_time_settles(project: Project) -> None:
    """Side by side each may find what the other leaves: no build after it finds a thing to do."""
    project.write("pipeline.py", SHARED_DATABASE)
    for _ in range(5):
        assert project.run("build", "--force", "a", "--force", "b", "-j2").code == 0
        assert settled(project)
