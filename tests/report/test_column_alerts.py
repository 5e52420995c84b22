"""Each rule for a column speaks at its limit, and not below it."""

import math
from collections.abc import Sequence
from datetime import date

import pyarrow as pa
import pytest

from capstone_report.alert import AlertKind
from capstone_report.column_alerts import about_column
from capstone_report.column_statistics import profile_column


def alerts(name: str, values: Sequence[object]) -> dict[AlertKind, str]:
    """Return what is said of a column, by kind."""
    column = profile_column(name, 1, pa.chunked_array([pa.array(list(values))]))
    return {each.kind: each.text for each in about_column(column, len(values))}


MANY = [f"v{i % 60} {'x' * (i % 7)}" for i in range(500)]
SPREAD = list(range(100))


@pytest.mark.parametrize(
    ("kind", "yes", "no"),
    [
        (AlertKind.INFINITE, [1.5, math.inf], [1.5, 2.5]),
        (AlertKind.PLACEHOLDER, [*SPREAD, -1, -1], [*SPREAD, -1, -2]),
        (AlertKind.PLACEHOLDER, [date(1900, 1, 1)] * 2 + [date(2024, 1, 2)], [date(2024, 1, 2)]),
        (AlertKind.ZEROS, [0.0, 0.0, 1.5, 2.5], [0.0, 0.5, 1.5, 2.5]),
        (AlertKind.BIG_INTEGERS, [2**53 + 1], [2**53]),
        (AlertKind.SKEWED, [1.0] * 60 + [2.0, 90.0], SPREAD),
        (AlertKind.OUTLIERS, [*SPREAD, 400], [*SPREAD, 140]),
        (AlertKind.IMBALANCE, ["a"] * 19 + ["b"], ["a"] * 5 + ["b"] * 4),
        (AlertKind.HIGH_CARDINALITY, MANY, ["a", "b"] * 250),
        (AlertKind.UNIQUE, ["a", "b", "c"], ["a", "b", "b"]),
        (AlertKind.CONSTANT, ["a", "a", None], ["a", None]),
        (AlertKind.SPELLINGS, ["Rome", "rome"], ["Rome", "Roma"]),
        (AlertKind.PADDED, ["Rome ", "Oslo"], ["Rome", "New York"]),
        (AlertKind.ODD_SHAPES, [f"A-{i}" for i in range(10, 50)] + ["A10"], ["A-10", "B-20"]),
        (AlertKind.MIXED_TYPES, ["1", "2", "3", "4", "five"], ["1", "2", "three", "four"]),
        (
            AlertKind.MIXED_TYPES,
            ["1/2/24", "3/4/24", "1/1/24", "2/2/24", "soon"],
            ["soon", "1/2/24"],
        ),
        (AlertKind.PERSONAL, ["ask ada@example.com", "no"], ["ask ada", "no"]),
        (AlertKind.MOSTLY_MISSING, [1, None], [1, 2, None]),
        (AlertKind.MISSING, [*SPREAD[:19], None], SPREAD),
        (AlertKind.EMPTY, [None, None], [None, 1]),
        (AlertKind.GAPS, [date(2024, 1, d) for d in (1, 2, 3, 4, 6)], [date(2024, 1, 1)] * 4),
    ],
)
def test_rules(kind: AlertKind, yes: Sequence[object], no: Sequence[object]) -> None:
    """A column that the rule is about is told, one that comes near is not."""
    assert kind in alerts("x", yes)
    assert kind not in alerts("x", no)


def test_what_is_no_measure_has_no_outliers() -> None:
    """A year or a latitude far from the others is no outlier, however far."""
    years = [*range(1990, 2024), 1500]

    assert AlertKind.OUTLIERS in alerts("height", years)
    assert AlertKind.OUTLIERS not in alerts("year", years)


def test_misfits_are_named() -> None:
    """What keeps a column from being numbers is told; the value itself, unless it is personal."""
    values = [*map(str, range(20)), "n/a"]

    assert alerts("x", values)[AlertKind.MIXED_TYPES].endswith("The most frequent misfits: 'n/a'.")
    assert "n/a" not in alerts("phone", values)[AlertKind.MIXED_TYPES]
