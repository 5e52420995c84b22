"""
Clean: what stages left goes when it is asked for, and nothing else ever does.

Orphans are named, what was edited is set aside, what somebody reads stays.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project import Project, wait_until

HEAD = """
from pathlib import Path

from capstone_build import command, stage
"""
MAKE = """
make = command("echo made > {outputs.out}", name="make", outputs={"out": "output/made.txt"})
"""
OLD = """
old = command(
    "echo old > {outputs.out}; mkdir -p {outputs.parts}/in; echo 1 > {outputs.parts}/a; "
    "echo 2 > {outputs.parts}/in/b",
    name="old", outputs={"out": "output/old.txt", "parts": "output/parts/"},
)
"""


@pytest.fixture
def left(project: Project) -> Project:
    """A project whose stage `old` is gone, and what it left is not."""
    project.write("pipeline.py", HEAD + MAKE + OLD)
    project.build()
    project.write("pipeline.py", HEAD + MAKE)
    return project


def kept_in(project: Project) -> list[Path]:
    """Return the files that were set aside."""
    return [path for path in (project.root / ".cache/kept").rglob("*") if path.is_file()]


def test_status_names_what_a_stage_that_is_gone_left(left: Project) -> None:
    """And what to do; a build removes nothing."""
    done = left.run("status")

    assert "output/old.txt" in done.out
    assert "capstone clean --orphans" in done.out
    assert done.last_line == "nothing to do"
    left.build()
    assert left.exists("output/old.txt")


def test_orphans_are_removed_and_each_is_told(left: Project) -> None:
    """With the folders that they leave empty; what stages write stays."""
    done = left.run("clean", "--orphans")

    assert done.code == 0, done.err
    for name in ("output/old.txt", "output/parts/a", "output/parts/in/b"):
        assert f"removed   {name}: left by stage old" in done.out
    assert done.last_line == "removed 3 files (8 bytes)"
    assert sorted(left.artifacts()) == ["output/made.txt"]
    assert not left.exists("output/parts")
    assert "nothing to remove" in left.run("clean", "--orphans").out
    assert "orphans" not in left.run("status").out


def test_a_dry_run_removes_nothing(left: Project) -> None:
    """And tells the same."""
    before = left.artifacts()

    done = left.run("clean", "--orphans", "-n")

    assert "output/parts/in/b" in done.out
    assert done.last_line == "would remove 3 files (8 bytes)"
    assert left.artifacts() == before


def test_what_was_removed_comes_back_with_its_stage(left: Project) -> None:
    """It is in the store: nothing is computed again."""
    before = left.artifacts()
    left.run("clean", "--orphans")
    left.write("pipeline.py", HEAD + MAKE + OLD)

    done = left.build()

    assert (done.ran, done.restored) == ([], ["old"])
    assert left.artifacts() == before


def test_an_orphan_that_was_edited_is_set_aside(left: Project) -> None:
    """An edit by hand is somebody's data; where it is now is told."""
    left.write("output/old.txt", "mine\n")

    done = left.run("clean", "--orphans")

    assert "set aside output/old.txt: edited since stage old left it; it is now .cache/kept/" in (
        done.out
    )
    assert not left.exists("output/old.txt")
    assert [path.read_text() for path in kept_in(left)] == ["mine\n"]


def test_a_link_in_the_place_of_an_orphan_is_not_followed(left: Project, tmp_path: Path) -> None:
    """Neither one that is the file now, nor one that is a folder on the way to it."""
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "in").mkdir(parents=True)
    for name, text in (("old.txt", "precious\n"), ("a", "1\n"), ("in/b", "2\n")):
        (elsewhere / name).write_text(text)
    (left.root / "output/old.txt").unlink()
    (left.root / "output/old.txt").symlink_to(elsewhere / "old.txt")
    (left.root / "output/parts").rename(tmp_path / "away")
    (left.root / "output/parts").symlink_to(elsewhere)

    done = left.run("clean", "--orphans")

    assert done.code == 0, done.err
    assert "output/parts/a: it lies behind a link that leads out of the project" in done.out
    assert sorted(p.name for p in elsewhere.rglob("*") if p.is_file()) == ["a", "b", "old.txt"]
    assert (elsewhere / "old.txt").read_text() == "precious\n"
    assert not left.exists("output/old.txt"), "the link itself was an edit, and is set aside"


def test_what_a_stage_reads_is_a_source_and_stays(left: Project) -> None:
    """Declared, as code, undeclared, or imported: `clean` never makes a pipeline fall apart."""
    left.write(
        "pipeline.py",
        HEAD
        + """
words = command(
    "python -c 'from capstone_report import errors' ; echo words > {outputs.out}",
    name="words", outputs={"out": "lib/words.py"},
)
sql = command("echo select > {outputs.out}", name="sql", outputs={"out": "top.sql"})
rates = command("echo 1 > {outputs.out}", name="rates", outputs={"out": "rates.txt"})
gone = command("echo 1 > {outputs.out}", name="gone", outputs={"out": "gone.txt"})
"""
        + MAKE.replace("echo made", "echo made=1").replace("output/made.txt", "made.py"),
    )
    left.build()
    left.write(
        "pipeline.py",
        HEAD
        + """
import made

@stage(inputs={"words": "lib/words.py"}, outputs={"out": "output/new.txt"}, code=["top.sql"])
def new(words: Path, out: Path) -> None:
    out.write_text(words.read_text() + Path("rates.txt").read_text() + str(made.made))
""",
    )
    left.build()

    done = left.run("clean", "--orphans")

    assert done.code == 0, done.err
    assert "left      lib/words.py: stage new reads it as a source" in done.out
    assert "left      top.sql: it is code of stage new" in done.out
    assert "left      rates.txt: stage new reads it, undeclared" in done.out
    assert "left      made.py: " in done.out
    assert "removed   gone.txt" in done.out
    assert left.build().ran == []


def test_without_an_option_it_says_what_there_is_to_choose(left: Project) -> None:
    """To guess would remove what nobody named."""
    before = left.artifacts()

    done = left.run("clean")

    assert done.code == 2
    assert "--orphans" in done.err
    assert "--outputs" in done.err
    assert left.run("clean", "--orphans", "make").code == 2
    assert left.run("clean", "--outputs", "nosuch").code == 2
    assert left.artifacts() == before


def test_outputs_are_removed_and_come_back(project: Project) -> None:
    """All, or those of the stages and artifacts named; an edit is set aside; others' files stay."""
    project.write("pipeline.py", HEAD + MAKE + OLD)
    project.build()
    before = project.artifacts()

    assert project.run("clean", "--outputs", "output/made.txt").last_line == (
        "removed 1 file (5 bytes)"
    )
    assert not project.exists("output/made.txt")
    assert project.exists("output/old.txt")
    project.write("output/old.txt", "mine\n")
    project.write("output/parts/notes.txt", "nobody's\n")
    done = project.run("clean", "--outputs")

    assert done.last_line == "removed 2 files (4 bytes), set aside 1 file in .cache/kept/"
    assert [path.read_text() for path in kept_in(project)] == ["mine\n"]
    assert sorted(project.artifacts()) == ["output/parts/notes.txt"]
    (project.root / "output/parts/notes.txt").unlink()
    assert project.build().ran == []
    assert project.artifacts() == before


def test_what_the_store_cannot_bring_back_is_told(left: Project) -> None:
    """Before it is too late: a dry run says so."""
    for path in (left.root / ".cache/objects").rglob("*"):
        if path.is_file() and path.read_text() == "old\n":
            path.unlink()

    done = left.run("clean", "--orphans", "-n")

    assert "remove    output/old.txt: left by stage old; it is not in the store" in done.out
    assert "remove    output/parts/a: left by stage old\n" in done.out


def test_a_pipeline_that_does_not_load_costs_nothing(left: Project) -> None:
    """Nobody knows then which stages are gone."""
    before = left.artifacts()
    left.write("pipeline.py", "import nosuch\n")

    assert left.run("clean", "--orphans").code == 2
    assert left.artifacts() == before


def test_a_manifest_that_cannot_be_read_costs_nothing(left: Project) -> None:
    """What it says cannot be told from what it does not say."""
    before = left.artifacts()
    (left.root / ".cache/manifest.sqlite3").write_bytes(b"noise" * 1000)

    done = left.run("clean", "--orphans")

    assert (done.code, "nothing was removed" in done.err) == (3, True)
    assert left.run("status").code == 0
    assert left.artifacts() == before


def test_it_waits_for_a_build(left: Project) -> None:
    """And says for whom; a dry run does not."""
    left.write(
        "pipeline.py",
        HEAD
        + """
slow = command(
    "touch started; while [ ! -e go ]; do sleep 0.05; done; echo > {outputs.out}",
    name="slow", outputs={"out": "output/slow.txt"},
)
""",
    )
    building = left.start("build")
    wait_until(lambda: left.exists("started"), "the stage runs")
    assert "output/old.txt" in left.run("clean", "--orphans", "-n").out
    cleaning = left.start("clean", "--orphans")
    assert cleaning.stderr is not None
    assert str(building.pid) in cleaning.stderr.readline()
    assert left.exists("output/old.txt")
    left.write("go", "")
    building.communicate(timeout=60)

    out, _ = cleaning.communicate(timeout=60)

    assert cleaning.returncode == 0
    assert "removed   output/old.txt" in out
    assert left.exists("output/slow.txt")


def test_without_a_memory_nothing_is_made(project: Project) -> None:
    """Where nothing was ever built there is nothing to clean, and no folder for it."""
    project.write("pipeline.py", HEAD + MAKE)

    assert "nothing to remove" in project.run("clean", "--orphans").out
    assert not project.exists(".cache")
