"""
Column statistics: one typed column in, what is known of it out.

Knows values; does not know the table they stand in, nor what deserves an alert.
Every figure is exact but for rounding; nothing is sampled or sketched.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from capstone_report.arrays import Array
from capstone_report.cells import Cells, Tally, cells_of, tally_of
from capstone_report.column_figure import TopValue
from capstone_report.column_profile import (
    BooleanColumn,
    Column,
    DateColumn,
    EmptyColumn,
    NumberColumn,
    TextColumn,
)
from capstone_report.column_type import ColumnType
from capstone_report.date_rhythm import iso
from capstone_report.date_statistics import date_facts
from capstone_report.number_statistics import number_facts
from capstone_report.personal_data import masked, personal_kind
from capstone_report.semantic_type import semantic_of
from capstone_report.text_statistics import most_frequent, text_facts
from capstone_report.value_look import looks_of

TOP_VALUES = 10
"""How many of the most frequent values of a column are kept."""


def profile_column(name: str, position: int, column: pa.ChunkedArray) -> Column:
    """
    Describe one column.

    Args:
        name: Its name.
        position: Counted from 1.
        column: Its cells, null for a missing one.
    """
    cells = cells_of(column)
    return describe(name, position, cells, tally_of(cells))


def describe(name: str, position: int, cells: Cells, tally: Tally) -> Column:
    """
    Describe one column that is laid out and counted.

    Args:
        name: Its name.
        position: Counted from 1.
        cells: Its cells.
        tally: Its different values.
    """
    rows, distinct = len(cells.data), len(tally.values)
    count = int(tally.counts.sum())
    facts: dict[str, Any] = {"name": name, "position": position}
    facts |= {"count": count, "nulls": rows - count, "distinct": distinct, "bytes": cells.size}
    if not count:
        return EmptyColumn(**facts, unique=False)
    if cells.kind is ColumnType.FLOAT and not np.isfinite(tally.values).any():
        return describe(name, position, _spelled(cells), _spelled_tally(tally))
    looks = looks_of(cells.texts) if cells.kind is ColumnType.TEXT else {}
    personal = personal_kind(name, cells, looks)
    facts |= {
        "unique": distinct == rows > 1,
        "imbalance": _imbalance(tally.counts),
        "semantic": semantic_of(name, cells, tally, looks),
        "personal": personal,
    }
    if not personal and distinct < count:
        facts["top"] = _top_values(cells, tally)
    facts["type"] = cells.kind.value
    match cells.kind:
        case ColumnType.BOOLEAN:
            true = int(np.count_nonzero(tally.ordered))
            return BooleanColumn(**facts, true=true, false=count - true)
        case ColumnType.INTEGER | ColumnType.FLOAT:
            return NumberColumn(**facts, **number_facts(cells.present(), tally))
        case ColumnType.DATE | ColumnType.TIMESTAMP | ColumnType.INSTANT:
            return DateColumn(**facts, **date_facts(cells, tally))
        case _:
            return TextColumn(**facts, **text_facts(cells.texts, tally.counts, personal))


def plain(value: object) -> str:
    """Spell a value of a cell as a person would."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ").replace("+00:00", "Z")
    return str(value)


def _imbalance(counts: Array) -> float | None:
    """Return 1 less the entropy over its greatest; 0 if all values are equally frequent."""
    if len(counts) < 2:
        return None
    shares = np.sort(counts) / counts.sum()
    entropy = -float((shares * np.log(shares)).sum())
    return max(0.0, round(1 - entropy / math.log(len(counts)), 9)) + 0.0


def _top_values(cells: Cells, tally: Tally) -> tuple[TopValue, ...]:
    """Pick the most frequent values; among equally frequent ones, the least."""
    if cells.kind is ColumnType.TEXT:
        found = most_frequent(cells.texts, tally.counts, TOP_VALUES)
        return tuple(each.model_copy(update={"value": masked(each.value, None)}) for each in found)
    counts = tally.counts
    chosen = np.arange(len(counts))
    if len(counts) > TOP_VALUES:
        least = np.partition(counts, len(counts) - TOP_VALUES)[len(counts) - TOP_VALUES]
        chosen = np.flatnonzero(counts >= least)
    chosen = chosen[np.argsort(-counts[chosen], kind="stable")][:TOP_VALUES]
    return tuple(
        TopValue(value=_spelled_value(cells, tally.values[i]), count=int(counts[i])) for i in chosen
    )


def _spelled_value(cells: Cells, value: Any) -> str:
    """Spell a value as it lies in memory."""
    if cells.kind is ColumnType.BOOLEAN:
        return str(bool(value))
    if cells.unit:
        zone = "Z" if cells.kind is ColumnType.INSTANT else ""
        return iso(cells.times(np.array([value]))[0]) + zone
    return str(value.item())


def _spelled(cells: Cells) -> Cells:
    """Take numbers of which none is finite for the words `-inf` and `inf`."""
    values = np.unique(cells.present())
    texts = pa.array([str(each) for each in values.tolist()])
    data = np.searchsorted(values, cells.data).astype(np.int32)
    return Cells(kind=ColumnType.TEXT, data=data, valid=cells.valid, texts=texts, size=cells.size)


def _spelled_tally(tally: Tally) -> Tally:
    return Tally(
        values=np.arange(len(tally.values)),
        counts=tally.counts,
        ordered=np.repeat(np.arange(len(tally.values)), tally.counts),
    )
