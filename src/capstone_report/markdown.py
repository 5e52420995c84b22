"""
Markdown: text from the world as text on a page, and tables of it.

Knows how Markdown (CommonMark, and tables as on GitHub) is kept from reading
meaning into a cell, a file's name or a model's answer; does not know pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from capstone_report.printable import printable

_SPECIAL = re.compile(r"([\\`*\[\]<|~&$]|(?<!\w)_|_(?!\w))")
_BEFORE_MARK = re.compile(r"^(\s*(?:(?=[-+=#>])|\d+(?=[.)](?:\s|$))))")
"""What precedes the mark of a list, a heading or a quotation; not `0.5`, which is none."""

_LINK = re.compile(r"(?i)\b(https?|ftp)://|\bwww\.")


def escaped(text: str) -> str:
    """Return *text* so that Markdown shows it as it is, on one line."""
    safe = _SPECIAL.sub(r"\\\1", printable(text))
    # Renderers make links of bare addresses; one that a model wrote may lead anywhere.
    safe = _LINK.sub(lambda found: found[0].replace(":", "&#58;").replace("www.", "www&#46;"), safe)
    return _BEFORE_MARK.sub(r"\1\\", safe)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """
    Lay out a table.

    Args:
        header: The columns' names, written by us.
        rows: As many cells each, already escaped.
    """
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]
