"""
The bars that capstone is to keep, each measured beside what it is measured by.

    python benchmarks/bars.py [BAR ...] [--rounds N] [--large N] [--peers FOLDER]

Without a BAR, all of them; LARGE is how many stages the largest pipeline has. Each figure is the
median of ratios of CPU seconds, within a round, of whole processes (`run`), but for `hash`, which
is measured within this one.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import xxhash
from run import PEERS, Race, edit, facts, timed
from shapes import MEGABYTE, shape

from capstone_build.storage.content import digest_file

Row = tuple[str, str, str]
"""What is measured, the bar, and what came of it."""


@contextmanager
def ready(name: str, size: int, wanted: str) -> Iterator[tuple[Race, Path]]:
    """Give a race in which everything is built and at rest, and where capstone's project is."""
    with tempfile.TemporaryDirectory() as home:
        race = Race(shape(name, size), Path(home), wanted.split(","))
        for operation in ("cold", "second look", "second look"):
            list(race.once(operation, is_first=True))
        yield race, Path(home, "capstone")


def ratios(race: Race, operation: str, rounds: int) -> dict[str, float]:
    """Return capstone's CPU as a multiple of each peer's, and its own seconds by its name."""
    taken = [dict(race.once(operation, is_first=False)) for _ in range(rounds)]
    found = {"capstone": statistics.median(each["capstone"][0] for each in taken)}
    for name in taken[0].keys() - {"capstone"}:
        pairs = [(each["capstone"][0], each[name][0]) for each in taken if name in each]
        found[name] = statistics.median(mine / other for mine, other in pairs)
    return found


def said(found: dict[str, float]) -> str:
    """Spell ratios."""
    peers = sorted((ratio, name) for name, ratio in found.items() if name != "capstone")
    spelled = ", ".join(f"{ratio:.2f} x {name}" for ratio, name in reversed(peers))
    return f"{found['capstone']:.3f} s: {spelled}" if spelled else f"{found['capstone']:.3f} s"


def nothing(name: str, size: int, wanted: str, rounds: int) -> str:
    """Measure a build with nothing to do."""
    with ready(name, size, wanted) as (race, _):
        return said(ratios(race, "nothing to do", rounds))


def pandas_row(rounds: int) -> str:
    """Measure nothing to do with a pipeline that imports pandas beside importing click."""
    click = [sys.executable, "-c", "import click"]
    with ready("pandas", 5, "doit,scons,pytask") as (race, folder):
        found = ratios(race, "nothing to do", rounds)
        own = [str(Path(sys.executable).with_name("capstone")), "build", "-j2"]
        pairs = [(timed(own, folder)[0], timed(click, folder)[0]) for _ in range(rounds)]
    found["python -c 'import click'"] = statistics.median(mine / other for mine, other in pairs)
    return said(found)


def little_row(size: int, rounds: int) -> str:
    """Measure one changed file among so many stages beside nothing to do."""
    own = [str(Path(sys.executable).with_name("capstone")), "build", "-j2"]
    host = [
        sys.executable,
        "-P",
        "-m",
        "capstone_build.hosting.host",
        ".",
        "pipeline",
        "--as-known",
    ]
    with ready("wide", size, "") as (_, folder):
        found = []
        for _ in range(rounds):
            rest = timed(own, folder)[0]
            (folder / "in/7").touch()
            touched = timed(own, folder)[0]
            edit(folder / "in/7")
            changed = timed(own, folder)[0]
            loaded = timed(host, folder)[0]
            found.append((rest, touched / rest, changed / rest, (changed - loaded) / rest))
    rest, touched, changed, without = (statistics.median(each) for each in zip(*found, strict=True))
    return (
        f"nothing to do {rest:.3f} s; touched {touched:.2f} x that; changed {without:.2f} x, "
        f"and {changed:.2f} x with the pipeline loaded for the stage"
    )


def growth_row(large: int, rounds: int) -> str:
    """Measure how nothing to do grows, past what starting Python takes."""
    seconds = []
    for size in (1, 1000, large):
        with ready("wide", size, "") as (race, _):
            seconds.append(ratios(race, "nothing to do", rounds)["capstone"])
    small, big = (seconds[1] - seconds[0]) / 999, (seconds[2] - seconds[0]) / (large - 1)
    return (
        f"{small * 1e6:.1f} us a stage at 1,000, {big * 1e6:.1f} at {large:,}: {big / small:.2f} x"
    )


def hash_row(megabytes: int, rounds: int) -> str:
    """Measure the digest of a large file beside xxh3 alone on as much memory."""

    def seconds(act: Callable[[], object]) -> float:
        began = time.process_time()
        act()
        return time.process_time() - began

    piece = bytearray(os.urandom(MEGABYTE)) * min(megabytes, 512)
    times = megabytes * MEGABYTE // len(piece)

    def alone() -> None:
        hasher = xxhash.xxh3_128()
        for _ in range(times):
            hasher.update(piece)

    with tempfile.TemporaryDirectory() as home:
        path = Path(home, "big")
        with path.open("wb") as file:
            for _ in range(times):
                file.write(piece)
        pairs = [(seconds(alone), seconds(lambda: digest_file(path))) for _ in range(rounds)]
    ratio = statistics.median(one / other for one, other in pairs)
    speed = times * len(piece) / 1e9 / statistics.median(other for _, other in pairs)
    return f"{speed:.1f} GB/s, {ratio:.0%} of xxh3 alone"


def rows(large: int, rounds: int) -> dict[str, Callable[[], Row]]:
    """Return what measures each bar."""
    pythons = "ninja,doit,scons,pytask,snakemake,dvc"

    def cold() -> Row:
        with tempfile.TemporaryDirectory() as home:
            race = Race(
                shape("wide", 1000), Path(home), ["ninja", "make", "doit", "scons", "pytask"]
            )
            found = ratios(race, "cold", min(rounds, 3))
        return "cold, 1,000 Python stages", "at most 2.5 x ninja running a program", said(found)

    return {
        "large": lambda: (
            f"nothing to do, {large:,} stages",
            "at most 1.0 x ninja",
            nothing("wide", large, "ninja,make", rounds),
        ),
        "middle": lambda: (
            "nothing to do, 10,000 stages",
            "at most 2.5 x ninja, 0.2 x Python peers",
            nothing("wide", 10_000, "ninja,make,doit,scons", rounds),
        ),
        "small": lambda: (
            "nothing to do, 100 stages",
            "faster than every Python peer",
            nothing("wide", 100, pythons, rounds),
        ),
        "pandas": lambda: (
            "nothing to do, 5 stages, pipeline imports pandas",
            "at most 1.5 x `import click`",
            pandas_row(rounds),
        ),
        "little": lambda: (
            "one of 10,000 inputs changed",
            "at most 3 x nothing to do, without the stage",
            little_row(10_000, rounds),
        ),
        "cold": cold,
        "fan-in": lambda: (
            "nothing to do, 1 stage of 100,000 files",
            "at most 1.0 x ninja",
            nothing("fan-in", 100_000, "ninja,make,doit", rounds),
        ),
        "hash": lambda: (
            "a file of 2 GB in the page cache",
            "at least 70% of xxh3 alone",
            hash_row(2048, rounds),
        ),
        "growth": lambda: (
            f"growth of nothing to do, 1,000 to {large:,}",
            "at most 1.2 x a stage",
            growth_row(large, rounds),
        ),
    }


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bars", nargs="*")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--peers")
    arguments = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if arguments.peers:
        os.environ["PATH"] = f"{Path(arguments.peers).resolve()}{os.pathsep}{os.environ['PATH']}"
    print("\n".join(facts("bars.py", PEERS.split(","))), end="\n\n")
    print("| measured | bar | capstone |\n|---|---|---|", flush=True)
    for name, row in rows(arguments.large, arguments.rounds).items():
        if not arguments.bars or name in arguments.bars:
            print("| " + " | ".join(row()) + " |", flush=True)


if __name__ == "__main__":
    main()
