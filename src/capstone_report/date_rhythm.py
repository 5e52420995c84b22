"""
Date rhythm: in what period dates follow each other, and where some are missing.

Knows calendars; does not know tables. Dates have a rhythm if most of those that
follow each other (60 %) lie exactly one period apart.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from capstone_report.arrays import Array
from capstone_report.column_figure import Gap, Granularity, Period, Rhythm

_MAJORITY = 0.6
_FEWEST = 4
_GAPS_SHOWN = 5
_WITHIN_DAYS: dict[Granularity, tuple[Period, str]] = {
    "hour": ("hour", "h"),
    "minute": ("minute", "m"),
    "second": ("second", "s"),
}
_WEEK = 7
_MONDAY = 3
"""Days from the Monday before 1970 to its first day."""


def rhythm_of(times: Array, granularity: Granularity) -> Rhythm | None:
    """
    Find the rhythm of *times*.

    Args:
        times: Different times (`datetime64` of any unit), ascending.
        granularity: The coarsest unit of which all are whole numbers.

    Returns:
        In their own unit, if they follow each other in it; else the longest period in which
        the days that they name do. None if there is none.
    """
    for period, named, counted in _countings(times, granularity):
        steps = np.diff(counted)
        if len(counted) < _FEWEST or (steps == 1).sum() < _MAJORITY * len(steps):
            continue
        if not steps.all():  # two of them in one period
            continue
        missing = steps - 1
        longest = np.argsort(-missing, kind="stable")[:_GAPS_SHOWN]
        return Rhythm(
            period=period,
            present=len(counted),
            missing=int(missing.sum()),
            longest=tuple(
                Gap(after=iso(named[i]), before=iso(named[i + 1]), missing=int(missing[i]))
                for i in longest
                if missing[i]
            ),
        )
    return None


def iso(time: np.datetime64) -> str:
    """Spell a date or a time as a person would: `2024-03-01`, `2024-03-01 10:30:00.25`."""
    whole, _, fraction = str(time).replace("T", " ").partition(".")
    if " " in whole and ":" not in whole:
        whole += ":00"
    if whole.count(":") == 1:
        whole += ":00"
    fraction = fraction.rstrip("0")
    return whole + (f".{fraction}" if fraction else "")


def _countings(times: Array, granularity: Granularity) -> Iterator[tuple[Period, Array, Array]]:
    """Number the times by each period that they may follow, as named dates and as numbers."""
    if granularity in _WITHIN_DAYS:
        period, unit = _WITHIN_DAYS[granularity]
        yield period, times, times.astype(f"M8[{unit}]").astype(np.int64)
    days = np.unique(times.astype("M8[D]"))
    numbers = days.astype(np.int64)
    months = days.astype("M8[M]")
    in_month = (days - months.astype("M8[D]")).astype(np.int64)
    to_the_last = ((months + 1).astype("M8[D]") - days).astype(np.int64)
    in_year = months.astype(np.int64) % 12
    if _all_same(in_year) and _all_same(in_month):
        yield "year", days, days.astype("M8[Y]").astype(np.int64)
    if _all_same(in_month) or (to_the_last == 1).all():
        yield "month", days, months.astype(np.int64)
    if _all_same((numbers + _MONDAY) % _WEEK):
        yield "week", days, (numbers + _MONDAY) // _WEEK
    yield "day", days, numbers


def _all_same(numbers: Array) -> bool:
    return bool((numbers == numbers[:1]).all())
