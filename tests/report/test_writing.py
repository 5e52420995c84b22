"""A column gets the narrowest type that loses nothing of what is written."""

from datetime import date, datetime, time
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_report.column_type import ColumnType, joined
from capstone_report.dialect import Dialect
from capstone_report.evidence import Evidence
from capstone_report.load_story import first_misfit
from capstone_report.resolution import ColumnPlan, resolve
from capstone_report.writing import DATE, FLOAT, INTEGER, PLAIN, TIMESTAMP, Writing

T = ColumnType


def at(*parts: int) -> datetime:
    """Return a time without a zone, as tables have them."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def column(*cells: str | None) -> pa.Array:
    """Return cells as a column of text."""
    return pa.array(cells, pa.string())


def planned(*cells: str | None, in_commas: bool = False) -> tuple[ColumnPlan, list[Any]]:
    """Return how a column of one file is loaded, and its values."""
    evidence = Evidence(dialect=Dialect(), in_commas=in_commas)
    found = evidence.take(column(*cells))
    plan = resolve(["x"], [{"x": evidence}])["x"]
    values = found.get(plan.writings[0])
    return plan, [] if values is None else values.to_pylist()


def narrowest(cells: pa.Array) -> ColumnType:
    """Return the type that a column gets."""
    return planned(*cells.to_pylist())[0].type


def read_as(cells: pa.Array, writing: Writing) -> list[Any] | None:
    """Return the values of *cells* in *writing*; None if some are not written so."""
    reading = writing.read(cells)
    return None if reading is None else reading.values.to_pylist()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ((), T.EMPTY),
        ((None, None), T.EMPTY),
        (("1", "-2", None, "0"), T.INTEGER),
        (("9223372036854775807",), T.INTEGER),
        (("9223372036854775808",), T.TEXT),
        (("901656910939770881", "1.5"), T.TEXT),
        (("00501", "10001"), T.TEXT),
        (("+49301234",), T.TEXT),
        (("-0", "7"), T.INTEGER),
        (("1.5", "2", ".5", "3.", "-1e-3"), T.FLOAT),
        (("01.5",), T.TEXT),
        (("1e999",), T.TEXT),
        (("inf", "1.5"), T.TEXT),
        (("NA", "1"), T.INTEGER),
        (("1,5",), T.FLOAT),
        (("1,234",), T.INTEGER),
        (("356,064", "978"), T.TEXT),
        (("0x1F",), T.TEXT),
        (("+1.5",), T.TEXT),
        ((" 1", "2 "), T.INTEGER),
        (("True", "false", "TRUE"), T.BOOLEAN),
        (("yes", "no", "Yes"), T.BOOLEAN),
        (("N", "Y"), T.BOOLEAN),
        (("N", "N"), T.TEXT),
        (("yes", "no", "maybe"), T.TEXT),
        (("0", "1"), T.INTEGER),
        (("2024-02-29", "1899-12-31"), T.DATE),
        (("2023-02-29",), T.TEXT),
        (("2024-1-2",), T.DATE),
        (("2024-01-02 03:04", "2024-01-02T03:04:05.678"), T.TIMESTAMP),
        (("2024-01-02", "2024-01-02 03:04:05"), T.TIMESTAMP),
        (("2024-01-02 03:04:05.123456789",), T.TIMESTAMP),
        (("2024-01-02T03:04:05Z", "2024-01-02T03:04:05+02:00"), T.INSTANT),
        (("2024-01-02T03:04:05Z", "2024-01-02T03:04:05"), T.TEXT),
        (("12:30",), T.TIME),
        (("25:30",), T.TEXT),
    ],
)
def test_narrowest(cells: tuple[str | None, ...], expected: ColumnType) -> None:
    """Each way of writing has its type; what would change when read stays text."""
    found = narrowest(column(*cells))

    assert found is expected


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ((), T.EMPTY),
        ((T.EMPTY, T.DATE), T.DATE),
        ((T.INTEGER, T.FLOAT, T.INTEGER), T.FLOAT),
        ((T.DATE, T.TIMESTAMP), T.TIMESTAMP),
        ((T.INTEGER, T.BOOLEAN), T.TEXT),
        ((T.DATE, T.INSTANT), T.TEXT),
        ((T.INTEGER, T.TEXT), T.TEXT),
    ],
)
def test_joined(types: tuple[ColumnType, ...], expected: ColumnType) -> None:
    """Files that differ meet in the narrowest type that holds both."""
    assert joined(types) is expected


@pytest.mark.parametrize(
    ("cells", "values", "style"),
    [
        (("1,234.50", "-3", "12"), [1234.5, -3.0, 12.0], "1,234.5"),
        (("1.234,50", "0,5"), [1234.5, 0.5], "1.234,5"),
        (("1 234", "12"), [1234, 12], "1 234"),
        (("12'345.5", "1.25"), [12345.5, 1.25], "1'234.5"),
        (("1.234.567", "1"), [1234567, 1], "1.234"),
        (("12%", "3.5 %", "-1%"), [12.0, 3.5, -1.0], "%"),
        (("$65,548 ", "$12.50", "-$3"), [65548.0, 12.5, -3.0], "$"),
        (("($3.00)", "$4.00"), [-3.0, 4.0], "$"),
        (("1.234,50 €", "2 €"), [1234.5, 2.0], "1.234,5 €"),
        (("€ 5", "€ 1.50"), [5.0, 1.5], "€"),
        (("24/12/2024", "1/2/2025"), [date(2024, 12, 24), date(2025, 2, 1)], "%d/%m/%Y"),
        (("12/24/24", "1/2/99"), [date(2024, 12, 24), date(1999, 1, 2)], "%m/%d/%y"),
        (("24.12.2024",), [date(2024, 12, 24)], "%d.%m.%Y"),
        (("1.2.2024",), [date(2024, 2, 1)], "%d.%m.%Y"),
        (("2024/12/24",), [date(2024, 12, 24)], "%Y/%m/%d"),
        (("3-Nov-23", "28-JUL-23"), [date(2023, 11, 3), date(2023, 7, 28)], "%d-%b-%y"),
        (("Nov 3, 2023", "May 12, 2024"), [date(2023, 11, 3), date(2024, 5, 12)], "%b %d, %Y"),
        (("3 March 2023", "12 May 2024"), [date(2023, 3, 3), date(2024, 5, 12)], "%d %B %Y"),
        (
            ("24/12/2024 9:05", "1/2/2025 23:59"),
            [at(2024, 12, 24, 9, 5), at(2025, 2, 1, 23, 59)],
            "%d/%m/%Y %H:%M",
        ),
        (("12/24/2024 9:05 PM",), [at(2024, 12, 24, 21, 5)], "%m/%d/%Y %I:%M %p"),
        (("09:05:07", "23:59:00.5"), [time(9, 5, 7), time(23, 59, 0, 500000)], "%H:%M:%S"),
        (("oui", "Non", "oui"), [True, False, True], "oui/non"),
    ],
)
def test_ways_of_writing(cells: tuple[str, ...], values: list[Any], style: str) -> None:
    """Numbers, dates and answers are read as people write them, and how is told."""
    plan, found = planned(*cells)

    assert found == values
    assert plan.writings[0].style == style


@pytest.mark.parametrize(
    "cells",
    [
        ("$5", "€5"),
        ("$5", "5"),
        ("5%", "5"),
        ("1,234", "1234"),
        ("1,23,456",),
        ("1,234.5.6",),
        ("24/12/2024", "12/24/2024"),
        ("31/02/2024", "25/02/2024"),
        ("24/12/2024", "24-12-2024"),
        ("(5", "6"),
        ("Mar-87", "1987"),
        ("1.10", "1.1.0"),
    ],
)
def test_what_does_not_agree(cells: tuple[str, ...]) -> None:
    """Where not every value is written in the same way, the column stays text."""
    assert narrowest(column(*cells)) is T.TEXT


def test_lists_are_no_decimals() -> None:
    """Between commas a decimal comma has to be quoted: where only some have one, it is a list."""
    assert planned("2", "0", "2,2", in_commas=True)[0].type is T.TEXT
    assert planned("2,0", "0,00", "2,2", in_commas=True)[0].type is T.FLOAT


def test_offsets_become_utc() -> None:
    """A time with an offset is kept as the instant that it is."""
    _, (instant,) = planned("2024-01-02T03:04:05+02:00")

    assert instant.isoformat() == "2024-01-02T01:04:05+00:00"


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.none(), min_size=1))
def test_integers_survive(values: list[int | None]) -> None:
    """What was an integer of 64 bits is the same integer after it was written and read."""
    written = column(*(None if each is None else str(each) for each in values))
    found = narrowest(written)

    assert found in {T.INTEGER, T.EMPTY}
    assert read_as(written, INTEGER) == values


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_decimals_survive(values: list[float]) -> None:
    """A double is the same double after it was written and read."""
    written = column(*map(repr, values))

    # An integral one beyond 2**53 is written with an exponent: it is no integer.
    assert narrowest(written) is T.FLOAT
    assert read_as(written, FLOAT) == values


@given(st.lists(st.dates(), min_size=1))
def test_dates_survive(values: list[date]) -> None:
    """A date is the same date after it was written and read."""
    written = column(*(each.isoformat() for each in values))

    assert narrowest(written) is T.DATE
    assert read_as(written, DATE) == values


@given(st.lists(st.datetimes(), min_size=1))
def test_times_survive(values: list[datetime]) -> None:
    """A time is the same time after it was written and read."""
    written = column(*(each.isoformat() for each in values))

    assert narrowest(written) is T.TIMESTAMP
    assert read_as(written, TIMESTAMP) == values


@given(
    st.dates(),
    st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d"]),
    st.integers(1, 3000),
)
def test_many_dates_are_read_as_few(day: date, style: str, times: int) -> None:
    """The way for long columns reads what the way for short ones reads."""
    written = f"{day:%d}".join(style.split("%d")).replace("%m", f"{day:%m}")
    written = written.replace("%Y", f"{day.year:04}")

    few, many = planned(written), planned(*[written] * times)

    assert many[0].type is few[0].type
    assert many[1][:1] == few[1]


@given(st.lists(st.text() | st.none()))
def test_any_text_has_a_type(values: list[str | None]) -> None:
    """Whatever cells hold, a column that is not text has a value or a null word in each."""
    plan, found = planned(*values)

    assert plan.type is T.TEXT or plan.type is T.EMPTY or len(found) == len(values)


@given(
    st.lists(st.sampled_from(["1", "2", "x", "2024-02-30", " 7 ", "NA", None])),
    st.sampled_from(PLAIN),
)
def test_first_misfit(cells: list[str | None], writing: Writing) -> None:
    """The first misfit is the first cell that cannot be read by itself."""
    found = first_misfit(column(*cells), writing)

    misfits = [
        index
        for index, cell in enumerate(cells)
        if cell is not None and first_misfit(column(cell), writing) is not None
    ]
    assert found == (misfits[0] if misfits else None)
