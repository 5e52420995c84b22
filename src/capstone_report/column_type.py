"""
Column types: the narrowest type that loses nothing of what is written.

Knows cells as text and what they can be read as; does not know files. A value
is read as a narrower type only where writing it out again would say the same:

* `00501`, `+49 30` and numbers beyond 64 bits stay text: they are codes.
* An integer beyond 2**53, which a double may not hold exactly, keeps its column
  from being one of decimals.
* `True`, `true`, `TRUE` and their opposites are booleans; `yes`, `1`, `x` are not.
* Dates and times are those of ISO 8601 (`2024-03-01`, `2024-03-01 09:30[:00[.5]]`,
  also with `T`). Times with an offset or `Z` become instants in UTC.
* Spaces around a number, a boolean or a date are not part of it.
* Words such as `NA` or `nan` are text, unless they are declared as null words.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc


class ColumnType(StrEnum):
    """What the values of a column are; narrower ones first."""

    EMPTY = "empty"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    FLOAT = "float"
    DATE = "date"
    TIMESTAMP = "timestamp"
    INSTANT = "instant"
    TEXT = "text"


_PATTERNS = {
    ColumnType.BOOLEAN: r"^(true|false|True|False|TRUE|FALSE)$",
    ColumnType.INTEGER: r"^-?(0|[1-9][0-9]*)$",
    ColumnType.FLOAT: r"^-?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$",
    ColumnType.DATE: r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    ColumnType.TIMESTAMP: (
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?)?$"
    ),
    ColumnType.INSTANT: (
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
        r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"
    ),
}
_ARROW_TYPES = {
    ColumnType.INTEGER: (pa.int64(),),
    ColumnType.FLOAT: (pa.float64(),),
    ColumnType.DATE: (pa.date32(),),
    # Microseconds, unless a value has more digits than that.
    ColumnType.TIMESTAMP: (pa.timestamp("us"), pa.timestamp("ns")),
    ColumnType.INSTANT: (pa.timestamp("us", "UTC"), pa.timestamp("ns", "UTC")),
}
_WIDER = {
    frozenset({ColumnType.INTEGER, ColumnType.FLOAT}): ColumnType.FLOAT,
    frozenset({ColumnType.DATE, ColumnType.TIMESTAMP}): ColumnType.TIMESTAMP,
}
_LONG_INTEGER = r"^-?[0-9]{16,}$"  # any shorter one is exact as a double
_EXACT = 2**53  # beyond it, doubles do not hold every integer


def narrowest(values: pa.ChunkedArray) -> ColumnType:
    """Return the narrowest type that holds all of *values*, a column of text."""
    distinct = pc.unique(values).drop_null()
    if not len(distinct):
        return ColumnType.EMPTY
    for candidate in _PATTERNS:
        # A look at a few first: most candidates fail there.
        if all(read_as(part, candidate) is not None for part in (distinct[:20], distinct)):
            return candidate
    return ColumnType.TEXT


def joined(types: Iterable[ColumnType]) -> ColumnType:
    """Return the narrowest type that may hold what all of *types* hold."""
    different = frozenset(types) - {ColumnType.EMPTY}
    if len(different) <= 1:
        return next(iter(different), ColumnType.EMPTY)
    return _WIDER.get(different, ColumnType.TEXT)


def read_as(values: pa.Array, wanted: ColumnType) -> pa.Array | None:
    """
    Read text as values of type *wanted*.

    Args:
        values: Cells as text, an array or a chunked array; null for an empty cell.
        wanted: The type; `EMPTY` reads as text.

    Returns:
        As many values, null where the cell is; None if some cell does not fit.
    """
    if wanted in {ColumnType.TEXT, ColumnType.EMPTY}:
        return values
    trimmed = pc.utf8_trim(values, characters=" \t")
    if pc.all(pc.match_substring_regex(trimmed, _PATTERNS[wanted])).as_py() is False:
        return None
    if wanted is ColumnType.BOOLEAN:
        return pc.equal(pc.utf8_lower(trimmed), "true")
    for arrow_type in _ARROW_TYPES[wanted]:
        try:
            cast = pc.cast(trimmed, arrow_type)
        except pa.ArrowInvalid:  # 2021-02-30, or an integer beyond 64 bits
            continue
        return cast if wanted is not ColumnType.FLOAT or _is_exact(trimmed, cast) else None
    return None


def first_misfit(values: pa.ChunkedArray, wanted: ColumnType) -> int | None:
    """Return the index of the first of *values* that is not a *wanted*; None if all are."""
    distinct = pc.unique(values).drop_null()
    if wanted in {ColumnType.TEXT, ColumnType.EMPTY} or read_as(distinct, wanted) is not None:
        return None
    # `unique` keeps the order of first appearance, so halving finds the first.
    low, high = 0, len(distinct) - 1
    while low < high:
        middle = (low + high) // 2
        if read_as(distinct[: middle + 1], wanted) is None:
            high = middle
        else:
            low = middle + 1
    return int(pc.index(values, distinct[low]).as_py())


def type_of(arrow_type: pa.DataType) -> ColumnType | None:
    """Return which of our types *arrow_type* stands for; None if none."""
    if pa.types.is_boolean(arrow_type):
        return ColumnType.BOOLEAN
    if pa.types.is_timestamp(arrow_type):
        return ColumnType.INSTANT if arrow_type.tz else ColumnType.TIMESTAMP
    kinds = {pa.int64(): ColumnType.INTEGER, pa.float64(): ColumnType.FLOAT}
    kinds |= {pa.date32(): ColumnType.DATE, pa.string(): ColumnType.TEXT}
    return kinds.get(arrow_type)


def _is_exact(written: pa.Array, numbers: pa.Array) -> bool:
    """Tell whether the doubles hold what is written: none overflowed, no integer moved."""
    if pc.any(pc.is_inf(numbers)).as_py():
        return False
    long = pc.filter(written, pc.match_substring_regex(written, _LONG_INTEGER))
    return all(abs(int(text)) <= _EXACT for text in pc.unique(long).to_pylist() if text)
