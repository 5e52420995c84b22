"""
Told columns: what of a column is worth a model's attention.

Knows what suits each type, and what is rare enough to tell; does not know budgets.
Of a personal column only counts are told.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from capstone_report.column_profile import (
    BooleanColumn,
    Column,
    DateColumn,
    NumberColumn,
    TextColumn,
)
from capstone_report.compressed import CompressedColumn
from capstone_report.row_choice import CELL_LENGTH

_FEW = 20
_CATEGORIES = 200
"""A column of at most so many different texts is a choice, in which the rare ones tell."""
_RARE = 0.01
"""The share of the values up to which one is rare."""
RARE_VALUES = 3
"""How many rare values are told of a column, at most."""

Hide = Callable[[str], str]
"""Takes what is personal out of a text."""


def told_column(column: Column, rare: tuple[tuple[str, int], ...], hide: Hide) -> CompressedColumn:
    """
    Tell all of a column that is worth telling.

    Args:
        column: What is known of it.
        rare: Its rare values.
        hide: Takes what is personal out of a text.
    """
    facts: dict[str, object] = {
        "name": hide(column.name),
        "type": column.type,
        "missing": column.nulls or None,
        "distinct": column.distinct,
        "personal": column.personal,
    }
    if column.personal:
        return CompressedColumn.model_validate(facts)
    facts["means"] = column.semantic.kind if column.semantic else None
    match column:
        case NumberColumn():
            middle = column.quantiles
            outliers = column.outliers
            facts |= {
                "range": (column.min, column.max),
                "mean": _short(column.mean),
                "median": _short(middle.q50),
                "quartiles": (_short(middle.q25), _short(middle.q75)),
                "std": None if column.std is None else _short(column.std),
                "zeros": column.zeros or None,
                "negatives": column.negatives or None,
                "outliers": (outliers.below + outliers.above or None) if outliers else None,
            }
        case DateColumn():
            facts |= {"range": (column.min, column.max), "timeline": column.timeline}
            if column.rhythm:
                missing = f"; {column.rhythm.missing} missing" if column.rhythm.missing else ""
                facts["note"] = f"every {column.rhythm.period}{missing}"
        case BooleanColumn():
            facts["true"] = column.true
    if _top_is_telling(column):
        facts["top"] = tuple((_cell(each.value, hide), each.count) for each in column.top)
        facts["rare"] = tuple((_cell(value, hide), count) for value, count in rare) or None
    return CompressedColumn.model_validate(facts)


def rare_values(column: Column, cells: Callable[[], pa.ChunkedArray]) -> list[tuple[str, int]]:
    """
    Find the values of a choice that hardly ever stand, the rarest first.

    Args:
        column: What is known of the column.
        cells: Reads its cells; asked for only where there may be rare values.
    """
    if not isinstance(column, TextColumn) or column.personal:
        return []
    if not len(column.top) < column.distinct <= _CATEGORIES or not _top_is_telling(column):
        return []
    counted = pc.value_counts(cells().drop_null())
    values, counts = counted.field("values").to_pylist(), counted.field("counts").to_pylist()
    most = _RARE * column.count
    rare = [(value, count) for value, count in zip(values, counts, strict=True) if count <= most]
    return sorted(rare, key=lambda each: (each[1], each[0]))[:RARE_VALUES]


def _top_is_telling(column: Column) -> bool:
    """Tell whether the most frequent values say more than they cost: where they repeat."""
    match column:
        case TextColumn():
            return bool(column.top) and 2 * column.distinct <= column.count
        case NumberColumn():
            return bool(column.top) and column.distinct <= _FEW
        case _:
            return False


def _cell(text: str, hide: Hide) -> str:
    return hide(text)[:CELL_LENGTH]


def _short(number: float) -> float:
    """Keep six digits: more tell a model nothing."""
    return float(f"{number:.6g}")
