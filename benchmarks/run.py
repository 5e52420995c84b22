"""
The same work for capstone and for the peers that are installed, timed as whole processes.

    python benchmarks/run.py [SHAPE:SIZE ...] [--tools T,...] [--operations O,...] [--rounds N]
                             [--peers FOLDER]

Shapes: wide, chain, layers, fan-in (of so many files), big (of so many megabytes), pandas.
A round takes every operation of every tool once, one tool after the other, so that a ratio is
between neighbours in time; the medians of the rounds are printed. CPU is user and system time
of the command with all its children, in seconds: the figure to read on a machine that others
use. Peers are looked for on the PATH, and first in FOLDER: keep them in a virtual environment
of their own. A tool that needs more than so much CPU for one command is left out of the rest.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from shapes import Shape, shape
from tools import Tool, tools

OPERATIONS = (
    "cold",
    "second look",
    "nothing to do",
    "touched",
    "leaf changed",
    "middle changed",
    "status",
    "graph",
)
"""In this order. The second look reads again what was too young to be trusted at the first."""

_BEFORE_OTHERS = {"cold", "second look"}
_SHOWING = {"status", "graph"}

PEERS = "ninja,make,doit,scons,pytask,dvc,snakemake"
MOST_SECONDS = 120.0

Sample = tuple[float, float, float]
"""CPU and wall seconds, and the most megabytes that one process used."""

Samples = dict[tuple[str, str, str], list[Sample]]
"""By operation, shape and tool."""


def timed(command: list[str], folder: Path) -> Sample:
    """Run a command to its end."""
    began = time.perf_counter()
    nothing = subprocess.DEVNULL
    with subprocess.Popen(
        command, cwd=folder, stdin=nothing, stdout=nothing, stderr=nothing
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    cpu = used.ru_utime + used.ru_stime
    return cpu, time.perf_counter() - began, used.ru_maxrss / 1024


def edit(path: Path) -> None:
    """Change what the first 64 bytes of a file are."""
    with path.open("r+b") as file:
        file.write(f"{time.time_ns()}\n".encode())


class Race:
    """
    One piece of work, and the tools that do it.

    Args:
        work: The work.
        home: A folder, in which each tool has one of its own.
        wanted: The tools.
    """

    def __init__(self, work: Shape, home: Path, wanted: list[str]) -> None:
        self._work = work
        self._running = {tool.name: (tool, home / tool.name) for tool in tools(wanted)}
        for tool, folder in self._running.values():
            tool.prepare(folder, work)

    def once(self, operation: str, is_first: bool) -> Iterator[tuple[str, Sample]]:
        """Do one operation with each tool that has it; yield what each took."""
        for tool, folder in list(self._running.values()):
            if operation == "cold" and not is_first:
                shutil.rmtree(folder)
                tool.prepare(folder, self._work)
            self._change(operation, folder)
            time.sleep(0.05)  # so that no file is as young as the record of it
            words = tool.operations.get(operation if operation in _SHOWING else "build")
            if words is None:
                continue
            sample = timed([tool.command, *words], folder)
            yield tool.name, sample
            if sample[0] > MOST_SECONDS and tool.name != "capstone":
                del self._running[tool.name]

    def _change(self, operation: str, folder: Path) -> None:
        match operation:
            case "touched":
                (folder / self._work.middle()).touch()
            case "leaf changed":
                edit(folder / self._work.leaf())
            case "middle changed":
                edit(folder / self._work.middle())


def measure(works: list[Shape], wanted: list[str], operations: list[str], rounds: int) -> Samples:
    """Run every operation of every tool in rounds."""
    samples: Samples = {}
    for work in works:
        with tempfile.TemporaryDirectory() as home:
            race = Race(work, Path(home), wanted)
            for operation in OPERATIONS:
                is_wanted = operation in operations
                if not is_wanted and operation not in _BEFORE_OTHERS:
                    continue
                for turn in range(rounds if is_wanted and operation != "second look" else 1):
                    for name, sample in race.once(operation, turn == 0):
                        if is_wanted:
                            key = (operation, f"{work.name} {work.size}", name)
                            samples.setdefault(key, []).append(sample)
    return samples


def table(samples: Samples) -> Iterator[str]:
    """Print medians, and CPU as a multiple of each peer's in the same round."""
    names = list(dict.fromkeys(name for _, _, name in samples))
    yield "| operation | work | " + " | ".join(names) + " | capstone's CPU as a multiple |"
    yield "|---|---|" + "---|" * (len(names) + 1)
    for operation, work in dict.fromkeys((o, w) for o, w, _ in samples):
        cells = []
        own = samples.get((operation, work, "capstone"), [])
        ratios = []
        for name in names:
            found = samples.get((operation, work, name), [])
            if not found:
                cells.append("")
                continue
            cpu, wall, _ = zip(*found, strict=True)
            cells.append(f"{statistics.median(cpu):.3f} / {statistics.median(wall):.3f}")
            if name != "capstone" and own:
                pairs = zip(own, found, strict=False)
                ratio = statistics.median(mine[0] / max(other[0], 0.001) for mine, other in pairs)
                ratios.append(f"{ratio:.2f} x {name}")
        yield f"| {operation} | {work} | " + " | ".join(cells) + f" | {', '.join(ratios)} |"


def facts(script: str, wanted: list[str]) -> Iterator[str]:
    """Tell of the machine and of the tools."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    words = [word for word in sys.argv[1:] if not word.startswith("--peers")]
    yield f"`{' '.join(['python', f'benchmarks/{script}', *words])}`"
    yield f"on {cores} cores, {memory} GiB, {platform.system()} {platform.release()}"
    yield f"{platform.machine()}, Python {platform.python_version()}, load average"
    own = importlib.metadata.version("capstone-build")
    yield f"{os.getloadavg()[0]:.1f} before; capstone {own},"
    yield ", ".join(_version(tool) for tool in list(tools(wanted))[1:]) + "."
    yield "Cells: median CPU / wall seconds. doit, SCons and pytask run stages in their process."


def _version(tool: Tool) -> str:
    said = subprocess.run([tool.command, "--version"], capture_output=True, text=True, check=False)
    words = (said.stdout + said.stderr).replace("version", " ").replace(",", " ").split()
    numbers = [word for word in words if word.lstrip("v")[:1].isdigit()]
    return f"{tool.name} {numbers[0].lstrip('v') if numbers else ''}".rstrip()


def main() -> None:
    """Measure, and print the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("works", nargs="*", default=["wide:100", "wide:1000"])
    parser.add_argument("--tools", default=PEERS)
    parser.add_argument("--operations", default=",".join(OPERATIONS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers")
    arguments = parser.parse_args()
    # Bytecode of the tools is read, as it is for whoever has them installed.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if arguments.peers:
        os.environ["PATH"] = f"{Path(arguments.peers).resolve()}{os.pathsep}{os.environ['PATH']}"
    wanted = arguments.tools.split(",")
    works = [
        shape(name, int(size)) for name, _, size in (w.partition(":") for w in arguments.works)
    ]
    said = "\n".join(facts("run.py", wanted))
    samples = measure(works, wanted, arguments.operations.split(","), arguments.rounds)
    print("# Measured\n")
    print(f"{said}\n")
    print("\n".join(table(samples)))


if __name__ == "__main__":
    main()
