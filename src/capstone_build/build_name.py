"""
Names of builds: when they began, and by which process.

Knows the clock and what was named before in this process; does not know what a
build is. Names sort by time, and no two are the same in one project, also where
one process builds several times in a second.
"""

from __future__ import annotations

import os
import threading
import time

_naming = threading.Lock()
_last = 0


def new_build_name() -> str:
    """Return a name that no other build has, such as `20260501T101500-4711`."""
    global _last  # noqa: PLW0603 (what was named in this process is the process's)
    with _naming:
        _last = max(_last + 1, int(time.time()))
        return f"{time.strftime('%Y%m%dT%H%M%S', time.localtime(_last))}-{os.getpid()}"
