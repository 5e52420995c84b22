"""
Views of a build: they listen to its events and show them.

Know which events are shown and when; do not know the build, nor the words
(`capstone_build.presentation.event_line`, `capstone_build.presentation.ending`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import Enum
from typing import Protocol, Self

from capstone_build.core.report import BuildReport, Event, StageStarted
from capstone_build.presentation.ending import ending
from capstone_build.presentation.event_line import EventLine
from capstone_build.presentation.following import Following, Printed

RESUME = "capstone build"


class Telling(Enum):
    """How much of a build is told."""

    QUIET = "quiet"
    """How stages failed, and the verdict."""
    USUAL = "usual"
    """What was done with which stage, too."""
    FULL = "full"
    """Stages that are up to date as well, and what stages print."""


class BuildView(Protocol):
    """Shows a build; to be used as a context manager around it."""

    def __enter__(self) -> Self:
        """Begin to show."""

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was, whatever happened."""

    def __call__(self, event: Event) -> None:
        """Show *event*."""

    def finish(self, report: BuildReport) -> None:
        """Show what came of the build."""


class PlainView:
    """
    A view for pipes, logs and CI: lines only, each written once.

    A stage that starts has a line as well: in a log, silence and a stage that
    takes an hour would look the same.

    Args:
        write: Called with each line, without the newline at its end.
        colour: Whether lines may hold colours.
        width: The most cells in the line of a stage; 0 for no limit, which suits a log.
        resume: The command that goes on after a failure or an interruption.
        telling: How much is told.
        printed: What stages print, for those who are told all.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        colour: bool,
        width: int,
        resume: str = RESUME,
        *,
        telling: Telling = Telling.USUAL,
        printed: Printed | None = None,
    ) -> None:
        self._one_by_one = threading.Lock()
        self._out = write
        self._colour = colour
        self._resume = resume
        self._telling = telling
        self._lines = EventLine(colour, width, is_full=telling is Telling.FULL)
        self._printed = printed if telling is Telling.FULL else None
        self._following: Following | None = None
        if self._printed is not None:
            self._following = Following(self._printed, self._write, colour)

    def __enter__(self) -> Self:
        """Return the view itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Tell what stages printed last."""
        if self._following is not None:
            self._following.close()

    def __call__(self, event: Event) -> None:
        """Write the line for *event*, if it has one."""
        if self._following is not None and self._printed is not None:
            if isinstance(event, StageStarted):
                self._printed.begin(event.stage, event.log)
            self._following.note(event)
        if self._telling is not Telling.QUIET and (line := self._lines.of(event)) is not None:
            self._write(line)

    def finish(self, report: BuildReport) -> None:
        """Write the last lines."""
        for line in [*self._lines.rest(report), *ending(report, self._resume, self._colour)]:
            self._write(line)

    def _write(self, line: str) -> None:
        with self._one_by_one:
            self._out(line)
