"""
The graph of stages: who reads what another one writes.

Knows declared paths and how they meet; does not know what is on disk, nor
whether a stage has to run (`capstone_build.core.plan`).
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from capstone_build.core.artifact import Artifact, ArtifactPath, parents
from capstone_build.core.stage import Stage, StageName
from capstone_build.errors import UnknownTargetError


@dataclass(frozen=True, slots=True)
class StageGraph:
    """
    Stages linked where one reads what another writes; acyclic.

    Attributes:
        stages: Every stage by name, in an order in which they can be built.
        above: For each of them, the stages whose outputs it reads.
        below: For each of them, the stages that read its outputs.
        writers: Which stage writes each declared output.
        sources: For each of the stages, what it reads and no stage writes.
    """

    stages: Mapping[StageName, Stage]
    above: Mapping[StageName, Collection[StageName]]
    below: Mapping[StageName, Collection[StageName]]
    writers: Mapping[ArtifactPath, StageName]
    sources: Mapping[StageName, Sequence[Artifact]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Stage]:
        """Go through the stages, upstream stages first."""
        return iter(self.stages.values())

    def __len__(self) -> int:
        """Count the stages."""
        return len(self.stages)

    def upstream(self, name: StageName) -> Collection[StageName]:
        """Return the stages whose outputs *name* reads."""
        return self.above[name]

    def downstream(self, name: StageName) -> Collection[StageName]:
        """Return the stages that read what *name* writes."""
        return self.below[name]

    def links(self) -> Iterator[tuple[StageName, StageName]]:
        """Yield each stage with each stage that reads its outputs."""
        return ((name, lower) for name, those in self.below.items() for lower in those)

    def writer_of(self, path: str) -> StageName | None:
        """Return the stage that writes *path*, itself or as part of a folder."""
        for candidate in (ArtifactPath(path.rstrip("/")), *parents(path.rstrip("/"))):
            if candidate in self.writers:
                return self.writers[candidate]
        return None

    def find(self, target: str, folder: str = "") -> StageName:
        """
        Return the stage that *target* names: a stage, or an artifact's path.

        Args:
            target: The name, or the path from *folder* or from the root.
            folder: A folder of the project, from its root.

        Raises:
            UnknownTargetError: If it is neither.
        """
        if target in self.stages:
            return StageName(target)
        for path in (f"{folder}/{target}".lstrip("/"), target):
            if (writer := self.writer_of(posixpath.normpath(path))) is not None:
                return writer
        raise UnknownTargetError(target, among=[*self.stages, *self.writers])

    def leading_to(self, targets: Iterable[StageName]) -> StageGraph:
        """Return the part of the graph that *targets* need, themselves included."""
        needed = set(targets)
        waiting = list(needed)
        while waiting:
            fresh = set(self.upstream(waiting.pop())) - needed
            needed |= fresh
            waiting += fresh
        return self.part(needed)

    def part(self, names: Collection[StageName]) -> StageGraph:
        """Return the part of the graph that *names* are, and what joins them directly."""
        kept = set(names)

        def inside(those: Iterable[StageName]) -> tuple[StageName, ...]:
            return tuple(name for name in those if name in kept)

        return StageGraph(
            stages={name: stage for name, stage in self.stages.items() if name in kept},
            above={name: inside(self.above[name]) for name in kept},
            below={name: inside(self.below[name]) for name in kept},
            writers={path: name for path, name in self.writers.items() if name in kept},
            sources={name: those for name, those in self.sources.items() if name in kept},
        )
