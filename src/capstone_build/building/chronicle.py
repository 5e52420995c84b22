"""
The chronicle: writes down what a build does, for `capstone log` and `capstone diff`.

Knows the events of a build and the history; does not know who reads it. It is
written from time to time, not at each event: a build that is killed may lose
the last half second of it.
"""

from __future__ import annotations

import time
from contextlib import suppress

from capstone_build.core.event import Event, Listener, StageEnded
from capstone_build.core.history import Left, PastBuild, PastStage
from capstone_build.core.outcome import Outcome, StageResult
from capstone_build.core.report import BuildReport
from capstone_build.errors import MemoryFailedError
from capstone_build.looking.world import World

_SECONDS = 0.5
"""How long what has happened may be unwritten."""


class Chronicle:
    """
    Follows one build.

    Args:
        world: Where it is written.
        build: The build's identifier.
        pass_on: Is told each event as well.
    """

    def __init__(self, world: World, build: str, pass_on: Listener) -> None:
        self._history = world.manifest.history()
        self._look = world.states
        self._pass_on = pass_on
        self._build = build
        self._at = time.time()
        self._unwritten: list[PastStage] = []
        self._written = time.monotonic()
        self._has_begun = False

    def tell(self, event: Event) -> None:
        """Take note of *event*, if it is the end of a stage with which something was done."""
        if isinstance(event, StageEnded) and event.result.outcome is not Outcome.REUSED:
            self._unwritten.append(self._past(event.result))
        self._pass_on(event)  # who listens may end the build
        if self._unwritten and time.monotonic() - self._written > _SECONDS:
            self._write(None, None, 0)

    def break_off(self) -> None:
        """Write down what was done so far, of a build that an error ends; if that can be."""
        if self._unwritten:
            with suppress(MemoryFailedError):
                self._write(None, None, 0)

    def end(self, report: BuildReport) -> None:
        """Write down what came of the build, if it did anything."""
        if self._unwritten or self._has_begun or report.interrupted is not None:
            up_to_date = report.counts[Outcome.REUSED]
            self._write(report.seconds, report.interrupted, up_to_date)

    def _write(self, seconds: float | None, interrupted: int | None, up_to_date: int) -> None:
        stages, self._unwritten = tuple(self._unwritten), []
        self._has_begun = True
        self._history.write(
            PastBuild(
                build=self._build,
                at=self._at,
                seconds=seconds,
                interrupted=interrupted,
                up_to_date=up_to_date,
                stages=stages,
            )
        )
        self._written = time.monotonic()

    def _past(self, result: StageResult) -> PastStage:
        states = self._look(result.outputs)
        return PastStage(
            stage=result.stage,
            outcome=result.outcome,
            at=time.time(),
            seconds=result.seconds,
            because=result.because,
            message=result.failure.message if result.failure else "",
            memory=result.memory,
            outputs={
                path: Left(digest, 0 if (state := states[path]) is None else state.size)
                for path, digest in result.outputs.items()
            },
        )
