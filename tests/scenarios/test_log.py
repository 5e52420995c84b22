"""`capstone log` tells what builds did: when, what ran, why, how long, and what it printed."""

from __future__ import annotations

import json
import signal
from datetime import datetime
from typing import Any

import pytest

from tests.project import Project, kill, wait_until


@pytest.fixture
def counted(project: Project) -> Project:
    """words.txt -> count.txt -> double.txt, built once."""
    project.write("words.txt", "one two")
    project.write(
        "pipeline.py",
        """\
        from capstone_build import stage

        @stage(inputs={"words": "words.txt"}, outputs={"count": "count.txt"})
        def count(words: str) -> str:
            print("counting", words)
            return str(len(words.split()))

        @stage(inputs={"count": "count.txt"}, outputs={"double": "double.txt"})
        def double(count: str) -> str:
            return str(2 * int(count))
        """,
    )
    project.build()
    return project


def logged(project: Project, *words: str) -> list[dict[str, Any]]:
    """Return the builds that `capstone log --json` tells of."""
    told = json.loads(project.run("log", *words, "--json").out)
    assert told["format"] == 1
    builds: list[dict[str, Any]] = told["builds"]
    return builds


def test_it_lists_builds_that_did_something_with_what_ran_and_why(counted: Project) -> None:
    """The oldest first; a build with nothing to do leaves no line."""
    counted.build()
    counted.write("words.txt", "one two three")
    counted.build()
    counted.write("words.txt", "three, two, one")
    counted.build()

    out = counted.run("log").out
    first, second, third = (each for each in out.splitlines() if not each.startswith(" "))
    assert "built 2 in " in first
    assert "built 2 in " in second
    assert "built 1, up to date 1 in " in third
    assert "  built     count, double  never ran\n" in out
    assert "  built     count, double  input words.txt changed\n" in out
    assert counted.run("log", "-n", "1").out.startswith(third)


def test_one_build_is_told_in_full_and_what_a_stage_printed(counted: Project) -> None:
    """By its name, the beginning of it, or as the last one."""
    name = logged(counted)[0]["build"]
    for named in (name, name[:12], "last"):
        out = counted.run("log", named).out
        assert out.startswith(f"{name}  ")
        assert "1 byte" in out
        assert "of memory" in out
        assert "input" not in out
        assert counted.run("log", named, "count").out == "counting one two\n"

    silent = counted.run("log", "last", "double")
    assert (silent.code, silent.out) == (0, "")
    assert "printed nothing" in silent.err


def test_restored_failed_and_skipped_stages_are_told_as_such(counted: Project) -> None:
    """With how it failed, and what was skipped for it."""
    counted.write("words.txt", "one two three")
    counted.build()
    counted.write("words.txt", "one two")
    counted.build()
    counted.edit("pipeline.py", "return str(len(words.split()))", "return undefined")
    assert counted.run("build").code == 1

    restored, failed = logged(counted, "-n", "2")
    assert {(s["name"], s["outcome"]) for s in restored["stages"]} == {
        ("count", "restored"),
        ("double", "restored"),
    }
    assert [(s["name"], s["outcome"]) for s in failed["stages"]] == [
        ("count", "failed"),
        ("double", "skipped"),
    ]
    assert "undefined" in failed["stages"][0]["message"]
    assert "failed    count  NameError" in counted.run("log").out


def test_its_json_tells_all_that_is_known(counted: Project) -> None:
    """Documented in `presentation/history.py`: facts as numbers, paths and digests."""
    counted.write("words.txt", "one two three")
    counted.build()
    [build] = logged(counted, "last")
    count = build["stages"][0]

    assert datetime.fromisoformat(build["at"]) <= datetime.fromisoformat(count["at"])
    assert build["seconds"] > count["seconds"] > 0
    assert (build["interrupted"], build["up_to_date"]) == (None, 0)
    assert [(each["aspect"], each["key"]) for each in count["because"]] == [("input", "words.txt")]
    assert count["memory"] > 1_000_000
    [output] = count["outputs"]
    assert (output["path"], output["bytes"]) == ("count.txt", 1)
    assert output["digest"].startswith("xxh3:")
    assert counted.read(count["log"]) == "counting one two three\n"
    assert build["stages"][1]["log"] is None


def test_a_build_that_was_interrupted_says_so(counted: Project) -> None:
    """What it had done before is there."""
    counted.edit(
        "pipeline.py", "return str(2 *", "open('at-work', 'w')\n    while True: pass\n    ("
    )
    counted.write("words.txt", "one two three")
    process = counted.start("build")
    wait_until(lambda: counted.exists("at-work"), "the second stage runs")
    kill(process, signal.SIGINT)

    [build] = logged(counted, "last")
    assert build["interrupted"] == signal.SIGINT
    assert [each["name"] for each in build["stages"]] == ["count"]
    assert "interrupted by SIGINT" in counted.run("log", "last").out


def test_what_is_not_there_is_said(counted: Project) -> None:
    """No build of that name, no stage of that name, no build at all."""
    assert "no build 'yesterday' is remembered" in counted.run("log", "yesterday").err
    unknown = counted.run("log", "last", "cuont")
    assert (unknown.code, "nothing was done with a stage 'cuont'" in unknown.err) == (2, True)
    counted.write("empty/pipeline.py", "")
    assert "no build has done anything yet" in counted.run("log", cwd="empty").out


def test_it_runs_none_of_the_code_and_gc_forgets(counted: Project) -> None:
    """A pipeline that does not load has its history; what is long past goes with its logs."""
    counted.write("pipeline.py", "def broken(:")
    assert "built 2" in counted.run("log").out

    assert counted.run("gc", "--keep", "0h").code == 0
    assert logged(counted) == []
