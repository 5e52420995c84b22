"""Dates that follow each other in a period have a rhythm, and the gaps in it are found."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_report.date_rhythm import rhythm_of


def days(start: date, steps: list[int]) -> list[date]:
    """Return the dates that lie so many days apart."""
    dates = [start]
    for step in steps:
        dates.append(dates[-1] + timedelta(days=step))
    return dates


def test_daily_with_a_gap() -> None:
    """A gap is told with the dates on both sides of it."""
    rhythm = rhythm_of(days(date(2024, 2, 26), [1, 1, 5, 1, 1]))

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
    rhythm = rhythm_of(dates)

    assert rhythm is not None
    assert (rhythm.period, rhythm.missing) == (period, missing)


def test_no_rhythm() -> None:
    """Dates that come as they please, and too few of them, have none."""
    assert rhythm_of(days(date(2024, 1, 1), [3, 11, 2, 5])) is None
    assert rhythm_of(days(date(2024, 1, 1), [1, 1])) is None
    assert rhythm_of([]) is None


@given(st.sets(st.dates(), max_size=30))
def test_present_and_missing_add_up(dates: set[date]) -> None:
    """Periods present and missing are all the periods from the first to the last."""
    ordered = sorted(dates)
    rhythm = rhythm_of(ordered)

    if rhythm is not None and rhythm.period == "day":
        span = (ordered[-1] - ordered[0]).days + 1
        assert rhythm.present + rhythm.missing == span
