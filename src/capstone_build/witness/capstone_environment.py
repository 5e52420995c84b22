"""
Seeing the environment variables that a program reads: Python does not tell of them.

Knows the environment and the call stack; does not know which code is the
project's. Variables that are read in C or by programs are not seen.
"""

from __future__ import annotations

import collections
import os
import posixpath
import string
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

_PASSING = frozenset(
    {
        os.getenv.__code__.co_filename,
        type(os.environ).get.__code__.co_filename,
        collections.ChainMap.__getitem__.__code__.co_filename,
        string.Template.substitute.__code__.co_filename,
        __file__,
    }
)
"""The code between who reads a variable and the environment's `[]`."""

_PASSING_FUNCTIONS = frozenset({posixpath.expandvars.__code__})
"""The same, where a file holds other code that reads variables for itself."""


def see_variables(
    take: Callable[[str, FrameType], None], take_all: Callable[[FrameType], None] | None = None
) -> None:
    """
    Let *take* be given each variable that is read, and the frame of who reads it.

    Who takes over all of them, to start a program or to keep a copy, reads none
    in particular: of that, *take_all* is told.
    """
    given: set[tuple[int, int, str]] = set()

    class Environ(type(os.environ)):  # type: ignore[misc]  # a class that has no public name
        """An environment that tells who reads it."""

        def __getitem__(self, key: Any) -> Any:
            try:
                reader = _reader()
                name = os.fsdecode(key)
                # The same instruction of the same call gave this name before.
                if reader is not None and (place := (*_instruction(reader), name)) in given:
                    given.discard(place)
                elif reader is not None:
                    take(name, reader)
            except Exception:  # noqa: S110 (who sees must not disturb)
                pass
            return super().__getitem__(key)

        def __iter__(self) -> Iterator[Any]:
            names = list(super().__iter__())
            reader = _reader()
            given.clear()
            if reader is not None:
                if take_all is not None:
                    take_all(reader)
                given.update((*_instruction(reader), os.fsdecode(name)) for name in names)
            return iter(names)

    os.environ.__class__ = Environ
    os.environb.__class__ = Environ


def _instruction(frame: FrameType) -> tuple[int, int]:
    return id(frame), frame.f_lasti


def _reader() -> FrameType | None:
    """Return who is reading the environment."""
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 (it is above)
    while frame is not None and (
        frame.f_code.co_filename in _PASSING or frame.f_code in _PASSING_FUNCTIONS
    ):
        frame = frame.f_back
    return frame
