"""
Column alerts: what in a single column deserves a look.

Knows the figures of one column; does not know the others. Limits are named here
and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator

from capstone_report.alert import Alert, AlertKind, Severity
from capstone_report.column_figure import Rhythm, TopValue
from capstone_report.column_profile import Column, DateColumn, EmptyColumn, NumberColumn, TextColumn
from capstone_report.text_statistics import NEARLY
from capstone_report.wording import counted, share

MOSTLY_MISSING = 0.5
MISSING = 0.05
MANY_ZEROS = 0.5
SKEWED = 5.0
IMBALANCED = 0.5
"""One less the entropy of the shares over its greatest; for columns of few values."""
FEW_VALUES = 50
MANY_VALUES = 0.1
"""The share of the rows from which on different texts are many."""
RARE = 0.05
"""Values beyond twice the distance of Tukey's fences are outliers while they are so few."""
ODD = 0.05
"""Shapes are odd while they are so few."""
EXACT = 2**53
"""Beyond it, a reader that takes numbers for doubles does not hold every integer."""
_COUNTED = {"id", "postcode", "year", "latitude", "longitude", "epoch seconds"}
"""What has no outliers: numbers that say which, not how much."""


def about_column(column: Column, rows: int) -> Iterator[Alert]:
    """
    Apply the rules for one column, by its type.

    Args:
        column: What is known of it.
        rows: Of the table.
    """
    name = repr(column.name)
    if isinstance(column, EmptyColumn):
        if rows:
            text = f"{name} has no value in any row."
            yield _medium(column, AlertKind.EMPTY, text)
        return
    if column.personal:
        text = f"{name} seems to hold personal data ({column.personal}); it is not shown."
        yield _medium(column, AlertKind.PERSONAL, text)
    yield from _about_missing(column, rows)
    yield from _about_variety(column)
    match column:
        case NumberColumn():
            yield from _about_numbers(column)
        case DateColumn():
            yield from _about_dates(column)
        case TextColumn():
            yield from _about_types(column)
            yield from _about_texts(column)


def _high(column: Column, kind: AlertKind, text: str) -> Alert:
    return Alert(severity=Severity.HIGH, kind=kind, column=column.name, text=text)


def _medium(column: Column, kind: AlertKind, text: str) -> Alert:
    return Alert(severity=Severity.MEDIUM, kind=kind, column=column.name, text=text)


def _low(column: Column, kind: AlertKind, text: str) -> Alert:
    return Alert(severity=Severity.LOW, kind=kind, column=column.name, text=text)


def _about_missing(column: Column, rows: int) -> Iterator[Alert]:
    nulls = f"{column.nulls:,} of {counted(rows, 'value')} ({share(column.nulls, rows)})"
    if column.nulls >= MOSTLY_MISSING * rows:
        text = f"{column.name!r} is mostly missing: {nulls}."
        yield _medium(column, AlertKind.MOSTLY_MISSING, text)
    elif column.nulls >= MISSING * rows:
        text = f"{column.name!r} lacks {nulls}."
        yield _low(column, AlertKind.MISSING, text)


def _about_variety(column: Column) -> Iterator[Alert]:
    """Say whether values are all the same, all different, many, or one of them nearly all."""
    name = repr(column.name)
    many = max(FEW_VALUES, MANY_VALUES * column.count)
    if column.distinct == 1 and column.count > 1:
        text = f"{name} has the same value in every row that has one."
        yield _low(column, AlertKind.CONSTANT, text)
    elif column.unique and column.type in {"integer", "text"}:
        text = f"{name} has a value of its own in every row: it may be a key."
        yield _low(column, AlertKind.UNIQUE, text)
    elif column.type == "text" and column.distinct > many:
        text = f"{name} has {column.distinct:,} different values in {column.count:,}."
        yield _low(column, AlertKind.HIGH_CARDINALITY, text)
    few = column.type != "date" and column.distinct <= FEW_VALUES
    if column.imbalance is not None and column.imbalance >= IMBALANCED and few:
        most = "the same" if not column.top or column.personal else repr(column.top[0].value)
        often = f" ({share(column.top[0].count, column.count)})" if column.top else ""
        text = f"{name} is mostly {most}{often}."
        yield _low(column, AlertKind.IMBALANCE, text)


def _about_numbers(column: NumberColumn) -> Iterator[Alert]:
    name = repr(column.name)
    yield from _about_placeholder(column, column.suspect)
    if column.infinite:
        text = f"{name} is infinite in {counted(column.infinite, 'row')}."
        yield _medium(column, AlertKind.INFINITE, text)
    if column.zeros >= MANY_ZEROS * column.count and column.distinct > 2:
        text = f"{name} is 0 in {share(column.zeros, column.count)} of its values."
        yield _low(column, AlertKind.ZEROS, text)
    if max(abs(column.min), abs(column.max)) > EXACT and column.type == "integer":
        text = f"{name} holds integers beyond 2**53, which some programs round."
        yield _low(column, AlertKind.BIG_INTEGERS, text)
    if column.semantic and column.semantic.kind in _COUNTED:
        return
    if column.skewness is not None and abs(column.skewness) >= SKEWED:
        text = f"{name} is very skewed (skewness {column.skewness:.3g})."
        yield _low(column, AlertKind.SKEWED, text)
    far = column.outliers.far if column.outliers else 0
    if 0 < far <= RARE * column.count:
        text = f"{name} has {counted(far, 'value')} far from the others, of {column.count:,}."
        yield _low(column, AlertKind.OUTLIERS, text)


def _about_dates(column: DateColumn) -> Iterator[Alert]:
    yield from _about_placeholder(column, column.suspect)
    if column.rhythm and column.rhythm.missing:
        yield _medium(column, AlertKind.GAPS, _gap_text(repr(column.name), column.rhythm))


def _about_placeholder(column: Column, suspect: TopValue | None) -> Iterator[Alert]:
    if suspect:
        text = f"{column.name!r} is {suspect.value} in {counted(suspect.count, 'row')}: "
        text += "it may stand for a missing value, and counts as one that is there."
        yield _medium(column, AlertKind.PLACEHOLDER, text)


def _about_types(column: TextColumn) -> Iterator[Alert]:
    """Say what keeps a column of text from being one of numbers or dates."""
    for fitting, what in ((column.numeric, "numbers"), (column.dated, "dates")):
        if NEARLY <= fitting / column.count < 1:
            others = counted(column.count - fitting, "value")
            text = f"{column.name!r} is text only because of {others} of {column.count:,}; "
            text += f"the others are {what}."
            if column.misfits:
                shown = ", ".join(repr(each.value) for each in column.misfits)
                text = f"{text[:-1]}. The most frequent misfits: {shown}."
            yield _high(column, AlertKind.MIXED_TYPES, text)


def _about_texts(column: TextColumn) -> Iterator[Alert]:
    name = repr(column.name)
    if column.addresses and not column.personal:
        text = f"{name} holds an e-mail address in {counted(column.addresses, 'row')}."
        yield _medium(column, AlertKind.PERSONAL, text)
    if column.variants:
        text = f"{name} has {counted(column.variants, 'value')} that differ from another one "
        text += "only in case or in white space."
        yield _medium(column, AlertKind.SPELLINGS, text)
    if column.padded:
        text = f"{name} begins or ends with white space in {counted(column.padded, 'row')}."
        yield _low(column, AlertKind.PADDED, text)
    if column.shapes and "9" in (usual := column.shapes[0]).value:
        odd = column.count - usual.count
        if 0 < odd <= ODD * column.count and not column.misfits:
            text = f"{name} is not of the shape {usual.value} in {counted(odd, 'row')}."
            yield _low(column, AlertKind.ODD_SHAPES, text)


def _gap_text(name: str, rhythm: Rhythm) -> str:
    longest = rhythm.longest[0]
    return (
        f"{name} has no row for {counted(rhythm.missing, rhythm.period)} of "
        f"{rhythm.present + rhythm.missing:,}; the longest gap, of {longest.missing:,}, "
        f"is between {longest.after} and {longest.before}."
    )
