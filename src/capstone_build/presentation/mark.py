"""
Marks: how each verdict looks, the same in every drawing.

Knows symbols, words and colours; does not know how a verdict comes about
(`capstone_build.core.plan`).
"""

from __future__ import annotations

from dataclasses import dataclass

from capstone_build.core.plan import CanRestore, MayRun, MustRun, UpToDate, Verdict
from capstone_build.presentation.style import Style


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """
    How a verdict looks.

    Attributes:
        state: Its name for programs; stable.
        word: Its name for people.
        symbol: One cell wide, as it stands in a drawing.
        ascii_symbol: The same, for terminals without Unicode.
        style: Its colour on a terminal.
        fill: Its colour in a picture, light enough for black text.
    """

    state: str
    word: str
    symbol: str
    ascii_symbol: str
    style: Style
    fill: str


_MARKS: dict[type[Verdict], Mark] = {
    UpToDate: Mark(
        state="up-to-date",
        word="up to date",
        symbol="○",
        ascii_symbol="o",
        style=Style.GOOD,
        fill="#d5f0d8",
    ),
    MayRun: Mark(
        state="may-run",
        word="may run",
        symbol="◐",
        ascii_symbol="?",
        style=Style.NOTE,
        fill="#fdf3cf",
    ),
    CanRestore: Mark(
        state="can-restore",
        word="can be restored",
        symbol="↺",
        ascii_symbol="<",
        style=Style.BUSY,
        fill="#cfe8fc",
    ),
    MustRun: Mark(
        state="must-run",
        word="must run",
        symbol="●",
        ascii_symbol="*",
        style=Style.STALE,
        fill="#fbd7a0",
    ),
}

MARKS = tuple(_MARKS.values())
"""Every mark, from settled to surely stale."""


def mark_of(verdict: Verdict) -> Mark:
    """Return how *verdict* looks."""
    return _MARKS[type(verdict)]
