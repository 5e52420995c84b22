"""
Times of stages and builds as charts of characters.

Knows past builds; does not know how they were found, nor the terminal. A bar begins at
zero and is as long as the time that it stands for; in one chart all are on one scale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from capstone_build.core.history import PastBuild, PastStage
from capstone_build.core.report import Outcome
from capstone_build.presentation.cells import cells, cut, padded
from capstone_build.presentation.duration import spelled
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.style import Style, paint

_USUAL_WIDTH = 80
"""Where lines may be of any length."""

_TIME = 11
_NARROWEST_NAME = 6
_WIDEST_NAME = 28
_NARROWEST_BAR = 4
_LONGEST_BAR = 60
_GAP = 2
_SHOWN = 40
"""So many stages have a row; the others are counted."""

_ENOUGH = 3
_FAR = 1.5
"""From so many earlier runs on, a time that is so far from their median is said to be."""

_NOTHING = "no stage has run yet, as far as it is remembered"


@dataclass(frozen=True, slots=True)
class _Ink:
    """Characters to draw with: parts of a cell from little to all of it, and heights."""

    parts: str
    heights: str


_UNICODE = _Ink("▏▎▍▌▋▊▉█", "▁▂▃▄▅▆▇█")
_ASCII = _Ink("#", "_.-=+*#@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """
    How charts are drawn.

    Attributes:
        width: The most cells in a line; 0 for the usual.
        colour: Whether lines may hold colours.
        ascii_only: Whether there is nothing but ASCII to draw with.
    """

    width: int = 0
    colour: bool = False
    ascii_only: bool = False

    def of_times(self, builds: Sequence[PastBuild]) -> Iterator[str]:
        """
        Yield a row for each stage, the longest first, and one for each build.

        Of a stage: the time of its latest run as a bar, and beside it how its runs went,
        the oldest first, each as high as its time; all of one stage on one scale.

        Args:
            builds: The builds, the oldest first.
        """
        runs: dict[str, list[float]] = {}
        for build in builds:
            for each in build.stages:
                if each.outcome is Outcome.BUILT:
                    runs.setdefault(each.stage, []).append(each.seconds)
        if not runs:
            yield _NOTHING
            return
        names = sorted(runs, key=lambda name: runs[name][-1], reverse=True)
        yield self._head("stages, by their latest run")
        trend = max(len(runs[name]) for name in names[:_SHOWN])
        yield from self._bars(
            {name: runs[name][-1] for name in names[:_SHOWN]},
            {
                name: f"{padded(self._trend(runs[name]), trend)}  {_far(runs[name])}".rstrip()
                for name in names[:_SHOWN]
            },
        )
        if len(names) > _SHOWN:
            yield f"and {len(names) - _SHOWN} more"
        ended = {build.build: build.seconds for build in builds if build.seconds is not None}
        if ended:
            yield ""
            yield self._head("builds, the latest last")
            yield from self._bars(ended, {})

    def of_build(self, build: PastBuild) -> Iterator[str]:
        """Yield a row for each run of one build: from when to when it went on."""
        ran = [each for each in build.stages if each.outcome in {Outcome.BUILT, Outcome.FAILED}]
        if not ran:
            yield f"no stage ran in build {build.build}"
            return
        begun = min(each.at - each.seconds for each in ran)
        span = max(each.at for each in ran) - begun
        yield self._head(f"{build.build}: {spelled(span)} from the first start to the last end")
        names = [each.stage for each in ran]
        for each in sorted(ran, key=lambda run: run.at - run.seconds):
            yield self._gantt_row(each, begun, span, names)

    def _head(self, text: str) -> str:
        return paint(cut(text, self._width), Style.HEAD, self.colour)

    @property
    def _width(self) -> int:
        return self.width - 1 if self.width else _USUAL_WIDTH

    @property
    def _ink(self) -> _Ink:
        return _ASCII if self.ascii_only else _UNICODE

    def _bars(self, seconds: Mapping[str, float], told: Mapping[str, str]) -> Iterator[str]:
        """Yield a row for each time; what is *told* of it stands beside its bar, if it fits."""
        longest = max(seconds.values())
        heads = {name: self._headed(name, each, [*seconds]) for name, each in seconds.items()}
        left = self._width - cells(next(iter(heads.values()))) - _GAP
        beside = max(map(cells, told.values()), default=-_GAP) + _GAP
        beside = beside if left - beside >= _NARROWEST_BAR else 0
        room = min(_LONGEST_BAR, left - beside)
        for name, head in heads.items():
            if room < _NARROWEST_BAR:
                yield cut(head, self._width)
                continue
            bar = self._bar(seconds[name] / longest if longest else 0.0, room)
            tail = (
                f"{' ' * (room - len(bar) + _GAP)}{told[name]}" if name in told and beside else ""
            )
            yield f"{head}{' ' * _GAP}{paint(bar, Style.BUSY, self.colour)}{tail}".rstrip()

    def _gantt_row(self, run: PastStage, begun: float, span: float, names: Sequence[str]) -> str:
        head = self._headed(run.stage, run.seconds, names)
        room = self._width - cells(head) - _GAP
        if room < _NARROWEST_BAR:
            return cut(head, self._width)
        start = int((run.at - run.seconds - begun) / span * room) if span else 0
        start = max(0, min(start, room - 1))
        length = max(1, min(round(run.seconds / span * room) if span else 1, room - start))
        style = Style.BAD if run.outcome is Outcome.FAILED else Style.BUSY
        return (
            f"{head}{' ' * (_GAP + start)}{paint(self._ink.parts[-1] * length, style, self.colour)}"
        )

    def _headed(self, name: str, seconds: float, names: Sequence[str]) -> str:
        """Return the name, in a column with the other *names*, and the time of a row."""
        widest = max(_NARROWEST_NAME, min(_WIDEST_NAME, self._width // 3))
        column = min(widest, max(cells(for_terminal(each)) for each in names))
        return f"{padded(cut(for_terminal(name), column), column)} {spelled(seconds):>{_TIME}}"

    def _bar(self, share: float, room: int) -> str:
        parts = self._ink.parts
        filled = max(1, round(share * room * len(parts)))
        whole, part = divmod(filled, len(parts))
        return parts[-1] * whole + (parts[part - 1] if part else "")

    def _trend(self, seconds: Sequence[float]) -> str:
        heights = self._ink.heights
        most = max(seconds)
        steps = (round(each / most * (len(heights) - 1)) if most else 0 for each in seconds)
        return "".join(heights[step] for step in steps)


def _far(seconds: Sequence[float]) -> str:
    """Say how far the latest run is from the earlier ones, if that is far."""
    *earlier, latest = seconds
    if len(earlier) < _ENOUGH or not (usual := median(earlier)) or not latest:
        return ""
    ratio = latest / usual
    return f"{ratio:.1f}x its median" if ratio >= _FAR or ratio <= 1 / _FAR else ""
