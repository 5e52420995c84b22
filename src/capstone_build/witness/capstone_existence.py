"""
Seeing a program ask for files that are not there: Python does not tell of it.

Knows how the standard library asks; does not know which code is the project's.
What asks for a file with `os.access`, or in C, is not seen.
"""

from __future__ import annotations

import genericpath
import os
import pathlib
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

_PASSING = frozenset(
    {
        genericpath.exists.__code__.co_filename,
        pathlib.Path.exists.__code__.co_filename,
        pathlib.Path.stat.__code__.co_filename,
        __file__,
    }
)
"""The code between who asks and `os.stat`."""


class _Stat:
    """`os.stat`; no function, which would become a method where a class holds it."""

    def __init__(self, take: Callable[[Any, FrameType], None]) -> None:
        self._stat = os.stat
        self._take = take
        self.__doc__ = os.stat.__doc__
        self.__name__ = self.__qualname__ = "stat"

    def __call__(self, path: Any, **options: Any) -> os.stat_result:
        try:
            return self._stat(path, **options)
        except (FileNotFoundError, NotADirectoryError):
            if options.get("dir_fd") is None:
                try:
                    self._take(path, _asker())
                except Exception:  # noqa: S110 (who sees must not disturb)
                    pass
            raise


def see_what_is_missing(take: Callable[[Any, FrameType], None]) -> None:
    """Let *take* be given each path that leads to nothing, and the frame of who asked for it."""
    seen = _Stat(take)
    for able in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
        if os.stat in able:
            able.add(seen)
    os.stat = seen


def _asker() -> FrameType:
    frame = sys._getframe(2)  # noqa: SLF001 (it is above)
    while frame.f_back is not None and frame.f_code.co_filename in _PASSING:
        frame = frame.f_back
    return frame
