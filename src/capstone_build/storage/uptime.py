"""
Since when this machine runs, and how this run of it is told from others.

The sweep asks for it before all else, so this module imports next to nothing.
Linux tells it; elsewhere the machine is taken never to have stopped, so that
what was lost with the power is found only where the state of a file tells it.
"""

from __future__ import annotations

import sys
import time

_known: list[str] = []


def boot_id() -> str:
    """Return what this run of the machine is called; empty where it has no name."""
    if not _known:
        try:
            with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:  # noqa: PTH123
                _known.append(file.read().strip())
        except OSError:
            _known.append("")
    return _known[0]


def booted_ns() -> int:
    """Return when this machine started, in nanoseconds since the epoch."""
    if sys.platform != "linux":
        return 0
    return time.time_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME)
