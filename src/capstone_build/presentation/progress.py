"""
Progress: how far a build is, in a few lines.

Knows the events of a build and what stages printed last; does not know the clock, nor
the terminal that takes the lines away again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from capstone_build.core.prospect import Prospect, seconds_left
from capstone_build.core.report import (
    BuildStarted,
    Event,
    StageEnded,
    StageRetried,
    StageStarted,
)
from capstone_build.core.stage import StageName
from capstone_build.presentation.cells import cells, cut, padded
from capstone_build.presentation.duration import spelled
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.style import Style, paint

_LONGEST_BAR = 30
_SHORTEST_BAR = 4
_WIDEST_NAME = 28
_TIME = 8
_MINUTE = 60
_LEAST_LEFT = 1.0
"""Of less than so many seconds nothing is said: it is over before it is read."""


def nothing_printed(_: StageName) -> str:
    """Say that nobody knows what a stage printed."""
    return ""


@dataclass(slots=True)
class Progress:
    """
    How far a build is.

    Attributes:
        total: How many stages it looks at; 0 before it has begun.
        through: Those that are; one that is called back counts once.
        running: Since when each stage runs, by some clock in seconds.
        expected: What is known of how long stages take.
        jobs: How many run at the same time.
    """

    total: int = 0
    through: set[StageName] = field(default_factory=set)
    running: dict[StageName, float] = field(default_factory=dict)
    expected: Mapping[StageName, Prospect] = field(default_factory=dict)
    jobs: int = 1

    def note(self, event: Event, now: float) -> None:
        """Follow *event*, which happened *now*."""
        match event:
            case BuildStarted(stages, jobs, expected):
                self.total, self.jobs, self.expected = stages, jobs, expected
            case StageStarted(stage):
                self.running[stage] = now
            case StageRetried(stage):
                self.running.pop(stage, None)
            case StageEnded(result):
                self.running.pop(result.stage, None)
                self.through.add(result.stage)

    def lines(
        self,
        now: float,
        width: int,
        colour: bool,
        at_most: int = 6,
        printed: Callable[[StageName], str] = nothing_printed,
    ) -> list[str]:
        """
        Return a line for each of the stages that run, the longest first, and the bar.

        Args:
            now: The time, by the same clock.
            width: Of the terminal, in cells; no line fills all of it.
            colour: Whether the lines may hold colours.
            at_most: How many stages have a line.
            printed: Returns the last line that a stage printed; empty if it did not.
        """
        if not self.total:
            return []
        running = list(self.running.items())  # it is changed by who is told the events
        shown = running[:at_most]
        column = min(_WIDEST_NAME, max((cells(for_terminal(n)) for n, _ in shown), default=0))
        lines = [
            _line(
                f"{spelled(now - since):>{_TIME}}  {padded(for_terminal(name), column)}",
                printed(name),
                width - 1,
                colour,
            )
            for name, since in shown
        ]
        if len(running) > len(shown):
            lines.append(cut(f"{'':{_TIME}}  and {len(running) - len(shown)} more", width - 1))
        return [*lines, self._bar(now, width, colour)]

    def _bar(self, now: float, width: int, colour: bool) -> str:
        done = len(self.through)
        count = f" {done} of {self.total} stages"
        if left := self._left(now):
            count += f", {left}"
        length = max(0, min(_LONGEST_BAR, width - len(count) - 3))
        filled = length * done // self.total
        bar = paint("=" * filled, Style.GOOD, colour) + paint(
            "-" * (length - filled), Style.DIM, colour
        )
        return (f"[{bar}]" if length >= _SHORTEST_BAR else "") + cut(count, width - 1)

    def _left(self, now: float) -> str:
        """Say how long it takes at the least, if anything is known of that."""
        running = {name: now - since for name, since in list(self.running.items())}
        left = seconds_left(self.expected, self.through, running, self.jobs)
        if left is None or left < _LEAST_LEFT:
            return ""
        said = f"{round(left)} s" if round(left) < _MINUTE else spelled(left)
        return f"about {said} left"


def _line(head: str, printed: str, width: int, colour: bool) -> str:
    said = for_terminal(printed.expandtabs())
    room = width - cells(head) - 2
    if not said or room < _SHORTEST_BAR:
        return cut(head.rstrip(), width)
    return f"{head}  {paint(cut(said, room), Style.DIM, colour)}"
