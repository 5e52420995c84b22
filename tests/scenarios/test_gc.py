"""
The store is bounded: what was not used for long goes, what stands needs stays.

It waits for builds, may be killed at any moment, and never makes a promise empty.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import time
from pathlib import Path

import pytest

from tests.project import Project, kill, wait_until

PIPELINE = """
from pathlib import Path

from capstone_build import stage


@stage(inputs={"seed": "seed.txt"}, outputs={"big": "output/big.txt", "parts": "output/parts/"})
def grow(seed: str, big: Path, parts: Path) -> None:
    print("grows")
    big.write_text(seed.strip() * 1000)
    parts.mkdir(exist_ok=True)
    (parts / "one").write_text(seed)


@stage(inputs={"big": "output/big.txt"}, outputs={"small": "output/small.txt"})
def shrink(big: str) -> str:
    return big[:7]
"""

DAY = 86400.0


def objects(project: Project) -> set[str]:
    """Return the names of what the store holds."""
    folder = project.root / ".cache/objects"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def age(project: Project, days: float) -> None:
    """Let so much time pass, as far as the manifest can tell."""
    with sqlite3.connect(project.root / ".cache/manifest.sqlite3") as manifest:
        manifest.execute("UPDATE traces SET used = used - ?", (days * DAY,))
    manifest.close()


@pytest.fixture
def grown(project: Project) -> Project:
    """A project with three generations: a and b are 40 days old, c stands and is as old."""
    project.write("pipeline.py", PIPELINE)
    for seed in "abc":
        project.write("seed.txt", seed)
        project.build()
    age(project, 40)
    return project


def test_what_nothing_used_for_long_goes_and_what_stands_stays(grown: Project) -> None:
    """However old it is: the next build has nothing to do, and can bring it back."""
    held = objects(grown)

    done = grown.run("gc")

    assert done.code == 0, done.err
    assert "results of 4 earlier runs" in done.out
    assert done.last_line.startswith("freed 2.0 kB")
    assert objects(grown) < held
    assert grown.build().ran == []
    before = grown.artifacts()
    for path in before:
        (grown.root / path).unlink()
    again = grown.build()
    assert (again.ran, again.restored) == ([], ["grow", "shrink"])
    assert grown.artifacts() == before


def test_what_went_is_not_promised(grown: Project) -> None:
    """`status` says that it must run, and it runs."""
    grown.run("gc")
    grown.write("seed.txt", "a")

    assert "grow    must run" in grown.run("status").out
    assert grown.build().ran == ["grow", "shrink"]


def test_what_was_used_since_stays(grown: Project) -> None:
    """To be restored is to be used."""
    grown.write("seed.txt", "a")
    assert grown.build().restored == ["grow", "shrink"]
    grown.write("seed.txt", "c")
    assert grown.build().restored == ["grow", "shrink"]

    grown.run("gc", "--keep", "12h")

    grown.write("seed.txt", "a")
    assert grown.build().restored == ["grow", "shrink"]
    grown.write("seed.txt", "b")
    assert grown.build().ran == ["grow", "shrink"]


def test_beyond_a_size_the_longest_unused_goes_first(grown: Project) -> None:
    """Whatever its age; what stands is needed, and it is told where that alone is more."""
    grown.write("seed.txt", "d")
    grown.build()
    needed = json.loads(grown.run("gc", "-n", "--json").out)["needed"]["size"]

    done = grown.run("gc", "--max-size", f"{needed + 1010}B")

    assert "results of 4 earlier runs" in done.out
    grown.write("seed.txt", "c")
    assert grown.build("-n").last_line == "2 can be restored"
    assert grown.build().restored == ["grow", "shrink"]
    done = grown.run("gc", "--max-size", "1kB")
    assert "more than 1.0 kB: what stands needs it" in done.last_line
    assert grown.build().last_line.startswith("nothing to do")
    grown.write("seed.txt", "d")
    assert grown.build().ran == ["grow", "shrink"]


def test_a_dry_run_tells_the_same_and_removes_nothing(grown: Project) -> None:
    """In words and as JSON."""
    held = objects(grown)
    told = json.loads(grown.run("gc", "-n", "--json").out)

    done = grown.run("gc", "-n")

    assert told["runs"] == 4
    assert "would go" in done.out
    assert objects(grown) == held
    really = json.loads(grown.run("gc", "--json").out)
    assert (really["runs"], really["objects"]) == (told["runs"], told["objects"])


def test_why_still_shows_the_lines_that_changed(grown: Project) -> None:
    """The code that the latest run ran is needed by what stands, and that of the run before."""
    grown.edit("pipeline.py", "big[:7]", "big[:8]")
    grown.build()
    age(grown, 40)
    grown.run("gc")
    assert "+     return big[:8]" in grown.run("why", "shrink").out

    grown.edit("pipeline.py", "big[:8]", "big[:9]")

    told = grown.run("why", "shrink").out
    assert "-     return big[:8]" in told
    assert "+     return big[:9]" in told


def test_what_a_stage_left_that_is_gone_stays_until_it_is_cleaned(grown: Project) -> None:
    """Its files are still in the project; once they are removed, so is what they need."""
    grown.edit("pipeline.py", '@stage(inputs={"big": "output/big.txt"}', "")
    pipeline = grown.read("pipeline.py").partition(', outputs={"small"')[0]
    grown.write("pipeline.py", pipeline)
    grown.build()
    age(grown, 40)
    grown.run("gc")
    held = objects(grown)

    grown.run("clean", "--orphans")
    grown.run("gc")

    assert len(objects(grown)) < len(held)


def test_logs_and_what_killed_builds_left_go_and_hand_edits_stay(grown: Project) -> None:
    """What was set aside is somebody's: it goes only when that is said, and only if it is old."""
    grown.write("output/small.txt", "edited by hand")
    grown.build()
    cache = grown.root / ".cache"
    (cache / "staging/20200101T000000-1").mkdir(parents=True)
    (cache / "staging/20200101T000000-1/half").write_text("x" * 5000)
    shelf = next(path for path in (cache / "objects").iterdir() if path.is_dir())
    (shelf / f"{'0' * 30}.123.tmp").write_text("x" * 5000)
    (cache / "logs/accepted.log").write_text("kept for ever\n")
    (cache / "logs/mine").mkdir()
    for path in (cache / "logs").rglob("*"):
        os.utime(path, (0, 0))

    done = grown.run("gc", "--keep", "0h", "--kept", "-n")
    assert "set aside by 1 build" in done.out
    done = grown.run("gc", "--keep", "0h")

    assert "--kept removes what is older" in done.out
    assert sorted(path.name for path in (cache / "logs").iterdir()) == ["accepted.log", "mine"]
    assert list((cache / "staging").iterdir()) == []
    assert not list((cache / "objects").rglob("*.tmp"))
    kept = [path for path in (cache / "kept").rglob("*") if path.is_file()]
    assert [path.read_text() for path in kept] == ["edited by hand"]
    os.utime(kept[0], (0, 0))
    grown.run("gc", "--keep", "1h", "--kept")
    assert kept[0].exists(), "it was set aside just now, however old the edit is"
    grown.run("gc", "--keep", "0h", "--kept")
    assert not kept[0].exists()
    assert grown.build().ran == []


def test_it_waits_for_a_build_at_work(grown: Project) -> None:
    """What a build has stored, and has no trace of yet, is not taken for nobody's."""
    grown.write(
        "slow.py",
        """
        from capstone_build import command

        slow = command(
            "touch started; while [ ! -e go ]; do sleep 0.05; done; echo > {outputs.out}",
            name="slow", outputs={"out": "output/slow.txt"},
        )
        """,
    )
    building = grown.start("build", "--file", "slow.py")
    wait_until(lambda: grown.exists("started"), "the stage runs")
    held = objects(grown)
    collecting = grown.start("gc", "--keep", "0h")
    assert collecting.stderr is not None
    assert str(building.pid) in collecting.stderr.readline()
    assert objects(grown) == held
    grown.write("go", "")
    building.communicate(timeout=60)
    collecting.communicate(timeout=60)

    assert collecting.returncode == 0
    assert len(objects(grown)) < len(held)
    for arguments in ([], ["--file", "slow.py"]):
        assert grown.build(*arguments).last_line.startswith("nothing to do")


def test_builds_and_collections_at_once_never_disagree(grown: Project) -> None:
    """Each build leaves what a clean one leaves, whenever things were let go of."""
    chance = random.Random(4)  # noqa: S311 (no secret)
    for _ in range(12):
        seed = chance.choice("abcd")
        grown.write("seed.txt", seed)
        running = [grown.start("gc", "--keep", "0h"), grown.start("build")]
        chance.shuffle(running)
        for process in running:
            out, err = process.communicate(timeout=60)
            assert process.returncode == 0, out + err
        assert grown.read("output/big.txt") == seed * 1000
        assert grown.read("output/small.txt") == seed * 7
        assert grown.run("verify").code == 0


def test_killed_at_any_moment_it_breaks_no_promise(grown: Project) -> None:
    """What is said to be restorable is restored."""
    chance = random.Random(5)  # noqa: S311 (no secret)
    for turn in range(15):
        for seed in "xyz":
            grown.write("seed.txt", f"{seed}{turn}")
            grown.build()
        collecting = grown.start("gc", "--keep", "0h")
        time.sleep(0.15 + chance.random() * 0.15)
        kill(collecting)
        grown.write("seed.txt", f"x{turn}")
        promised = grown.build("-n").out.count("grow    can be restored")
        done = grown.build()
        assert len([name for name in done.restored if name == "grow"]) == promised
        assert grown.read("output/big.txt") == f"x{turn}" * 1000
    assert grown.run("gc").code == 0
    assert grown.run("verify").code == 0


def test_a_manifest_that_cannot_be_read_costs_nothing(grown: Project) -> None:
    """It may be that of a newer version: what is needed cannot be told, so all stays."""
    with sqlite3.connect(grown.root / ".cache/manifest.sqlite3") as manifest:
        manifest.execute("PRAGMA user_version = 99")
    manifest.close()
    held = objects(grown)

    done = grown.run("gc")

    assert done.code == 3
    assert "nothing was removed" in done.err
    assert objects(grown) == held


def test_the_manifest_gives_its_room_back(grown: Project) -> None:
    """What was read in files that are gone, and traces of old runs, take no room."""
    for number in range(30):
        body = "".join(f"def f{i}(): return {number + i}\n" for i in range(300))
        grown.write("helpers.py", body)
        grown.edit(
            "pipeline.py", grown.read("pipeline.py").split("\n")[1], f"import helpers  # {number}"
        )
        grown.edit("pipeline.py", f"import helpers  # {number}", "from pathlib import Path")
        grown.write("seed.txt", f"{number}")
        grown.build()
    manifest = grown.root / ".cache/manifest.sqlite3"
    age(grown, 40)
    before = manifest.stat().st_size

    grown.run("gc")

    assert manifest.stat().st_size < before
    assert grown.build().last_line.startswith("nothing to do")


def test_it_runs_none_of_the_users_code_and_touches_only_its_own(
    grown: Project, tmp_path: Path
) -> None:
    """A pipeline that no longer loads can be tidied up after; links are not followed."""
    grown.write("pipeline.py", "raise SystemExit('imported')\n")
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious/20200101T000000-1").write_text("x")
    (grown.root / ".cache/logs/20200101T000000-1").symlink_to(tmp_path / "precious")
    (grown.root / ".cache/objects/ff").mkdir(exist_ok=True)
    (grown.root / ".cache/objects/ff/notes.txt").write_text("mine")

    done = grown.run("gc", "--keep", "0h", "--kept")

    assert done.code == 0, done.err
    assert (tmp_path / "precious/20200101T000000-1").exists()
    assert (grown.root / ".cache/objects/ff/notes.txt").exists()


def test_times_and_sizes_that_are_none_are_refused(grown: Project) -> None:
    """By name, with what would be right; without a memory there is nothing to do."""
    assert "write 30d, 12h or 2w" in grown.run("gc", "--keep", "5").err
    done = grown.run("gc", "--max-size", "5 parsecs")
    assert (done.code, "write 5GB, 500MB or 10GiB" in done.err) == (2, True)
    assert grown.run("gc", "--max-size", "1.5GiB", "--keep", "2w").code == 0
