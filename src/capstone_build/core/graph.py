"""
The graph of stages: who reads what another one writes.

Knows declared paths and how they meet; does not know what is on disk, nor
whether a stage has to run (`capstone_build.core.plan`).
"""

from __future__ import annotations

import posixpath
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from capstone_build.core.artifact import (
    Artifact,
    ArtifactPath,
    Kind,
    fixed_prefix,
    folded,
    matches,
    may_match_below,
    parents,
)
from capstone_build.core.stage import Stage, StageName
from capstone_build.errors import (
    DependencyCycleError,
    DuplicateOutputError,
    DuplicateStageError,
    InvalidPipelineError,
    LookalikePathsError,
    NestedOutputError,
    OwnInputError,
    PipelineError,
    UnknownTargetError,
)

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, slots=True)
class StageGraph:
    """
    Stages linked where one reads what another writes; acyclic.

    Attributes:
        stages: Every stage by name, in an order in which they can be built.
        above: For each of them, the stages whose outputs it reads.
        below: For each of them, the stages that read its outputs.
        writers: Which stage writes each declared output.
    """

    stages: Mapping[StageName, Stage]
    above: Mapping[StageName, Collection[StageName]]
    below: Mapping[StageName, Collection[StageName]]
    writers: Mapping[ArtifactPath, StageName]

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

    def joining(self, writer: StageName, reader: StageName) -> list[ArtifactPath]:
        """Return the outputs of *writer* that *reader* reads, wholly or in part."""
        outputs = _Outputs([self.stages[writer]])
        read = (path for each in self.stages[reader].reads for path, _ in outputs.meeting(each))
        return list(dict.fromkeys(read))

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
        below = {name: self.below[name] for name in needed}
        return StageGraph(
            stages={name: stage for name, stage in self.stages.items() if name in needed},
            above={name: self.above[name] for name in needed},
            below={name: tuple(n for n in those if n in needed) for name, those in below.items()},
            writers={path: name for path, name in self.writers.items() if name in needed},
        )


class Linking:
    """
    The joining of stages by the paths that they read and write.

    Args:
        stages: The stages of a pipeline, in the order declared.

    Attributes:
        problems:
            All that is wrong: names or outputs claimed twice, outputs inside
            outputs, inputs that are own outputs, paths that differ only in
            case or normalisation, cycles.
        sources: For each stage, what it reads and no stage writes.
    """

    def __init__(self, stages: Sequence[Stage]) -> None:
        import networkx as nx  # (0.2 s, which the command line alone need not pay)

        self._stages = {stage.name: stage for stage in stages}
        self._outputs = _Outputs(self._stages.values())
        self._links: nx.DiGraph[StageName] = nx.DiGraph()
        self._through: dict[tuple[StageName, StageName], str] = {}
        self.problems: list[PipelineError] = [
            *_duplicate_names(stages),
            *self._outputs.problems(),
            *_lookalikes(self._stages.values()),
        ]
        self.sources = {stage.name: tuple(self._join(stage)) for stage in self._stages.values()}
        self.problems += self._cycles()

    def graph(self) -> StageGraph:
        """
        Return the stages, linked.

        Raises:
            InvalidPipelineError: With all `problems`, if there are any.
        """
        import networkx as nx

        if self.problems:
            raise InvalidPipelineError(self.problems)
        rank = {name: index for index, name in enumerate(self._stages)}
        order = nx.lexicographical_topological_sort(self._links, key=rank.__getitem__)
        return StageGraph(
            stages={name: self._stages[name] for name in order},
            above={name: tuple(self._links.pred[name]) for name in self._stages},
            below={name: tuple(self._links.succ[name]) for name in self._stages},
            writers={path: names[0] for path, names in self._outputs.writers.items()},
        )

    def _join(self, stage: Stage) -> Iterator[Artifact]:
        """Link *stage* to those that write what it reads; yield what nobody writes."""
        self._links.add_node(stage.name)
        for artifact in stage.reads:
            found = list(self._outputs.meeting(artifact))
            if not found:
                yield artifact
            for path, writer in found:
                if writer == stage.name:
                    problem = OwnInputError(stage.name, str(stage.location), artifact.path)
                    self.problems.append(problem)
                else:
                    self._links.add_edge(writer, stage.name)
                    self._through.setdefault((writer, stage.name), path)

    def _cycles(self) -> Iterator[PipelineError]:
        """Show one ring for each group of stages that wait for each other."""
        import networkx as nx

        rank = {name: index for index, name in enumerate(self._stages)}
        for group in nx.strongly_connected_components(self._links):
            if len(group) > 1:
                start = min(group, key=rank.__getitem__)
                ring = nx.find_cycle(self._links.subgraph(group), source=start)
                yield DependencyCycleError(
                    [
                        (name, str(self._stages[name].location), self._through[name, following])
                        for name, following, *_ in ring
                    ]
                )


def link(stages: Sequence[Stage]) -> StageGraph:
    """
    Join *stages* by the paths that they read and write.

    Raises:
        InvalidPipelineError: With all that is wrong; see `Linking`.
    """
    return Linking(stages).graph()


class _Outputs:
    """The declared outputs, indexed by path."""

    def __init__(self, stages: Iterable[Stage]) -> None:
        self.stages = {stage.name: stage for stage in stages}
        self.writers: dict[ArtifactPath, list[StageName]] = defaultdict(list)
        self.folders: set[ArtifactPath] = set()
        for stage in self.stages.values():
            for artifact in stage.writes:
                self.writers[artifact.location].append(stage.name)
                if artifact.kind is Kind.FOLDER:
                    self.folders.add(artifact.location)
        self.sorted = sorted(self.writers)

    def problems(self) -> Iterator[PipelineError]:
        """Find outputs that are claimed twice and outputs inside one another."""
        for path, names in self.writers.items():
            if len(names) > 1:
                yield DuplicateOutputError(
                    path, [self._claim(name) for name in dict.fromkeys(names)]
                )
            for outer in parents(path):
                if outer in self.writers:
                    owner = self.writers[outer][0]
                    yield NestedOutputError(path, self._claim(names[0]), outer, self._claim(owner))

    def meeting(self, artifact: Artifact) -> Iterator[tuple[ArtifactPath, StageName]]:
        """Find the outputs that *artifact*, as an input, is or holds or lies in."""
        place = artifact.location
        if artifact.kind is Kind.PATTERN:
            place = fixed_prefix(place)
            found = [
                path
                for path in [*self._above(place), *self._below(place)]
                if matches(artifact.path, path)
                or (path in self.folders and may_match_below(artifact.path, path))
            ]
        else:
            found = [*self._above(place), *self._below(place)]
        for path in found:
            for name in self.writers[path]:
                yield path, name

    def _above(self, place: ArtifactPath) -> list[ArtifactPath]:
        """Find the outputs that *place* is, or lies in."""
        return [path for path in (place, *parents(place)) if path in self.writers]

    def _below(self, place: ArtifactPath) -> list[ArtifactPath]:
        """Find the outputs strictly inside *place*; the root is spelled as nothing."""
        if not place:
            return self.sorted
        prefix = f"{place}/"
        start = bisect_left(self.sorted, prefix)
        end = bisect_left(self.sorted, f"{place}0")  # "0" is the character after "/"
        return self.sorted[start:end]

    def _claim(self, name: StageName) -> tuple[str, str]:
        return name, str(self.stages[name].location)


def _duplicate_names(stages: Sequence[Stage]) -> Iterator[PipelineError]:
    declared: dict[StageName, list[str]] = defaultdict(list)
    for stage in stages:
        declared[stage.name].append(str(stage.location))
    for name, places in declared.items():
        if len(places) > 1:
            yield DuplicateStageError(name, places)


def _lookalikes(stages: Iterable[Stage]) -> Iterator[PipelineError]:
    """Find paths, and folders on the way to them, that fold to one spelling."""
    spellings: dict[str, dict[str, str]] = defaultdict(dict)
    seen: set[str] = set()
    for stage in stages:
        for artifact in (*stage.reads, *stage.writes):
            for path in (artifact.location, *parents(artifact.location)):
                if path in seen:
                    break
                seen.add(path)
                spellings[folded(path)][path] = str(stage.location)
    for alike in spellings.values():
        if len(alike) > 1:
            yield LookalikePathsError(list(alike.items()))
