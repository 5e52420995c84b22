"""
A world without files: artifacts in a dict, stages that are sums.

What `capstone_build.build` does with processes and disks, in a few lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hypothesis import strategies as st

from capstone_build.core.artifact import Artifact, ArtifactPath
from capstone_build.core.digest import Digest, digest_fields
from capstone_build.core.fingerprint import Aspect, Part, digest_fingerprint
from capstone_build.core.graph import StageGraph
from capstone_build.core.linking import link
from capstone_build.core.observation import Observation, Snapshot
from capstone_build.core.plan import CanRestore, UpToDate, judge
from capstone_build.core.schedule import Schedule
from capstone_build.core.stage import (
    Input,
    Location,
    Output,
    ShellCommand,
    Stage,
    StageName,
)
from capstone_build.core.trace import Trace

SOURCES = tuple(ArtifactPath(f"src{i}") for i in range(3))
Content = dict[ArtifactPath, int]


def toy_stage(name: str, reads: Iterable[str], writes: Iterable[str]) -> Stage:
    """A stage that reads and writes these paths."""
    return Stage(
        name=StageName(name),
        action=ShellCommand("sum"),
        inputs=tuple(
            Input(f"in{i}", (Artifact(path),), is_list=False) for i, path in enumerate(reads)
        ),
        outputs=tuple(Output(f"out{i}", Artifact(path)) for i, path in enumerate(writes)),
        location=Location("pipeline.py", 1),
    )


@st.composite
def graphs(draw: st.DrawFn) -> StageGraph:
    """Any acyclic pipeline of up to six stages: each reads what came before it."""
    available: list[str] = list(SOURCES)
    stages = []
    for index in range(draw(st.integers(1, 6))):
        reads = draw(st.lists(st.sampled_from(available), min_size=1, max_size=4, unique=True))
        writes = [f"out{index}{suffix}" for suffix in draw(st.sampled_from(["", "ab"])) or [""]]
        stages.append(toy_stage(f"stage{index}", reads, writes))
        available += writes
    return link(draw(st.permutations(stages)))


numbers = st.integers(0, 3)
edits = st.fixed_dictionaries(
    dict.fromkeys(SOURCES, numbers),
    optional={ArtifactPath(f"out{i}{suffix}"): numbers for i in range(6) for suffix in ("", "a")},
)
"""New content for every source and, at times, an output tampered with by hand."""

codes = st.dictionaries(
    st.sampled_from([StageName(f"stage{i}") for i in range(6)]), st.integers(0, 2)
)
"""The code of some stages: a number that goes into their results."""


@dataclass
class ToyMemory:
    """What `capstone_build.storage` keeps, in dicts."""

    latest: dict[StageName, Trace] = field(default_factory=dict)
    known: list[Trace] = field(default_factory=list)
    unfinished: set[StageName] = field(default_factory=set)
    store: dict[Digest, int] = field(default_factory=dict)

    def last(self, stage: StageName) -> Trace | None:
        """See `Memory`, as for the others."""
        return self.latest.get(stage)

    def is_unfinished(self, stage: StageName) -> bool:
        """See `Memory`."""
        return stage in self.unfinished

    def recall(self, key: Digest) -> Iterable[Trace]:
        """See `Memory`."""
        return [trace for trace in self.known if trace.key == key]

    def traces(self, fingerprint: Digest) -> Iterable[Trace]:
        """See `Memory`."""
        return [t for t in self.known if digest_fingerprint(t.fingerprint) == fingerprint]

    def discovering(self) -> Iterable[Trace]:
        """See `Memory`."""
        return [trace for trace in self.latest.values() if trace.discovered]

    def holds(self, content: Digest) -> bool:
        """See `Memory`."""
        return content in self.store


@dataclass
class ToyWorld:
    """The artifacts, the code of each stage, and what is remembered."""

    content: Content = field(default_factory=dict)
    code: dict[StageName, int] = field(default_factory=dict)
    memory: ToyMemory = field(default_factory=ToyMemory)

    def observe(self, stage: Stage) -> Observation:
        """Look at what a stage would see."""

        def digests(artifacts: Iterable[Artifact]) -> dict[ArtifactPath, Digest | None]:
            found = {
                artifact.location: self.content.get(artifact.location) for artifact in artifacts
            }
            return {p: None if n is None else digest_of(n) for p, n in found.items()}

        return Observation(
            fingerprint={
                (Aspect.CODE, stage.name): digest_of(self.code.get(stage.name, 0)),
                (Aspect.DECLARATION, "outputs"): digest_fields(*(a.path for a in stage.writes)),
            },
            inputs=digests(stage.reads),
            outputs=digests(stage.writes),
            look=lambda part: digest_of(self.content[ArtifactPath(part[1])]),
        )

    def look(self, graph: StageGraph) -> Snapshot:
        """Look at all stages."""
        return {stage.name: self.observe(stage) for stage in graph}

    def build(
        self, graph: StageGraph, failing: frozenset[StageName] = frozenset()
    ) -> tuple[list[StageName], list[StageName]]:
        """Build all of *graph*; return the stages that ran to an end, and those restored."""
        ran: list[StageName] = []
        restored: list[StageName] = []
        schedule = Schedule(graph)
        while (name := schedule.next_ready()) is not None:
            schedule.start(name)
            stage = graph.stages[name]
            before = self.observe(stage)
            verdict = judge(name, before, self.memory)
            if isinstance(verdict, CanRestore):
                for path, digest in verdict.trace.outputs.items():
                    if before.outputs.get(path) != digest:
                        self.content[path] = self.memory.store[digest]
                self._record(stage, verdict.trace.inputs, verdict.trace.discovered)
                restored.append(name)
            elif not isinstance(verdict, UpToDate):
                self.memory.unfinished.add(name)
                if name in failing:
                    schedule.fail(name)
                    continue
                self.content |= results(stage, self.content, self.code)
                inputs = {p: d for p, d in before.inputs.items() if d is not None}
                seen = peeked(stage, self.code)
                self._record(stage, inputs, {p: before.look(p) for p in seen})
                ran.append(name)
            schedule.finish(name)
        return ran, restored

    def _record(
        self,
        stage: Stage,
        inputs: Mapping[ArtifactPath, Digest],
        discovered: Mapping[Part, Digest],
    ) -> None:
        left = {artifact.location: self.content[artifact.location] for artifact in stage.writes}
        self.memory.store |= {digest_of(number): number for number in left.values()}
        trace = Trace(
            stage=stage.name,
            fingerprint=self.observe(stage).fingerprint,
            inputs=inputs,
            discovered=discovered,
            outputs={path: digest_of(number) for path, number in left.items()},
            seconds=0,
        )
        self.memory.latest[stage.name] = trace
        self.memory.known.append(trace)
        self.memory.unfinished.discard(stage.name)


def digest_of(number: int) -> Digest:
    """The digest of a content."""
    return digest_fields(str(number))


def results(stage: Stage, content: Content, code: Mapping[StageName, int]) -> Content:
    """What a stage leaves: a lossy function, so that early cutoff has something to cut off."""
    total = max(content[artifact.location] for artifact in stage.reads)
    total += code.get(stage.name, 0)
    total += sum(content[ArtifactPath(path)] for _, path in peeked(stage, code))
    return {artifact.location: total + i for i, artifact in enumerate(stage.writes)}


def peeked(stage: Stage, code: Mapping[StageName, int]) -> list[Part]:
    """What a stage reads without declaring it: a source, if its code says so."""
    return [(Aspect.READ, SOURCES[0])] if code.get(stage.name) == 2 else []


def clean_build(graph: StageGraph, sources: Content, code: Mapping[StageName, int]) -> Content:
    """The oracle: a loop too simple to be wrong."""
    content = {path: sources[path] for path in SOURCES}
    for stage in graph:
        content |= results(stage, content, code)
    return content
