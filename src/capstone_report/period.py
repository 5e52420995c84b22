"""
Periods: the names of those that follow each other, as a timeline counts them.

Knows the calendar; does not know what happened when.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from capstone_report.column_figure import Timeline

_STEPS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
_LENGTHS = {"month": 7, "day": 10, "hour": 13, "minute": 16, "second": 19}
"""How many characters of an ISO time name each period."""


def period_names(timeline: Timeline) -> list[str]:
    """Name each period of *timeline*, as its start is: `2024`, `2024-03`, `2024-03-01T10`."""
    count = len(timeline.counts)
    if timeline.period == "year":
        return [f"{int(timeline.start) + i:04}" for i in range(count)]
    if timeline.period == "month":
        first = 12 * int(timeline.start[:4]) + int(timeline.start[5:7]) - 1
        return [f"{each // 12:04}-{each % 12 + 1:02}" for each in range(first, first + count)]
    # `2024-03-01T10` is no time to `fromisoformat` of Python 3.11 without its minutes.
    padded = timeline.start + "1970-01-01T00:00:00"[len(timeline.start) :]
    start = datetime.fromisoformat(padded)
    length = _LENGTHS[timeline.period]
    step = _STEPS[timeline.period]
    return [(start + i * step).isoformat()[:length] for i in range(count)]
