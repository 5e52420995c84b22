"""
The results of a build as it goes on: what came of each stage, and what that lets start.

Knows the schedule and tells of each end; does not know how a stage is run.
"""

from __future__ import annotations

from collections.abc import Callable

from capstone_build.core.event import Event, StageEnded
from capstone_build.core.graph import StageGraph
from capstone_build.core.outcome import Failure, Outcome, StageResult
from capstone_build.core.plan import Difference
from capstone_build.core.report import BuildReport
from capstone_build.core.schedule import Schedule, State
from capstone_build.core.stage import StageName


class Results:
    """
    What came of the stages so far.

    Args:
        graph: The stages of the build.
        on_event: Told of each stage that is through.

    Attributes:
        schedule: Which stages wait, are ready, run, are done.
        has_failed: Whether any stage failed.
    """

    def __init__(self, graph: StageGraph, on_event: Callable[[Event], None]) -> None:
        self.schedule = Schedule(graph)
        self.has_failed = False
        self._graph = graph
        self._tell = on_event
        self._results: dict[StageName, StageResult] = {}

    def done(self, result: StageResult) -> None:
        """Take note of a stage whose outputs are settled."""
        # One that was called back and is up to date stays what it was.
        if result.outcome is not Outcome.REUSED or result.stage not in self._results:
            self._note(result)
        self.schedule.finish(result.stage)

    def failed(
        self,
        stage: StageName,
        because: tuple[Difference, ...],
        failure: Failure,
        seconds: float = 0.0,
    ) -> None:
        """Take note of a stage that failed, and skip what depends on it."""
        self.has_failed = True
        self._note(
            StageResult(
                stage=stage,
                outcome=Outcome.FAILED,
                because=because,
                seconds=seconds,
                failure=failure,
            )
        )
        for name in self.schedule.fail(stage):
            self._note(StageResult(stage=name, outcome=Outcome.SKIPPED))

    @property
    def settled(self) -> set[StageName]:
        """The stages that are through, and whose outputs stand."""
        return {name for name, state in self.schedule.states.items() if state is State.DONE}

    def report(
        self, *, build: str, seconds: float, interrupted: int | None, beyond: int
    ) -> BuildReport:
        """Return all of it, and which artifacts stand."""
        done = [name for name, state in self.schedule.states.items() if state is State.DONE]
        return BuildReport(
            build=build,
            results=self._results,
            unreached=tuple(name for name in self._graph.stages if name not in self._results),
            standing=tuple(a.path for name in done for a in self._graph.stages[name].writes),
            seconds=seconds,
            interrupted=interrupted,
            beyond=beyond,
        )

    def _note(self, result: StageResult) -> None:
        self._results[result.stage] = result
        self._tell(StageEnded(result))
