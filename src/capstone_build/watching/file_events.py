"""
File events: waiting until the system tells that something moved in some folders.

Knows the library that hears of them, or that there is none; does not know which
moves matter. Where nothing tells, a wait is only a wait, and who waits looks.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from typing import Any

_QUIET_MS = 15
"""A move is told when nothing has moved for so long: editors save in several steps."""

_IDLE_MS = 40
"""The same after a time in which nothing moved: the library looks so often whether to tell."""

_IDLE_SECONDS = 30.0

_LONGEST_MS = 400
"""It is told after so long at the latest."""

_NEVER = frozenset({"", "0", "false", "disable", "disabled"})


class FileEvents:
    """
    What tells of moves.

    Attributes:
        problem: Why nothing tells, in one line; empty if something does.
    """

    def __init__(self) -> None:
        self.problem = ""
        self._folders: frozenset[str] = frozenset()
        self._native: Any = None
        self._told = time.monotonic()

    def attend(self, folders: frozenset[str]) -> None:
        """Hear of what moves in *folders*, not of what moves in folders inside them."""
        if self.problem or folders == self._folders:
            return
        before, self._native = self._native, None
        try:
            self._native = _native(folders)
            self._folders = folders
        except ImportError:
            self.problem = "watchfiles is not installed (pip install 'capstone-build[watch]')"
        except Exception as error:  # what it raises has no better name: the limit is reached, say
            self.problem = " ".join(str(error).split()) or type(error).__name__
        if before is not None:
            before.close()

    def wait(self, seconds: float) -> list[str]:
        """
        Return the paths that have moved, after waiting for one; none after so many *seconds*.

        Raises:
            KeyboardInterrupt: If a signal came meanwhile.
        """
        if self._native is None:
            time.sleep(seconds)
            return []
        quiet = _QUIET_MS if time.monotonic() < self._told + _IDLE_SECONDS else _IDLE_MS
        told = self._native.watch(_LONGEST_MS, quiet, max(1, round(seconds * 1000)), None)
        if told == "signal":
            raise KeyboardInterrupt
        if isinstance(told, str):
            return []
        self._told = time.monotonic()
        return [path for _, path in told]

    def close(self) -> None:
        """Hear no more."""
        if self._native is not None:
            self._native.close()


def _native(folders: Iterable[str]) -> Any:
    if os.environ.get("WATCHFILES_FORCE_POLLING", "").lower() not in _NEVER:
        raise OSError("WATCHFILES_FORCE_POLLING is set")
    from watchfiles._rust_notify import RustNotify  # the documented way to add no filter, no thread

    return RustNotify(sorted(folders), False, False, 0, False, True)
