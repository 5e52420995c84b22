"""
Alert rules: what in a table deserves a look.

Knows the figures of a profile and the story of its files; does not know how
alerts are shown. Rules for one column are in `column_alerts`, those that need
its values file by file in `file_drift`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from capstone_report.alert import Alert, AlertKind, Severity
from capstone_report.column_alerts import about_column
from capstone_report.column_profile import Column
from capstone_report.column_type import ColumnType
from capstone_report.load_report import LoadedFile, LoadReport, TypeDrift, TypeInFile
from capstone_report.profile import TableFacts
from capstone_report.relation import Relations
from capstone_report.wording import counted, listed, share

AT_A_TIME = 3
"""How many alerts of a kind stand together while there are others of their severity."""
CORRELATED = 0.95
MOST_OF_A_KIND = 10
"""How many correlations, and how many groups that are missing together, are alerts."""


def alerts_of(
    facts: TableFacts,
    columns: Sequence[Column],
    relations: Relations,
    load: LoadReport,
    shifts: Sequence[Alert],
) -> tuple[Alert, ...]:
    """
    Apply every rule.

    Args:
        facts: Counts over the whole table.
        columns: Its columns, described.
        relations: What is known of columns together.
        load: How the files became the table.
        shifts: What differs from file to file.

    Returns:
        The most telling first, as `in_turns` ranks them.
    """
    found = [
        *_about_table(facts),
        *_about_files(load),
        *(_about_drift(each, columns) for each in load.drifts),
        *shifts,
        *_about_relations(relations),
    ]
    for column in columns:
        found += about_column(column, facts.rows)
    return in_turns(found)


def in_turns(alerts: Sequence[Alert]) -> tuple[Alert, ...]:
    """
    Rank alerts: by severity, then a few of each kind at a time.

    Of a hundred columns that are alike, three say it; the others come after what else there is.
    """
    seen: Counter[tuple[int, int]] = Counter()
    turns: list[tuple[int, int, int]] = []
    for alert in alerts:
        severity, kind = alert.rank()
        turns.append((severity, seen[severity, kind] // AT_A_TIME, kind))
        seen[severity, kind] += 1
    order = sorted(range(len(alerts)), key=turns.__getitem__)
    return tuple(alerts[place] for place in order)


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


def _about_relations(relations: Relations) -> Iterator[Alert]:
    """Say which columns tell the same, and where they contradict each other."""
    for each in relations.dependencies:
        if each.exceptions:
            yield Alert(
                severity=Severity.MEDIUM,
                kind=AlertKind.EXCEPTIONS,
                column=each.determinant,
                text=f"{each.determinant!r} tells {each.dependent!r} in all but "
                f"{counted(each.exceptions, 'row')} of {each.rows:,}.",
            )
    strong = [each for each in relations.correlations if each.strength() >= CORRELATED]
    for pair in strong[:MOST_OF_A_KIND]:
        first, second = pair.columns
        yield Alert(
            severity=Severity.LOW,
            kind=AlertKind.CORRELATED,
            column=second,
            text=f"{first!r} and {second!r} go together (correlation {pair.strength():.3g}).",
        )
    groups = [each for each in relations.missing_together if each.phi == 1]
    for group in groups[:MOST_OF_A_KIND]:
        yield Alert(
            severity=Severity.LOW,
            kind=AlertKind.MISSING_TOGETHER,
            column=group.columns[0],
            text=f"{listed([repr(name) for name in group.columns])} are missing in the same "
            f"{counted(group.rows, 'row')}.",
        )
