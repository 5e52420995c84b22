"""
The lock: one build at a time in a project.

Knows who holds it; does not know what a build is. The lock is the operating
system's own and dies with its holder, so none is ever stale.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from capstone_build.disk import disk_failed


@contextmanager
def locked(folder: Path, waiting: Callable[[int | None], None]) -> Iterator[None]:
    """
    Hold the lock of *folder* for the time of the context.

    Args:
        folder: The engine's memory; made at need.
        waiting: Called once, with the holder's process id, if there is a holder.

    Raises:
        MemoryFailedError: If the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    holder = folder / "lock.pid"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waiting(_read_pid(holder))
            lock.acquire()
        holder.write_text(f"{os.getpid()}\n", encoding="ascii")
    except OSError as error:
        raise disk_failed(folder, error) from None
    try:
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _read_pid(holder: Path) -> int | None:
    try:
        return int(holder.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
