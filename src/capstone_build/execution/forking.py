"""
What a fork changes, and how a worker that is one gets it back.

Knows processes; does not know what they are for.
"""

from __future__ import annotations

import functools
import os
import random
import signal
import sys
from collections.abc import Callable


class Chance:
    """
    The state of Python's random numbers, which a fork gives up.

    Where the user's modules seeded or used them, their workers go on from
    there, as a script would; else each worker begins anew, as processes do.
    """

    def __init__(self) -> None:
        self._before = self._now = random.getstate()

    def settle(self) -> None:
        """Note what the import of the pipeline made of them."""
        self._now = random.getstate()

    def restore(self) -> None:
        """Let this fork have the numbers that the host would have."""
        if self._now != self._before:
            random.setstate(self._now)


@functools.cache
def prctl() -> Callable[..., int]:
    """Return Linux's way for a process to ask things of itself; a fork finds it looked up."""
    import ctypes

    found: Callable[..., int] = ctypes.CDLL(None).prctl
    return found


def ending_with(parent: int) -> Callable[[], None]:
    """
    Return what lets a fork be killed when its *parent* dies, in whatever way.

    Linux alone can do that; elsewhere it does nothing, and a host that is
    killed leaves its workers to the engine.
    """
    if sys.platform != "linux":
        return lambda: None
    control = prctl()
    pr_set_pdeathsig = 1

    def ask() -> None:
        control(pr_set_pdeathsig, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked
            os._exit(70)

    return ask
