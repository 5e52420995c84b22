"""Rows that repeat an earlier one are counted as comparing whole rows would count them."""

from collections import Counter

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from capstone_report.cells import cells_of
from capstone_report.row_digest import RowDigest

CELLS = st.tuples(
    st.sampled_from([0.0, -0.0, 1.5]) | st.none(),
    st.sampled_from(["", "a", "0"]) | st.none(),
    st.integers(-1, 1) | st.none(),
    st.booleans() | st.none(),
)


@given(st.lists(CELLS, min_size=1, max_size=40))
def test_repetitions(rows: list[tuple[object, ...]]) -> None:
    """A missing cell equals a missing one and nothing else, -0.0 equals 0.0."""
    digest = RowDigest(len(rows))
    for values in zip(*rows, strict=True):
        digest.add(cells_of(pa.chunked_array([pa.array(list(values))])))
    counts = [each for each in Counter(rows).values() if each > 1]

    assert digest.repetitions() == (sum(counts) - len(counts), len(counts))


def test_values_that_change_places_make_another_row() -> None:
    """The same values in other columns are no repetition."""
    digest = RowDigest(2)
    for values in ([1, 2], [2, 1]):
        digest.add(cells_of(pa.chunked_array([values])))

    assert digest.repetitions() == (0, 0)
