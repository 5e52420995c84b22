"""
Column types: what the values of a column are, and which type holds those of several files.

Knows types and what holds what; does not know how values are written
(`writing`), nor files.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import pyarrow as pa


class ColumnType(StrEnum):
    """What the values of a column are; narrower ones first."""

    EMPTY = "empty"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    FLOAT = "float"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    INSTANT = "instant"
    TEXT = "text"


_WIDER = {
    frozenset({ColumnType.INTEGER, ColumnType.FLOAT}): ColumnType.FLOAT,
    frozenset({ColumnType.DATE, ColumnType.TIMESTAMP}): ColumnType.TIMESTAMP,
}
_ARROW_TYPES = {
    ColumnType.EMPTY: pa.string(),
    ColumnType.BOOLEAN: pa.bool_(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.FLOAT: pa.float64(),
    ColumnType.DATE: pa.date32(),
    ColumnType.TIME: pa.time64("us"),
    ColumnType.TIMESTAMP: pa.timestamp("us"),
    ColumnType.INSTANT: pa.timestamp("us", "UTC"),
    ColumnType.TEXT: pa.string(),
}


def joined(types: Iterable[ColumnType]) -> ColumnType:
    """Return the narrowest type that may hold what all of *types* hold."""
    different = frozenset(types) - {ColumnType.EMPTY}
    if len(different) <= 1:
        return next(iter(different), ColumnType.EMPTY)
    return _WIDER.get(different, ColumnType.TEXT)


def arrow_type_of(column_type: ColumnType, *, nanoseconds: bool = False) -> pa.DataType:
    """
    Return the Arrow type in which values of *column_type* are kept.

    Args:
        column_type: The type; one without values is kept as text.
        nanoseconds: Whether a time has more than six digits after the second.
    """
    if nanoseconds and column_type in {ColumnType.TIMESTAMP, ColumnType.INSTANT}:
        return pa.timestamp("ns", "UTC" if column_type is ColumnType.INSTANT else None)
    return _ARROW_TYPES[column_type]


def type_of(arrow_type: pa.DataType) -> ColumnType | None:
    """Return which of our types *arrow_type* stands for; None if none."""
    if pa.types.is_boolean(arrow_type):
        return ColumnType.BOOLEAN
    if pa.types.is_timestamp(arrow_type):
        return ColumnType.INSTANT if arrow_type.tz else ColumnType.TIMESTAMP
    kinds = {each: kind for kind, each in _ARROW_TYPES.items() if kind is not ColumnType.EMPTY}
    return kinds.get(arrow_type)
