"""
The starter: a small pipeline that runs at once and shows how one is written.

Knows the project's tables by their names and first lines; writes no file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from capstone_build.core.artifact import is_pattern

SAMPLE_FILE = "data/measurements.csv"
SAMPLE = """\
station,day,degrees
north,2024-06-01,14.5
north,2024-06-02,
north,2024-06-03,17.0
south,2024-06-01,21.5
south,2024-06-02,23.0
south,2024-06-03,
"""
_PLACES = ("data", ".")
_DELIMITERS = ",;\t|"
_FIRST_BYTES = 100_000
_SKIPPED = re.compile(r"[._]|output$|build$|node_modules$|venv$")


@dataclass(frozen=True, slots=True)
class Tables:
    """
    The CSV files that the starter reads.

    Attributes:
        pattern: What they are called, from the project's root.
        delimiter: What stands between their fields.
    """

    pattern: str
    delimiter: str


def find_tables(root: Path) -> Tables | None:
    """Find CSV files: in `data/`, in the folder itself, else in one of its folders."""
    others = sorted(each.name for each in root.iterdir() if each.is_dir()) if root.is_dir() else []
    for place in (*_PLACES, *(each for each in others if not _SKIPPED.match(each))):
        files = sorted(each for each in (root / place).glob("*.csv") if each.name[0] != ".")
        if files and not is_pattern(place):
            pattern = "*.csv" if place == "." else f"{place}/*.csv"
            return Tables(pattern, _delimiter(files[0]))
    return None


def starter_text(tables: Tables | None) -> str:
    """Return a `pipeline.py` for *tables*; without any, for the sample."""
    found = tables or Tables("data/*.csv", ",")
    return (
        _TEXT.replace("TABLES", found.pattern)
        .replace("DELIMITER", "\\t" if found.delimiter == "\t" else found.delimiter)
        .replace("WHOSE", "your" if tables else "the sample's")
    )


def _delimiter(file: Path) -> str:
    """Return what most often separates something in the first line."""
    try:
        with file.open("rb") as opened:
            line = opened.readline(_FIRST_BYTES).decode(errors="replace")
    except OSError:
        return ","
    return max(_DELIMITERS, key=line.count)


_TEXT = '''\
"""
A first pipeline: what is in WHOSE CSV files, and where values are missing.

`capstone build` runs it and `capstone graph` draws it. Edit a function, a parameter
or a CSV file, and build again: only what that changes runs. All of it is yours to change.
"""

import csv
from pathlib import Path

from capstone_build import Artifact, command, stage


# A contract is a promise about a file. It is checked before anything below sees the
# file; what the function returns are the ways in which the promise is broken.
def has_columns(path: Path) -> list[str]:
    rows = path.read_text(encoding="utf-8").splitlines()[1:]
    return [] if rows else ["the files have no columns"]


# A Python stage. Its parameters are its inputs, its outputs and its params, by name:
# a pattern arrives as a list of paths; an output is the path to write to.
# Another value than the default: `capstone build --set columns.examples=5`.
@stage(
    inputs={"tables": "TABLES"},
    outputs={"columns": Artifact("output/columns.tsv", contract=has_columns)},
    params={"delimiter": "DELIMITER", "examples": 3},
)
def columns(tables: list[Path], columns: Path, delimiter: str, examples: int) -> None:
    values: dict[str, list[str]] = {}
    for table in tables:
        with table.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            for row in csv.DictReader(file, delimiter=delimiter, restkey="(more)"):
                for column, value in row.items():
                    values.setdefault(column, []).append(str(value or "").strip())
    with columns.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\\t", lineterminator="\\n")
        writer.writerow(["column", "rows", "missing", "distinct", "examples"])
        for column, all_values in values.items():
            present = [value for value in all_values if value]
            distinct = sorted(set(present))
            missing = len(all_values) - len(present)
            shown = ", ".join(distinct[:examples])
            writer.writerow([column, len(all_values), missing, len(distinct), shown])


# A command stage. It is joined to the one above by the path that it names; {inputs...},
# {outputs...} and {params...} stand for paths and values, other braces are its own.
gaps = command(
    "awk -F '\\t' 'NR == 1 || $3 >= {params.at_least}' {inputs.columns} > {outputs.gaps}",
    name="gaps",
    inputs={"columns": "output/columns.tsv"},
    outputs={"gaps": "output/gaps.tsv"},
    params={"at_least": 1},
)
'''
