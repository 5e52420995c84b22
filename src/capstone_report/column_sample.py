"""
Column samples: what of a column is kept to compare it with others.

Knows a column in the rows that were picked, and three facts about all of it;
does not know what is compared.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from capstone_report.arrays import Array
from capstone_report.cells import Cells, Tally
from capstone_report.column_type import ColumnType


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSample:
    """
    One column in the sampled rows.

    Attributes:
        name: Its name.
        kind: What its values are.
        codes: A number from 0 for each different value; -1 where there is none.
        numbers: The numbers themselves, NaN where there is none or it is infinite; None if it
            holds no numbers.
        distinct: Different values in the whole table.
        nulls: Missing cells in the whole table.
        unique: Whether every row of the whole table has a value of its own.
        missing: Digest of the rows in which it is missing, in the whole table.
    """

    name: str
    kind: ColumnType
    codes: Array
    numbers: Array | None
    distinct: int
    nulls: int
    unique: bool
    missing: bytes


def sample_of(name: str, cells: Cells, tally: Tally, rows: Array | None) -> ColumnSample:
    """
    Keep of a column what is compared.

    Args:
        name: Its name.
        cells: All of its cells.
        tally: Its different values.
        rows: The sampled rows; None for all.
    """
    data = cells.data if rows is None else cells.data[rows]
    valid = cells.valid if rows is None or cells.valid is None else cells.valid[rows]
    nulls = 0 if cells.valid is None else int(len(cells.valid) - np.count_nonzero(cells.valid))
    packed = np.packbits(cells.valid).tobytes() if cells.valid is not None else b""
    return ColumnSample(
        name=name,
        kind=cells.kind,
        codes=_codes(cells, data, valid),
        numbers=_numbers(cells, data, valid),
        distinct=len(tally.values),
        nulls=nulls,
        unique=len(tally.values) == len(cells.data) > 1,
        missing=hashlib.blake2b(packed, digest_size=16).digest(),
    )


def codes_of(cells: Cells) -> Array:
    """Number the different values of a column from 0; -1 for a missing one."""
    return _codes(cells, cells.data, cells.valid)


def _codes(cells: Cells, data: Array, valid: Array | None) -> Array:
    if cells.kind is ColumnType.TEXT:
        codes = data.astype(np.int32)
    else:
        order = np.argsort(data)
        ordered = data[order]
        codes = np.empty(len(data), np.int32)
        codes[order] = np.cumsum(np.append(False, ordered[1:] != ordered[:-1])[: len(ordered)])
    if valid is not None:
        codes[~valid] = -1
    return codes


def _numbers(cells: Cells, data: Array, valid: Array | None) -> Array | None:
    if cells.kind not in {ColumnType.INTEGER, ColumnType.FLOAT}:
        return None
    numbers = data.astype(np.float64)
    numbers[~np.isfinite(numbers)] = np.nan
    if valid is not None:
        numbers[~valid] = np.nan
    return numbers
