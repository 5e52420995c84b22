"""
Column statistics: one typed column in, what is known of it out.

Knows values; does not know the table they stand in, nor what deserves an alert.
Every figure is exact but for rounding; nothing is sampled.
"""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from capstone_report.column_profile import (
    BooleanColumn,
    Column,
    DateColumn,
    EmptyColumn,
    Histogram,
    NumberColumn,
    Quantiles,
    TextColumn,
    TopValue,
)
from capstone_report.column_type import ColumnType, type_of
from capstone_report.date_rhythm import rhythm_of
from capstone_report.personal_data import personal_kind

TOP_VALUES = 10
"""How many of the most frequent values of a column are kept."""
_VALUE_LENGTH = 80
_BINS = 10
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_NUMBER = r"^\s*-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"
_BIG = 1e100
"""From here on squares and cubes are taken of scaled values: those of these would overflow."""


def profile_column(name: str, position: int, values: pa.ChunkedArray) -> Column:
    """
    Describe one column.

    Args:
        name: Its name.
        position: Counted from 1.
        values: Its cells, null for a missing one, of a type that a table is loaded with.
    """
    if pa.types.is_time(values.type):  # times of a day are described as the texts that they were
        values = values.cast(pa.string())
    count = len(values) - values.null_count
    facts: dict[str, Any] = {"name": name, "position": position}
    facts |= {"count": count, "nulls": values.null_count}
    if not count:
        return EmptyColumn(**facts, distinct=0, unique=False)
    counted = pc.value_counts(values.drop_null())
    personal = personal_kind(name, values)
    unique = len(counted) == len(values) > 1
    facts |= {"distinct": len(counted), "unique": unique, "personal": personal}
    if not personal and len(counted) < count:
        facts["top"] = _top_values(counted)
    present = values.drop_null()
    match kind := type_of(values.type):
        case ColumnType.BOOLEAN:
            true = pc.sum(present).as_py()
            return BooleanColumn(**facts, true=true, false=count - true)
        case ColumnType.INTEGER | ColumnType.FLOAT:
            return NumberColumn(**facts | _number_facts(present) | {"type": kind.value})
        case ColumnType.DATE | ColumnType.TIMESTAMP | ColumnType.INSTANT:
            return DateColumn(**facts | _date_facts(present) | {"type": kind.value})
        case _:
            return TextColumn(**facts, **_text_facts(present))


def rounded(figure: float) -> float:
    """Keep 12 significant digits: as many as do not depend on the order of summation."""
    return float(f"{figure:.12g}")


def plain(value: object) -> str:
    """Spell a value of a cell as a person would."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ").replace("+00:00", "Z")
    return str(value)


def _top_values(counted: pa.StructArray) -> tuple[TopValue, ...]:
    """Pick the most frequent values; among equally frequent ones, the least."""
    table = pa.table({"value": counted.field("values"), "count": counted.field("counts")})
    if pa.types.is_boolean(table["value"].type):
        order = pc.sort_indices(table, [("count", "descending")])
    else:
        order = pc.sort_indices(table, [("count", "descending"), ("value", "ascending")])
    rows = table.take(order[:TOP_VALUES]).to_pylist()
    return tuple(
        TopValue(value=plain(row["value"])[:_VALUE_LENGTH], count=row["count"]) for row in rows
    )


def _number_facts(values: pa.ChunkedArray) -> dict[str, Any]:
    """Describe numbers, of which there is at least one; all are finite."""
    least, greatest = (pc.min_max(values)[which].as_py() for which in ("min", "max"))
    numbers = pc.cast(values, pa.float64(), safe=False)  # sums of integers would overflow
    scale = max(abs(least), abs(greatest), 1.0)
    scale = scale if scale > _BIG else 1.0
    scaled = pc.divide(numbers, scale)
    mean = pc.mean(scaled).as_py()
    centred = pc.subtract(scaled, mean)
    variance = pc.mean(pc.multiply(centred, centred)).as_py()
    third = pc.mean(pc.multiply(pc.multiply(centred, centred), centred)).as_py()
    std = pc.stddev(scaled, ddof=1).as_py() if len(values) > 1 else None
    spread = variance**1.5
    return {
        "min": least,
        "max": greatest,
        "mean": rounded(mean * scale),
        "std": None if std is None else rounded(std * scale),
        "skewness": rounded(third / spread) if spread > 0 and least != greatest else None,
        "quantiles": Quantiles(
            **{
                f"q{100 * q:02.0f}": rounded(found * scale)
                for q, found in zip(
                    _QUANTILES, pc.quantile(scaled, q=list(_QUANTILES)).to_pylist(), strict=True
                )
            }
        ),
        "zeros": pc.sum(pc.equal(numbers, 0.0)).as_py(),
        "negatives": pc.sum(pc.less(numbers, 0.0)).as_py(),
        "histogram": _histogram(numbers, float(least), float(greatest)),
    }


def _histogram(numbers: pa.ChunkedArray, least: float, greatest: float) -> Histogram | None:
    """Count numbers in ranges of equal width; None where there is no width, or an infinite one."""
    width = (greatest - least) / _BINS
    if not 0 < width < math.inf:
        return None
    bins = pc.floor(pc.divide(pc.subtract(numbers, least), width))
    bins = pc.max_element_wise(pc.min_element_wise(bins, _BINS - 1.0), 0.0)
    counts = [0] * _BINS
    for row in pc.value_counts(bins).to_pylist():
        counts[int(row["values"])] = row["counts"]
    edges = [least, *(rounded(least + i * width) for i in range(1, _BINS)), greatest]
    return Histogram(edges=tuple(edges), counts=tuple(counts))


def _date_facts(values: pa.ChunkedArray) -> dict[str, Any]:
    """Describe dates or times, of which there is at least one."""
    least, greatest = (pc.min_max(values)[which] for which in ("min", "max"))
    days = pc.sort_indices(distinct := pc.unique(pc.cast(values, pa.date32(), safe=False)))
    dates: list[date] = distinct.take(days).to_pylist()
    return {
        "min": _iso(least),
        "max": _iso(greatest),
        "days": (dates[-1] - dates[0]).days,
        "rhythm": rhythm_of(dates),
    }


def _iso(scalar: pa.Scalar) -> str:
    """Spell a date or a time; a nanosecond that Python's times cannot hold stays in."""
    if pa.types.is_timestamp(scalar.type):
        text = str(pc.cast(scalar, pa.string()).as_py())
        whole, _, fraction = text.removesuffix("Z").partition(".")
        fraction = fraction.rstrip("0")
        return whole + (f".{fraction}" if fraction else "") + ("Z" if scalar.type.tz else "")
    return str(scalar.as_py().isoformat())


def _text_facts(values: pa.ChunkedArray) -> dict[str, Any]:
    """Describe texts, of which there is at least one."""
    lengths = pc.utf8_length(values)
    return {
        "min_length": pc.min(lengths).as_py(),
        "mean_length": rounded(pc.mean(lengths).as_py()),
        "max_length": pc.max(lengths).as_py(),
        "numeric": pc.sum(pc.match_substring_regex(values, _NUMBER)).as_py(),
    }
