"""
Durable: killed at any moment, the next build gives what a clean build gives.

Two hundred kills at random moments: of the build, of its group, of the host and
of a stage, and requests to end. The moments are drawn from a seed that the
name of the test tells.
"""

from __future__ import annotations

import functools
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.done import OUTCOME
from tests.project import Project, wait_until

HISTORIES = 5
KILLS = 5
"""So many in each history, before it is looked at what they left."""

SEEDS = ("alpha", "beta", "gamma")

PIPELINE = """
    import time
    from pathlib import Path

    from capstone_build import command, stage


    @stage(inputs={"seed": "seed.txt"}, outputs={"first": "output/first.txt"})
    def first(seed: str) -> str:
        return seed * 50_000


    @stage(
        inputs={"first": "output/first.txt"},
        outputs={"second": "output/second.txt", "parts": "output/parts/"},
    )
    def second(first: Path, second: Path, parts: Path) -> None:
        text = first.read_text()
        with second.open("w") as file:
            for start in range(0, len(text), 10_000):
                file.write(text[start : start + 10_000].upper())
                file.flush()
                time.sleep(0.002)
        for number in range(10):
            (parts / f"{number}.txt").write_text(text[: 1000 * number])


    third = command(
        "wc -c < {inputs.second} > {outputs.third}; sleep 0.03; "
        "ls {inputs.parts} >> {outputs.third}",
        name="third",
        inputs={"second": "output/second.txt", "parts": "output/parts/"},
        outputs={"third": "output/third.txt"},
    )
    in_place = command(
        "head -c 9 output/first.txt > output/in_place.txt; sleep 0.03; "
        "tail -c 9 output/first.txt >> output/in_place.txt",
        name="in_place",
        inputs={"first": "output/first.txt"},
        outputs={"o": "output/in_place.txt"},
    )


    @stage(
        inputs={"a": "output/third.txt", "b": "output/in_place.txt"},
        outputs={"last": "output/last.txt"},
    )
    def last(a: str, b: str) -> str:
        return a + b
"""


@functools.cache
def clean(seed: str) -> dict[str, bytes]:
    """What a clean build makes of a seed."""
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder))
        project.write("pipeline.py", PIPELINE)
        project.write("seed.txt", seed)
        project.build()
        return project.artifacts()


def whole(path: str) -> set[bytes]:
    """All that may be at the final path of an output."""
    return {clean(seed)[path] for seed in SEEDS}


def of_the_project(project: Project) -> Iterator[tuple[int, list[str]]]:
    """Yield the processes that work in the project's folder, and their command lines."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                if (entry / "cwd").readlink() == project.root:
                    words = (entry / "cmdline").read_bytes().decode().split("\0")
                    yield int(entry.name), words


def hit(project: Project, engine: int, chance: random.Random) -> str:
    """Kill something, or tell the build to end; return what it was."""
    what = chance.choice(["build", "build", "group", "host", "stage", "term", "interrupt"])
    match what:
        case "build":
            os.kill(engine, signal.SIGKILL)
        case "group":
            os.killpg(engine, signal.SIGKILL)
        case "term":
            os.kill(engine, signal.SIGTERM)
        case "interrupt":
            os.killpg(engine, signal.SIGINT)
        case _:
            others = [
                pid
                for pid, words in of_the_project(project)
                if pid != engine and ("capstone_build.hosting.host" in words) == (what == "host")
            ]
            hosts = sorted(others)[:1] if what == "host" else others
            for pid in hosts or [engine]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
    return what


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes as Linux tells of them")
@pytest.mark.parametrize("number", range(8))
def test_whenever_it_is_killed_the_next_build_heals(project: Project, number: int) -> None:
    """
    The artifacts are those of a clean build, and what was built is not built again.

    Meanwhile no output is at its final path but whole, and no process is left.
    """
    chance = random.Random(number)  # noqa: S311 (moments, not secrets)
    project.write("pipeline.py", PIPELINE)
    for _ in range(HISTORIES):
        seed = chance.choice(SEEDS)
        project.write("seed.txt", seed)
        built: set[str] = set()
        for _ in range(KILLS):
            process = project.start("build", chance.choice(["-j1", "-j2"]))
            time.sleep(chance.uniform(0.02, 0.55))
            with suppress(ProcessLookupError):
                what = hit(project, process.pid, chance)
            out, err = process.communicate(timeout=60)
            # Before the command's own code begins, Python says what interrupted it.
            assert "Traceback" not in out + err or "in main" not in err, what + err
            wait_until(lambda: not list(of_the_project(project)), f"no process is left ({what})")
            done = {name for outcome, name, _ in OUTCOME.findall(out) if outcome != "failed"}
            again = {name for outcome, name, _ in OUTCOME.findall(out) if outcome == "built"}
            assert not built & again, f"built again after {what}"
            built |= done
            for path, content in project.artifacts().items():
                may_be_half = path == "output/in_place.txt" and what in {"host", "stage"}
                if not may_be_half:
                    assert content in whole(path), f"half of {path} after {what}"

        after = project.build()

        assert not built & set(after.ran)
        assert project.artifacts() == clean(seed)
        assert project.build().ran == []
