"""
What loading costs, against Arrow's own reader and writer.

    python benchmarks/loading.py [--rows 1000000] [--rounds 5]

A file of 12 columns is written: numbers, dates, times, codes with leading zeros,
text. Each round reads it in processes of their own, one after the other: with
`pyarrow.csv.read_csv` and `pyarrow.parquet.write_table`, which guess types and
check nothing; and as stage `load` does, which finds out how the file is written,
types it, accounts for every row, and checks its contract. Then the same rows are
written in other ways. CPU is user and system time of the process, with its
imports; the ratio is the median of those of the rounds.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

NAMES = "id,at,day,amount,price,count,country,name,email,active,postcode,note"
WORDS = ("amber", "basalt", "cedar", "dune", "ember", "fjord", "grove", "heath", "islet")
COUNTRIES = ("DE", "FR", "IT", "JP", "SE", "US")


def write_rows(path: Path, rows: int) -> None:
    """Write the file that most rounds are about."""
    rng = random.Random(7)  # noqa: S311 (the same file each time)
    at = datetime(2020, 1, 1)  # noqa: DTZ001 (tables have times without a zone)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(NAMES + "\n")
        for row in range(rows):
            at += timedelta(seconds=rng.randrange(60))
            one, two, three = rng.choices(WORDS, k=3)
            file.write(
                f"{row},{at:%Y-%m-%d %H:%M:%S},{at:%Y-%m-%d},{rng.random() * 1000:.6f},"
                f"{rng.randrange(99_999) / 100},{rng.randrange(100)},{rng.choice(COUNTRIES)},"
                f"{one} {two} {row % 5000},u{row % 70_000}@example.com,"
                f"{'true' if row % 3 else 'false'},{row % 99_999:05d},{one} {two} {three}\n"
            )


def by_arrow(path: Path, target: Path) -> None:
    """Read and write as Arrow does by itself."""
    from pyarrow import csv, parquet

    parquet.write_table(csv.read_csv(path), target)


def by_load(path: Path, target: Path) -> None:
    """Read and write as stage `load` does, and check its contract."""
    from capstone_report.dialect import Dialect, Dialects
    from capstone_report.load_report import check_loaded
    from capstone_report.loading import load_files
    from capstone_report.rejection import Rejections
    from capstone_report.table_sink import ParquetSink

    dialects = Dialects(usual=Dialect(), special={})
    load_files([path], dialects, ParquetSink(target), Rejections(limit=1000))
    if faults := check_loaded(target):
        raise SystemExit("\n".join(faults))


def cost(work: Callable[[Path, Path], None], path: Path, target: Path) -> tuple[float, float]:
    """Return the CPU seconds and the peak of memory, in MB, of a process that does *work*."""
    program = f"from loading import *; measured({work.__name__}, {str(path)!r}, {str(target)!r})"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, peak = map(float, done.stdout.split())
    return seconds, peak


def measured(work: Callable[[Path, Path], None], path: str, target: str) -> None:
    """Do *work*, and print what it cost this process: CPU seconds, and MB at most."""
    work(Path(path), Path(target))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    # Not `ru_maxrss`, which begins with what the parent had.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    print(usage.ru_utime + usage.ru_stime, int(peak) / 1024)


def variants(path: Path) -> dict[str, Path]:
    """Write the same rows in other ways."""
    text = path.read_text(encoding="utf-8")
    made = {"clean": path}

    def put(name: str, content: str | bytes) -> None:
        made[name] = path.with_name(f"{len(made)}.csv")
        data = content if isinstance(content, bytes) else content.encode()
        made[name].write_bytes(data)

    put("a row that does not fit", text + "1,2,3\n")
    put(
        "a word in the last row of `id`",
        text + text.rpartition("\n")[0].rpartition("\n")[2].replace(",", "x,", 1) + "\n",
    )
    put(
        "all cells quoted",
        "".join('"' + line.replace(",", '","') + '"\n' for line in text.splitlines()),
    )
    put("cp1252, `;`", text.replace(",", ";").replace("amber", "ämber").encode("cp1252"))
    put("four times as long", text + text.partition("\n")[2] * 3)
    put("gzip", gzip.compress(text.encode(), 1))
    return made


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(f"`python benchmarks/loading.py --rows {options.rows} --rounds {options.rounds}`,")
    print(f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}.")
    with tempfile.TemporaryDirectory() as folder:
        path, target = Path(folder) / "rows.csv", Path(folder) / "t.parquet"
        write_rows(path, options.rows)
        print(f"{options.rows:,} rows x 12 columns, {path.stat().st_size / 1e6:.0f} MB.\n")
        print("| | CPU s | MB at most | x Arrow's CPU |\n|---|---|---|---|")
        first = True
        for name, file in variants(path).items():
            rounds = [
                (cost(by_arrow, path, target), cost(by_load, file, target))
                for _ in range(options.rounds)
            ]
            arrow, load = ([each[i] for each in rounds] for i in (0, 1))
            if first:
                print(_line("`read_csv` + `write_table`", arrow, [1.0]))
                first = False
            ratios = [own[0] / base[0] for base, own in zip(arrow, load, strict=True)]
            print(_line(f"load, {name}", load, ratios))
            sys.stdout.flush()


def _line(name: str, costs: list[tuple[float, float]], ratios: list[float]) -> str:
    seconds = statistics.median(cpu for cpu, _ in costs)
    memory = max(peak for _, peak in costs)
    return f"| {name} | {seconds:.2f} | {memory:.0f} | {statistics.median(ratios):.2f} |"


if __name__ == "__main__":
    main()
