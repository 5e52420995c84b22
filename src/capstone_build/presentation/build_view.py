"""
Views of a build: they listen to its events and show them.

Know which events are shown and when; do not know the build, nor the words
(`capstone_build.presentation.event_line`, `capstone_build.presentation.ending`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from capstone_build.core.report import (
    BuildReport,
    BuildStarted,
    Event,
    StageEnded,
    StageRetried,
    StageStarted,
)
from capstone_build.core.stage import StageName
from capstone_build.presentation.cells import cut
from capstone_build.presentation.duration import spelled
from capstone_build.presentation.ending import ending
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.event_line import EventLine
from capstone_build.presentation.style import Style, paint

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text

RESUME = "capstone build"


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
    """

    def __init__(
        self, write: Callable[[str], None], colour: bool, width: int, resume: str = RESUME
    ) -> None:
        self._write = write
        self._colour = colour
        self._resume = resume
        self._lines = EventLine(colour, width)

    def __enter__(self) -> Self:
        """Return the view itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: lines leave nothing to restore."""

    def __call__(self, event: Event) -> None:
        """Write the line for *event*, if it has one."""
        if (line := self._lines.of(event)) is not None:
            self._write(line)

    def finish(self, report: BuildReport) -> None:
        """Write the last lines."""
        for line in ending(report, self._resume, self._colour):
            self._write(line)


class LiveView:
    """
    A view for a terminal: lines scroll by above a bar and the running stages.

    The bar appears when the build begins to work, and rich (60 ms) is imported
    only then: a build with nothing to do has its one line at once.

    Args:
        stream: The terminal.
        colour: Whether it shows colours.
        width: Of the terminal in cells, until the bar is there to follow its changes.
        resume: The command that goes on after a failure or an interruption.
    """

    def __init__(self, stream: TextIO, colour: bool, width: int, resume: str = RESUME) -> None:
        self._stream = stream
        self._colour = colour
        self._resume = resume
        self._lines = EventLine(colour, width)
        self._progress = Progress()
        self._live: Live | None = None

    def __enter__(self) -> Self:
        """Return the view itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away and show the cursor again."""
        self._stop()

    def __call__(self, event: Event) -> None:
        """Take note of *event*, and print its line unless the bar tells as much."""
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
        for line in ending(report, self._resume, self._colour):
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

        lines = self._progress.lines(time.monotonic(), self._lines.width, self._colour)
        return Text("\n").join(Text.from_ansi(line) for line in lines)


@dataclass(slots=True)
class Progress:
    """
    How far a build is.

    Attributes:
        total: How many stages it looks at; 0 before it has begun.
        through: Those that are; one that is called back counts once.
        running: Since when each stage runs, by some clock in seconds.
    """

    total: int = 0
    through: set[StageName] = field(default_factory=set)
    running: dict[StageName, float] = field(default_factory=dict)

    def note(self, event: Event, now: float) -> None:
        """Follow *event*, which happened *now*."""
        match event:
            case BuildStarted(stages):
                self.total = stages
            case StageStarted(stage):
                self.running[stage] = now
            case StageRetried(stage):
                self.running.pop(stage, None)
            case StageEnded(result):
                self.running.pop(result.stage, None)
                self.through.add(result.stage)

    def lines(self, now: float, width: int, colour: bool, at_most: int = 6) -> list[str]:
        """Return a line for each of the stages that run, *at_most*, and the bar."""
        if not self.total:
            return []
        shown = list(self.running.items())[:at_most]
        lines = [
            cut(f"{spelled(now - since):>8}  {for_terminal(name)}", width - 1)
            for name, since in shown
        ]
        if len(self.running) > len(shown):
            lines.append(cut(f"{'':8}  and {len(self.running) - len(shown)} more", width - 1))
        done = len(self.through)
        count = f" {done} of {self.total} stages"
        length = max(0, min(30, width - len(count) - 3))
        filled = length * done // self.total
        bar = paint("=" * filled, Style.GOOD, colour) + paint(
            "-" * (length - filled), Style.DIM, colour
        )
        return [*lines, (f"[{bar}]" if length >= 4 else "") + cut(count, width - 1)]
