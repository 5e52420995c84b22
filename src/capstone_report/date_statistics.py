"""
Date statistics: dates or times in, their figures out.

Knows calendars; does not know what happened on these days.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from capstone_report.arrays import Array
from capstone_report.cells import Cells, Tally
from capstone_report.column_figure import Granularity, Timeline, TopValue
from capstone_report.column_type import ColumnType
from capstone_report.date_rhythm import iso, rhythm_of
from capstone_report.number_statistics import order_of

_A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_PARTS: tuple[tuple[Granularity, int], ...] = (
    ("hour", 3600),
    ("minute", 60),
    ("second", 1),
)
_FRACTIONS: tuple[tuple[Granularity, int], ...] = (
    ("millisecond", 10**3),
    ("microsecond", 10**6),
    ("nanosecond", 10**9),
)
_PLACEHOLDERS = {
    "0001-01-01",
    "1899-12-30",
    "1899-12-31",
    "1900-01-01",
    "1970-01-01",
    "2099-12-31",
    "2999-12-31",
    "9999-12-31",
}
"""What programs write for a missing date."""
_MOST_PERIODS = 60
_MOST_YEARS = 200
_PERIODS = {"second": "s", "minute": "m", "hour": "h", "day": "D", "month": "M", "year": "Y"}


def date_facts(cells: Cells, tally: Tally) -> dict[str, Any]:
    """Describe dates or times, of which there is at least one."""
    times = cells.times(tally.values)
    zone = "Z" if cells.kind is ColumnType.INSTANT else ""
    half = (len(tally.ordered) - 1) // 2
    middle = cells.times(tally.ordered[half : half + 1])[0]
    granularity = _granularity(tally.values, cells.unit)
    days = times[[0, -1]].astype("M8[D]").astype(np.int64)
    return {
        "min": iso(times[0]) + zone,
        "max": iso(times[-1]) + zone,
        "median": iso(middle) + zone,
        "days": int(days[1] - days[0]),
        "suspect": _suspect(times, tally, zone),
        "granularity": granularity,
        "rhythm": rhythm_of(times, granularity),
        "order": order_of(cells.present()),
        "timeline": _timeline(times, tally.counts, granularity),
    }


def _suspect(times: Array, tally: Tally, zone: str) -> TopValue | None:
    """Look at both ends for a date that stands for a missing one."""
    for end in (0, -1):
        is_placeholder = str(times[end].astype("M8[D]")) in _PLACEHOLDERS
        if is_placeholder and len(times) > 1 and tally.counts[end] > 1:
            return TopValue(value=iso(times[end]) + zone, count=int(tally.counts[end]))
    return None


def _granularity(values: Array, unit: str) -> Granularity:
    """Return the coarsest unit of which all values are whole numbers."""
    if unit != "D":
        second = _A_SECOND[unit]
        if (values % (24 * 3600 * second)).any():
            for name, seconds in _PARTS:
                if not (values % (seconds * second)).any():
                    return name
            for name, parts in _FRACTIONS:
                if second <= parts or not (values % (second // parts)).any():
                    return name
    days = values.astype(f"M8[{unit}]").astype("M8[D]")
    months = days.astype("M8[M]")
    if (months.astype("M8[D]") != days).any():
        return "day"
    return "month" if (months.astype(np.int64) % 12).any() else "year"


def _timeline(times: Array, counts: Array, granularity: Granularity) -> Timeline | None:
    """Count rows by the shortest period of which there are few."""
    names = list(_PERIODS)
    finest = "second" if granularity.endswith("second") else granularity
    for period in names[min(names.index(finest), names.index("day")) :]:
        unit = _PERIODS[period]
        most = _MOST_YEARS if period == "year" else _MOST_PERIODS
        first, last = times[[0, -1]].astype(f"M8[{unit}]").astype(np.int64).tolist()
        if last - first < most:
            places = times.astype(f"M8[{unit}]").astype(np.int64) - first
            found = np.bincount(places, weights=counts).astype(np.int64).tolist()
            start = str(times[0].astype(f"M8[{unit}]"))
            return Timeline.model_validate({"period": period, "start": start, "counts": found})
    return None
