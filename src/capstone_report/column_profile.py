"""
Column profiles: what is known of one column, by the type of its values.

Knows the shape of the figures and which of a column's counts must add up; does
not know the table, nor how the figures are found.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, model_validator

Period: TypeAlias = Literal["day", "week", "month", "year"]
"""A length of time in which dates may follow each other."""


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Quantiles(_Fact):
    """Values below which 5, 25, 50, 75 and 95 % of the numbers lie; linear between neighbours."""

    q05: float
    q25: float
    q50: float
    q75: float
    q95: float


class Histogram(_Fact):
    """
    How many numbers lie in each of some ranges of equal width.

    Attributes:
        edges: One more than there are ranges, ascending. A range holds its lower
            edge, the last one its upper edge too.
        counts: Numbers in each range.
    """

    edges: tuple[float, ...]
    counts: tuple[NonNegativeInt, ...]


class Gap(_Fact):
    """
    Days, weeks, months or years without any row.

    Attributes:
        after: The last date before the gap, ISO 8601.
        before: The first date after it.
        missing: Number of periods between them.
    """

    after: str
    before: str
    missing: int


class Rhythm(_Fact):
    """
    The period in which dates follow each other.

    Attributes:
        period: Of what length: `day`, `week`, `month` or `year`.
        present: Periods that have a row.
        missing: Periods between the first and the last that have none.
        longest: The longest gaps, longest first; at most five.
    """

    period: Period
    present: NonNegativeInt
    missing: NonNegativeInt
    longest: tuple[Gap, ...]


class TopValue(_Fact):
    """A value, as text, and in how many rows it stands."""

    value: str
    count: NonNegativeInt


class ColumnProfile(_Fact):
    """
    What is known of a column of any type.

    Attributes:
        name: Its name.
        position: Counted from 1.
        type: What its values are.
        count: Cells that have a value.
        nulls: Cells that have none.
        distinct: Different values, exact.
        unique: Whether every row has a value of its own, and there are at least two.
        top: The most frequent values, most frequent first, equal ones by value;
            empty where no value stands twice, or where they are personal.
        personal: What kind of personal data it seems to hold: `email`, `phone`,
            `name`, `address`, ...; None if none. Where it does, no text of it is in
            a profile; of numbers and dates, the extremes are.
    """

    name: str
    position: int
    count: NonNegativeInt
    nulls: NonNegativeInt
    distinct: NonNegativeInt
    unique: bool
    top: tuple[TopValue, ...] = ()
    personal: str | None = None

    @model_validator(mode="after")
    def _counts_agree(self) -> Self:
        if self.distinct > self.count:
            raise ValueError(f"column {self.name!r}: more distinct values than values")
        if sum(each.count for each in self.top) > self.count:
            raise ValueError(f"column {self.name!r}: its top values are more than its values")
        return self


class EmptyColumn(ColumnProfile):
    """A column without any value."""

    type: Literal["empty"] = "empty"


class NumberColumn(ColumnProfile):
    """
    A column of integers or of decimals.

    Attributes:
        min: Least.
        max: Greatest.
        mean: Arithmetic mean.
        std: Standard deviation of a sample (n - 1); None for a single value.
        skewness: Third standardised moment of the population; None without spread.
        quantiles: Five of them.
        zeros: How many are 0.
        negatives: How many are below 0.
        histogram: Ten ranges from `min` to `max`; None where these are equal.
    """

    type: Literal["integer", "float"]
    min: int | float
    max: int | float
    mean: float
    std: float | None
    skewness: float | None
    quantiles: Quantiles
    zeros: NonNegativeInt
    negatives: NonNegativeInt
    histogram: Histogram | None

    @model_validator(mode="after")
    def _bars_add_up(self) -> Self:
        if self.histogram and sum(self.histogram.counts) != self.count:
            raise ValueError(f"column {self.name!r}: its histogram does not count every value")
        return self


class BooleanColumn(ColumnProfile):
    """
    A column of truth values.

    Attributes:
        true: How many are true.
        false: How many are false.
    """

    type: Literal["boolean"] = "boolean"
    true: NonNegativeInt
    false: NonNegativeInt

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.true + self.false != self.count:
            raise ValueError(f"column {self.name!r}: true and false are not all of its values")
        return self


class DateColumn(ColumnProfile):
    """
    A column of dates (`date`), times without a zone (`timestamp`) or in UTC (`instant`).

    Attributes:
        min: The first, ISO 8601.
        max: The last.
        days: Days from the first to the last.
        rhythm: In what period they follow each other; None if in none.
    """

    type: Literal["date", "timestamp", "instant"]
    min: str
    max: str
    days: NonNegativeInt
    rhythm: Rhythm | None


class TextColumn(ColumnProfile):
    """
    A column of text.

    Attributes:
        min_length: Length of the shortest value, in code points.
        mean_length: Mean length, in code points.
        max_length: Length of the longest.
        numeric: How many values would be numbers.
    """

    type: Literal["text"] = "text"
    min_length: NonNegativeInt
    mean_length: float
    max_length: NonNegativeInt
    numeric: NonNegativeInt


Column: TypeAlias = Annotated[
    EmptyColumn | NumberColumn | BooleanColumn | DateColumn | TextColumn,
    Field(discriminator="type"),
]
"""What is known of one column; `type` says which of them it is."""
