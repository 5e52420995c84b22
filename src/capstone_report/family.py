"""
Families of files: which files are partitions of one table.

Knows names of files and columns; does not know rows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from capstone_report.blocks import compression_of
from capstone_report.dialect import Dialects
from capstone_report.errors import TableError
from capstone_report.layout import CsvFile, Layout

_SHOWN = 6
_ALIKE = 0.8
_TABLE = re.compile(r"\.(csv|tsv|txt)(\.(gz|zst|bz2))?$", re.IGNORECASE)


def is_named_as_table(path: Path) -> bool:
    """Tell whether a file is called as tables are: `.csv`, `.tsv`, `.txt`, also packed."""
    return _TABLE.search(path.name) is not None


def named_files(paths: Sequence[Path], dialects: Dialects) -> list[CsvFile]:
    """
    Return the files at *paths*, with what is declared of them.

    They are named from the project's root where they lie inside, else by their last
    part: a report must not depend on where the project lies.

    Raises:
        TableError: There is none.
    """
    if not paths:
        raise TableError("there is no CSV file to load", hint="Put at least one into data/.")
    root = Path.cwd()
    inside = [
        path.relative_to(root) if path.is_absolute() and path.is_relative_to(root) else path
        for path in paths
    ]
    names = [path.name if path.is_absolute() else path.as_posix() for path in inside]
    if len(set(names)) < len(names):
        names = [Path(os.path.relpath(path)).as_posix() for path in paths]
    return [
        CsvFile(
            name=name, path=path, dialect=dialects.of_file(name), compression=compression_of(path)
        )
        for name, path in zip(names, paths, strict=True)
    ]


def is_prose(file: CsvFile, layout: Layout, others: Sequence[Layout]) -> bool:
    """Tell whether a file is no table, beside some: a `.txt` whose lines are not alike."""
    return (
        ".txt" in {each.lower() for each in Path(file.name).suffixes}
        and (len(layout.columns) == 1 or layout.likeness < _ALIKE)
        and any(len(each.columns) > 1 and each.likeness >= _ALIKE for each in others)
    )


def refuse_empty(files: Sequence[CsvFile], layouts: Sequence[Layout]) -> None:
    """
    Refuse files none of which has a column.

    Raises:
        TableError: All of them are empty.
    """
    if not any(each.columns for each in layouts):
        raise TableError(
            "no file has a row: they are empty",
            facts={each.name: "empty" for each in files},
            hint="The first row of a CSV file names its columns.",
        )


def refuse_strangers(files: Sequence[CsvFile], layouts: Sequence[Layout]) -> None:
    """
    Refuse files that share fewer than half of their columns with the first that has some.

    Raises:
        TableError: There are such; the two groups are listed.
    """
    present = [(f, each) for f, each in zip(files, layouts, strict=True) if each.columns]
    first = set(present[0][1].columns)
    family: list[str] = []
    strangers: list[str] = []
    for file, layout in present:
        columns = set(layout.columns)
        alike = 2 * len(first & columns) >= len(first | columns)
        (family if alike else strangers).append(_described(file, layout))
    if strangers:
        hint = "Keep the files of one table in data/, and move the others elsewhere."
        if len({bool(each.header_rows) for _, each in present}) > 1:
            hint += " Or say which rows name the columns: [params.load] header_rows = 1"
        raise TableError(
            "the files are not of one table: they share fewer than half of their columns",
            facts={"one group": "\n".join(family), "the others": "\n".join(strangers)},
            hint=hint,
        )


def _described(file: CsvFile, layout: Layout) -> str:
    more = len(layout.columns) - _SHOWN
    return f"{file.name}: {', '.join(layout.columns[:_SHOWN])}" + (
        f" and {more} more" if more > 0 else ""
    )
