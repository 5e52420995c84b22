"""
Cells: the values of one column as arrays that can be computed with.

Knows how values of each type lie in memory; does not know what they mean. NaN
is a missing value, as it is to pandas; -0.0 is 0.0.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from capstone_report.arrays import Array, filled
from capstone_report.column_type import ColumnType


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """
    The cells of one column.

    Attributes:
        kind: What the values are.
        data: One number for each row: the number itself; 0 or 1; days or `unit`s
            since 1970; or the index of a text in `texts`. Any where there is no value.
        valid: Whether each row has a value; None where all have.
        texts: The different texts, in the order in which they first appear.
        unit: For dates and times, numpy's word for it: `D`, `s`, `ms`, `us` or `ns`.
        size: Bytes of the values, uncompressed: of texts, those of UTF-8.
    """

    kind: ColumnType
    data: Array
    valid: Array | None
    texts: pa.StringArray = field(default_factory=lambda: pa.nulls(0, pa.string()))
    unit: str = ""
    size: int = 0

    def present(self) -> Array:
        """Return the values that are there, in the order of the rows."""
        return self.data if self.valid is None else self.data[self.valid]

    def times(self, values: Array) -> Array:
        """Return *values* of a column of dates or times as `datetime64`."""
        return values.astype(f"M8[{self.unit}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """
    The different values of a column, and how often each stands there.

    Attributes:
        values: Each value once: numbers ascending, codes of texts from 0.
        counts: In how many rows it stands.
        ordered: All values that are there, ascending; for texts, as they stand.
    """

    values: Array
    counts: Array
    ordered: Array


def cells_of(column: pa.ChunkedArray) -> Cells:
    """Lay out *column*; what is of no type that `load` gives is read as text, or as nothing."""
    kind, column = _understood(column)
    if kind is ColumnType.TEXT:
        return _texts(column)
    values = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    unit, width = "", 8
    if kind is ColumnType.EMPTY:
        nothing = np.zeros(len(values), np.uint8)
        return Cells(kind=kind, data=nothing, valid=nothing.astype(np.bool_))
    if kind is ColumnType.DATE:
        unit, width = "D", 4
        values = values.view(pa.int32())
    elif kind in {ColumnType.TIMESTAMP, ColumnType.INSTANT}:
        unit = str(values.type.unit)
        values = values.view(pa.int64())
    elif kind is ColumnType.BOOLEAN:
        width = 1
        values = pc.cast(values, pa.uint8())
    data, valid = filled(values)
    if kind is ColumnType.FLOAT:
        valid, data = _without_nan(valid, data)
    present = len(data) if valid is None else int(np.count_nonzero(valid))
    return Cells(kind=kind, data=data, valid=valid, unit=unit, size=width * present)


def tally_of(cells: Cells) -> Tally:
    """Count the values of a column."""
    present = cells.present()
    if cells.kind is ColumnType.TEXT:
        counts = np.bincount(present, minlength=len(cells.texts))
        return Tally(values=np.arange(len(counts)), counts=counts, ordered=present)
    ordered = np.sort(present)
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    counts = np.diff(starts, append=len(ordered))
    return Tally(values=ordered[starts], counts=counts, ordered=ordered)


def _understood(column: pa.ChunkedArray) -> tuple[ColumnType, pa.ChunkedArray]:  # noqa: PLR0911
    """Return what *column* is, cast to the one type in which that is computed with."""
    kind = column.type
    if pa.types.is_null(kind):
        return ColumnType.EMPTY, column
    if pa.types.is_boolean(kind):
        return ColumnType.BOOLEAN, column
    if pa.types.is_signed_integer(kind) or (pa.types.is_integer(kind) and kind.bit_width < 64):
        return ColumnType.INTEGER, column.cast(pa.int64())
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return ColumnType.FLOAT, column.cast(pa.float64(), safe=False)
    if pa.types.is_date(kind):
        return ColumnType.DATE, column.cast(pa.date32())
    if pa.types.is_timestamp(kind):
        return (ColumnType.INSTANT if kind.tz else ColumnType.TIMESTAMP), column
    try:
        return ColumnType.TEXT, column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # lists, or bytes that are no text
        return ColumnType.EMPTY, pa.chunked_array([pa.nulls(len(column))])


def _texts(column: pa.ChunkedArray) -> Cells:
    """Number the texts of a column in the order in which they first appear."""
    encoded = column.dictionary_encode()
    # The last chunk's dictionary is that of all: chunks only add to it.
    parts = [each.indices for each in encoded.chunks]
    texts = encoded.chunk(encoded.num_chunks - 1).dictionary if parts else pa.nulls(0, pa.string())
    codes = pa.chunked_array(parts, pa.int32()).combine_chunks()
    data, valid = filled(codes)
    size = pc.sum(pc.binary_length(column)).as_py() or 0
    return Cells(kind=ColumnType.TEXT, data=data, valid=valid, texts=texts, size=size)


def _without_nan(valid: Array | None, data: Array) -> tuple[Array | None, Array]:
    """Take NaN for missing, and -0.0 for 0.0."""
    data = data + 0.0
    if (odd := np.isnan(data)).any():
        valid = ~odd if valid is None else valid & ~odd
        data[odd] = 0.0
    return valid, data
