"""
The lookout: whether what a running stage reads has moved, so that it runs in vain.

Knows files and their states; does not know what becomes of such a run
(`capstone_build.building.loop`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping

from capstone_build.storage.file_state import FileState

_SECONDS = 0.5
"""How often the inputs are looked at."""

_SHARE = 0.02
"""No more of the time than this is spent on it."""


class Lookout:
    """
    Looks at the inputs of stages that run, from time to time.

    Args:
        look: Returns the states in which files are.

    Attributes:
        pause: How long until it is to look again, in seconds.
    """

    def __init__(self, look: Callable[[Iterable[str]], Mapping[str, FileState | None]]) -> None:
        self._look = look
        self._told: set[int] = set()
        self.pause = _SECONDS
        self._next = time.monotonic() + self.pause

    def vain(self, runs: Mapping[int, Mapping[str, FileState | None]]) -> Iterator[int]:
        """
        Yield the numbers of runs that are in vain, each once; none while it is not time to look.

        Args:
            runs: For each run, the states in which it was given its inputs.
        """
        began = time.monotonic()
        if began < self._next:
            return
        for number, states in runs.items():
            if number not in self._told and self._look(states) != states:
                self._told.add(number)
                yield number
        now = time.monotonic()
        self.pause = max(_SECONDS, (now - began) / _SHARE)
        self._next = now + self.pause
