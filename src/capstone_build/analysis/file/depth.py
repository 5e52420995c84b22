"""
Depth: room for code that is nested deeper than Python expects of its own.

Knows the interpreter's limit; does not know what is being read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_DEEP = 100_000
"""Nesting that no file reaches; frames of Python take no room on the stack of C."""


@contextmanager
def room_to_recurse() -> Iterator[None]:
    """A sum of a thousand terms is nested a thousand deep."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _DEEP))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
