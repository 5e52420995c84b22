"""
What it costs to read the user's code, next to what Python takes to parse it.

    python benchmarks/analysis.py [--rounds 9] >> benchmarks/RESULTS.md

A generated project (`generated_project.py`) is read by one process, round after
round; within a round every operation runs once, one after the other, so that a
ratio is between neighbours in time. The medians of the rounds are printed.
CPU time is that of this process and of those it starts: the one to read on a
machine that others use. Elapsed time is what is waited for, and says something
only where nobody else works. `ast.parse` alone reads the same files and parses
them, and nothing else.
"""

from __future__ import annotations

import argparse
import ast
import gc
import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import NamedTuple

from generated_project import write_project

from capstone_build.analysis import ProjectCode
from capstone_build.core.stage import Symbol
from capstone_build.storage.manifest import Manifest
from capstone_build.storage.source_files import SourceFiles

FEW, MANY = 50, 500

_edits = count()


@dataclass(frozen=True)
class Project:
    """A project on disk, and the manifest that what is read of it is remembered in."""

    folder: Path
    files: list[Path]
    stages: int

    def parse(self) -> None:
        """Read and parse every file."""
        for file in self.files:
            ast.parse(file.read_bytes())

    def cold(self) -> None:
        """Read everything with nothing remembered; remember it."""
        self._manifest.unlink(missing_ok=True)
        self.look()

    def look(self) -> None:
        """Give every stage its closure, with what was remembered before; remember what is new."""
        with closing(Manifest(self._manifest, "pipeline")) as manifest:
            summaries = manifest.summaries()
            files = SourceFiles(manifest.file)
            code = ProjectCode([self.folder], summaries, files)
            for number in range(self.stages):
                code.closure([Symbol(f"pipeline:stage_{number}")]).fingerprint()
            code.remember()
            manifest.remember_files(files.take_fresh())
            summaries.write()

    def edit(self) -> None:
        """Change one function of a module that many use."""
        file = self.files[4]
        number = next(_edits)
        text = file.read_text().replace("    return ", f"    edit = {number}\n    return ", 1)
        file.write_text(text)

    @property
    def _manifest(self) -> Path:
        return self.folder / "manifest.sqlite3"


class Sample(NamedTuple):
    """What one operation took, in seconds: CPU time of all processes, and elapsed time."""

    cpu: float
    elapsed: float


def seconds(act: Callable[[], None]) -> Sample:
    """Return what *act* takes."""
    gc.collect()
    before = _cpu()
    start = time.perf_counter()
    act()
    elapsed = time.perf_counter() - start
    return Sample(_cpu() - before, elapsed)


def _cpu() -> float:
    """Return the CPU time that this process and those it waited for have had."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def measure(few: Project, many: Project, rounds: int) -> dict[str, list[Sample]]:
    """Run every operation once a round."""
    samples: dict[str, list[Sample]] = {}

    def sample(name: str, act: Callable[[], None]) -> None:
        samples.setdefault(name, []).append(seconds(act))

    for _ in range(rounds):
        sample("`ast.parse` alone", few.parse)
        sample("cold", few.cold)
        time.sleep(0.05)  # so that no file is as young as the record of it
        sample("second look", few.look)
        sample("warm", few.look)
        few.edit()
        sample("one file edited", few.look)
        sample(f"cold, {MANY} stages", many.cold)
        time.sleep(0.05)
        many.look()
        sample(f"warm, {MANY} stages", many.look)
    return samples


def main() -> None:
    """Measure, and print the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        projects = [
            Project(folder, write_project(folder, stages), stages)
            for stages in (FEW, MANY)
            for folder in [Path(home, str(stages))]
        ]
        samples = measure(*projects, arguments.rounds)
        lines = sum(file.read_bytes().count(b"\n") for file in projects[0].files)
        files = len(projects[0].files)
    base = samples["`ast.parse` alone"]
    cores = len(os.sched_getaffinity(0))
    print("\n## Reading the user's code\n")
    print(f"`{' '.join(['python', 'benchmarks/analysis.py', *sys.argv[1:]])}`, {cores} cores,")
    print(f"{platform.system()} {platform.machine()}, Python {platform.python_version()}.")
    print(f"{files} files, {lines:,} lines, {FEW} stages where nothing else is said; medians of")
    print(f"{arguments.rounds} rounds, and of the ratios within each.\n")
    print("| operation | CPU ms | x `ast.parse` alone | elapsed ms | x `ast.parse` alone |")
    print("|---|---|---|---|---|")
    for name, taken in samples.items():
        cells = [name]
        for clock in range(2):
            times = [each[clock] for each in taken]
            ratio = statistics.median(a / b[clock] for a, b in zip(times, base, strict=True))
            cells += [f"{statistics.median(times) * 1000:.1f}", f"{ratio:.2f}"]
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
