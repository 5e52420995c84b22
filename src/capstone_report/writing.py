"""
Writings: the ways in which people write numbers, dates and yes or no.

Knows how cells of text are read as values of a type, and what a reading would
lose; does not know files. A value is read as a narrower type only where writing
it out again would say the same:

* `00501`, `+49 30`, `0x1F` and numbers beyond 64 bits stay text: they are codes.
* `nan` and `inf` are no numbers; an integer beyond 2**53, which a double may not
  hold exactly, keeps its column from being one of decimals.
* Spaces around a value are not part of it.

A reading tells, besides the values, which *facts* speak for it: of `yes` and
`no` both must have been seen somewhere before a column is one of booleans.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from capstone_report.arrow_values import repeated, text_array, text_scalar
from capstone_report.column_type import ColumnType

NO_FACTS: frozenset[str] = frozenset()
_TRUTH = text_array(["true", "True", "TRUE", "false", "False", "FALSE"])
_TRUE = text_scalar("true")
_EXACT = 2**53  # beyond it, doubles do not hold every integer
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # 0001-01-01 and 9999-12-31, in days from 1970
_ISO_LENGTHS = (10, 16, 19, *range(21, 30))
_INSTANT = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
    r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    Cells, read.

    Attributes:
        values: As many as there are cells, null where the cell is.
        facts: What in the cells speaks for this way of reading them.
        is_inexact: Whether there are integers that a double may not hold.
    """

    values: pa.Array
    facts: frozenset[str] = NO_FACTS
    is_inexact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """
    One way to write values of a type.

    Attributes:
        type: What the values are.
        style: How they are written, as a person would put it: `%d/%m/%Y`, `1.234,5`,
            `$`, `%`, `yes/no`; empty for the plain way (ISO 8601, `1234.5`, `true`).
        read: Reads cells, trimmed and not empty; None if some cell is not written so.
        needs: Facts that must all have been seen before the column is read so.
        decimal: Before the fraction of a number.
        thousands: Between the groups of its figures.
        holds_integers: Whether it reads any integer that is written plainly and exact.
    """

    type: ColumnType
    style: str = ""
    read: Callable[[pa.Array], Reading | None]
    needs: frozenset[str] = NO_FACTS
    decimal: str = "."
    thousands: str = ""
    holds_integers: bool = False


def by_distinct(
    cells: pa.Array,
    arrow_type: pa.DataType,
    convert: Callable[[list[str]], list[object] | None],
) -> pa.Array | None:
    """Convert each different cell once, in Python; None if one cannot be."""
    encoded = cells.dictionary_encode()
    converted = convert(encoded.dictionary.to_pylist())
    if converted is None:
        return None
    return pa.array(converted, arrow_type).take(encoded.indices)


def read_boolean(cells: pa.Array) -> Reading | None:
    """Read `true`, `True`, `TRUE` and their opposites."""
    known = pc.sum(pc.is_in(cells, _TRUTH)).as_py() or 0
    if known < len(cells) - cells.null_count:
        return None
    return Reading(values=pc.equal(pc.utf8_lower(cells), _TRUE))


def read_integer(cells: pa.Array) -> Reading | None:
    """Read integers of 64 bits without leading zeros."""
    try:
        values = pc.cast(cells, pa.int64())
    except pa.ArrowInvalid:
        return None
    # Arrow reads 007 as 7 and 0x1F as 31. All that it takes and we do not begins with 0.
    for zero in ("0", "-0"):
        longer = pc.greater(pc.binary_length(cells), repeated(len(zero), 1)[0])
        if _any(pc.and_(pc.starts_with(cells, zero), longer)):
            return None
    least_and_greatest = pc.min_max(values)
    ends = [least_and_greatest[which].as_py() or 0 for which in ("min", "max")]
    return Reading(values=values, is_inexact=max(map(abs, ends)) > _EXACT)


def read_float(cells: pa.Array) -> Reading | None:
    """Read decimals with a point that are finite; integers among them must be exact."""
    try:
        values = pc.cast(cells, pa.float64())
    except pa.ArrowInvalid:
        return None
    if not pc.all(pc.is_finite(values), min_count=0).as_py():
        return None
    odd = pc.or_(pc.starts_with(cells, "+"), pc.starts_with(cells, "."))
    zero = pc.or_(pc.starts_with(cells, "0"), pc.starts_with(cells, "-0"))
    if _any(pc.or_(odd, zero)) and (
        _any(pc.starts_with(cells, "+"))
        or _any(pc.match_substring_regex(pc.filter(cells, zero), r"^-?0[0-9]"))
    ):
        return None
    if (pc.max(pc.abs(values)).as_py() or 0.0) >= _EXACT and _has_inexact(cells):
        return None
    return Reading(values=values)


def read_date(cells: pa.Array) -> Reading | None:
    """Read `2024-03-01`."""
    try:
        values = pc.cast(cells, pa.date32())
    except pa.ArrowInvalid:
        return None
    return Reading(values=values) if _within_our_years(values) else None


def read_timestamp(cells: pa.Array) -> Reading | None:
    """Read `2024-03-01 09:30[:00[.5]]`, also with `T`, and dates among them."""
    lengths = pc.unique(pc.binary_length(cells)).to_pylist()
    if any(each is not None and each not in _ISO_LENGTHS for each in lengths):
        return None
    values = _cast_first(cells, pa.timestamp("us"), pa.timestamp("ns"))
    if values is None or not _within_our_years(pc.cast(values, pa.date32(), safe=False)):
        return None
    return Reading(values=values)


def read_instant(cells: pa.Array) -> Reading | None:
    """Read times with an offset or `Z`, as the instants that they are, in UTC."""
    if pc.all(pc.match_substring_regex(cells, _INSTANT), min_count=0).as_py() is False:
        return None
    values = _cast_first(cells, pa.timestamp("us", "UTC"), pa.timestamp("ns", "UTC"))
    return None if values is None else Reading(values=values)


def read_text(cells: pa.Array) -> Reading:
    """Take cells as they stand."""
    return Reading(values=cells)


BOOLEAN = Writing(type=ColumnType.BOOLEAN, read=read_boolean)
INTEGER = Writing(type=ColumnType.INTEGER, read=read_integer)
FLOAT = Writing(type=ColumnType.FLOAT, read=read_float, holds_integers=True)
DATE = Writing(type=ColumnType.DATE, read=read_date)
TIMESTAMP = Writing(type=ColumnType.TIMESTAMP, read=read_timestamp)
INSTANT = Writing(type=ColumnType.INSTANT, read=read_instant)
TEXT = Writing(type=ColumnType.TEXT, read=read_text)
EMPTY = Writing(type=ColumnType.EMPTY, read=read_text)
PLAIN = (BOOLEAN, INTEGER, FLOAT, DATE, TIMESTAMP, INSTANT)
"""The plain writings, narrower ones first."""


def _any(mask: pa.Array) -> bool:
    return bool(pc.any(mask).as_py())


def _cast_first(cells: pa.Array, *arrow_types: pa.DataType) -> pa.Array | None:
    """Cast to the first type that takes all cells: microseconds, unless there are more digits."""
    for arrow_type in arrow_types:
        try:
            return pc.cast(cells, arrow_type)
        except pa.ArrowInvalid:  # 2021-02-30, or more digits
            continue
    return None


def _within_our_years(days: pa.Array) -> bool:
    """Tell whether all dates have a year of four figures, as Python's dates do."""
    ends = pc.min_max(pc.cast(days, pa.int32()))
    least, greatest = ends["min"].as_py(), ends["max"].as_py()
    return least is None or (least >= _FIRST_DAY and greatest <= _LAST_DAY)


def _has_inexact(cells: pa.Array) -> bool:
    """Tell whether an integer is written that a double may not hold."""
    long = pc.filter(cells, pc.match_substring_regex(cells, r"^-?[0-9]{16,}$"))
    return any(abs(int(text)) > _EXACT for text in pc.unique(long).to_pylist() if text)
