"""
Claims: the figures of a summary, each with what the profile says of it.

Knows the shape in which a check is kept, and how a sentence is cut at its claims;
does not know how a claim is checked (`capstone_report.figure_check`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Self

from pydantic import BaseModel, ConfigDict, NonNegativeInt, model_validator


class Claim(BaseModel):
    """
    One figure that a summary states.

    Attributes:
        place: Where it stands: `headline`, `findings[0].text`,
            `findings[0].figures[1]`, `findings[0].columns[0]`, `quality[2]`,
            `questions[0]`.
        written: How it is written there.
        start: Where it begins in that text; None where it stands alone.
        holds: Whether the profile says the same.
        against: What of the profile it agrees with, or what is there instead.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: str
    written: str
    start: NonNegativeInt | None = None
    holds: bool
    against: str | None = None


class FigureCheck(BaseModel):
    """
    What came of checking the figures of a summary.

    Attributes:
        figures: How many it states.
        held: How many of them the profile confirms.
        claims: Each of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    figures: NonNegativeInt = 0
    held: NonNegativeInt = 0
    claims: tuple[Claim, ...] = ()

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        held = sum(claim.holds for claim in self.claims)
        if (self.figures, self.held) != (len(self.claims), held):
            raise ValueError("the check counts other claims than it names")
        return self

    @classmethod
    def of(cls, claims: Iterable[Claim]) -> Self:
        """Count *claims*."""
        found = tuple(claims)
        return cls(figures=len(found), held=sum(each.holds for each in found), claims=found)

    @property
    def doubtful(self) -> tuple[Claim, ...]:
        """The claims that do not hold."""
        return tuple(each for each in self.claims if not each.holds)

    def cut(self, place: str, text: str) -> Iterator[tuple[str, Claim | None]]:
        """Cut the text at *place* into pieces, the claims in it with what was found."""
        at = 0
        inside = (each for each in self.claims if each.place == place and each.start is not None)
        for claim in sorted(inside, key=lambda each: each.start or 0):
            start = claim.start or 0
            if start < at or text[start : start + len(claim.written)] != claim.written:
                continue  # the text was altered after it was checked: a secret was taken out
            if start > at:
                yield text[at:start], None
            yield claim.written, claim
            at = start + len(claim.written)
        if at < len(text):
            yield text[at:], None
