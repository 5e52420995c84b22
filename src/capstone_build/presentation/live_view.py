"""
The view of a build on a terminal that can be drawn anew.

Knows when there is a bar, and what is told besides; does not know what the lines say
(`capstone_build.presentation.event_line`, `capstone_build.presentation.progress`).
"""

from __future__ import annotations

import time
from typing import Self, TextIO

from capstone_build.core.event import BuildStarted, Event, StageStarted
from capstone_build.core.report import BuildReport
from capstone_build.presentation.build_view import RESUME, Telling
from capstone_build.presentation.ending import ending
from capstone_build.presentation.event_line import EventLine
from capstone_build.presentation.following import Following, Printed
from capstone_build.presentation.live_lines import LiveLines
from capstone_build.presentation.progress import Progress, nothing_printed

_MOST_LINES = 8
_OTHER_LINES = 3
"""Of a low terminal: the bar, how many more stages run, and one that scrolls by."""


class LiveView:
    """
    A view for a terminal: lines scroll by above the running stages and a bar.

    The bar appears when the build begins to work, and rich (60 ms) is imported
    only then: a build with nothing to do has its one line at once.

    Args:
        stream: The terminal.
        colour: Whether it shows colours.
        width: Of the terminal in cells, until the bar is there to follow its changes.
        resume: The command that goes on after a failure or an interruption.
        telling: How much is told; a quiet build is for a view without a bar.
        printed: What stages print, if that is known.
    """

    def __init__(
        self,
        stream: TextIO,
        colour: bool,
        width: int,
        resume: str = RESUME,
        *,
        telling: Telling = Telling.USUAL,
        printed: Printed | None = None,
    ) -> None:
        self._shown = LiveLines(stream, colour, self._bar)
        self._colour = colour
        self._resume = resume
        self._lines = EventLine(colour, width, is_full=telling is Telling.FULL)
        self._progress = Progress()
        self._printed = printed
        self._following: Following | None = None
        if printed is not None and telling is Telling.FULL:
            self._following = Following(printed, self._shown.print, colour)

    def __enter__(self) -> Self:
        """Return the view itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away and show the cursor again."""
        self._stop()

    def __call__(self, event: Event) -> None:
        """Take note of *event*, and print its line unless the bar tells as much."""
        if self._printed is not None and isinstance(event, StageStarted):
            self._printed.begin(event.stage, event.log)
        if self._following is not None:
            self._following.note(event)
        self._progress.note(event, time.monotonic())
        if isinstance(event, BuildStarted):
            self._shown.begin()
        if (size := self._shown.size) is not None:
            self._lines.width, _ = size
        if not isinstance(event, StageStarted) and (line := self._lines.of(event)) is not None:
            self._shown.print(line)

    def finish(self, report: BuildReport) -> None:
        """Take the bar away and print the last lines."""
        self._stop()
        for line in [*self._lines.rest(report), *ending(report, self._resume, self._colour)]:
            self._shown.print(line)

    def _stop(self) -> None:
        if self._following is not None:
            self._following.close()
        self._shown.stop()

    def _bar(self) -> list[str]:
        _, height = self._shown.size or (0, 0)
        at_most = max(1, min(_MOST_LINES, height - _OTHER_LINES))
        last = self._printed.last if self._printed is not None else nothing_printed
        now = time.monotonic()
        return list(self._progress.lines(now, self._lines.width, self._colour, at_most, last))
