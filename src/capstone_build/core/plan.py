"""
What has to run, and why.

Knows what the world is and what a stage last saw; does not know in which order
and when stages run (`capstone_build.core.schedule`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol, TypeAlias

from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import (
    Aspect,
    digest_fingerprint,
)
from capstone_build.core.graph import StageGraph
from capstone_build.core.observation import Observation, Snapshot
from capstone_build.core.stage import Stage, StageName
from capstone_build.core.trace import Trace


@dataclass(frozen=True, slots=True)
class Difference:
    """
    One way in which the world departs from a trace.

    Data, not prose: `presentation` turns it into a sentence.

    Attributes:
        aspect: Which part of the trace no longer holds.
        key: The artifact, definition, parameter or variable that differs.
        then: Its digest in the trace; None if it was not there.
        now: Its digest today; None if it is not there.
        before: What a person would call the old value; empty if unknown.
        after: What a person would call the new one.
    """

    aspect: Aspect
    key: str
    then: Digest | None = None
    now: Digest | None = None
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class UpToDate:
    """The outputs on disk are what a run would produce."""


@dataclass(frozen=True, slots=True)
class MayRun:
    """Some stages upstream are not settled yet, and what they leave decides."""

    waits_for: tuple[StageName, ...]


@dataclass(frozen=True, slots=True)
class CanRestore:
    """
    The outputs are out of date, and what a run would produce was seen before.

    Attributes:
        trace: The run that produced them.
        because: How the world departs from the last run.
    """

    trace: Trace
    because: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class MustRun:
    """The stage runs whatever the stages upstream do."""

    because: tuple[Difference, ...]


Verdict: TypeAlias = UpToDate | MayRun | CanRestore | MustRun
Plan: TypeAlias = Mapping[StageName, Verdict]
"""A verdict for every stage: a forecast. At dispatch each stage is judged again."""


class Memory(Protocol):
    """What is remembered of earlier builds: the manifest and the store."""

    def last(self, stage: StageName) -> Trace | None:
        """Return the trace of the latest run of *stage* that succeeded."""

    def is_unfinished(self, stage: StageName) -> bool:
        """Tell whether a run of *stage* began since and did not end well."""

    def recall(self, key: Digest) -> Iterable[Trace]:
        """Return all runs of this key, whichever stage it was: they differ in what they read."""

    def traces(self, fingerprint: Digest) -> Iterable[Trace]:
        """Return all runs of a fingerprint of this digest."""

    def discovering(self) -> Iterable[Trace]:
        """Return the latest trace of each stage that was seen to read what it does not declare."""

    def holds(self, content: Digest) -> bool:
        """Tell whether *content* can be brought back."""


def plan(
    graph: StageGraph, now: Snapshot, memory: Memory, forced: Collection[StageName] = ()
) -> Plan:
    """
    Judge every stage of *graph*, upstream stages first.

    The plan is exact where it can be and honest where it cannot: a stage below
    one that will run is at most `MayRun`, for want of a difference of its own,
    because early cutoff may still spare it.

    Args:
        graph: The stages.
        now: The world as it is.
        memory: The world as the stages last saw it.
        forced: Stages that run whatever is known of them.
    """
    verdicts: dict[StageName, Verdict] = {}
    rank = {name: index for index, name in enumerate(graph.stages)}
    for stage in graph:
        upstream = sorted(graph.upstream(stage.name), key=rank.__getitem__)
        unsettled = tuple(n for n in upstream if isinstance(verdicts[n], MayRun | MustRun))
        observation = now[stage.name]
        for name in upstream:
            if isinstance(verdict := verdicts[name], CanRestore):
                observation = _after(verdict.trace, graph, stage, observation)
        if stage.name in forced:
            verdicts[stage.name] = MustRun((Difference(Aspect.FORCED, stage.name),))
        elif unsettled:
            verdicts[stage.name] = _judge_early(graph, stage, observation, memory, unsettled)
        else:
            verdicts[stage.name] = judge(stage.name, observation, memory)
    _doubt(graph, verdicts, memory)
    return MappingProxyType(verdicts)


def judge(stage: StageName, now: Observation, memory: Memory) -> UpToDate | CanRestore | MustRun:
    """
    Decide on a stage all of whose inputs are settled. This is the law.

    Args:
        stage: The stage to judge.
        now: What it would see, and what it left.
        memory: What is remembered of earlier runs.
    """
    differences = compare(stage, now, memory)
    if not differences:
        return UpToDate()
    key = now.key
    for trace in () if key is None else memory.recall(key):
        if now.still_holds(trace.discovered) and all(
            now.outputs.get(path) == digest or memory.holds(digest)
            for path, digest in trace.outputs.items()
        ):
            return CanRestore(trace, differences)
    return MustRun(differences)


def compare(stage: StageName, now: Observation, memory: Memory) -> tuple[Difference, ...]:
    """
    List how the world departs from the last good run; empty means not at all.

    Args:
        stage: The stage to compare.
        now: What it would see, and what it left.
        memory: What is remembered of earlier runs.
    """
    trace = memory.last(stage)
    if trace is None:
        return (Difference(Aspect.NEW, stage),)
    differences = _differing_parts(trace, now)
    for aspect, before, after in (
        (Aspect.INPUT, trace.inputs, now.inputs),
        (Aspect.OUTPUT, trace.outputs, now.outputs),
    ):
        differences += [
            Difference(aspect, path, before.get(path), after.get(path))
            for path in sorted(before.keys() | after.keys())
            if before.get(path) != after.get(path)
        ]
    if memory.is_unfinished(stage):
        differences.append(Difference(Aspect.UNFINISHED, stage))
    return tuple(differences)


def _differing_parts(trace: Trace, now: Observation) -> list[Difference]:
    """List what of the fingerprint, and of what was discovered, is not what it was."""
    then = {**trace.discovered, **trace.fingerprint}
    today = {part: now.look(part) for part in trace.discovered} | dict(now.fingerprint)
    parts = {
        part
        for part in then.keys() | today.keys()
        if then.get(part) != today.get(part) and not now.only_ignores(part, then.get(part))
    }
    code = {part for part in parts if part[0] is Aspect.CODE}
    if code and trace.identity is not None and trace.identity == now.identify():
        parts -= code  # moved, and otherwise what it was
    return [
        Difference(
            *part,
            then=then.get(part),
            now=today.get(part),
            before=trace.said.get(part, ""),
            after=now.say(part) if part in today else "",
        )
        for part in sorted(parts, key=lambda part: (part[0].value, part[1]))
    ]


def _judge_early(
    graph: StageGraph,
    stage: Stage,
    observation: Observation,
    memory: Memory,
    unsettled: tuple[StageName, ...],
) -> MayRun | MustRun:
    """
    Judge a stage before all of its inputs are settled.

    It must run if what is settled departs from the last run already, and no
    run remembered agrees with what is settled: then nothing that the stages
    upstream leave could spare it.
    """
    open_places = [each.location for name in unsettled for each in graph.stages[name].writes]

    def is_settled(path: str) -> bool:
        if path.endswith("/") and any(place.startswith(path) for place in open_places):
            return False  # an empty folder that they may fill
        return graph.writer_of(path) not in unsettled

    def settled(inputs: Mapping[ArtifactPath, Digest]) -> dict[ArtifactPath, Digest]:
        return {path: digest for path, digest in inputs.items() if is_settled(path)}

    known = {p: d for p, d in observation.inputs.items() if d is not None}
    partial = replace(observation, inputs=settled(known))
    differences = tuple(
        difference
        for difference in compare(stage.name, partial, memory)
        if difference.aspect not in {Aspect.INPUT, Aspect.READ} or is_settled(difference.key)
    )
    if differences and not any(
        settled(trace.inputs) == partial.inputs
        for trace in memory.traces(digest_fingerprint(observation.fingerprint))
    ):
        return MustRun(differences)
    return MayRun(unsettled)


def _doubt(graph: StageGraph, verdicts: dict[StageName, Verdict], memory: Memory) -> None:
    """
    Take back what cannot be known of stages that read undeclared what others will write.

    They are not ordered by it, so they may be called back when all has run.
    """
    if all(isinstance(verdict, UpToDate) for verdict in verdicts.values()):
        return
    early: dict[StageName, set[StageName]] = {}
    for trace in memory.discovering():
        files = (name for aspect, name in trace.discovered if aspect is Aspect.READ)
        writers = {writer for file in files if (writer := graph.writer_of(file)) is not None}
        if trace.stage in graph.stages:
            early[trace.stage] = writers - {trace.stage}
    is_news = bool(early)
    while is_news:
        is_news = False
        for name in graph.stages:
            waits_for = [n for n in early.get(name, ()) if not isinstance(verdicts[n], UpToDate)]
            waits_for += [n for n in graph.upstream(name) if isinstance(verdicts[n], MayRun)]
            if waits_for and isinstance(verdicts[name], UpToDate | CanRestore):
                verdicts[name] = MayRun(tuple(sorted(set(waits_for))))
                is_news = True


def _after(
    restored: Trace, graph: StageGraph, stage: Stage, observation: Observation
) -> Observation:
    """Return what *stage* will see once the outputs of *restored* are back."""
    inputs = {
        path: digest
        for path, digest in observation.inputs.items()
        if graph.writer_of(path) != restored.stage
        and not (path.endswith("/") and any(p.startswith(path) for p in restored.outputs))
    }
    inputs |= {
        path: digest
        for path, digest in restored.outputs.items()
        if any(artifact.stands_for(path) for artifact in stage.reads)
    }
    return replace(observation, inputs=inputs)
