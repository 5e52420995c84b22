"""Every figure of a column of dates is the one that its definition gives, in plain Python."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_report.column_profile import DateColumn
from capstone_report.column_statistics import profile_column


def described(values: Sequence[date | None], kind: pa.DataType) -> DateColumn:
    """Return what is known of a column of dates."""
    found = profile_column("x", 1, pa.chunked_array([pa.array(list(values), kind)]))
    assert isinstance(found, DateColumn)
    return found


@given(st.lists(st.dates(date(1900, 1, 1), date(2100, 1, 1)) | st.none(), min_size=1, max_size=20))
def test_dates(values: list[date | None]) -> None:
    """Range, middle, order and counts by period are those that plain counting finds."""
    present = [each for each in values if each is not None]
    if not present:
        return
    found = described(values, pa.date32())
    ordered = sorted(present)

    assert (found.min, found.max) == (str(ordered[0]), str(ordered[-1]))
    assert found.median == str(ordered[(len(ordered) - 1) // 2])
    assert found.days == (ordered[-1] - ordered[0]).days
    assert found.distinct == len(set(present))
    if (timeline := found.timeline) is not None:
        length = {"day": 10, "month": 7, "year": 4}[timeline.period]
        assert timeline.start == str(ordered[0])[:length]
        counts = Counter(str(each)[:length] for each in ordered)
        assert [each for each in timeline.counts if each] == list(counts.values())


@pytest.mark.parametrize(
    ("times", "granularity"),
    [
        (["2024-01-01", "2025-01-01"], "year"),
        (["2024-01-01", "2025-03-01"], "month"),
        (["2024-01-01", "2025-03-02"], "day"),
        (["2024-01-01", "2025-03-02 10:00:00"], "hour"),
        (["2024-01-01", "2025-03-02 10:30:00"], "minute"),
        (["2024-01-01", "2025-03-02 10:30:07"], "second"),
        (["2024-01-01", "2025-03-02 10:30:07.250"], "millisecond"),
        (["2024-01-01", "2025-03-02 10:30:07.250001"], "microsecond"),
    ],
)
def test_granularity(times: list[str], granularity: str) -> None:
    """The coarsest unit of which all are whole numbers."""
    found = described([datetime.fromisoformat(each) for each in times], pa.timestamp("us"))

    assert found.granularity == granularity


def test_timeline_of_hours() -> None:
    """Rows of a day and a half are counted by the hour, those of years by the month."""
    start = datetime.fromisoformat("2024-03-01")
    hours = described([start + timedelta(hours=each) for each in (0, 0, 35)], pa.timestamp("us"))
    years = described([start, start + timedelta(days=800)], pa.timestamp("us"))

    assert hours.timeline is not None
    assert (hours.timeline.period, hours.timeline.start) == ("hour", "2024-03-01T00")
    assert hours.timeline.counts == (2, *[0] * 34, 1)
    assert years.timeline is not None
    assert (years.timeline.period, len(years.timeline.counts)) == ("month", 27)


def test_placeholder() -> None:
    """A repeated first date that programs write for none is suspect."""
    found = described([date(1900, 1, 1)] * 2 + [date(2024, 5, 1)], pa.date32())

    assert found.suspect is not None
    assert (found.suspect.value, found.suspect.count) == ("1900-01-01", 2)
    assert described([date(1900, 1, 1), date(2024, 5, 1)], pa.date32()).suspect is None
