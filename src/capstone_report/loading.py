"""
Loading: several files become one table, typed, with the story of how.

Knows how files of one table differ (columns, types); does not know how one
file is read, nor what its values mean.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from capstone_report.column_type import ColumnType, first_misfit, joined, narrowest, read_as
from capstone_report.csv_file import CsvFile, Dialect, likely_delimiter, read_csv
from capstone_report.errors import TableError
from capstone_report.load_report import (
    LoadedFile,
    LoadReport,
    TypeDrift,
    TypeInFile,
    with_report,
)
from capstone_report.wording import counted

SOURCE_COLUMN = "_source"
"""
Name of the column that says from which file a row comes; `_` is added while it is taken.

It stands last in the table and is not one of the columns that are profiled.
"""
_VALUE_LENGTH = 40
_FEWEST_TO_JUDGE = 10
"""So many rows must not fit before the header is suspected instead."""


def load_table(paths: Sequence[Path], dialect: Dialect, max_rejected: int) -> pa.Table:
    """
    Read *paths* as partitions of one table.

    Columns are united by name, in the order in which the files bring them. Rows
    keep the order of the files and of their lines.

    Args:
        paths: CSV files with a header.
        dialect: How they are written.
        max_rejected: How many rows at most may fail to fit, over all files.

    Returns:
        A table of (rows of all files) x (columns of all files, and `_source`),
        with its `LoadReport` in the metadata.

    Raises:
        TableError: A file is not readable text, there is no header in any, the
            files are not of one table, or too many rows do not fit.
    """
    files = _read_all(paths, dialect)
    _refuse_empty(files)
    _refuse_strangers([each for each in files if each.table.num_columns])
    _refuse_misfits(files, max_rejected)
    names = list(dict.fromkeys(name for each in files for name in each.table.column_names))
    columns, types, drifts = [], {}, []
    for name in names:
        column, types[name], drift = _united(files, name)
        columns.append(column)
        drifts += [drift] if drift else []
    source_column = SOURCE_COLUMN
    while source_column in types:
        source_column += "_"
    report = LoadReport(
        files=tuple(_accounts(files)),
        rejected=tuple(row for each in files for row in each.rejected),
        types=types,
        drifts=tuple(drifts),
        source_column=source_column,
    )
    table = pa.table([*columns, _origins(files)], names=[*names, source_column])
    return with_report(table, report)


def _read_all(paths: Sequence[Path], dialect: Dialect) -> list[CsvFile]:
    """Read every file; report all that are not readable at once."""
    if not paths:
        raise TableError(
            "there is no CSV file to load", hint="Put at least one into data/, with a header."
        )
    files, problems = [], []
    for path, name in zip(paths, _names(paths), strict=True):
        try:
            files.append(read_csv(path, name, dialect))
        except TableError as error:
            problems.append(error)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise TableError(
            f"{len(problems)} of {len(paths)} files are not readable",
            facts={each.facts["file"]: f"line {each.facts['line']}" for each in problems},
            hint=problems[0].hint,
        )
    return files


def _names(paths: Sequence[Path]) -> list[str]:
    """
    Name the files: from the project's root where they lie inside, else by their last part.

    A report must not depend on where the project lies.
    """
    root = Path.cwd()
    inside = [
        (path.relative_to(root) if path.is_relative_to(root) else path)
        if path.is_absolute()
        else path
        for path in paths
    ]
    names = [path.name if path.is_absolute() else path.as_posix() for path in inside]
    if len(set(names)) == len(names):
        return names
    return [Path(os.path.relpath(path)).as_posix() for path in paths]


def _refuse_empty(files: Sequence[CsvFile]) -> None:
    if not any(each.table.num_columns for each in files):
        raise TableError(
            "no file has a header: they are empty",
            facts={each.name: "empty" for each in files},
            hint="The first line of a CSV file names its columns.",
        )


def _refuse_strangers(files: Sequence[CsvFile]) -> None:
    """Refuse files that share fewer than half of their columns with the first."""
    first = set(files[0].table.column_names)
    family = [files[0]]
    strangers: list[CsvFile] = []
    for each in files[1:]:
        columns = set(each.table.column_names)
        alike = 2 * len(first & columns) >= len(first | columns)
        (family if alike else strangers).append(each)
    if strangers:
        raise TableError(
            "the files are not of one table: they share fewer than half of their columns",
            facts={
                "one group": "\n".join(_described(each) for each in family),
                "the others": "\n".join(_described(each) for each in strangers),
            },
            hint="Keep the files of one table in data/, and move the others elsewhere.",
        )


def _described(file: CsvFile) -> str:
    shown = file.table.column_names[:6]
    more = file.table.num_columns - len(shown)
    return f"{file.name}: {', '.join(shown)}" + (f" and {more} more" if more else "")


def _refuse_misfits(files: Sequence[CsvFile], max_rejected: int) -> None:
    """Refuse more misfits than allowed, and a file whose header seems to be none."""
    rejected = [row for each in files for row in each.rejected]
    facts = {f"{row.file}:{row.line}": row.reason for row in rejected[:5]}
    facts |= {"and": f"{len(rejected) - 5:,} more"} if len(rejected) > 5 else {}
    other = next((found for each in files if (found := likely_delimiter(each))), None)
    delimiter = f"Name the delimiter in capstone.toml: [params.load] delimiter = {other!r}"
    for each in files:
        if len(each.rejected) >= max(_FEWEST_TO_JUDGE, each.table.num_rows):
            raise TableError(
                f"most rows of {each.name} do not fit its header",
                facts={"header": counted(each.table.num_columns, "field"), **facts},
                hint=delimiter
                if other
                else "The first line must name the columns: take out what stands before it.",
            )
    if len(rejected) > max_rejected:
        raise TableError(
            f"{counted(len(rejected), 'row')} could not be read, and at most {max_rejected:,} may",
            facts=facts,
            hint=delimiter
            if other
            else "Mend them, or allow more in capstone.toml: [params.load] max_rejected",
        )


def _united(
    files: Sequence[CsvFile], name: str
) -> tuple[pa.ChunkedArray, ColumnType, TypeDrift | None]:
    """Return column *name* of all files as one, its type, and how the files differ in it."""
    parts = {
        each.name: each.table[name]
        if each.has_column(name)
        else pa.chunked_array([pa.nulls(each.table.num_rows, pa.string())])
        for each in files
    }
    types = {file: narrowest(part) for file, part in parts.items()}
    chunks = [chunk for part in parts.values() for chunk in part.chunks]
    written = pa.chunked_array(chunks, pa.string())
    wanted = joined(types.values())
    typed = read_as(written, wanted)
    if typed is None:  # integers of one file that are not exact as decimals
        wanted, typed = ColumnType.TEXT, written
    return typed, wanted, _drift(files, name, types, wanted)


def _drift(
    files: Sequence[CsvFile], name: str, types: dict[str, ColumnType], united: ColumnType
) -> TypeDrift | None:
    """Describe how the type of column *name* differs between files; None if it does not."""
    found = {each for each in types.values() if each is not ColumnType.EMPTY}
    if len(found) <= 1:
        return None
    least = min(found, key=list(ColumnType).index)
    departures = []
    for each in files:
        if types[each.name] is ColumnType.EMPTY:
            continue
        column = each.table[name]
        row = first_misfit(column, least)
        departures.append(
            TypeInFile(
                file=each.name,
                type=types[each.name],
                line=None if row is None else each.line_of(row),
                value=None if row is None else column[row].as_py()[:_VALUE_LENGTH],
            )
        )
    return TypeDrift(column=name, type=united, files=tuple(departures))


def _accounts(files: Sequence[CsvFile]) -> list[LoadedFile]:
    """Account for the rows and columns of each file."""
    headers = [each.table.column_names for each in files if each.table.num_columns]
    count = Counter(name for header in headers for name in header)
    usual = {name: None for name, times in count.items() if 2 * times >= len(headers)}
    return [
        LoadedFile(
            file=each.name,
            rows_read=each.rows_read,
            rows_loaded=each.table.num_rows,
            rows_rejected=len(each.rejected),
            columns=each.table.num_columns,
            missing_columns=tuple(
                name for name in usual if each.table.num_columns and not each.has_column(name)
            ),
            extra_columns=tuple(name for name in each.table.column_names if name not in usual),
            renamed_columns=each.renamed,
        )
        for each in files
    ]


def _origins(files: Sequence[CsvFile]) -> pa.ChunkedArray:
    """Return the file of each row, each name held once."""
    names = pa.array([each.name for each in files], pa.string())
    indices = [pa.array([i] * each.table.num_rows, pa.int32()) for i, each in enumerate(files)]
    return pa.chunked_array(
        [pa.DictionaryArray.from_arrays(part, names) for part in indices],
        pa.dictionary(pa.int32(), pa.string()),
    )
