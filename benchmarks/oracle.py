"""
Real files through the real command, compared with what is known of them.

    python benchmarks/oracle.py FOLDER [--target load] [NAME ...]

FOLDER holds the files and an `oracle.json`: for each file or pattern its rows and,
for each column by position, `logical_type`, `null_count` and, where they apply,
`min`, `max`, `mean`, `distinct` and `max_len`. Each is loaded in a project of its
own by `capstone build`; what differs is printed, and the exit code is 1 if anything
does. Columns of yes and no, which the oracle calls strings that are like booleans,
count as right when they are booleans (`docs/load.md` says why).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from capstone_report.load_report import LoadReport, report_in

_TYPES = {"string": "text", "datetime": "timestamp"}
_EXACT = 1e-9


def main() -> None:
    """Check the files that are named on the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--target", default="load")
    options = parser.parse_args()
    oracle = json.loads((options.folder / "oracle.json").read_text(encoding="utf-8"))
    wrong = 0
    print("| file | rows x columns | read as | CPU s | differs |\n|---|---|---|---|---|")
    for name, truth in oracle.items():
        if options.names and name not in options.names:
            continue
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        found = list(_check(options.folder, name, truth, options.target))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        shape, how, *differences = found
        wrong += bool(differences)
        print(f"| `{name}` | {shape} | {how} | {seconds:.2f} | {'; '.join(differences) or 'no'} |")
        sys.stdout.flush()
    print(f"\n{wrong} differ")
    sys.exit(bool(wrong))


def _check(folder: Path, name: str, truth: dict[str, Any], target: str) -> Iterator[str]:
    """Yield the shape of the table, how it was read, and what differs."""
    with tempfile.TemporaryDirectory() as project:
        data = Path(project) / "data"
        data.mkdir()
        for path in sorted(folder.glob(name)):
            (data / path.name).write_bytes(path.read_bytes())
        done = subprocess.run(
            [sys.executable, "-m", "capstone_build", "build", "--target", target],
            cwd=project,
            env=os.environ | {"NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or "Traceback" in done.stderr:
            yield from ("", "", f"exit code {done.returncode}: {done.stderr.strip()[-300:]}")
            return
        table = parquet.read_table(Path(project) / "output" / "loaded.parquet")
    report = report_in(table)
    yield f"{table.num_rows:,} x {len(report.types)}"
    yield _manner(report)
    if (table.num_rows, len(report.types)) != (truth["rows"], truth["n_columns"]):
        yield f"should be {truth['rows']:,} x {truth['n_columns']}"
        return
    if len(report.rejected) != truth.get("rejected_lines", 0):
        yield f"{len(report.rejected)} rows rejected"
    names = list(report.types)
    for column in truth["columns"]:
        title = names[column["position"]]
        for difference in _differences(table[title], report.types[title].value, column):
            yield f"{title!r}: {difference}"


def _manner(report: LoadReport) -> str:
    file = report.files[0]
    parts = [file.encoding, repr(file.delimiter)]
    parts += [file.compression] if file.compression else []
    parts += ["quotes are text"] if not file.quote else []
    parts += [f"{file.header_rows} header rows"] if file.header_rows != 1 else []
    parts += [f"{len(file.lines_above)} lines above"] if file.lines_above else []
    parts += [f"{len(file.lines_below)} below"] if file.lines_below else []
    return ", ".join(parts)


def _differences(values: pa.ChunkedArray, kind: str, truth: dict[str, Any]) -> Iterator[str]:
    """Yield in what a column is not what is known of it."""
    wanted = _TYPES.get(truth["logical_type"], truth["logical_type"])
    is_answer = kind == "boolean" and truth.get("semantic") == "boolean-like"
    if kind != wanted and not is_answer:
        yield f"{kind}, not {wanted}"
        return
    facts = {"null_count": values.null_count}
    if kind not in {"boolean", "empty"}:
        facts["distinct"] = pc.count_distinct(values).as_py()
    if kind in {"integer", "float", "date", "time", "timestamp"}:
        facts |= pc.min_max(values).as_py()
    if kind in {"integer", "float"}:
        facts["mean"] = pc.mean(values).as_py()
    if kind == "text":
        facts["max_len"] = pc.max(pc.utf8_length(values)).as_py()
    for fact, value in facts.items():
        if fact in truth and not _same(value, truth[fact]):
            yield f"{fact} {value}, not {truth[fact]}"


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        return bool(abs(one - other) <= _EXACT * max(1.0, abs(other)))
    return str(one).replace("T", " ") == str(other).replace("T", " ")


if __name__ == "__main__":
    main()
