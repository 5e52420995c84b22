"""
Alert rules: what in a table deserves a look.

Knows the figures of a profile and the blocks of rows that came from each file;
does not know how alerts are shown. Limits are named here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

import pyarrow as pa
import pyarrow.compute as pc

from capstone_report.alert import Alert, AlertKind, Severity
from capstone_report.column_profile import (
    Column,
    DateColumn,
    EmptyColumn,
    NumberColumn,
    Rhythm,
    TextColumn,
)
from capstone_report.column_type import ColumnType
from capstone_report.load_report import LoadedFile, LoadReport, TypeDrift, TypeInFile
from capstone_report.profile import TableFacts
from capstone_report.wording import counted, listed, share

MOSTLY_MISSING = 0.5
MISSING = 0.05
MANY_ZEROS = 0.5
SKEWED = 5.0
NEARLY_NUMERIC = 0.8
SHIFT = 2.0
"""How many times the usual spread within a file (interquartile range) its median may be off."""
FEWEST_FOR_SHIFT = 30
"""How many values a file must have for its median to mean something."""


def alerts_of(
    facts: TableFacts, columns: Sequence[Column], load: LoadReport, table: pa.Table
) -> tuple[Alert, ...]:
    """
    Apply every rule.

    Args:
        facts: Counts over the whole table.
        columns: Its columns, described.
        load: How the files became the table.
        table: The table, for what differs from file to file.

    Returns:
        The most telling first; among equals in the order of the columns.
    """
    found = [
        *_about_table(facts),
        *_about_files(load),
        *(_about_drift(each, columns) for each in load.drifts),
    ]
    for column in columns:
        found += _about_column(column, facts.rows)
        if isinstance(column, NumberColumn):
            found += _about_shift(column, table[column.name], load.row_ranges())
    return tuple(sorted(found, key=Alert.rank))


def _about_table(facts: TableFacts) -> Iterator[Alert]:
    if not facts.rows:
        yield Alert(
            severity=Severity.HIGH,
            kind=AlertKind.EMPTY_TABLE,
            text=f"The table has {counted(facts.columns, 'column')} and no row.",
        )
    if facts.rows_rejected:
        yield Alert(
            severity=Severity.HIGH,
            kind=AlertKind.REJECTED_ROWS,
            text=f"{facts.rows_rejected:,} of {counted(facts.rows_read, 'row')} could not be read "
            "and are not in the table.",
        )
    if facts.duplicate_rows:
        yield Alert(
            severity=Severity.MEDIUM,
            kind=AlertKind.DUPLICATES,
            text=f"{counted(facts.duplicate_rows, 'row')} "
            f"({share(facts.duplicate_rows, facts.rows)}) only repeat an earlier row.",
        )


def _about_files(load: LoadReport) -> Iterator[Alert]:
    """Say where one file has other columns than the others."""
    said = (
        (AlertKind.MISSING_COLUMN, "missing_columns", "lacks", "lack"),
        (AlertKind.EXTRA_COLUMN, "extra_columns", "alone has", "alone have"),
    )
    for kind, which, one, many in said:
        files_of: dict[str, list[str]] = {}
        for each in load.files:
            for name in getattr(each, which):
                files_of.setdefault(name, []).append(each.file)
        # Columns that come and go together are one thing to look at.
        together: dict[tuple[str, ...], list[str]] = {}
        for name, files in files_of.items():
            together.setdefault(tuple(files), []).append(name)
        for among, names in together.items():
            columns = "column" if len(names) == 1 else "columns"
            yield Alert(
                severity=Severity.MEDIUM,
                kind=kind,
                column=names[0] if len(names) == 1 else None,
                text=f"{listed(among)} {one if len(among) == 1 else many} {columns} "
                f"{listed([repr(name) for name in names])}.",
            )
    yield from _about_headers(load.files)
    if len(load.types) == 1 and any(mark in next(iter(load.types)) for mark in ";\t|"):
        yield Alert(
            severity=Severity.HIGH,
            kind=AlertKind.DELIMITER,
            column=next(iter(load.types)),
            text="The only column's name holds what looks like a delimiter: "
            "the files may not be separated by commas.",
        )


def _about_headers(files: Sequence[LoadedFile]) -> Iterator[Alert]:
    if empty := [each.file for each in files if not each.columns]:
        yield Alert(
            severity=Severity.MEDIUM,
            kind=AlertKind.EMPTY_FILE,
            text=f"{listed(empty)} {'is' if len(empty) == 1 else 'are'} empty.",
        )
    if renamed := {new: old for each in files for new, old in each.renamed_columns.items()}:
        names = listed([f"{old!r} -> {new!r}" for new, old in renamed.items()])
        yield Alert(
            severity=Severity.LOW,
            kind=AlertKind.RENAMED,
            text=f"Columns without a name of their own were renamed: {names}.",
        )


def _about_drift(drift: TypeDrift, columns: Sequence[Column]) -> Alert:
    """Say which type a column has where, the rarest first, and where that begins."""
    personal = next(each.personal for each in columns if each.name == drift.column)
    files_of: dict[ColumnType, list[TypeInFile]] = {}
    for each in drift.files:
        files_of.setdefault(each.type, []).append(each)
    parts: list[str] = []
    for kind, among in sorted(files_of.items(), key=lambda item: len(item[1])):
        first = among[0]
        where = first.file if len(among) == 1 else counted(len(among), "file")
        if not parts and first.line is not None:
            value = "" if first.value is None or personal else f": {first.value!r}"
            where += f" (line {first.line}{value})"
        parts.append(f"{kind} in {where}")
    lost = drift.type is ColumnType.TEXT
    return Alert(
        severity=Severity.HIGH if lost else Severity.MEDIUM,
        kind=AlertKind.TYPE_DRIFT,
        column=drift.column,
        text=f"{drift.column!r} is {' and '.join(parts)}; it was loaded as {drift.type}.",
    )


def _about_column(column: Column, rows: int) -> Iterator[Alert]:
    """Apply the rules for one column, by its type."""
    name = repr(column.name)
    if isinstance(column, EmptyColumn):
        if rows:
            text = f"{name} has no value in any row."
            yield _alert(column, Severity.MEDIUM, AlertKind.EMPTY, text)
        return
    if column.personal:
        text = f"{name} seems to hold personal data ({column.personal}); it is not shown."
        yield _alert(column, Severity.MEDIUM, AlertKind.PERSONAL, text)
    yield from _about_missing(column, rows)
    if column.distinct == 1 and column.count > 1:
        text = f"{name} has the same value in every row that has one."
        yield _alert(column, Severity.LOW, AlertKind.CONSTANT, text)
    elif column.unique and column.type in {"integer", "text"}:
        text = f"{name} has a value of its own in every row: it may be a key."
        yield _alert(column, Severity.LOW, AlertKind.UNIQUE, text)
    match column:
        case NumberColumn():
            yield from _about_numbers(column)
        case DateColumn(rhythm=rhythm) if rhythm and rhythm.missing:
            yield _alert(column, Severity.MEDIUM, AlertKind.GAPS, _gap_text(name, rhythm))
        case TextColumn() if NEARLY_NUMERIC <= column.numeric / column.count < 1:
            others = counted(column.count - column.numeric, "value")
            text = f"{name} is text only because of {others} of {column.count:,}; "
            text += "the others are numbers."
            yield _alert(column, Severity.HIGH, AlertKind.MIXED_TYPES, text)


def _alert(column: Column, severity: Severity, kind: AlertKind, text: str) -> Alert:
    return Alert(severity=severity, kind=kind, column=column.name, text=text)


def _about_missing(column: Column, rows: int) -> Iterator[Alert]:
    nulls = f"{column.nulls:,} of {counted(rows, 'value')} ({share(column.nulls, rows)})"
    if column.nulls >= MOSTLY_MISSING * rows:
        text = f"{column.name!r} is mostly missing: {nulls}."
        yield _alert(column, Severity.MEDIUM, AlertKind.MOSTLY_MISSING, text)
    elif column.nulls >= MISSING * rows:
        text = f"{column.name!r} lacks {nulls}."
        yield _alert(column, Severity.LOW, AlertKind.MISSING, text)


def _about_numbers(column: NumberColumn) -> Iterator[Alert]:
    if column.zeros >= MANY_ZEROS * column.count and column.distinct > 2:
        text = f"{column.name!r} is 0 in {share(column.zeros, column.count)} of its values."
        yield _alert(column, Severity.LOW, AlertKind.ZEROS, text)
    if column.skewness is not None and abs(column.skewness) >= SKEWED:
        text = f"{column.name!r} is very skewed (skewness {column.skewness:.3g})."
        yield _alert(column, Severity.LOW, AlertKind.SKEWED, text)


def _gap_text(name: str, rhythm: Rhythm) -> str:
    longest = rhythm.longest[0]
    return (
        f"{name} has no row for {counted(rhythm.missing, rhythm.period)} of "
        f"{rhythm.present + rhythm.missing:,}; the longest gap, of {longest.missing:,}, "
        f"is between {longest.after} and {longest.before}."
    )


def _about_shift(
    column: NumberColumn, values: pa.ChunkedArray, ranges: Mapping[str, tuple[int, int]]
) -> Iterator[Alert]:
    """Say which file's values lie far from those of the others."""
    if column.type == "integer" and column.distinct > 0.95 * column.count:
        return  # numbers that only count on, such as those of orders
    middles, spreads = {}, {}
    for file, (start, end) in ranges.items():
        block = values.slice(start, end - start)
        if len(block) - block.null_count >= FEWEST_FOR_SHIFT:
            low, middles[file], high = pc.quantile(block, q=[0.25, 0.5, 0.75]).to_pylist()
            spreads[file] = high - low
    for file, middle in middles.items():
        others = [each for each in middles if each != file]
        if not others:
            return
        usual = median(middles[each] for each in others)
        spread = median(spreads[each] for each in others)
        # Of three files, one that is off pulls the median of the other two along.
        apart = len(others) >= 3 or all(
            abs(middle - middles[each]) > SHIFT * spreads[each] for each in others
        )
        if spread and apart and abs(middle - usual) > SHIFT * spread:
            yield Alert(
                severity=Severity.HIGH,
                kind=AlertKind.SHIFT,
                column=column.name,
                text=f"{column.name!r} lies elsewhere in {file}: its median is {middle:.6g} "
                f"there and {usual:.6g} in the other files.",
            )
