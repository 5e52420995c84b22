"""
File states: what the file system says of a file without reading it.

Knows when a state vouches for content that was read before; does not look.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass

from capstone_build.core.digest import Digest
from capstone_build.storage.uptime import boot_id, booted_ns

_TICK = 20_000_000
"""No clock of a local file system ticks more slowly than this, in nanoseconds ..."""

_COARSE_TICK = 2_000_000_000
"""... but for those that keep whole seconds, FAT with two of them being the slowest."""


@dataclass(frozen=True, slots=True)
class FileState:
    """
    What the file system says of a file without reading it.

    Attributes:
        size: In bytes.
        mtime_ns: When its content was last changed, as anyone may set it.
        ctime_ns: When it was last changed in any way, as nobody can set it.
        inode: Which file of the file system it is.
    """

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> FileState:
        """Take the state from what `os.stat` returns."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)

    @property
    def settled_ns(self) -> int:
        """
        When this state began to vouch for content, in nanoseconds since the epoch.

        What was read later is what the file holds for as long as it is in this
        state; before, it may have been written once more within one tick.
        """
        tick = _TICK if self.mtime_ns % 1_000_000 else _COARSE_TICK
        return max(self.mtime_ns, self.ctime_ns) + tick


@dataclass(frozen=True, slots=True)
class KnownFile:
    """
    A file as it was last read.

    Attributes:
        state: Its state just before it was read.
        digest: Of its content.
        looked_ns: When that was, in nanoseconds since the epoch.
        boot:
            Until when this can be relied on. What was written since the machine
            started may have been in its memory only, and is lost with it where
            the power fails, even if the state is not: then it is the `boot_id`.
            Empty where it is surely on disk.
    """

    state: FileState
    digest: Digest
    looked_ns: int
    boot: str = ""

    @classmethod
    def read(cls, state: FileState, digest: Digest, looked_ns: int) -> KnownFile:
        """Note what was read in a file, by whoever wrote it."""
        is_young = max(state.mtime_ns, state.ctime_ns) >= booted_ns()
        return cls(state, digest, looked_ns, boot_id() if is_young else "")

    def still_holds(self, state: FileState) -> bool:
        """Tell whether a file of this *state* surely has the same content."""
        return (
            state == self.state
            and state.settled_ns < self.looked_ns
            and self.boot in {"", boot_id()}
        )


def file_clock_ns() -> int:
    """Return the time by the clock that file systems stamp files with: it may be behind."""
    if sys.platform != "linux":
        return time.time_ns()
    clock_realtime_coarse = 5  # `time` has no name for it
    return time.clock_gettime_ns(clock_realtime_coarse)
