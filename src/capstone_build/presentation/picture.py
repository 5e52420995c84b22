"""
The picture of a pipeline: boxes and what leads from one to the other.

What every drawing of the graph draws, whatever it is made of. A box stands for a
stage, for several that are alike (`folding`), or, where files are asked for, for an
artifact. Knows what a box says; does not know where it stands, nor how it looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from capstone_build.core.artifact import Artifact
from capstone_build.core.graph import StageGraph
from capstone_build.core.linking import Linking
from capstone_build.core.plan import CanRestore, MayRun, MustRun, Plan, Verdict
from capstone_build.core.stage import Stage
from capstone_build.presentation.mark import Mark, mark_of
from capstone_build.presentation.sentence import listed, reason, verdict_line


class Kind(Enum):
    """What a box stands for."""

    STAGE = "stage"
    ARTIFACT = "artifact"
    """Something that a stage writes."""
    SOURCE = "source"
    """Something that no stage of the picture writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """
    One box of a picture.

    Attributes:
        kind: What it stands for.
        names: Its name; the first and the last, if it stands for several that are alike.
        count: How many it stands for.
        mark: How its state looks, the most urgent of several; None for what has none.
        states: How many are in which state.
        word: Its state, in words.
        says: What is to become of it, and why.
        because: Why, for a column of its own; empty if there is nothing to say.
        reads: Paths that it reads and no stage writes.
        writes: Paths that it writes.
        made: Where it is declared.
    """

    kind: Kind
    names: tuple[str, ...]
    count: int = 1
    mark: Mark | None = None
    states: Mapping[str, int] = field(default_factory=dict)
    word: str = ""
    says: str = ""
    because: str = ""
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    made: str = ""

    def title(self, ellipsis: str = "…") -> str:
        """Return its name; of several, the first and the last with *ellipsis* between."""
        return f" {ellipsis} ".join(self.names)


@dataclass(frozen=True)
class Picture:
    """
    Boxes, and for each of them those that lead to it.

    Attributes:
        boxes: All boxes, those that lead somewhere before where they lead.
        above: For each of them, by number, those that lead to it.
    """

    boxes: tuple[Box, ...]
    above: tuple[tuple[int, ...], ...]

    @cached_property
    def below(self) -> tuple[tuple[int, ...], ...]:
        """For each box, by number, those that it leads to."""
        found: list[list[int]] = [[] for _ in self.boxes]
        for end, start in ((end, start) for end, those in enumerate(self.above) for start in those):
            found[start].append(end)
        return tuple(map(tuple, found))

    @cached_property
    def rank(self) -> tuple[int, ...]:
        """For each box its place among all by name, in which 9 comes before 10."""
        order = sorted(range(len(self.boxes)), key=lambda box: by_name(self.boxes[box].names[0]))
        rank = [0] * len(order)
        for place, box in enumerate(order):
            rank[box] = place
        return tuple(rank)

    def links(self) -> Iterator[tuple[int, int]]:
        """Yield each link: the box that it leads from and the box that it leads to."""
        return ((start, end) for start, those in enumerate(self.below) for end in those)


def by_name(name: str) -> list[tuple[int, str]]:
    """Return what sorts names as people do: digits by the number that they spell."""
    parts = re.split(r"([0-9]+)", name)
    return [
        (len(part.lstrip("0")), part.lstrip("0")) if part[:1].isdecimal() else (0, part)
        for part in parts
    ] + [(0, name)]


def stages_picture(graph: StageGraph, plan: Plan) -> Picture:
    """Return the picture of *graph* in which each stage is a box."""
    number = {name: index for index, name in enumerate(graph.stages)}
    return Picture(
        tuple(_stage(each, plan[each.name], graph.sources[each.name]) for each in graph),
        tuple(
            tuple(sorted(number[name] for name in graph.upstream(each))) for each in graph.stages
        ),
    )


def files_picture(graph: StageGraph, plan: Plan) -> Picture:
    """Return the picture of *graph* in which artifacts are boxes too, between the stages."""
    linking = Linking(tuple(graph))
    boxes: list[Box] = []
    above: list[tuple[int, ...]] = []
    files: dict[str, int] = {}

    def add(box: Box, those: Sequence[int]) -> int:
        boxes.append(box)
        above.append(tuple(sorted(set(those))))
        return len(boxes) - 1

    for stage in graph:
        read: list[str] = [
            path
            for name in graph.upstream(stage.name)
            for path in linking.through[name, stage.name]
        ]
        for artifact in linking.sources[stage.name]:
            read.append(artifact.path)
            if artifact.path not in files:
                files[artifact.path] = add(_file(Kind.SOURCE, artifact), ())
        at = add(
            _stage(stage, plan[stage.name], (), has_files=False), [files[path] for path in read]
        )
        for artifact in stage.writes:
            files[artifact.location] = add(_file(Kind.ARTIFACT, artifact), [at])
    return Picture(tuple(boxes), tuple(above))


def _stage(
    stage: Stage, verdict: Verdict, sources: Sequence[Artifact], *, has_files: bool = True
) -> Box:
    return Box(
        kind=Kind.STAGE,
        names=(stage.name,),
        mark=mark_of(verdict),
        states={mark_of(verdict).state: 1},
        word=mark_of(verdict).word,
        says=verdict_line(verdict),
        because=_because(verdict),
        reads=tuple(each.path for each in sources),
        writes=tuple(each.path for each in stage.writes) if has_files else (),
        made=str(stage.location),
    )


def _file(kind: Kind, artifact: Artifact) -> Box:
    return Box(
        kind=kind, names=(artifact.path,), word=artifact.kind.value, says=artifact.kind.value
    )


def _because(verdict: Verdict) -> str:
    if isinstance(verdict, MustRun | CanRestore):
        return reason(verdict.because)
    if isinstance(verdict, MayRun):
        return f"waits for {listed(verdict.waits_for)}"
    return ""
