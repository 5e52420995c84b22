"""
Column figures: the parts that column profiles are made of.

Knows the shape of single figures; does not know which column has which.
`docs/profile.md` defines every figure.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, NonNegativeInt

Period: TypeAlias = Literal["second", "minute", "hour", "day", "week", "month", "year"]
"""A length of time in which dates may follow each other."""

Granularity: TypeAlias = Literal[
    "year", "month", "day", "hour", "minute", "second", "millisecond", "microsecond", "nanosecond"
]
"""The coarsest unit of time of which every date is a whole number."""

Order: TypeAlias = Literal["ascending", "strictly ascending", "descending", "strictly descending"]
"""In which order values follow each other from row to row; `strictly`: none stands twice."""


class Fact(BaseModel):
    """Something that is known: it does not change, and holds nothing that JSON cannot say."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Quantiles(Fact):
    """Values below which 5, 25, 50, 75 and 95 % of the numbers lie; linear between neighbours."""

    q05: float
    q25: float
    q50: float
    q75: float
    q95: float


class Histogram(Fact):
    """
    How many numbers lie in each of some ranges of equal width.

    Attributes:
        edges: One more than there are ranges, ascending. A range holds its lower
            edge, the last one its upper edge too.
        counts: Numbers in each range.
    """

    edges: tuple[float, ...]
    counts: tuple[NonNegativeInt, ...]


class Outliers(Fact):
    """
    Numbers beyond Tukey's fences: 1.5 times the interquartile range outside the quartiles.

    Attributes:
        low: The lower fence.
        high: The upper fence.
        below: How many numbers lie below `low`.
        above: How many lie above `high`.
        far: How many of both lie beyond twice that distance.
    """

    low: float
    high: float
    below: NonNegativeInt
    above: NonNegativeInt
    far: NonNegativeInt


class Gap(Fact):
    """
    Periods without any row.

    Attributes:
        after: The last date or time before the gap, ISO 8601.
        before: The first one after it.
        missing: Number of periods between them.
    """

    after: str
    before: str
    missing: int


class Rhythm(Fact):
    """
    The period in which dates or times follow each other.

    Attributes:
        period: Of what length.
        present: Periods that have a row.
        missing: Periods between the first and the last that have none.
        longest: The longest gaps, longest first; at most five.
    """

    period: Period
    present: NonNegativeInt
    missing: NonNegativeInt
    longest: tuple[Gap, ...]


class Timeline(Fact):
    """
    How many rows each period has, from the first to the last.

    Attributes:
        period: The shortest one of which there are at most 60.
        start: The first period: `2024-03-01T10` (an hour), `2024-03-01`, `2024-03`, `2024`.
        counts: Rows in each; the periods follow each other without a gap.
    """

    period: Literal["second", "minute", "hour", "day", "month", "year"]
    start: str
    counts: tuple[NonNegativeInt, ...]


class TopValue(Fact):
    """A value, as text, and in how many rows it stands."""

    value: str
    count: NonNegativeInt


class Semantic(Fact):
    """
    What the values seem to stand for, beyond their type.

    Attributes:
        kind: `email`, `url`, `country code`, `latitude`, ...: the list is in docs/profile.md.
        count: How many of the values look like it.
    """

    kind: str
    count: NonNegativeInt


class Characters(Fact):
    """
    How many characters of all values are of each class, counted in code points.

    Attributes:
        upper: Upper-case letters.
        lower: Letters that are not upper-case.
        digits: Decimal digits.
        spaces: White space.
        marks: All else: punctuation, symbols, control characters.
        beyond_ascii: How many of all these are not ASCII.
    """

    upper: NonNegativeInt
    lower: NonNegativeInt
    digits: NonNegativeInt
    spaces: NonNegativeInt
    marks: NonNegativeInt
    beyond_ascii: NonNegativeInt
