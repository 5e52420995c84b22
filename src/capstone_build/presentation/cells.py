"""
Cells: the width of text on a terminal.

Knows how many cells a character fills; does not know the terminal. Counts at
least what a terminal fills, so that what is cut to a width fits.
"""

from __future__ import annotations

import unicodedata

_EMOJI_STYLE = "\N{VARIATION SELECTOR-16}"
"""Widens some characters before it; counted as a cell of its own."""

_WIDER_SINCE = ((0x2630, 0x2637), (0x268A, 0x268F), (0x4DC0, 0x4DFF), (0x1D300, 0x1D376))
"""Characters that fill two cells since Unicode 16, which this Python may not know yet."""


def cells(text: str) -> int:
    """Return how many cells *text*, one line without control characters, fills."""
    return len(text) if text.isascii() else sum(map(_cells_of, text))


def cut(text: str, width: int, ellipsis: str = "...") -> str:
    """
    Return *text*, or as much of its beginning as fits *width* cells with an *ellipsis*.

    Args:
        text: One line without control characters or colour.
        width: In cells; 0 for no limit.
        ellipsis: What stands for the rest; left out where not even that fits.
    """
    if not width or cells(text) <= width:
        return text
    if width <= cells(ellipsis):
        ellipsis = ""
    room = width - cells(ellipsis)
    filled = 0
    for index, character in enumerate(text):
        filled += _cells_of(character)
        if filled > room:
            return text[:index] + ellipsis
    return text


def padded(text: str, width: int) -> str:
    """Return *text* with spaces after it, so that it fills *width* cells at least."""
    return text + " " * (width - cells(text))


def _cells_of(character: str) -> int:
    if character.isascii() or character == _EMOJI_STYLE:
        return 1
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    is_wide = unicodedata.east_asian_width(character) in {"W", "F"}
    is_wider = any(first <= ord(character) <= last for first, last in _WIDER_SINCE)
    return 2 if is_wide or is_wider else 1
