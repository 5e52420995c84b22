"""
Column profiles: what is known of one column, by the type of its values.

Knows the shape of the figures and which of a column's counts must add up; does
not know the table, nor how the figures are found. `docs/profile.md` defines
every figure.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, NonNegativeInt, model_validator

from capstone_report.column_figure import (
    Characters,
    Fact,
    Granularity,
    Histogram,
    Order,
    Outliers,
    Quantiles,
    Rhythm,
    Semantic,
    Timeline,
    TopValue,
)


class ColumnProfile(Fact):
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
        bytes: Size of the values, uncompressed: 8 for a number or a time, 4 for a date, 1 for a
            truth value, of a text its bytes in UTF-8.
        imbalance: 1 less the entropy of the shares of the values over the greatest that as
            many values may have: 0 if all are equally frequent. None if fewer than two differ.
        top: The most frequent values, most frequent first, equal ones by value;
            empty where no value stands twice, or where they are personal.
        semantic: What they seem to stand for; None if nothing in particular.
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
    bytes: NonNegativeInt
    imbalance: float | None = None
    top: tuple[TopValue, ...] = ()
    semantic: Semantic | None = None
    personal: str | None = None

    @model_validator(mode="after")
    def _counts_agree(self) -> Self:
        if self.distinct > self.count:
            raise ValueError(f"column {self.name!r}: more distinct values than values")
        if sum(each.count for each in self.top) > self.count:
            raise ValueError(f"column {self.name!r}: its top values are more than its values")
        if self.semantic and self.semantic.count > self.count:
            raise ValueError(f"column {self.name!r}: more values of a meaning than values")
        return self


class EmptyColumn(ColumnProfile):
    """A column without any value."""

    type: Literal["empty"] = "empty"


class NumberColumn(ColumnProfile):
    """
    A column of integers or of decimals.

    All figures but `infinite` are of the numbers that are finite, of which there is one at least.

    Attributes:
        min: Least.
        max: Greatest.
        sum: Of all; exact for integers. None beyond what a double holds.
        mean: Arithmetic mean.
        std: Standard deviation of a sample (n - 1); None for a single value.
        mad: Median of the distances from the median.
        skewness: Of a sample, adjusted (G1); None for fewer than 3, or without spread.
        kurtosis: Excess of a sample, adjusted (G2); None for fewer than 4, or without spread.
        quantiles: Five of them.
        zeros: How many are 0.
        negatives: How many are below 0.
        infinite: How many are infinite.
        suspect: The least or the greatest, where it may stand for a missing value: -1 as the
            only negative one, or -99, 999, 9999 and the like, far from all others.
        order: How they follow each other; None for no order, or fewer than two values.
        outliers: Those beyond Tukey's fences; None where the quartiles are equal.
        histogram: Twenty ranges from `min` to `max`; None where these are equal.
    """

    type: Literal["integer", "float"]
    min: int | float
    max: int | float
    sum: int | float | None
    mean: float
    std: float | None
    mad: float
    skewness: float | None
    kurtosis: float | None
    quantiles: Quantiles
    zeros: NonNegativeInt
    negatives: NonNegativeInt
    infinite: NonNegativeInt
    suspect: TopValue | None
    order: Order | None
    outliers: Outliers | None
    histogram: Histogram | None

    @model_validator(mode="after")
    def _bars_add_up(self) -> Self:
        if self.histogram and sum(self.histogram.counts) + self.infinite != self.count:
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
        median: The one in the middle; the earlier of two.
        days: Days from the first to the last.
        suspect: The first or the last, where it may stand for a missing date: 1900-01-01,
            1970-01-01, 9999-12-31 and the like, more than once.
        granularity: The coarsest unit of which all are whole numbers.
        rhythm: In what period they follow each other; None if in none.
        order: How they follow each other from row to row; None for no order.
        timeline: Rows in each period; None where there would be more than 200 years.
    """

    type: Literal["date", "timestamp", "instant"]
    min: str
    max: str
    median: str
    days: NonNegativeInt
    suspect: TopValue | None
    granularity: Granularity
    rhythm: Rhythm | None
    order: Order | None
    timeline: Timeline | None

    @model_validator(mode="after")
    def _periods_add_up(self) -> Self:
        if self.timeline and sum(self.timeline.counts) != self.count:
            raise ValueError(f"column {self.name!r}: its timeline does not count every value")
        return self


class TextColumn(ColumnProfile):
    """
    A column of text.

    Attributes:
        min_length: Length of the shortest value, in code points.
        mean_length: Mean length, in code points.
        median_length: Length in the middle; the mean of two.
        max_length: Length of the longest.
        numeric: How many values would be numbers.
        dated: How many would be dates, in one of the common forms.
        padded: How many begin or end with white space.
        addresses: How many hold an e-mail address, in whole or somewhere in them.
        variants: How many different values differ from another one only in case or in
            white space; None where more than 100,000 are different.
        characters: How many characters are of each class.
        shapes: The most frequent shapes, at most five: `A` is an upper-case letter, `a` another
            letter, `9` a digit, all else itself. Empty where the values are personal, or one is
            longer than 40 characters.
        misfits: Where at least 80 % of the values would be numbers, or dates, the most frequent
            of the others; at most three.
    """

    type: Literal["text"] = "text"
    min_length: NonNegativeInt
    mean_length: float
    median_length: float
    max_length: NonNegativeInt
    numeric: NonNegativeInt
    dated: NonNegativeInt
    padded: NonNegativeInt
    addresses: NonNegativeInt
    variants: NonNegativeInt | None
    characters: Characters
    shapes: tuple[TopValue, ...] = ()
    misfits: tuple[TopValue, ...] = ()


Column: TypeAlias = Annotated[
    EmptyColumn | NumberColumn | BooleanColumn | DateColumn | TextColumn,
    Field(discriminator="type"),
]
"""What is known of one column; `type` says which of them it is."""
