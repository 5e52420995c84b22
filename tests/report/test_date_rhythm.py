"""Dates that follow each other in a period have a rhythm, and the gaps in it are found."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_report.column_figure import Rhythm
from capstone_report.date_rhythm import rhythm_of


def in_days(dates: list[date]) -> Rhythm | None:
    """Return the rhythm of dates."""
    return rhythm_of(np.array(dates, "M8[D]"), "day")


def days(start: date, steps: list[int]) -> list[date]:
    """Return the dates that lie so many days apart."""
    dates = [start]
    for step in steps:
        dates.append(dates[-1] + timedelta(days=step))
    return dates


def test_daily_with_a_gap() -> None:
    """A gap is told with the dates on both sides of it."""
    rhythm = in_days(days(date(2024, 2, 26), [1, 1, 5, 1, 1]))

    assert rhythm is not None
    assert (rhythm.period, rhythm.present, rhythm.missing) == ("day", 6, 4)
    assert [(gap.after, gap.before, gap.missing) for gap in rhythm.longest] == [
        ("2024-02-28", "2024-03-04", 4)
    ]


@pytest.mark.parametrize(
    ("dates", "period", "missing"),
    [
        ([date(2023, m, 1) for m in (1, 2, 3, 5, 6)], "month", 1),
        ([date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)], "month", 0),
        ([date(y, 7, 1) for y in (2019, 2020, 2021, 2022)], "year", 0),
        (days(date(2024, 1, 1), [7, 7, 14, 7, 7]), "week", 1),
        (days(date(9999, 12, 27), [1, 1, 1, 1]), "day", 0),
    ],
)
def test_periods(dates: list[date], period: str, missing: int) -> None:
    """Days, weeks, months (also their ends) and years are told apart."""
    rhythm = in_days(dates)

    assert rhythm is not None
    assert (rhythm.period, rhythm.missing) == (period, missing)


def test_no_rhythm() -> None:
    """Dates that come as they please, and too few of them, have none."""
    assert in_days(days(date(2024, 1, 1), [3, 11, 2, 5])) is None
    assert in_days(days(date(2024, 1, 1), [1, 1])) is None
    assert in_days([]) is None


@given(st.sets(st.dates(), max_size=30))
def test_present_and_missing_add_up(dates: set[date]) -> None:
    """Periods present and missing are all the periods from the first to the last."""
    ordered = sorted(dates)
    rhythm = in_days(ordered)

    if rhythm is not None and rhythm.period == "day":
        span = (ordered[-1] - ordered[0]).days + 1
        assert rhythm.present + rhythm.missing == span


def test_times_within_days() -> None:
    """Hourly times have a rhythm of hours, and a gap is told with the times on both sides."""
    hours = np.datetime64("2024-03-01T00:00:00") + np.array([0, 1, 2, 5, 6]) * np.timedelta64(
        1, "h"
    )
    rhythm = rhythm_of(hours, "hour")

    assert rhythm is not None
    assert (rhythm.period, rhythm.present, rhythm.missing) == ("hour", 5, 2)
    assert rhythm.longest[0].after == "2024-03-01 02:00:00"
    assert rhythm.longest[0].before == "2024-03-01 05:00:00"
