"""What columns have in common is what a plain look at all pairs of rows finds."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_report import dependency, relating, row_sample
from capstone_report.arrays import Array
from capstone_report.cells import cells_of, tally_of
from capstone_report.column_sample import codes_of, sample_of
from capstone_report.correlation import cramers_v, pearson, ranks, spearman
from capstone_report.relating import relate
from capstone_report.relation import Relations
from capstone_report.row_sample import sampled_rows

Values = Mapping[str, Sequence[object]]
FEW = st.integers(0, 3)


def related(columns: Values, rows: Array | None = None) -> Relations:
    """Relate columns, given by name."""
    cells = {
        name: cells_of(pa.chunked_array([pa.array(list(values))]))
        for name, values in columns.items()
    }
    samples = [sample_of(name, each, tally_of(each), rows) for name, each in cells.items()]
    count = len(next(iter(columns.values())))
    repeated = len(set(zip(*columns.values(), strict=True))) < count
    return relate(samples, count, lambda name: codes_of(cells[name]), repeated=repeated)


def plain_pearson(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Return Pearson's coefficient by its definition."""
    n = len(first)
    x, y = math.fsum(first) / n, math.fsum(second) / n
    above = math.fsum((a - x) * (b - y) for a, b in zip(first, second, strict=True))
    below = math.fsum((a - x) ** 2 for a in first) * math.fsum((b - y) ** 2 for b in second)
    return above / math.sqrt(below) if below else None


def plain_ranks(values: Sequence[float]) -> list[float]:
    """Rank by counting what is less, and what is equal."""
    return [
        sum(other < each for other in values) + (sum(other == each for other in values) + 1) / 2
        for each in values
    ]


@given(st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=2, max_size=30))
def test_pearson_and_spearman(pairs: list[tuple[int, int]]) -> None:
    """Both coefficients are those of their definitions; ties share their ranks."""
    first, second = (np.array(each, np.float64) for each in zip(*pairs, strict=True))
    expected = plain_pearson(*zip(*pairs, strict=True))
    ranked = [plain_ranks(each) for each in zip(*pairs, strict=True)]

    assert ranks(first).tolist() == ranked[0]
    for found, exact in (
        (pearson(first, second), expected),
        (spearman(first, second), plain_pearson(*ranked)),
    ):
        assert (found is None) == (exact is None)
        assert found is None or found == pytest.approx(exact, abs=2e-6)


@given(st.lists(st.tuples(FEW, FEW), min_size=2, max_size=40))
def test_cramers_v(pairs: list[tuple[int, int]]) -> None:
    """The association is that of the contingency table, with Bergsma's correction."""
    n = len(pairs)
    first, second = (Counter(each) for each in zip(*pairs, strict=True))
    found = cramers_v(*(np.array(each) for each in zip(*pairs, strict=True)))
    r, c = len(first), len(second)
    if min(r, c) < 2:
        assert found is None
        return
    both = Counter(pairs)
    phi = sum(
        (both[a, b] - first[a] * second[b] / n) ** 2 / (first[a] * second[b] / n)
        for a in first
        for b in second
    )
    corrected = max(0, phi / n - (r - 1) * (c - 1) / (n - 1))
    least = min(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1
    if least > 0:
        assert found == pytest.approx(min(1, math.sqrt(corrected / least)), abs=2e-6)
    else:
        assert found is None


@given(st.lists(st.tuples(FEW, FEW, FEW | st.none()), min_size=20, max_size=60))
def test_dependencies(rows: list[tuple[int, int, int | None]]) -> None:
    """A column tells another one if rows that agree in it agree there, but for exceptions."""
    columns = dict(zip("abc", zip(*rows, strict=True), strict=True))
    told = {(each.determinant, each.dependent): each for each in related(columns).dependencies}
    for x, y in combinations("abc", 2):
        for one, other in ((x, y), (y, x)):
            both = [
                (a, b)
                for a, b in zip(columns[one], columns[other], strict=True)
                if None not in (a, b)
            ]
            groups: dict[object, Counter[object]] = defaultdict(Counter)
            for a, b in both:
                groups[a][b] += 1
            exceptions = sum(each.total() - max(each.values()) for each in groups.values())
            if (one, other) in told:
                assert told[one, other].exceptions == exceptions
                assert told[one, other].rows == len(both)
            elif not exceptions and len(both) >= 20 and len(set(columns[other]) - {None}) > 1:
                assert told[other, one].mutual


@given(st.lists(st.tuples(FEW, FEW, FEW), min_size=2, max_size=12))
def test_keys(rows: list[tuple[int, int, int]]) -> None:
    """Keys tell all rows apart; pairs are told only where no single column is one."""
    columns = dict(zip("abc", zip(*rows, strict=True), strict=True))
    single = [(name,) for name in "abc" if len(set(columns[name])) == len(rows)]
    pairs = [
        pair
        for pair in combinations("abc", 2)
        if len(set(zip(*(columns[name] for name in pair), strict=True))) == len(rows)
        and all(len(set(columns[name])) > 1 for name in pair)
    ]

    assert list(related(columns).keys) == (single or pairs)


@pytest.mark.parametrize("wrong", [0, 1, 2])
def test_a_hundredth_may_be_exceptions(wrong: int) -> None:
    """Of a hundred rows that the most frequent value does not explain, one may be an exception."""
    town = [i % 20 for i in range(200)]
    land = ["north" if each < 10 else "south" for each in town]
    for row in range(wrong):  # one that is north in a town of the south, for one the other way
        land[row * 20], land[row * 20 + 10] = "south", "north"
    found = related({"town": town, "land": land}).dependencies

    # Two exceptions for each that is wrong, of a hundred that are unforeseen.
    assert [each.exceptions for each in found] == ([0] if not wrong else [])
    land = ["north" if each < 10 else "south" for each in town]
    land[:wrong] = ["elsewhere"] * wrong
    found = related({"town": town, "land": land}).dependencies
    assert [each.exceptions for each in found] == ([wrong] if wrong < 2 else [])


def test_what_is_nearly_unique_tells_nothing() -> None:
    """A column whose values stand less than twice, where the other has one, is no determinant."""
    code = [*range(40), *[99] * 60]
    kind = ["ab"[i % 2] for i in range(40)] + ["a"] * 5 + [None] * 55

    assert related({"code": code, "kind": kind}).dependencies == ()


def test_decimals_are_no_keys() -> None:
    """What measures tells rows apart by chance: only integers, texts and dates are keys."""
    found = related({"a": [1.5, 2.5, 3.5], "b": [1, 2, 2], "c": ["x", "x", "y"], "d": [1, 1, 1]})

    assert found.keys == (("b", "c"),)


def test_missing_together() -> None:
    """Columns with the same gaps are one group; opposite and partial gaps have a phi."""
    there = [True] * 30 + [False] * 10
    columns: dict[str, list[object]] = {
        "a": [1 if each else None for each in there],
        "b": [2 if each else None for each in there],
        "c": [None if each else 3 for each in there],
        "d": [4 if each or i % 5 == 0 else None for i, each in enumerate(there)],
        "e": list(range(40)),
    }
    found = related(columns).missing_together

    assert [(each.columns, each.rows, each.phi) for each in found[:2]] == [
        (("a", "b"), 10, 1.0),
        (("a", "c"), 0, -1.0),
    ]
    # Both are missing in 8 of 10 and 8 rows: phi = (40 * 8 - 10 * 8) / sqrt(10 * 30 * 8 * 32)
    assert [each.phi for each in found if each.columns == ("a", "d")] == [0.866025]
    assert not [each for each in found if "e" in each.columns]


def test_infinite_numbers_take_no_part() -> None:
    """A row with an infinite number is left out of a correlation."""
    pair = related({"a": [*range(20), math.inf], "b": [*range(20), 0.0]}).correlations[0]

    assert (pair.rows, pair.pearson, pair.spearman) == (20, 1.0, 1.0)


def test_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each bound on the work that is reached leaves a sentence."""
    columns: dict[str, list[object]] = {"row": list(range(60))}
    columns |= {f"n{k}": [(i * i * (k + 3)) % 997 for i in range(60)] for k in range(6)}
    columns |= {f"t{k}": ["ab"[i // (k + 1) % 2] for i in range(60)] for k in range(6)}
    monkeypatch.setattr(relating, "MOST_NUMBERS", 4)
    monkeypatch.setattr(relating, "MOST_WORK", 300)
    monkeypatch.setattr(relating, "MOST_SHOWN", 5)
    monkeypatch.setattr(dependency, "MOST_WORK", 600)
    found = related(columns)

    assert len(found.correlations) == 5
    assert found.limits == (
        "Correlations were looked for among the first 4 of 7 columns of numbers.",
        "Of 6 pairs of columns of numbers, the 5 that correlate the most are told.",
        "Associations were looked for among the first 3 of 6 columns of few values.",
        "Of 8 correlations, the 5 strongest are told.",
        "Dependencies were looked for among the first 3 columns of 6 that may have any.",
    )


def test_a_sample_suggests_and_all_rows_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dependency and a key that hold in the sample are counted in all rows."""
    monkeypatch.setattr(row_sample, "MOST_ROWS", 60)
    rows = sampled_rows(200, 3)
    assert rows is not None
    outside = next(row for row in range(200) if row not in rows)
    city = [f"c{i % 20}" for i in range(200)]
    country = [f"l{i % 20 // 5}" for i in range(200)]
    country[outside] = "other"
    turn = [i // 20 for i in range(200)]
    turn[outside] = turn[outside] - 1 if outside >= 20 else turn[outside] + 1
    found = related({"city": city, "country": country, "turn": turn}, rows)

    assert found.rows == 60
    assert [(each.determinant, each.dependent, each.exceptions) for each in found.dependencies] == [
        ("city", "country", 1)
    ]
    assert ("city", "turn") not in found.keys
    assert found.limits[0].startswith("Columns were compared in 60 of 200 rows")


def test_sampled_rows() -> None:
    """A sample is a part of the rows, the same each time, spread over the table."""
    rows = sampled_rows(1_000_000, 12)

    assert rows is not None
    assert len(set(rows.tolist())) == row_sample.MOST_ROWS
    assert np.array_equal(rows, np.sort(rows))
    assert abs(float(rows.mean()) - 500_000) < 3_000
    again = sampled_rows(1_000_000, 12)
    assert again is not None
    assert np.array_equal(rows, again)
    assert sampled_rows(1_000, 12) is None
    wide = sampled_rows(50_000, 2_000)
    assert wide is not None
    assert len(wide) == 5_000
