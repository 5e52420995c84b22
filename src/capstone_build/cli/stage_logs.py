"""
The logs of stages that run, as they grow.

Knows where they are and how they are cut (`capstone_build.execution.bounded_log`); does
not know who shows them. What cannot be read is as if nothing had been printed.
"""

from __future__ import annotations

import os
from pathlib import Path

from capstone_build.core.stage import StageName
from capstone_build.presentation.escaping import block_for_terminal

_LAST = 4096
"""The last line is looked for in so many bytes."""


class StageLogs:
    """
    What stages print while they run.

    Args:
        root: The project's root.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._logs: dict[StageName, Path] = {}
        self._begun: dict[StageName, int] = {}
        self._read: dict[StageName, int] = {}

    def begin(self, stage: StageName, log: str) -> None:
        """Follow a *stage* that starts; what an earlier attempt printed is not told again."""
        self._logs[stage] = path = self._root / log
        self._begun[stage] = self._read[stage] = _size(path)

    def last(self, stage: StageName) -> str:
        """Return the last line that it printed, be it whole or not; empty if it printed nothing."""
        if (path := self._logs.get(stage)) is None:
            return ""
        piece = _piece(path, max(self._begun[stage], _size(path) - _LAST))
        lines = block_for_terminal(piece.decode("utf-8", "replace")).rstrip().rsplit("\n", 1)
        return lines[-1].strip()

    def fresh(self, stage: StageName, *, all_of_it: bool = False) -> list[str]:
        """Return the lines that it printed since; with *all_of_it* one that has no end, too."""
        if (path := self._logs.get(stage)) is None:
            return []
        self._read[stage] = min(self._read[stage], _size(path))  # its middle may be cut out
        piece = _piece(path, self._read[stage])
        if not all_of_it:
            piece = piece[: piece.rfind(b"\n") + 1]
        self._read[stage] += len(piece)
        text = piece.decode("utf-8", "replace").removesuffix("\n")
        return text.split("\n") if text else []


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _piece(path: Path, start: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start, os.SEEK_SET)
            return file.read()
    except OSError:
        return b""
