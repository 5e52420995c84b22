"""Every figure of a column of numbers is the one that its definition gives, in plain Python."""

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_report.column_figure import Order
from capstone_report.column_profile import EmptyColumn, NumberColumn, TextColumn
from capstone_report.column_statistics import profile_column

SMALL = st.integers(-9, 9) | st.integers(-(2**63), 2**63 - 1) | st.none()
FLOATS = (
    st.sampled_from([0.0, -0.0, 1.5, -1.5, math.inf, -math.inf, math.nan])
    | st.floats(-1e6, 1e6).map(lambda number: round(number, 9))
    | st.none()
)


def described(values: Sequence[float | None], kind: pa.DataType) -> NumberColumn:
    """Return what is known of a column of numbers."""
    found = profile_column("x", 1, pa.chunked_array([pa.array(list(values), kind)]))
    assert isinstance(found, NumberColumn)
    return found


def quantile(ordered: list[float], share: float) -> float:
    """Return a quantile as type 7 of Hyndman and Fan defines it."""
    place = share * (len(ordered) - 1)
    low = ordered[math.floor(place)]
    return low + (place - math.floor(place)) * (ordered[math.ceil(place)] - low)


def close(found: float | None, expected: float, scale: float = 1.0) -> bool:
    """Tell whether two figures are the same but for rounding."""
    return found is not None and math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9 * scale)


def check_moments(found: NumberColumn, numbers: list[float] | list[int]) -> None:
    """Hold mean, deviation, skewness and kurtosis against exact fractions."""
    n = len(numbers)
    exact = [Fraction(each) for each in numbers]
    mean = sum(exact) / n
    scale = float(max(map(abs, exact)))
    assert close(found.mean, float(mean), scale)
    assert close(found.sum, float(sum(exact)), scale * n)
    second, third, fourth = (sum((each - mean) ** k for each in exact) / n for k in (2, 3, 4))
    if n > 1:
        assert close(found.std, math.sqrt(second * n / (n - 1)), scale * 1e-6)
    if n < 3 or not second:
        assert found.skewness is None
        assert found.kurtosis is None
        return
    g1 = float(third) / math.sqrt(second) ** 3
    assert close(found.skewness, g1 * math.sqrt(n * (n - 1)) / (n - 2), n)
    if n > 3:
        g2 = float(fourth / second**2) - 3
        assert close(found.kurtosis, (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6), n)


@given(st.lists(SMALL, min_size=1, max_size=30))
def test_integers(values: list[int | None]) -> None:
    """Counts, extremes and sums of integers are exact at any size; all else is as defined."""
    present = [each for each in values if each is not None]
    column = pa.chunked_array([pa.array(values, pa.int64())])
    if not present:
        assert isinstance(profile_column("x", 1, column), EmptyColumn)
        return
    found = described(values, pa.int64())

    assert (found.count, found.nulls) == (len(present), len(values) - len(present))
    assert (found.min, found.max, found.sum) == (min(present), max(present), sum(present))
    assert found.distinct == len(set(present))
    assert found.unique == (len(set(present)) == len(values) > 1)
    assert found.zeros == present.count(0)
    assert found.negatives == sum(each < 0 for each in present)
    expected = sorted(Counter(present).items(), key=lambda item: (-item[1], item[0]))[:10]
    repeated = found.distinct < found.count
    assert [(int(each.value), each.count) for each in found.top] == (expected if repeated else [])
    check_moments(found, present)


@given(st.lists(FLOATS, min_size=1, max_size=30))
def test_decimals(values: list[float | None]) -> None:
    """NaN is missing, infinities are counted and left out of every other figure."""
    present = [each for each in values if each is not None and not math.isnan(each)]
    finite = sorted(each for each in present if math.isfinite(each))
    if not finite:
        return
    found = described(values, pa.float64())

    assert (found.count, found.nulls) == (len(present), len(values) - len(present))
    assert found.infinite == len(present) - len(finite)
    assert (found.min, found.max) == (finite[0], finite[-1])
    assert found.distinct == len(set(present))
    assert found.zeros == sum(each == 0 for each in finite)
    check_moments(found, finite)
    scale = max(map(abs, finite))
    for share, quantity in found.quantiles.model_dump().items():
        assert close(quantity, quantile(finite, int(share[1:]) / 100), scale)
    middle = statistics.median(finite)
    assert close(found.mad, statistics.median(abs(each - middle) for each in finite), scale)


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=40))
def test_ranges_and_fences(values: list[int]) -> None:
    """Bars and outliers count the numbers between the edges that are told."""
    found = described(values, pa.int64())

    if found.histogram:
        edges = found.histogram.edges
        assert (edges[0], edges[-1]) == (min(values), max(values))
        bars = [sum(low <= each < high for each in values) for low, high in pairwise(edges)]
        bars[-1] += values.count(max(values))
        assert list(found.histogram.counts) == bars
    else:
        assert min(values) == max(values)
    if found.outliers:
        low, high = found.quantiles.q25, found.quantiles.q75
        assert close(found.outliers.low, low - 1.5 * (high - low))
        assert found.outliers.below == sum(each < found.outliers.low for each in values)
        assert found.outliers.above == sum(each > found.outliers.high for each in values)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=6))
def test_order(values: list[int]) -> None:
    """Ascending, descending, strictly or not; nothing where all are the same."""
    expected: Order | None = None
    if len(set(values)) > 1:
        if values == sorted(values):
            expected = "ascending"
        elif values == sorted(values, reverse=True):
            expected = "descending"
    strictly: dict[Order | None, Order] = {
        "ascending": "strictly ascending",
        "descending": "strictly descending",
    }
    if expected and len(set(values)) == len(values):
        expected = strictly[expected]

    assert described(values, pa.int64()).order == expected


@pytest.mark.parametrize(
    ("values", "suspect"),
    [
        ([3, 4, 5, 6, -1, -1], ("-1", 2)),
        ([3, 4, 5, 6, -1], None),
        ([-3, 4, 5, 6, -1, -1], None),
        ([31, 40, 55, 62, 9999, 9999], ("9999", 2)),
        ([90, 95, 97, 98, 99, 99], None),
    ],
)
def test_placeholders(values: list[int | None], suspect: tuple[str, int] | None) -> None:
    """A repeated -1 among numbers that are not negative, or 9999 far off, is suspect."""
    found = described(values, pa.int64()).suspect

    assert (found and (found.value, found.count)) == suspect


def test_only_infinite() -> None:
    """A column without a finite number is one of words: there is nothing to compute."""
    found = profile_column("x", 1, pa.chunked_array([[math.inf, -math.inf, None, math.inf]]))

    assert isinstance(found, TextColumn)
    assert [(each.value, each.count) for each in found.top] == [("inf", 2), ("-inf", 1)]


def test_close_to_each_other_and_far_from_zero() -> None:
    """Figures of long ids do not drown in rounding."""
    found = described([10**18 + each for each in (1, 2, 3, 4)], pa.int64())

    assert close(found.std, statistics.stdev([1, 2, 3, 4]))
    assert found.mean == float(10**18)
