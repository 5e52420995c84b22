"""
The processes that a process started, and those that these started in turn.

Knows processes of Linux; elsewhere there is nothing to see, and a process that
leaves its group escapes. Does not know what they work for.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from capstone_build.execution.forking import prctl

_LISTS_CHILDREN = Path(f"/proc/self/task/{os.getpid()}/children").exists()
"""Whether the kernel tells the children of a process (CONFIG_PROC_CHILDREN)."""

_PATIENCE_SECONDS = 1.0
"""How long a process that was killed may take to be gone."""


def adopt() -> bool:
    """
    Let the orphans among this process's descendants become its children.

    So one that daemonises is found again, by whoever it belongs to. Tells
    whether that can be: on Linux alone.
    """
    if sys.platform != "linux":
        return False
    pr_set_child_subreaper = 36
    return prctl()(pr_set_child_subreaper, 1, 0, 0, 0) == 0


def descendants(pid: int) -> list[int]:
    """Return what *pid* started, and what these did, each after the one that started it."""
    children = _children if _LISTS_CHILDREN else _table().__getitem__
    found = [pid]
    for each in found:
        found += children(each)
    return found[1:]


def end_strays(spared: Iterable[int] = ()) -> None:
    """
    Kill the descendants of this process, but for the children *spared* and theirs.

    Called where it has adopted its orphans: whoever is still there is killed
    until nobody is, for each that ends may leave others. What cannot be killed,
    being another user's, is left.
    """
    left = set(spared)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while strays := [pid for pid in _own_children() if pid not in left]:
        for pid in strays:
            for each in descendants(pid):
                _kill(each)
            if not _kill(pid):
                left.add(pid)
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        if time.monotonic() > deadline:
            return
        time.sleep(0.001)


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except PermissionError:
        return False
    except ProcessLookupError:
        pass
    return True


def has_children() -> bool:
    """Tell whether any child of this process is left; those that have ended are let go."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _own_children() -> list[int]:
    if sys.platform != "linux":
        return []
    return list(_children(os.getpid()) if _LISTS_CHILDREN else _table()[os.getpid()])


def _children(pid: int) -> Iterator[int]:
    with suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 (by the thread, many times)
            with open(f"/proc/{pid}/task/{task}/children", "rb") as file:  # noqa: PTH123
                yield from map(int, file.read().split())


def _table() -> dict[int, list[int]]:
    """Return the children of each process of the machine."""
    table: dict[int, list[int]] = defaultdict(list)
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdigit():
            with suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123
                # The name of the program, in brackets, may hold anything.
                parent = file.read().rpartition(b")")[2].split()[1]
                table[int(parent)].append(int(name))
    return table
