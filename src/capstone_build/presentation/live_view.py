"""
The view of a build on a terminal that can be drawn anew.

Knows rich; does not know what the lines say (`capstone_build.presentation.event_line`,
`capstone_build.presentation.progress`).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self, TextIO

from capstone_build.core.report import BuildReport, BuildStarted, Event, StageStarted
from capstone_build.presentation.build_view import RESUME, Telling
from capstone_build.presentation.ending import ending
from capstone_build.presentation.event_line import EventLine
from capstone_build.presentation.following import Following, Printed
from capstone_build.presentation.progress import Progress, nothing_printed

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text

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
        self._stream = stream
        self._colour = colour
        self._resume = resume
        self._lines = EventLine(colour, width, is_full=telling is Telling.FULL)
        self._progress = Progress()
        self._live: Live | None = None
        self._printed = printed
        self._following: Following | None = None
        if printed is not None and telling is Telling.FULL:
            self._following = Following(printed, self._print, colour)

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
            self._begin()
        if self._live is not None:
            self._lines.width = self._live.console.width
        if not isinstance(event, StageStarted) and (line := self._lines.of(event)) is not None:
            self._print(line)

    def finish(self, report: BuildReport) -> None:
        """Take the bar away and print the last lines."""
        self._stop()
        for line in [*self._lines.rest(report), *ending(report, self._resume, self._colour)]:
            self._print(line)

    def _begin(self) -> None:
        from rich.console import Console
        from rich.live import Live

        console = Console(
            file=self._stream,
            force_terminal=True,
            color_system="standard" if self._colour else None,
            no_color=not self._colour,
            highlight=False,
            markup=False,
            emoji=False,
        )
        self._live = Live(
            console=console,
            get_renderable=self._bar,
            refresh_per_second=8,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def _stop(self) -> None:
        if self._following is not None:
            self._following.close()
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _print(self, line: str) -> None:
        if self._live is None:
            self._stream.write(f"{line}\n")
            self._stream.flush()
            return
        from rich.text import Text

        self._live.console.print(Text.from_ansi(line), soft_wrap=True)

    def _bar(self) -> Text:
        from rich.text import Text

        height = self._live.console.height if self._live is not None else 0
        at_most = max(1, min(_MOST_LINES, height - _OTHER_LINES))
        last = self._printed.last if self._printed is not None else nothing_printed
        now = time.monotonic()
        lines = self._progress.lines(now, self._lines.width, self._colour, at_most, last)
        return Text("\n").join(Text.from_ansi(line) for line in lines)
