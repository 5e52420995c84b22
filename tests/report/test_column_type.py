"""A column gets the narrowest type that loses nothing of what is written."""

from datetime import date, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_report.column_type import ColumnType, first_misfit, joined, narrowest, read_as

T = ColumnType


def column(*cells: str | None) -> pa.ChunkedArray:
    """Return cells as a column of text."""
    return pa.chunked_array([pa.array(cells, pa.string())])


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
        (("nan", "1.5"), T.TEXT),
        (("NA", "1"), T.TEXT),
        (("1,5",), T.TEXT),
        ((" 1", "2 "), T.INTEGER),
        (("True", "false", "TRUE"), T.BOOLEAN),
        (("yes", "no"), T.TEXT),
        (("0", "1"), T.INTEGER),
        (("2024-02-29", "1899-12-31"), T.DATE),
        (("2023-02-29",), T.TEXT),
        (("2024-1-2",), T.TEXT),
        (("2024-01-02 03:04", "2024-01-02T03:04:05.678"), T.TIMESTAMP),
        (("2024-01-02", "2024-01-02 03:04:05"), T.TIMESTAMP),
        (("2024-01-02 03:04:05.123456789",), T.TIMESTAMP),
        (("2024-01-02T03:04:05Z", "2024-01-02T03:04:05+02:00"), T.INSTANT),
        (("2024-01-02T03:04:05Z", "2024-01-02T03:04:05"), T.TEXT),
        (("12:30",), T.TEXT),
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


def test_offsets_become_utc() -> None:
    """A time with an offset is kept as the instant that it is."""
    (instant,) = read_as(column("2024-01-02T03:04:05+02:00"), T.INSTANT).to_pylist()  # type: ignore[union-attr]

    assert instant.isoformat() == "2024-01-02T01:04:05+00:00"


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.none(), min_size=1))
def test_integers_survive(values: list[int | None]) -> None:
    """What was an integer of 64 bits is the same integer after it was written and read."""
    written = column(*(None if each is None else str(each) for each in values))
    found = narrowest(written)

    assert found in {T.INTEGER, T.EMPTY}
    assert read_as(written, T.INTEGER).to_pylist() == values  # type: ignore[union-attr]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_decimals_survive(values: list[float]) -> None:
    """A double is the same double after it was written and read."""
    written = column(*map(repr, values))

    # An integral one beyond 2**53 is written with an exponent: it is no integer.
    assert narrowest(written) is T.FLOAT
    assert read_as(written, T.FLOAT).to_pylist() == values  # type: ignore[union-attr]


@given(st.lists(st.dates(), min_size=1))
def test_dates_survive(values: list[date]) -> None:
    """A date is the same date after it was written and read."""
    written = column(*(each.isoformat() for each in values))

    assert narrowest(written) is T.DATE
    assert read_as(written, T.DATE).to_pylist() == values  # type: ignore[union-attr]


@given(st.lists(st.datetimes(), min_size=1))
def test_times_survive(values: list[datetime]) -> None:
    """A time is the same time after it was written and read."""
    written = column(*(each.isoformat() for each in values))

    assert narrowest(written) is T.TIMESTAMP
    assert read_as(written, T.TIMESTAMP).to_pylist() == values  # type: ignore[union-attr]


@given(st.lists(st.text() | st.none()))
def test_any_text_has_a_type(values: list[str | None]) -> None:
    """Whatever a cell holds, its column can be read as the type it gets."""
    written = column(*values)
    found = read_as(written, narrowest(written))

    assert found is not None
    assert found.null_count == written.null_count


@given(st.lists(st.sampled_from(["1", "2", "x", "2024-02-30", None])), st.sampled_from(list(T)))
def test_first_misfit(cells: list[str | None], wanted: ColumnType) -> None:
    """The first misfit is the first cell that cannot be read by itself."""
    found = first_misfit(column(*cells), wanted)

    misfits = [
        index
        for index, cell in enumerate(cells)
        if cell is not None and read_as(column(cell), wanted) is None
    ]
    assert found == (misfits[0] if misfits else None)
