"""
Following: what stages print, shown as they print it, each line with its stage.

Knows when to look; does not know where it is kept (`Printed`), nor what shows it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from capstone_build.core.event import Event, StageEnded, StageRetried, StageStarted
from capstone_build.core.stage import StageName
from capstone_build.presentation.escaping import block_for_terminal, for_terminal
from capstone_build.presentation.style import Style, paint

_PAUSE_SECONDS = 0.1


class Printed(Protocol):
    """What stages print while they run."""

    def begin(self, stage: StageName, log: str) -> None:
        """Follow a *stage* that starts; *log* is where what it prints goes, from the root."""

    def last(self, stage: StageName) -> str:
        """Return the last line that it printed, be it whole or not; empty if it printed nothing."""

    def fresh(self, stage: StageName, *, all_of_it: bool = False) -> list[str]:
        """Return the lines that it printed since; with *all_of_it* one that has no end, too."""


class Following:
    """
    Shows what stages print.

    Args:
        printed: What they print.
        write: Called with each line; from a thread of its own, too.
        colour: Whether the lines may hold colours.
    """

    def __init__(self, printed: Printed, write: Callable[[str], None], colour: bool) -> None:
        self._printed = printed
        self._write = write
        self._colour = colour
        self._running: set[StageName] = set()
        self._looking = threading.Lock()
        self._is_over = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, event: Event) -> None:
        """Follow stages from their start to their end; to be called before *event* is shown."""
        match event:
            case StageStarted(stage):
                with self._looking:
                    self._running.add(stage)
                if self._thread is None:
                    self._thread = threading.Thread(target=self._follow, daemon=True)
                    self._thread.start()
            case StageEnded(result):
                self._end(result.stage)
            case StageRetried(stage):
                self._end(stage)

    def close(self) -> None:
        """Show what is left, and follow no more."""
        self._is_over.set()
        if self._thread is not None:
            self._thread.join()
        for stage in sorted(self._running):
            self._end(stage)

    def _end(self, stage: StageName) -> None:
        with self._looking:
            if stage in self._running:
                self._running.discard(stage)
                self._show(stage, self._printed.fresh(stage, all_of_it=True))

    def _follow(self) -> None:
        # Who reads it no more is met by the next event, in the thread that can end the build.
        with suppress(OSError):
            while not self._is_over.wait(_PAUSE_SECONDS):
                with self._looking:
                    for stage in sorted(self._running):
                        self._show(stage, self._printed.fresh(stage))

    def _show(self, stage: StageName, lines: list[str]) -> None:
        prefix = paint(f"{for_terminal(stage)} |", Style.DIM, self._colour)
        for line in lines:
            self._write(f"{prefix} {block_for_terminal(line)}".rstrip())
