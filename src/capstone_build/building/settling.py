"""
Settling: whether what stages read undeclared is what other stages left in the end.

What a run discovers never orders stages, so a stage may have been looked at before
another wrote what it reads. Knows what ran in this build, what was discovered and
what is there now; does not run anything, nor judge a stage.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from capstone_build.core.event import CalledBack, Event, NotSettled
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.graph import StageGraph
from capstone_build.core.stage import StageName
from capstone_build.core.trace import Trace
from capstone_build.execution.notes import Note, Sight
from capstone_build.looking.world import World

_Late = Mapping[StageName, tuple[str, ...]]
"""What changed of that which each stage reads undeclared, since it was looked at."""


class Settling:
    """
    The stages of one build that have to be looked at again.

    Args:
        world: What is there, and what is remembered.
        graph: The stages of the build.
        on_event: Told of each stage that is called back.
    """

    def __init__(self, world: World, graph: StageGraph, on_event: Callable[[Event], None]) -> None:
        self._world = world
        self._graph = graph
        self._tell = on_event
        self._ran: set[StageName] = set()
        self._wrote: dict[str, set[StageName]] = {}
        self._called: set[StageName] = set()

    def left(self, stage: StageName, notes: Iterable[Note] = ()) -> None:
        """Take note of a *stage* whose outputs were put in place, and what else it wrote."""
        self._ran.add(stage)
        for note in notes:
            if note.sight in {Sight.WROTE, Sight.USED}:
                self._wrote.setdefault(note.name, set()).add(stage)

    def called_back(self, done: Collection[StageName]) -> list[StageName]:
        """
        Return those of the stages *done* that have to be judged again, each once in a build.

        One that reads what another of them will write waits for it. Where only
        such are left as were called back before, that is told, and none is returned.
        """
        late = self._late(done)
        fresh = {name: files for name, files in late.items() if name not in self._called}
        if not fresh:
            for name, files in late.items():
                self._give_up(name, files)
            return []
        writing = {*fresh, *self._below(fresh)}
        now = [
            name
            for name, files in fresh.items()
            if not writing.intersection(self._writers(name, files))
        ]
        for name in now or fresh:
            self._called.add(name)
            self._tell(CalledBack(name, fresh[name], self._writers(name, fresh[name])))
        return now or list(fresh)

    def _late(self, done: Collection[StageName]) -> _Late:
        """Find the stages for which something changed since, and another stage ran."""
        if not self._ran:
            return {}
        late = {}
        for trace in self._world.discovering():
            if trace.stage in done and self._ran - {trace.stage}:
                changed = tuple(sorted(self._changed(trace)))
                if changed:
                    late[trace.stage] = changed
        return late

    def _changed(self, trace: Trace) -> Iterable[str]:
        for part, digest in trace.discovered.items():
            if part[0] is Aspect.READ and self._world.look(part) != digest:
                yield part[1]

    def _writers(self, reader: StageName, files: Iterable[str]) -> tuple[StageName, ...]:
        """Return the other stages that wrote *files* in this build, declared or not."""
        found: set[StageName] = set()
        for file in files:
            declared = self._graph.writer_of(file)
            found |= self._wrote.get(file, set()) | ({declared} if declared else set())
        return tuple(sorted((found & self._ran) - {reader}))

    def _below(self, names: Iterable[StageName]) -> set[StageName]:
        below: set[StageName] = set()
        waiting = list(names)
        while waiting:
            fresh = set(self._graph.downstream(waiting.pop())) - below
            below |= fresh
            waiting += fresh
        return below

    def _give_up(self, name: StageName, files: tuple[str, ...]) -> None:
        """
        Leave a stage that was called back and would have to be again.

        A file that it writes itself and shares with others would change for
        ever: it counts as the last of them left it.
        """
        trace = self._world.last(name)
        is_shared = all(name in self._wrote.get(file, ()) for file in files)
        if trace is not None and is_shared:
            now = {(Aspect.READ, file): self._world.look((Aspect.READ, file)) for file in files}
            self._world.manifest.amend(replace(trace, discovered={**trace.discovered, **now}))
        self._tell(NotSettled(name, files, self._writers(name, files), is_shared))
