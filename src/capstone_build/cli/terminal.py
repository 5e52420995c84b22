"""
The terminal: whether there is one, how wide it is, and whether it shows colours.

Knows the conventions by which users say so (`NO_COLOR`, `CI`, `TERM`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Terminal:
    """
    Where text goes.

    Attributes:
        colour: Whether it may be coloured.
        live: Whether lines may be drawn anew.
        width: In columns; 0 where lines may be of any length.
        ascii_only: Whether it can show nothing but ASCII.
    """

    colour: bool
    live: bool
    width: int
    ascii_only: bool

    @classmethod
    def of(cls, stream: TextIO) -> Terminal:
        """Tell what *stream* is."""
        capable = stream.isatty() and os.environ.get("TERM") != "dumb"
        encoding = (stream.encoding or "ascii").lower().replace("-", "")
        return cls(
            colour=capable and not os.environ.get("NO_COLOR"),
            live=capable and not os.environ.get("CI"),
            width=_columns() if stream.isatty() else 0,
            ascii_only=not encoding.startswith("utf"),
        )


def _columns() -> int:
    from shutil import get_terminal_size  # (5 ms, for most logs in vain)

    return get_terminal_size().columns
