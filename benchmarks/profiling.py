"""
What a profile costs, next to what other tools take for the same Parquet file.

    python benchmarks/profiling.py --peers PYTHON [--rounds 3] >> benchmarks/RESULTS.md

PYTHON is the interpreter of an environment that has duckdb, pandas, pyarrow and
fg-data-profiling (or ydata-profiling); what it has not is left out. Every tool
is a process of its own: it imports what it needs, reads the file, and describes
the table. CPU time is all that the process used, with its threads and, in the
second figure, without imports; memory is the most that was resident. Within a
round the tools follow each other, so that a ratio is between neighbours in
time. A tool that takes longer than --limit seconds is ended.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from capstone_report.column_type import ColumnType, type_of
from capstone_report.load_report import LoadedFile, LoadReport, with_report

OURS = "capstone"
_FRAME = """
import sys, time
path, target = sys.argv[1:]
{imports}
began = time.process_time()
{work}
print(f"\\nwork: {{time.process_time() - began}}\\n", flush=True)
"""
_PANDAS = "import pandas as pd"
_PROFILING = f"""{_PANDAS}
try:
    from data_profiling import ProfileReport
except ImportError:
    from ydata_profiling import ProfileReport
"""
_TOOLS = {
    OURS: (
        """
from pathlib import Path
from capstone_report.json_document import write_document
from capstone_report.profile_page import profile_page
from capstone_report.profiling import profile_file
""",
        """
found = profile_file(Path(path))
write_document(found, Path(target))
profile_page(found)
""",
    ),
    "DuckDB `SUMMARIZE`": (
        "import duckdb",
        "duckdb.execute(f\"SUMMARIZE SELECT * FROM '{path}'\").fetchall()",
    ),
    "pandas `describe`": (_PANDAS, "pd.read_parquet(path).describe(include='all')"),
    "fg-data-profiling, minimal": (
        _PROFILING,
        """
frame = pd.read_parquet(path)
ProfileReport(frame, minimal=True, progress_bar=False).to_file(target)
""",
    ),
    "fg-data-profiling": (
        _PROFILING,
        """
frame = pd.read_parquet(path)
ProfileReport(frame, progress_bar=False).to_file(target)
""",
    ),
}


# Between other lines: some tools draw a bar while they work, and go on after it.
_WORK = re.compile(r"^work: (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Cost:
    """
    What one run took.

    Attributes:
        cpu: Seconds of CPU, of all threads, imports included.
        work: The same without imports; None if it did not end.
        memory: Megabytes that were resident at most.
        size: Kilobytes that it wrote.
    """

    cpu: float
    work: float | None
    memory: float
    size: float


def main() -> None:
    """Measure, and print a section of the page of results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, default=Path(sys.executable))
    parser.add_argument("--make", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=240.0)
    given = parser.parse_args()
    if given.make:
        target, height, width = given.make
        parquet.write_table(_table(int(height), int(width)), target, row_group_size=131_072)
        return
    print(f"## Profiling\n\n`python benchmarks/profiling.py --rounds {given.rounds}`,", end=" ")
    print(f"{os.cpu_count()} cores,\n{platform.system()} {platform.machine()},", end=" ")
    print(f"Python {platform.python_version()}. CPU seconds: medians, with imports / without;")
    print("in brackets the median of the ratios to ours, without imports, within a round.\n")
    with tempfile.TemporaryDirectory() as folder:
        for rows, columns, tools in (
            (1_000_000, 12, list(_TOOLS)[:3]),
            (50_000, 12, list(_TOOLS)),
            (5_000, 2_000, list(_TOOLS)[:3]),
        ):
            path = Path(folder) / f"{rows}.parquet"
            # In a process of its own: what this one ever held would count for those it starts.
            subprocess.run(
                [sys.executable, __file__, "--make", path, str(rows), str(columns)], check=True
            )
            _compare(path, f"{rows:,} x {columns:,}", tools, given)


def _compare(path: Path, title: str, tools: list[str], given: argparse.Namespace) -> None:
    rounds = [
        {tool: _run(tool, path, given.peers, given.limit) for tool in tools}
        for _ in range(given.rounds)
    ]
    print(
        f"| {title} | CPU s, with / without imports | memory, MB | written, kB |\n|---|---|---|---|"
    )
    for tool in tools:
        costs = [cost for each in rounds if (cost := each[tool]) is not None]
        if not costs:
            print(f"| {tool} | not installed | | |", flush=True)
            continue
        ended = [each.work for each in costs if each.work is not None]
        whole = statistics.median(each.cpu for each in costs)
        memory = max(each.memory for each in costs)
        if not ended:
            said = f"ended after {given.limit:.0f} s, {whole:.1f} s of CPU"
            print(f"| {tool} | {said} | {memory:.0f} | |", flush=True)
            continue
        ratios = [
            theirs.work / ours.work
            for each in rounds
            if (ours := each[OURS]) and ours.work and (theirs := each[tool]) and theirs.work
        ]
        said = f"{whole:.2f} / {statistics.median(ended):.2f}"
        said += f" ({statistics.median(ratios):.2f} x)" if tool != OURS else ""
        size = f"{costs[0].size:,.0f}" if costs[0].size else ""
        print(f"| {tool} | {said} | {memory:.0f} | {size} |", flush=True)
    print()


def _run(tool: str, path: Path, peers: Path, limit: float) -> Cost | None:
    """Run *tool* once; None if it is not installed."""
    imports, work = _TOOLS[tool]
    python = sys.executable if tool == OURS else str(peers)
    target, said = path.with_suffix(".json"), path.with_suffix(".txt")
    target.unlink(missing_ok=True)
    with said.open("w+") as output:
        process = subprocess.Popen(
            [python, "-c", _FRAME.format(imports=imports, work=work), path, target],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        timer = threading.Timer(limit, process.kill)
        timer.start()
        # Not `process.wait()`: only this call tells what one process used.
        _, status, used = os.wait4(process.pid, 0)
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    text = said.read_text()
    if "ModuleNotFoundError" in text:
        return None
    if process.returncode > 0:
        raise RuntimeError(f"{tool}: {text}")
    return Cost(
        cpu=used.ru_utime + used.ru_stime,
        work=float(done[1]) if (done := _WORK.search(text)) else None,
        memory=used.ru_maxrss / 1024,
        size=target.stat().st_size / 1000 if target.exists() else 0.0,
    )


def _table(rows: int, columns: int) -> pa.Table:
    """Return a table as `load` would leave it, of mixed columns, always the same."""
    chance = np.random.default_rng(rows)
    made = _mixed(rows, chance) if columns == 12 else _wide(rows, columns, chance)
    types = {name: type_of(each.type) or ColumnType.TEXT for name, each in made.items()}
    file = LoadedFile(
        file="data/all.csv", rows_read=rows, rows_loaded=rows, rows_rejected=0, columns=columns
    )
    report = LoadReport(files=(file,), types=types, source_column="_source")
    return with_report(pa.table(made), report)


def _mixed(rows: int, chance: np.random.Generator) -> dict[str, pa.Array]:
    """Return twelve columns of all types, some with gaps."""
    cities = np.array(["Berlin", "Paris", "Rome", "Madrid", "Vienna", "Oslo", "Bern", "Prague"])
    words = np.array([f"word{number:04d}" for number in range(2_000)])
    day, second = np.datetime64("2020-01-01"), np.datetime64("2020-01-01T00:00:00")

    def with_gaps(values: object, share: float) -> pa.Array:
        return pa.array(values, mask=chance.random(rows) < share)

    return {
        "id": pa.array(np.arange(rows)),
        "code": pa.array([f"K-{number:07d}" for number in chance.permutation(rows)]),
        "city": pa.array(cities[chance.integers(0, len(cities), rows)]),
        "product": with_gaps(words[chance.zipf(1.3, rows) % len(words)], 0.02),
        "quantity": pa.array(chance.poisson(3, rows)),
        "price": pa.array(np.round(chance.lognormal(3, 1, rows), 2)),
        "amount": with_gaps(chance.normal(100, 15, rows), 0.05),
        "score": with_gaps(chance.random(rows), 0.3),
        "ok": pa.array(chance.random(rows) < 0.3),
        "day": pa.array((day + chance.integers(0, 1_000, rows)).astype("M8[D]")),
        "at": pa.array((second + chance.integers(0, 10**8, rows)).astype("M8[us]")),
        "email": pa.array(
            [f"user{each}@example.com" for each in chance.integers(0, rows // 5, rows)]
        ),
    }


def _wide(rows: int, columns: int, chance: np.random.Generator) -> dict[str, pa.Array]:
    """Return many columns: numbers, numbers with gaps, and words, by turns."""
    words = np.array(["red", "green", "blue", "white"])
    made: dict[str, pa.Array] = {}
    for number in range(columns):
        values = chance.normal(0, 1, rows)
        match number % 3:
            case 0:
                made[f"n{number}"] = pa.array(values)
            case 1:
                made[f"g{number}"] = pa.array(np.round(values * 100), mask=values > 1)
            case _:
                made[f"w{number}"] = pa.array(words[chance.integers(0, len(words), rows)])
    return made


if __name__ == "__main__":
    main()
