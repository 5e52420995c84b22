"""
How much memory processes use, as Linux tells it.

Knows processes; does not know what they may use.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress

_COUNTED_ROUGHLY = (b"RssAnon:", b"RssShmem:")
_COUNTED = (b"Pss_Anon:", b"Pss_Shmem:")


def memory_used(pids: Iterable[int], more_than: int) -> int:
    """
    Return the bytes of memory that *pids* use together, if it is *more_than* so many; else 0.

    What they share is counted once, each having its share (PSS); pages of
    files, which the kernel can drop, are not. To ask that is dear for large
    processes: it is done where a bound from above, the sum of what each has
    resident, is already too much.
    """
    pids = list(pids)
    if sum(_told(f"/proc/{pid}/status", _COUNTED_ROUGHLY) for pid in pids) <= more_than:
        return 0
    used = sum(_told(f"/proc/{pid}/smaps_rollup", _COUNTED) for pid in pids)
    return used if used > more_than else 0


def most_resident() -> int:
    """Return the most that this process, or one of its children, had resident, in bytes."""
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return unit * max(resource.getrusage(each).ru_maxrss for each in who)


def _told(file: str, names: tuple[bytes, ...]) -> int:
    """Return the sum, in bytes, of what *file* tells under *names*; 0 if the process is gone."""
    total = 0
    with suppress(OSError), open(file, "rb") as lines:  # noqa: PTH123 (many times a second)
        for line in lines:
            if line.startswith(names):
                total += int(line.split()[1]) * 1024
    return total


def processes_killed_for_want_of_memory() -> int:
    """Return how many processes the kernel has ended since it started, because memory ran out."""
    with suppress(OSError), open("/proc/vmstat", "rb") as lines:  # noqa: PTH123
        for line in lines:
            if line.startswith(b"oom_kill "):
                return int(line.split()[1])
    return 0
