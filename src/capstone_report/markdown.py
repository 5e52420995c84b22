"""
Markdown: text from the world as text on a page, and tables of it.

Knows how Markdown (CommonMark, and tables as on GitHub) is kept from reading
meaning into a cell, a file's name or a model's answer; does not know pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"([\\`*\[\]<|~&$]|(?<!\w)_|_(?!\w))")
_LINE_START = re.compile(r"^(\s*)([-+=#>]|\d+[.)])")
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)
_LINK = re.compile(r"(?i)\b(https?|ftp)://|\bwww\.")


def escaped(text: str) -> str:
    """Return *text* so that Markdown shows it as it is, on one line."""
    flat = _UNPRINTABLE.sub("\ufffd", " ".join(text.split("\n")).replace("\r", " "))
    safe = _SPECIAL.sub(r"\\\1", flat)
    # Renderers make links of bare addresses; one that a model wrote may lead anywhere.
    safe = _LINK.sub(lambda found: found[0].replace(":", "&#58;").replace("www.", "www&#46;"), safe)
    return _LINE_START.sub(lambda found: f"{found[1]}\\{found[2]}", safe)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """
    Lay out a table.

    Args:
        header: The columns' names, written by us.
        rows: As many cells each, already escaped.
    """
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]
