"""
What came of second runs: a line a stage, and what differs.

Knows what happened; does not know how runs are compared. The bar is that of builds.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import Self, TextIO

from capstone_build.core.digest import JsonValue
from capstone_build.core.event import BuildStarted, StageEnded, StageStarted
from capstone_build.core.outcome import Outcome, StageResult
from capstone_build.core.rebuilt import Contrast, Rebuilding, Rebuilt, Sameness
from capstone_build.presentation.amount import counted
from capstone_build.presentation.cells import cut, padded
from capstone_build.presentation.duration import spelled
from capstone_build.presentation.escaping import block_for_terminal, for_terminal
from capstone_build.presentation.live_lines import LiveLines
from capstone_build.presentation.progress import Progress
from capstone_build.presentation.sentence import verdict_line
from capstone_build.presentation.style import Style, paint

_WORD = 9
_NAME = 10
_TIME = 8
_VALUE = 120

_STYLES = {
    Sameness.SAME: Style.GOOD,
    Sameness.DIFFERS: Style.BAD,
    Sameness.FAILED: Style.BAD,
    Sameness.SKIPPED: Style.NOTE,
}


class RebuildView:
    """
    Shows second runs as they end; to be used as a context manager around them.

    Args:
        stream: Where to.
        is_live: Whether it is a terminal on which lines may be drawn anew.
        colour: Whether it shows colours.
        width: Of the terminal, in cells; 0 for no limit.
    """

    def __init__(self, stream: TextIO, *, is_live: bool, colour: bool, width: int) -> None:
        self._shown = LiveLines(stream, colour, self._bar)
        self._is_live = is_live
        self._colour = colour
        self._width = width
        self._progress = Progress()

    def __enter__(self) -> Self:
        """Return the view itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away and show the cursor again."""
        self._shown.stop()

    def __call__(self, event: BuildStarted | StageStarted | Rebuilt) -> None:
        """Show what happened."""
        if isinstance(event, Rebuilt):
            ended = StageResult(stage=event.stage, outcome=Outcome.REUSED)
            self._progress.note(StageEnded(ended), time.monotonic())
            self._shown.print(rebuilt_line(event, self._colour))
            return
        self._progress.note(event, time.monotonic())
        if isinstance(event, StageStarted) and self._is_live:
            self._shown.begin()

    def _bar(self) -> list[str]:
        return list(self._progress.lines(time.monotonic(), self._width, self._colour))


def rebuilt_line(rebuilt: Rebuilt, colour: bool) -> str:
    """Return the line of one stage."""
    seconds = spelled(rebuilt.seconds) if rebuilt.seconds else ""
    word = padded(rebuilt.sameness.value, _WORD)
    said = _said(rebuilt)
    head = paint(word, _STYLES[rebuilt.sameness], colour)
    line = f"{head} {padded(for_terminal(rebuilt.stage), _NAME)} {seconds:>{_TIME}}"
    return f"{line}  {for_terminal(said)}".rstrip()


def _said(rebuilt: Rebuilt) -> str:
    if rebuilt.verdict is not None:
        return verdict_line(rebuilt.verdict)
    if rebuilt.failure is not None:
        return rebuilt.failure.message.split("\n", 1)[0]
    if rebuilt.contrasts:
        return ", ".join(each.path for each in rebuilt.contrasts)
    return rebuilt.note


def rebuilding_ending(rebuilding: Rebuilding, colour: bool) -> list[str]:
    """Return what differs, stage by stage, and the whole of it in the last line."""
    lines: list[str] = []
    for each in rebuilding.stages.values():
        if each.sameness is Sameness.DIFFERS:
            name = for_terminal(each.stage)
            lines += ["", paint(f"{name} is not deterministic", Style.BAD, colour)]
            for contrast in each.contrasts:
                lines += _contrast(contrast)
        elif each.sameness is Sameness.FAILED:
            lines += _failure(each, colour)
    if lines:
        lines.append("")
    style = Style.GOOD if rebuilding.is_well else Style.BAD
    return [*lines, paint(_verdict(rebuilding), style, colour)]


def rebuilding_record(rebuilding: Rebuilding) -> dict[str, JsonValue]:
    """Return *rebuilding* as JSON can say it."""
    return {
        "is_well": rebuilding.is_well,
        "seconds": rebuilding.seconds,
        "stages": [
            {
                "stage": each.stage,
                "sameness": each.sameness.value,
                "seconds": each.seconds,
                "says": "" if each.contrasts else _said(each),
                "differences": [
                    {"path": c.path, "what": c.what, "then": c.then, "now": c.now}
                    for c in each.contrasts
                ],
            }
            for each in rebuilding.stages.values()
        ],
    }


def _contrast(contrast: Contrast) -> Iterator[str]:
    yield f"  {for_terminal(contrast.path)}: {for_terminal(contrast.what)}"
    if contrast.then or contrast.now:
        yield f"    then: {cut(for_terminal(contrast.then), _VALUE)}"
        yield f"    now:  {cut(for_terminal(contrast.now), _VALUE)}"


def _failure(rebuilt: Rebuilt, colour: bool) -> Iterator[str]:
    failure = rebuilt.failure
    if failure is None:
        return
    yield ""
    name = paint(f"{for_terminal(rebuilt.stage)} failed the second time", Style.BAD, colour)
    yield f"{name}: {for_terminal(failure.message)}"
    blocks = [failure.traceback, *map(str, failure.violations), "\n".join(failure.printed)]
    for block in filter(None, blocks):
        yield from (f"  {line}".rstrip() for line in block_for_terminal(block).split("\n"))
    yield f"  {for_terminal(rebuilt.note)}"


def _verdict(rebuilding: Rebuilding) -> str:
    counts = Counter(each.sameness for each in rebuilding.stages.values())
    said = [
        f"{word} {counts[sameness]}"
        for sameness, word in (
            (Sameness.DIFFERS, "not deterministic"),
            (Sameness.FAILED, "failed"),
            (Sameness.SAME, "same"),
            (Sameness.SKIPPED, "skipped"),
        )
        if counts[sameness]
    ]
    compared = len(rebuilding.stages) - counts[Sameness.SKIPPED]
    line = f"{', '.join(said) or 'nothing done'} in {spelled(rebuilding.seconds)}"
    if rebuilding.interrupted is not None:
        return f"interrupted: {line}"
    if not compared:
        line += "; `capstone build` makes what they can be compared with"
    elif rebuilding.is_well:
        line = f"{counted(compared, 'stage')} left the same bytes twice: {line}"
    return line
