"""
The source of the project that a command is about, for errors to show lines of.

Knows which project that is, once it is found; does not know what is shown.
"""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path

_LARGEST = 4 << 20
"""A larger file, in bytes, is not read for a line of it."""

_root: ContextVar[Path | None] = ContextVar("_root", default=None)


def remember(root: Path) -> None:
    """Take *root* for the root of the project that the command is about."""
    _root.set(root)


def read_source(file: str) -> str | None:
    """Return the text of a *file*, named from the root; None where there is none to show."""
    root = _root.get()
    if root is None:
        return None
    path = root / file
    try:
        if path.stat().st_size > _LARGEST:
            return None
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
