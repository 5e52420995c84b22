"""
Lines for events: what a build tells while it goes on.

Knows one event at a time and the widest name so far; does not know the stages,
nor what a build leaves on the screen last (`capstone_build.presentation.ending`).
"""

from __future__ import annotations

from typing import TypeAlias

from capstone_build.core.report import (
    BuildReport,
    BuildStarted,
    CalledBack,
    EditKept,
    Event,
    Failure,
    MemoryReset,
    NotSettled,
    OrphanAdopted,
    OrphanIgnored,
    OrphanKept,
    Outcome,
    PipelinePrinted,
    ReadUndeclared,
    StageEnded,
    StageResult,
    StageRetried,
    StagesLeftOut,
    StageStarted,
    Waiting,
)
from capstone_build.core.stage import StageName
from capstone_build.presentation.cells import cells, cut, padded
from capstone_build.presentation.duration import spelled
from capstone_build.presentation.escaping import block_for_terminal, for_terminal
from capstone_build.presentation.sentence import needing_excluded, reason
from capstone_build.presentation.style import Style, paint
from capstone_build.presentation.undeclared import undeclared_event

_NARROWEST_NAME = 10
_WIDEST_NAME = 28
_TIME = 8
_WORD = 9
_WIDE_WORD = 10
"""With a word for stages that are up to date."""
_LEAST_SAID = 8
_ROOMY = 60
"""From so many cells on, names and times stand in columns."""


Aside: TypeAlias = (
    EditKept
    | OrphanIgnored
    | OrphanAdopted
    | OrphanKept
    | ReadUndeclared
    | CalledBack
    | NotSettled
    | PipelinePrinted
    | StagesLeftOut
    | Waiting
    | MemoryReset
)
"""What is told besides the stages."""


class EventLine:
    """
    The writing of events as lines, in columns.

    Args:
        colour: Whether the lines may hold colours.
        width: The most cells in the line of a stage; 0 for no limit.
        is_full: Whether stages that are up to date have a line as well.
    """

    def __init__(self, colour: bool, width: int, is_full: bool = False) -> None:
        self._colour = colour
        self._is_full = is_full
        self._word = _WIDE_WORD if is_full else _WORD
        self._told: set[StageName] = set()
        self.width = width
        self._column = _NARROWEST_NAME

    def of(self, event: Event) -> str | None:
        """Return the line for *event*; None for what is only counted."""
        match event:
            case StageStarted(stage, _, attempt):
                said = f"attempt {attempt}" if attempt > 1 else ""
                return self._line("start", Style.DIM, stage, said)
            case StageRetried(stage, failure):
                said = f"{_first_line(failure)}; it runs once more"
                return self._line("retry", Style.NOTE, stage, said)
            case StageEnded(result):
                return self._ended(result)
            case BuildStarted():
                return None
            case _:
                return self._aside(event)

    def rest(self, report: BuildReport) -> list[str]:
        """Return the lines of stages that are up to date, where no event told so."""
        if not self._is_full:
            return []
        reused = [r for r in report.results.values() if r.outcome is Outcome.REUSED]
        return [line for each in reused if (line := self._ended(each)) is not None]

    def _ended(self, result: StageResult) -> str | None:
        because = reason(result.because)
        note = "" if result.changed else "outputs unchanged"
        time = spelled(result.seconds)
        match result.outcome:
            case Outcome.BUILT:
                return self._line("built", Style.GOOD, result.stage, because, time=time, note=note)
            case Outcome.RESTORED:
                return self._line("restored", Style.BUSY, result.stage, because, note=note)
            case Outcome.FAILED:
                failure = result.failure
                said = _first_line(failure) if failure else ""
                return self._line("failed", Style.BAD, result.stage, said, time=time)
            case Outcome.REUSED if self._is_full and result.stage not in self._told:
                self._told.add(result.stage)
                return self._line("up to date", Style.DIM, result.stage, "")
            case Outcome.REUSED | Outcome.SKIPPED:
                return None

    def _aside(self, event: Aside) -> str:
        match event:
            case PipelinePrinted(text):
                return block_for_terminal(text.rstrip())
            case EditKept(_, artifact, kept, is_half):
                how = "left by a run that was cut short" if is_half else "edited by hand"
                word, said = "kept", f"{artifact} was {how}; what was there is in {kept}"
            case OrphanIgnored(stage, artifact):
                word = "ignored"
                said = f"{artifact}: left by stage {stage}, which is no longer declared"
            case OrphanAdopted(stage, artifact):
                word = "source"
                said = f"{artifact}: left by stage {stage}, no longer declared; read as a source"
            case OrphanKept(stage, artifact, kept):
                word = "kept"
                said = f"{artifact}: left by stage {stage}, which is no longer declared; now {kept}"
            case ReadUndeclared() | CalledBack() | NotSettled():
                word, said = undeclared_event(event)
            case StagesLeftOut(stages):
                word, said = "left out", needing_excluded(stages)
            case Waiting(pid):
                word = "waiting"
                said = f"for another build here{f' (process {pid})' if pid is not None else ''}"
            case MemoryReset(problem):
                word, said = "memory", f"starts anew: {problem}"
        return self._note(word, said)

    def _line(
        self, word: str, style: Style, stage: str, said: str, *, time: str = "", note: str = ""
    ) -> str:
        """Set one line in columns; what is *said* is cut first, so that *note* survives."""
        head = f"{padded(word, self._word)} {self._named(for_terminal(stage), time)}"
        said = for_terminal(said)
        arrow = f"-> {note}" if note and said else note
        room = self.width - cells(head) - 2 - len(arrow) - bool(arrow) if self.width else 0
        if self.width and room < _LEAST_SAID and note:
            said = ""  # a letter or two of it would tell nothing
        else:
            note, said = arrow, cut(said, max(1, room) if self.width else 0)
        line = cut(f"{head}  {f'{said} {note}'.strip()}".rstrip(), self.width)
        return paint(line[: len(word)], style, self._colour) + line[len(word) :]

    def _named(self, name: str, time: str) -> str:
        """Set a stage's name and time in columns, or close together where there is no room."""
        if 0 < self.width < _ROOMY:
            return f"{cut(name, max(8, self.width // 3))} {time}".rstrip()
        self._column = max(self._column, min(cells(name), _WIDEST_NAME))
        return f"{padded(name, self._column)} {time:>{_TIME}}"

    def _note(self, word: str, said: str) -> str:
        """Set a line that is never cut: it may name the one place where an edit is kept."""
        return f"{paint(padded(word, self._word), Style.NOTE, self._colour)} {for_terminal(said)}"


def _first_line(failure: Failure) -> str:
    return failure.message.split("\n", 1)[0]
