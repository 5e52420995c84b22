"""
Linking: the joining of stages by the paths that they read and write.

Knows what is declared, and finds all that is wrong with how it meets; does not know
what is on disk. What came of it is plain numbers (`Links`), so that it can be
remembered, and a pipeline whose paths are as they were need not be joined again.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
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
from capstone_build.core.digest import Digest, digest_bytes
from capstone_build.core.graph import StageGraph
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
)

if TYPE_CHECKING:
    import networkx as nx

_RULES = "1"
"""Raised when stages are joined by other rules than before."""


def digest_joints(stages: Iterable[Stage]) -> Digest:
    """Return the digest of all that decides how *stages* are joined."""
    said = [
        [stage.name, [each.path for each in stage.reads], [each.path for each in stage.writes]]
        for stage in stages
    ]
    text = json.dumps([_RULES, said], separators=(",", ":"))
    return digest_bytes(text.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """
    How stages are joined, with nothing wrong; each stage is its number in the order declared.

    Attributes:
        order: The stages in an order in which they can be built.
        above: For each of them, the stages whose outputs it reads.
        sources: For each of them, which of the artifacts that it reads no stage writes.
    """

    order: Sequence[int]
    above: Sequence[Sequence[int]]
    sources: Sequence[Sequence[int]]

    def graph(self, stages: Sequence[Stage]) -> StageGraph:
        """Return *stages*, those that were joined, as a graph."""
        names = [stage.name for stage in stages]
        below: list[list[StageName]] = [[] for _ in stages]
        for name, those in zip(names, self.above, strict=True):
            for each in those:
                below[each].append(name)
        return StageGraph(
            stages={names[each]: stages[each] for each in self.order},
            above={
                name: tuple([names[each] for each in those])
                for name, those in zip(names, self.above, strict=True)
            },
            below={name: tuple(those) for name, those in zip(names, below, strict=True)},
            writers={made.location: stage.name for stage in stages for made in stage.writes},
            sources={
                stage.name: tuple([stage.reads[each] for each in those]) if those else ()
                for stage, those in zip(stages, self.sources, strict=True)
            },
        )


class Linking:
    """
    The joining of stages.

    Args:
        stages: The stages of a pipeline, in the order declared.

    Attributes:
        sources: For each stage, what it reads and no stage writes.
        through: For each two stages that are joined, the outputs of one that the other reads.
        problems:
            All that is wrong: names or outputs claimed twice, outputs inside
            outputs, inputs that are own outputs, paths that differ only in
            case or normalisation, cycles.
    """

    def __init__(self, stages: Sequence[Stage]) -> None:
        import networkx as nx  # (0.2 s, which the command line alone need not pay)

        self._stages = {stage.name: stage for stage in stages}
        self._outputs = _Outputs(self._stages.values())
        self._links: nx.DiGraph[StageName] = nx.DiGraph()
        self.through: dict[tuple[StageName, StageName], list[ArtifactPath]] = {}
        self.problems: list[PipelineError] = [
            *_duplicate_names(stages),
            *self._outputs.problems(),
            *_lookalikes(self._stages.values()),
        ]
        self._unwritten = [list(self._join(stage)) for stage in self._stages.values()]
        self.sources = {
            stage.name: tuple(stage.reads[each] for each in those)
            for stage, those in zip(self._stages.values(), self._unwritten, strict=True)
        }
        self.problems += self._cycles()

    def links(self) -> Links:
        """
        Return how the stages are joined.

        Raises:
            InvalidPipelineError: With all `problems`, if there are any.
        """
        import networkx as nx

        if self.problems:
            raise InvalidPipelineError(self.problems)
        rank = {name: index for index, name in enumerate(self._stages)}
        order = nx.lexicographical_topological_sort(self._links, key=rank.__getitem__)
        return Links(
            order=[rank[name] for name in order],
            above=[[rank[each] for each in self._links.pred[name]] for name in self._stages],
            sources=self._unwritten,
        )

    def _join(self, stage: Stage) -> Iterator[int]:
        """Link *stage* to those that write what it reads; yield which of it nobody writes."""
        self._links.add_node(stage.name)
        for index, artifact in enumerate(stage.reads):
            found = list(self._outputs.meeting(artifact))
            if not found:
                yield index
            for path, writer in found:
                if writer == stage.name:
                    problem = OwnInputError(stage.name, str(stage.location), artifact.path)
                    self.problems.append(problem)
                else:
                    self._links.add_edge(writer, stage.name)
                    self.through.setdefault((writer, stage.name), []).append(path)

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
                        (name, str(self._stages[name].location), self.through[name, following][0])
                        for name, following, *_ in ring
                    ]
                )


def link(stages: Sequence[Stage]) -> StageGraph:
    """
    Join *stages* by the paths that they read and write.

    Raises:
        InvalidPipelineError: With all that is wrong; see `Linking`.
    """
    return Linking(stages).links().graph(stages)


def joining(writer: Stage, reader: Stage) -> list[ArtifactPath]:
    """Return the outputs of *writer* that *reader* reads, wholly or in part."""
    outputs = _Outputs([writer])
    read = (path for each in reader.reads for path, _ in outputs.meeting(each))
    return list(dict.fromkeys(read))


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
