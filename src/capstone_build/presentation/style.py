"""
Styles: colour and weight of text on a terminal.

Knows the codes (ECMA-48, section 8.3.117, SGR); does not know what a style
stands for, nor whether the terminal has colours.
"""

from __future__ import annotations

from enum import Enum


class Style(Enum):
    """How a piece of text stands out; one of the sixteen colours, which users can theme."""

    GOOD = "32"
    BUSY = "36"
    NOTE = "33"
    STALE = "1;33"
    BAD = "1;31"
    HEAD = "1"
    DIM = "2"


def paint(text: str, style: Style, colour: bool) -> str:
    """Return *text* in *style*, or as it is where there is no *colour*."""
    return f"\x1b[{style.value}m{text}\x1b[0m" if colour and text else text
