"""
Cores: how much this process may do at the same time.

Knows the system; does not know what is to be done.
"""

from __future__ import annotations

import os


def cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
