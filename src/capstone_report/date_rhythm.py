"""
Date rhythm: in what period dates follow each other, and where some are missing.

Knows calendars; does not know tables. Dates have a rhythm if most of those that
follow each other (60 %) lie exactly one period apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from capstone_report.column_profile import Gap, Period, Rhythm

_MAJORITY = 0.6
_FEWEST = 4
_GAPS_SHOWN = 5


def rhythm_of(dates: Sequence[date]) -> Rhythm | None:
    """
    Find the rhythm of *dates*.

    Args:
        dates: Different dates, ascending.

    Returns:
        The longest period in which most of them follow each other; None if there is none.
    """
    if len(dates) < _FEWEST:
        return None
    for period, counted in _countings(dates).items():
        steps = [after - before for before, after in pairwise(counted)]
        if sum(step == 1 for step in steps) < _MAJORITY * len(steps) or 0 in steps:
            continue
        gaps = [
            Gap(after=str(dates[i]), before=str(dates[i + 1]), missing=step - 1)
            for i, step in enumerate(steps)
            if step > 1
        ]
        gaps.sort(key=lambda gap: (-gap.missing, gap.after))
        return Rhythm(
            period=period,
            present=len(counted),
            missing=sum(gap.missing for gap in gaps),
            longest=tuple(gaps[:_GAPS_SHOWN]),
        )
    return None


def _countings(dates: Sequence[date]) -> dict[Period, list[int]]:
    """Number the dates by each period that they may follow, the longest first."""
    countings: dict[Period, list[int]] = {}
    if len({(each.month, each.day) for each in dates}) == 1:
        countings["year"] = [each.year for each in dates]
    last_days = all((each + timedelta(days=1)).day == 1 for each in dates if each < date.max)
    if len({each.day for each in dates}) == 1 or last_days:
        countings["month"] = [12 * each.year + each.month for each in dates]
    if len({each.weekday() for each in dates}) == 1:
        countings["week"] = [each.toordinal() // 7 for each in dates]
    countings["day"] = [each.toordinal() for each in dates]
    return countings
