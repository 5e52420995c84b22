"""
Relations: what is known of columns together.

Knows the shape of the figures; does not know how they are found.
`docs/profile.md` defines them.
"""

from __future__ import annotations

from pydantic import NonNegativeInt, model_validator

from capstone_report.column_figure import Fact


class Correlation(Fact):
    """
    How far two columns go together, over the rows in which both have a value.

    Attributes:
        columns: Their names, in the table's order.
        rows: How many rows that are.
        pearson: Of two columns of numbers: how far on a line. -1 to 1; None without spread.
        spearman: Of two columns of numbers: how far in one direction. -1 to 1.
        cramers_v: Of two columns of few values (2 to 50): how far one tells the other.
            0 to 1, corrected for chance.
    """

    columns: tuple[str, str]
    rows: NonNegativeInt
    pearson: float | None = None
    spearman: float | None = None
    cramers_v: float | None = None

    def strength(self) -> float:
        """Return the greatest of the figures, whatever its sign."""
        return abs(self.figure())

    def figure(self) -> float:
        """Return the figure that is furthest from 0."""
        figures = (self.pearson, self.spearman, self.cramers_v)
        return max((each for each in figures if each is not None), key=abs, default=0.0)


class Dependency(Fact):
    """
    Rows that agree in one column agree in another one (a functional dependency), or nearly so.

    Attributes:
        determinant: The column that tells.
        dependent: The column that is told.
        rows: Rows in which both have a value.
        exceptions: The fewest rows that would have to go for it to hold in all others.
        mutual: Whether the other way holds as well, without exceptions.
    """

    determinant: str
    dependent: str
    rows: NonNegativeInt
    exceptions: NonNegativeInt
    mutual: bool


class MissingTogether(Fact):
    """
    Columns that are missing in the same rows, or where the other one is there.

    Attributes:
        columns: Their names, in the table's order; more than two only if `phi` is 1.
        rows: In how many rows all of them are missing.
        phi: How far: 1 in exactly the same rows, -1 where the other one is there.
    """

    columns: tuple[str, ...]
    rows: NonNegativeInt
    phi: float


class Relations(Fact):
    """
    What is known of columns together.

    Attributes:
        rows: Rows that were looked at for correlations, pairs that are missing together and
            a first look at dependencies; fewer than the table has where it is large.
        keys: Columns, or pairs of them, that tell every row apart; pairs only where no
            single column does. Decimals measure, and are none.
        correlations: The strongest first; at most 300.
        dependencies: In the table's order; at most 200.
        missing_together: The strongest first; at most 50.
        limits: What was left out to bound the work, a sentence each.
    """

    rows: NonNegativeInt
    keys: tuple[tuple[str, ...], ...] = ()
    correlations: tuple[Correlation, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    missing_together: tuple[MissingTogether, ...] = ()
    limits: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _ranked(self) -> Relations:
        strengths = [each.strength() for each in self.correlations]
        if strengths != sorted(strengths, reverse=True):
            raise ValueError("correlations are not in the order of their strength")
        return self
