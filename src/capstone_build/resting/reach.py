"""
The reach of what moved: the few stages that it can concern, opened as a session.

Knows the outline that the last build left, and what the sweep found to have moved
since; does not judge (`capstone_build.core.plan`) nor run anything. Where only
artifacts moved, the declarations stand, so the pipeline need not be loaded to find
the stages that read or wrote these; the others are up to date, as they were, until
one of those turns out to run. Where it is unsure, there is no reach, and the whole
project is opened.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from typing import Self

from capstone_build.authoring.project_place import ProjectPlace
from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.fingerprint import Aspect, digest_fingerprint
from capstone_build.core.graph import StageGraph
from capstone_build.core.plan import plan
from capstone_build.core.stage import Stage, StageName
from capstone_build.errors import MemoryFailedError
from capstone_build.execution.host import Host
from capstone_build.execution.notes import notes_from
from capstone_build.looking.session import Forecast, Session
from capstone_build.looking.world import World
from capstone_build.request import Request
from capstone_build.storage.footing import Footing
from capstone_build.storage.looks import state_of
from capstone_build.storage.outline import INVOLVED, UNWANTED, Drawn, Outline
from capstone_build.sweep import Swept


class UnsureError(Exception):
    """What moved may concern more than can be told from the outline."""


class Reach(Session):
    """
    The part of a project that what moved can concern.

    Args:
        project: The project.
        before: What the last build rested on, and what has moved since.

    Attributes:
        footing: What the last build rested on.

    Raises:
        UnsureError: If that part cannot be told.
        MemoryFailedError: If the outline cannot be read.
    """

    is_part = True

    def __init__(self, project: ProjectPlace, before: Swept) -> None:
        self.footing: Footing = before.footing
        memory = os.path.join(before.root, ".cache")  # noqa: PTH118 (a text)
        self._outline = Outline(memory, before.footing.name, before.footing.outline)
        self._ranks: dict[StageName, int] = {}
        greeting = self._outline.facts["greeting"]
        host = Host(project.root, project.module, known=greeting)
        world = World(project, host.variable, notes_from(greeting["notes"]), is_known=True)
        super().__init__(project, host, world, _joined([], {}, _AllWriters(self._outline)))
        try:
            self._direct = self._directly(before.moved)
            self._take(self._direct)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        """Return the session itself."""
        return self

    def close(self) -> None:
        """Let go of it all."""
        super().close()
        self._outline.close()

    def judged(self) -> Forecast:
        """
        Judge what moved directly; and where something is to be done, all that follows from it.

        Raises:
            UnsureError: If what follows cannot be told from the outline.
        """
        forecast = self._forecast()
        if forecast.is_nothing_to_do:
            return forecast
        # A stage that reads undeclared may turn out to have read what is yet to be written.
        self._take(self._outline.below(self._direct | self._outline.finding()))
        return self._forecast()

    def still_stands(self) -> bool:
        """Tell whether nobody wrote to the manifest since it was looked at."""
        path = self.world.memory_folder / "manifest.sqlite3"
        log = path.with_name(f"{path.name}-wal")
        then = self.footing.state(f"{self.world.memory_folder.name}/{path.name}")
        try:
            return state_of(path.stat()) == then and (not log.exists() or not log.stat().st_size)
        except OSError:
            return False

    def is_as_drawn(self, name: StageName) -> bool:
        """Tell whether a stage, as it ran last, read no other files than the outline says."""
        trace = self.world.last(name)
        read = {part[1] for part in trace.discovered if part[0] is Aspect.READ} if trace else set()
        return trace is not None and read <= self._outline.found_by(self._ranks[name])

    def _directly(self, moved: Collection[str]) -> set[int]:
        """Return the stages that read or write what moved."""
        found: set[int] = set()
        for path in moved:
            ranks = {
                each.rank
                for each in self._outline.drawn(self._outline.reached_by(path))
                if _concerns(each.stage, path) or path in self._outline.found_by(each.rank)
            }
            is_there = self.world.states([path])[path] is not None
            if not ranks or not (is_there or self.graph.writer_of(path)):
                raise UnsureError(path)
            found |= ranks
        return found

    def _take(self, ranks: Collection[int]) -> None:
        """Let the stages of these *ranks*, as far as they are wanted, be the graph."""
        drawn = [each for each in self._outline.drawn(ranks) if each.standing != UNWANTED]
        if any(each.standing == INVOLVED for each in drawn):
            raise UnsureError
        for each in drawn:
            trace = self.world.last(each.stage.name)
            if trace is not None and digest_fingerprint(trace.fingerprint) == each.fingerprint:
                self.world.fingerprints.vouch(each.stage, trace, each.named)
        self._ranks = {each.stage.name: each.rank for each in drawn}
        lower = {each.rank: self._outline.lower(each.rank) for each in drawn}
        self.graph = _joined(drawn, lower, _AllWriters(self._outline))
        self.beyond = self.footing.stages - len(drawn)
        orphans: Mapping[ArtifactPath, StageName] = self._outline.facts["orphans"]
        self.world.know_part(self.graph, _Made(self._outline), orphans)

    def _forecast(self) -> Forecast:
        graph = self.graph
        own = {each.location: stage.name for stage in graph for each in stage.writes}
        part = StageGraph(stages=graph.stages, above=graph.above, below=graph.below, writers=own)
        now = {stage.name: self.world.observe(stage, graph) for stage in graph}
        # What was read just now is what the host will have to have compiled.
        compiled = self.host.greeting["compiled"]
        if self.world.fingerprints.other_code(compiled) or self.world.moved_since_import():
            raise UnsureError
        return Forecast(part, plan(part, now, self.world), frozenset())


def reached(project: ProjectPlace, request: Request) -> tuple[Session, Forecast] | None:
    """
    Open what moved since the last build of the same words can concern, and judge it.

    Returns:
        None where that cannot be told. The caller closes the session.
    """
    before = request.before
    if before is None or not before.moved or before.root != str(project.root):
        return None
    try:
        session = Reach(project, before)
    except (UnsureError, MemoryFailedError):
        return None
    try:
        return session, session.judged()
    except (UnsureError, MemoryFailedError):
        session.close()
        return None
    except BaseException:
        session.close()
        raise


def _concerns(stage: Stage, path: str) -> bool:
    """Tell whether *stage* declares to read or to write *path*."""
    return any(each.stands_for(path) for each in (*stage.reads, *stage.writes))


def _joined(
    drawn: Collection[Drawn],
    lower: Mapping[int, Collection[int]],
    writers: Mapping[ArtifactPath, StageName],
) -> StageGraph:
    """Link the stages *drawn*, and no others, with all *writers* that there are."""
    names = {each.rank: each.stage.name for each in drawn}
    below = {
        names[rank]: tuple(names[each] for each in lower[rank] if each in names) for rank in names
    }
    above: dict[StageName, list[StageName]] = {name: [] for name in below}
    for name, those in below.items():
        for each in those:
            above[each].append(name)
    stages = {each.stage.name: each.stage for each in drawn}
    return StageGraph(stages=stages, above=above, below=below, writers=writers)


class _AllWriters(Mapping[ArtifactPath, StageName]):
    """Which stage of the whole pipeline writes each declared output: looked up, not listed."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline

    def __getitem__(self, place: ArtifactPath) -> StageName:
        """Return the stage that writes *place*."""
        if (writer := self._outline.writer(place)) is None:
            raise KeyError(place)
        return writer

    def __iter__(self) -> Iterator[ArtifactPath]:
        """Refuse: nobody is to look at all of them."""
        raise NotImplementedError

    def __len__(self) -> int:
        """Refuse: nobody is to look at all of them."""
        raise NotImplementedError


class _Made:
    """What the stages of the whole pipeline make, and the folders that it is in."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline

    def __contains__(self, path: object) -> bool:
        """Tell whether it is made."""
        return self._outline.is_made(str(path))
