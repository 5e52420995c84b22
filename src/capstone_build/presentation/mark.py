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
        line: The same, dark enough for a line on white: those of different states
            differ in lightness too, for those who do not see the colour.
        bright: The same, for a dark ground.
    """

    state: str
    word: str
    symbol: str
    ascii_symbol: str
    style: Style
    fill: str
    line: str
    bright: str


_MARKS: dict[type[Verdict], Mark] = {
    UpToDate: Mark(
        state="up-to-date",
        word="up to date",
        symbol="○",
        ascii_symbol="o",
        style=Style.GOOD,
        fill="#d3f0e6",
        line="#23917a",
        bright="#58c9ae",
    ),
    MayRun: Mark(
        state="may-run",
        word="may run",
        symbol="◐",
        ascii_symbol="?",
        style=Style.NOTE,
        fill="#fdf3cf",
        line="#b58900",
        bright="#e8c95c",
    ),
    CanRestore: Mark(
        state="can-restore",
        word="can be restored",
        symbol="↺",
        ascii_symbol="<",
        style=Style.BUSY,
        fill="#cfe8fc",
        line="#1769aa",
        bright="#7ab8f0",
    ),
    MustRun: Mark(
        state="must-run",
        word="must run",
        symbol="●",
        ascii_symbol="*",
        style=Style.STALE,
        fill="#fbd7a0",
        line="#b3360a",
        bright="#ff7f50",
    ),
}

FILE_FILL = "#f1f1ee"
"""The colour of what is no stage, in a picture."""

MARKS = tuple(_MARKS.values())
"""Every mark, from settled to surely stale."""


def mark_of(verdict: Verdict) -> Mark:
    """Return how *verdict* looks."""
    return _MARKS[type(verdict)]
