"""
Minimal: nothing runs whose result cannot change.

A stage that runs and leaves the same bytes spares everything below it, and an
output seen before is restored, not computed.
"""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.project import Project

PIPELINE = """\
from pathlib import Path

from capstone_build import command, stage
from helpers import clean


@stage(inputs={"raw": "raw.txt"}, outputs={"sorted": "output/sorted.txt"})
def sort(raw: str) -> str:
    return "".join(f"{line}\\n" for line in sorted(clean(raw).splitlines()))


count = command(
    "wc -l < {inputs.sorted} > {outputs.count}",
    name="count",
    inputs={"sorted": "output/sorted.txt"},
    outputs={"count": "output/count.txt"},
)


@stage(inputs={"count": "output/count.txt"}, outputs={"report": "output/report.txt"})
def report(count: str) -> str:
    return f"{count.strip()} lines\\n"
"""

HELPERS = """\
def clean(text):
    return text.strip()


def unused(text):
    return text.upper()
"""


@pytest.fixture
def lines(project: Project) -> Project:
    """raw.txt -> sort -> count -> report."""
    project.write("raw.txt", "b\na\n")
    project.write("helpers.py", HELPERS)
    project.write("pipeline.py", PIPELINE)
    assert project.build().ran == ["sort", "count", "report"]
    return project


def test_a_function_that_moves_to_another_module_runs_nothing(project: Project) -> None:
    """What is done is what it was, wherever it is written down."""
    project.write("data.txt", "a b\n")
    project.write("words.py", "MARK = '!'\n\n\ndef loud(text):\n    return text.upper() + MARK\n")
    project.write(
        "pipeline.py",
        """
        from capstone_build import stage
        from words import loud

        @stage(inputs={"data": "data.txt"}, outputs={"out": "output/o.txt"})
        def work(data: str) -> str:
            return loud(data)
        """,
    )
    assert project.build().ran == ["work"]
    (project.root / "words.py").rename(project.root / "speech.py")
    project.edit("pipeline.py", "from words", "from speech")
    assert project.build().ran == []
    project.edit("speech.py", "'!'", "'?'")
    assert project.build().ran == ["work"]
    assert project.read("output/o.txt") == "A B\n?"


def test_a_second_build_runs_nothing(lines: Project) -> None:
    """With no edit in between, everything is up to date, and the last line says so."""
    done = lines.build()

    assert done.ran == []
    assert "nothing to do" in done.last_line


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("helpers.py", "def clean(text):", "def clean(text):  # tidy"),
        ("helpers.py", "def clean(text):", 'def clean(text):\n    """Tidy up."""'),
        ("helpers.py", "    return text.strip()", "    return (\n        text.strip()\n    )"),
        ("helpers.py", "def clean(text):", "\n\n\n# far below\ndef clean(text):"),
        ("helpers.py", "def clean(text):", "def clean(text: str) -> str:"),
        ("helpers.py", "text.upper()", "text.lower()"),
        ("helpers.py", "def unused", "import math\n\n\ndef unused"),
        ("pipeline.py", "def sort(raw", "# the first stage\ndef sort(raw"),
        ("pipeline.py", '"raw.txt"}', '"./raw.txt"}'),
    ],
)
def test_edits_that_change_no_result_run_nothing(
    lines: Project, file: str, old: str, new: str
) -> None:
    """Comments, docstrings, layout, annotations, other functions, another spelling of a path."""
    lines.edit(file, old, new)

    assert lines.build().ran == []


def test_an_edited_stage_leaves_its_neighbours_alone(lines: Project) -> None:
    """Another stage in the same file is an unrelated function."""
    lines.edit("pipeline.py", "lines\\n", "lines in all\\n")

    assert lines.build().ran == ["report"]


def test_a_touched_file_runs_nothing(lines: Project) -> None:
    """Content decides, not the time of modification."""
    os.utime(lines.root / "raw.txt")
    os.utime(lines.root / "helpers.py")
    os.utime(lines.root / "output/sorted.txt")

    assert lines.build().ran == []


def test_an_unrelated_parameter_runs_nothing(lines: Project) -> None:
    """A key of the configuration that a stage does not use is not in its fingerprint."""
    lines.edit("pipeline.py", '"output/report.txt"}', '"output/report.txt"}, params={"x": 1}')
    lines.edit("pipeline.py", "def report(count: str)", "def report(count: str, x: int)")
    lines.build()
    lines.write("capstone.toml", "[params.report]\nx = 2\n")

    assert lines.build().ran == ["report"]


def test_a_reordered_input_stops_at_sort(lines: Project) -> None:
    """Sorting hides the order of the input, so nothing below `sort` runs: early cutoff."""
    lines.write("raw.txt", "a\nb\n")

    assert lines.build().ran == ["sort"]


def test_a_new_line_reaches_the_end(lines: Project) -> None:
    """A real change passes through."""
    lines.write("raw.txt", "a\nb\nc\n")

    assert lines.build().ran == ["sort", "count", "report"]
    assert lines.read("output/report.txt") == "3 lines\n"


def test_an_edit_taken_back_is_restored(lines: Project) -> None:
    """What was seen before comes from the store; nothing runs."""
    first = lines.artifacts()
    lines.write("raw.txt", "a\nb\nc\n")
    lines.edit("pipeline.py", "lines\\n", "lines in all\\n")
    lines.build()
    second = lines.artifacts()
    assert first != second
    lines.write("raw.txt", "b\na\n")
    lines.write("pipeline.py", PIPELINE)

    done = lines.build()

    assert done.ran == []
    assert done.restored == ["sort", "count", "report"]
    assert lines.artifacts() == first


def test_switching_a_branch_and_back_runs_nothing(lines: Project) -> None:
    """The everyday form of it: two branches, each built once."""

    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(
            ["git", *identity, *arguments], cwd=lines.root, check=True, capture_output=True
        )

    git("init", "-b", "main")
    lines.write(".gitignore", ".cache/\noutput/\n")
    git("add", ".")
    git("commit", "-m", "one")
    git("checkout", "-b", "other")
    lines.edit("helpers.py", "text.strip()", "text.strip() + '\\nz'")
    git("commit", "-am", "two")
    assert lines.build().ran == ["sort", "count", "report"]

    for branch in ("main", "other", "main"):
        git("checkout", branch)
        assert lines.build().ran == []
    assert lines.build().restored == []


def test_a_deleted_output_is_restored(lines: Project) -> None:
    """An output that is gone comes back without a run, and so does a whole folder of them."""
    before = lines.artifacts()
    (lines.root / "output/count.txt").unlink()
    done = lines.build()
    assert (done.ran, done.restored) == ([], ["count"])

    shutil.rmtree(lines.root / "output")
    done = lines.build()
    assert (done.ran, sorted(done.restored)) == ([], ["count", "report", "sort"])
    assert lines.artifacts() == before


def test_a_restored_output_is_a_copy(lines: Project) -> None:
    """Editing an artifact in place does not reach into the store."""
    good = lines.read("output/sorted.txt")
    with (lines.root / "output/sorted.txt").open("a") as file:
        file.write("scribble\n")
    lines.build()
    assert lines.read("output/sorted.txt") == good
    with (lines.root / "output/sorted.txt").open("a") as file:
        file.write("scribble\n")

    done = lines.build()

    assert (done.ran, done.restored) == ([], ["sort"])
    assert lines.read("output/sorted.txt") == good


def test_only_what_a_target_needs_is_built(lines: Project) -> None:
    """A target is a stage or an artifact; what it does not need is left."""
    lines.write("raw.txt", "x\n")

    assert lines.build("count").ran == ["sort", "count"]
    assert lines.build("--target", "output/report.txt").ran == ["report"]


def test_force_runs_a_stage_that_is_up_to_date(lines: Project) -> None:
    """`--force` runs the stage it names; what is below is spared by early cutoff."""
    assert lines.build("--force", "sort").ran == ["sort"]


def test_a_folder_that_a_command_writes_in_place_is_no_input_of_it(project: Project) -> None:
    """It is looked through when the command is done, which is not the command's reading."""
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        parts = command(
            "mkdir -p output/parts/in; echo 1 > output/parts/a; echo 2 > output/parts/in/b",
            name="parts", outputs={"parts": "output/parts/"},
        )
        """,
    )
    project.build()

    assert project.run("status").last_line == "nothing to do"
