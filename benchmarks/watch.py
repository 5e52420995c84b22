"""
Measures how long an edit takes until its new output is there, while `capstone watch` runs.

    python benchmarks/watch.py --rounds 15

A pipeline of five stages that uses pandas; in each round one line of its last
stage, and then of its first, is edited, as an editor saves. What is told is the
time from the edit to the new output, less what the stages on the way took by
themselves; and, for comparison, the same with `capstone build` typed after the
edit.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from capstone_build.core.stage import StageName
from capstone_build.storage.manifest import Manifest

PIPELINE = """\
import pandas as pd
from capstone_build import stage

@stage(inputs={"raw": "data/*.csv"}, outputs={"loaded": "output/loaded.parquet"})
def load(raw: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(raw).assign(first=0)

@stage(inputs={"loaded": "output/loaded.parquet"}, outputs={"clean": "output/clean.parquet"})
def clean(loaded: pd.DataFrame) -> pd.DataFrame:
    return loaded[loaded["amount"] > 0]

@stage(inputs={"clean": "output/clean.parquet"}, outputs={"daily": "output/daily.parquet"})
def daily(clean: pd.DataFrame) -> pd.DataFrame:
    return clean.groupby(["day", "first"], as_index=False)["amount"].sum()

@stage(inputs={"daily": "output/daily.parquet"}, outputs={"top": "output/top.csv"})
def top(daily: pd.DataFrame) -> pd.DataFrame:
    return daily.nlargest(3, "amount")

@stage(inputs={"top": "output/top.csv"}, outputs={"report": "output/report.txt"})
def report(top: pd.DataFrame) -> str:
    return f"{top['first'].max()} last=0"
"""
STAGES = ("load", "clean", "daily", "top", "report")
COMMAND = [sys.executable, "-m", "capstone_build"]
PATIENCE_SECONDS = 60.0


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _write(root)
        subprocess.run([*COMMAND, "build"], cwd=root, check=True, capture_output=True)
        watch = subprocess.Popen(
            [*COMMAND, "watch"],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for line in watch.stdout or ():
            if "waits for edits" in line:
                break
        time.sleep(3)  # it loads the libraries
        watched = {what: [_edited(root, what) for _ in range(rounds)] for what in ("last", "first")}
        watch.send_signal(signal.SIGINT)
        watch.communicate()
        typed = {
            what: [_edited(root, what, _build) for _ in range(rounds)] for what in ("last", "first")
        }
    print(f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, ", end="")
    print(
        f"Python {platform.python_version()}. {rounds} rounds: median (least to most), seconds.\n"
    )
    print("| edited | with `capstone watch` | `capstone build` typed |")
    print("|---|---|---|")
    for what, stages in (("last", "1 stage runs"), ("first", "5 stages run")):
        cells = [_cell(each[what]) for each in (watched, typed)]
        print(f"| one line of the {what} stage: {stages} | {cells[0]} | {cells[1]} |")


def _write(root: Path) -> None:
    (root / "pipeline.py").write_text(PIPELINE)
    (root / "data").mkdir()
    for month in range(3):
        rows = "".join(f"{day % 30},{day}\n" for day in range(200))
        (root / "data" / f"{month}.csv").write_text("day,amount\n" + rows)


def _edited(root: Path, what: str, then: Callable[[Path], None] = lambda _: None) -> float:
    """Edit a line; return the seconds until its output was there, less the stages' own."""
    file, output = root / "pipeline.py", root / "output" / "report.txt"
    number = time.time_ns() % 1_000_000_000
    edited = re.sub(rf"{what}=\d+", f"{what}={number}", file.read_text())
    wanted = rf"^{number} " if what == "first" else rf"={number}$"
    beside = file.with_suffix(".tmp")
    beside.write_text(edited)
    began = time.perf_counter()
    beside.replace(file)
    then(root)
    while not (output.exists() and re.search(wanted, output.read_text())):
        if time.perf_counter() - began > PATIENCE_SECONDS:
            raise SystemExit("the new output did not come")
        time.sleep(0.001)
    seconds = time.perf_counter() - began
    time.sleep(0.5)  # the build ends, and people think
    return seconds - _own(root, STAGES if what == "first" else STAGES[-1:])


def _build(root: Path) -> None:
    subprocess.run([*COMMAND, "build"], cwd=root, check=True, capture_output=True)


def _own(root: Path, stages: tuple[str, ...]) -> float:
    """Return how long the last runs of these stages took by themselves, in seconds."""
    manifest = Manifest(root / ".cache" / "manifest.sqlite3", "pipeline")
    try:
        traces = [manifest.last(StageName(name)) for name in stages]
    finally:
        manifest.close()
    return sum(trace.seconds for trace in traces if trace is not None)


def _cell(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f} to {max(seconds):.2f})"


if __name__ == "__main__":
    main()
