"""
When stages run: which wait, are ready, run, are done.

Knows the order of stages; does not know whether a stage has to run
(`capstone_build.core.plan`) nor how it is run (`capstone_build.execution`).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from heapq import heappop, heappush

from capstone_build.core.graph import StageGraph
from capstone_build.core.stage import StageName


class State(Enum):
    """Where a stage stands in a build. Only `Schedule` moves it on."""

    WAITING = "waiting"
    """Some stage upstream is not done."""
    READY = "ready"
    """Every stage upstream is done: its inputs are settled."""
    RUNNING = "running"
    """Taken up with `start`."""
    DONE = "done"
    """Its outputs are settled, by a run or without one."""
    FAILED = "failed"
    """It was taken up and did not keep its word."""
    SKIPPED = "skipped"
    """Something upstream failed."""


class Schedule:
    """
    The order of work, one stage at a time.

    Each call costs what it touches, so that a build is linear in its stages.

    Args:
        graph: The stages to bring up to date.
    """

    def __init__(self, graph: StageGraph) -> None:
        self._graph = graph
        self._rank = {name: index for index, name in enumerate(graph.stages)}
        self._names = list(graph.stages)
        self._waits_for = {name: len(graph.upstream(name)) for name in graph.stages}
        self.states = dict.fromkeys(graph.stages, State.WAITING)
        self._ready: list[int] = []
        self.running = 0
        for name, count in self._waits_for.items():
            if count == 0:
                self._make_ready(name)

    def next_ready(self) -> StageName | None:
        """Return the first ready stage in the order of the graph; None if there is none."""
        return self._names[self._ready[0]] if self._ready else None

    def start(self, name: StageName) -> None:
        """Take up *name*, the stage that `next_ready` returned."""
        if not self._ready or self._names[self._ready[0]] != name:
            raise ValueError(f"{name} is not the next ready stage")
        heappop(self._ready)
        self.states[name] = State.RUNNING
        self.running += 1

    def finish(self, name: StageName) -> None:
        """Mark a running stage as done, and those that waited only for it as ready."""
        self._end(name, State.DONE)
        for below in self._graph.downstream(name):
            self._waits_for[below] -= 1
            if self._waits_for[below] == 0 and self.states[below] is State.WAITING:
                self._make_ready(below)

    def reopen(self, names: Iterable[StageName]) -> None:
        """Let those of *names* that are done, and what is done below them, be taken up again."""
        waiting = [name for name in names if self.states[name] is State.DONE]
        again = set(waiting)
        while waiting:
            below = self._graph.downstream(waiting.pop())
            fresh = [n for n in below if self.states[n] is State.DONE and n not in again]
            again.update(fresh)
            waiting += fresh
        for name in again:
            self.states[name] = State.WAITING
            self._waits_for[name] = sum(above in again for above in self._graph.upstream(name))
            if self._waits_for[name] == 0:
                self._make_ready(name)

    def fail(self, name: StageName) -> list[StageName]:
        """Mark a running stage as failed; return those below it, which are now skipped."""
        self._end(name, State.FAILED)
        skipped: list[StageName] = []
        waiting = [name]
        while waiting:
            for below in self._graph.downstream(waiting.pop()):
                if self.states[below] is State.WAITING:
                    self.states[below] = State.SKIPPED
                    skipped.append(below)
                    waiting.append(below)
        return sorted(skipped, key=self._rank.__getitem__)

    def _make_ready(self, name: StageName) -> None:
        self.states[name] = State.READY
        heappush(self._ready, self._rank[name])

    def _end(self, name: StageName, state: State) -> None:
        if self.states[name] is not State.RUNNING:
            raise ValueError(f"{name} is {self.states[name].value}, not running")
        self.states[name] = state
        self.running -= 1
