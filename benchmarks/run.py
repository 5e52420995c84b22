"""
The same work for capstone and for the peers that are installed, timed as whole processes.

    python benchmarks/run.py [--sizes 100,1000] [--rounds 5] > benchmarks/RESULTS.md

Wide pipelines: each stage copies one file. A round runs every tool once, one
after the other, so that a ratio is between neighbours in time; the medians of
the rounds are printed. CPU is user and system time of the command with all its
children, in seconds: the figure to read on a machine that others use.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

CAPSTONE = """\
from pathlib import Path

from capstone_build import stage


def copy(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes())


pipeline = [
    stage(
        name=f"s{{n}}", inputs={{"source": f"in/{{n}}"}}, outputs={{"target": f"out/{{n}}"}}
    )(copy)
    for n in range({size})
]
"""

DOIT = """\
import shutil


def task_copy():
    for n in range({size}):
        yield {{
            "name": str(n),
            "actions": [(shutil.copyfile, (f"in/{{n}}", f"out/{{n}}"))],
            "file_dep": [f"in/{{n}}"],
            "targets": [f"out/{{n}}"],
        }}
"""


OPERATIONS = ("cold", "second look", "nothing to do", "one input changed")
"""In this order. The second look reads again what was too young to be trusted at the first."""


@dataclass(frozen=True)
class Tool:
    """A build tool: the file that describes the work, and the command that does it."""

    name: str
    file: str
    text: Callable[[int], str]
    command: list[str]


def tools() -> Iterator[Tool]:
    """List capstone and the peers that are on the PATH."""
    beside = Path(sys.executable).with_name("capstone")
    yield Tool(
        "capstone", "pipeline.py", lambda n: CAPSTONE.format(size=n), [str(beside), "build", "-j2"]
    )
    if found := shutil.which("doit"):
        yield Tool(
            "doit", "dodo.py", lambda n: DOIT.format(size=n), [found, "-n", "2", "-P", "thread"]
        )
    if found := shutil.which("ninja"):
        yield Tool(
            "ninja",
            "build.ninja",
            lambda n: (
                "rule cp\n  command = cp $in $out\n"
                + "".join(f"build out/{i}: cp in/{i}\n" for i in range(n))
            ),
            [found, "-j2"],
        )
    if found := shutil.which("make"):
        yield Tool(
            "make",
            "Makefile",
            lambda n: (
                "all: " + " ".join(f"out/{i}" for i in range(n)) + "\nout/%: in/%\n\tcp $< $@\n"
            ),
            [found, "-s", "-j2"],
        )


def prepare(tool: Tool, folder: Path, size: int) -> None:
    """Write the inputs and the description of the work."""
    for name in ("in", "out"):
        (folder / name).mkdir(parents=True)
    for n in range(size):
        (folder / "in" / str(n)).write_text(f"{n}\n")
    (folder / tool.file).write_text(tool.text(size))


def timed(tool: Tool, folder: Path) -> tuple[float, float]:
    """Run the tool once; return CPU and wall time in seconds."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        tool.command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    after, ended = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, ended - began


def edit(folder: Path) -> None:
    """Change one input."""
    with (folder / "in" / "0").open("a") as file:
        file.write("more\n")


Sample = dict[tuple[str, int, str], list[tuple[float, float]]]


def measure(sizes: list[int], rounds: int, home: Path) -> Sample:
    """Run every operation of every tool in rounds."""
    samples: Sample = {}
    for size in sizes:
        for turn in range(rounds):
            for tool in tools():
                folder = home / f"{tool.name}-{size}-{turn}"
                prepare(tool, folder, size)
                time.sleep(0.05)  # so that no file is as young as the record of it

                for operation in OPERATIONS:
                    if operation == "one input changed":
                        edit(folder)
                    sample = timed(tool, folder)
                    samples.setdefault((operation, size, tool.name), []).append(sample)
                shutil.rmtree(folder)
    return samples


def table(samples: Sample) -> Iterator[str]:
    """Print medians, and CPU as a multiple of each peer's in the same round."""
    names = list(dict.fromkeys(name for _, _, name in samples))
    yield "| operation | stages | " + " | ".join(names) + " | capstone's CPU as a multiple |"
    yield "|---|---|" + "---|" * (len(names) + 1)
    for operation, size in dict.fromkeys((o, s) for o, s, _ in samples):
        cells = []
        for name in names:
            cpu, wall = zip(*samples[operation, size, name], strict=True)
            cells.append(f"{statistics.median(cpu):.3f} / {statistics.median(wall):.3f}")
        own = samples[operation, size, names[0]]
        ratios = [
            f"{statistics.median(a[0] / max(b[0], 0.001) for a, b in pairs):.2f} x {name}"
            for name in names[1:]
            for pairs in [list(zip(own, samples[operation, size, name], strict=True))]
        ]
        yield f"| {operation} | {size} | " + " | ".join(cells) + f" | {', '.join(ratios)} |"


def main() -> None:
    """Measure, and print the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.sizes.split(",")]
    with tempfile.TemporaryDirectory() as home:
        samples = measure(sizes, arguments.rounds, Path(home))
    cores = len(os.sched_getaffinity(0))
    print("# Measured\n")
    print(f"`{' '.join(['python', 'benchmarks/run.py', *sys.argv[1:]])}`, {cores} cores,")
    print(f"{platform.system()} {platform.machine()}, Python {platform.python_version()}.")
    print("Cells: median CPU / wall seconds. doit runs its actions inside its own process.\n")
    print("\n".join(table(samples)))


if __name__ == "__main__":
    main()
