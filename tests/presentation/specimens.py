"""Stages, graphs, plans and events to look at: made by hand, without an engine."""

from __future__ import annotations

import random
from collections.abc import Sequence

from hypothesis import strategies as st

from capstone_build.core.artifact import Artifact
from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.graph import StageGraph
from capstone_build.core.linking import link
from capstone_build.core.plan import (
    CanRestore,
    Difference,
    MayRun,
    MustRun,
    Plan,
    UpToDate,
    Verdict,
)
from capstone_build.core.report import BuildReport, Cause, Failure, Outcome, StageResult
from capstone_build.core.stage import Input, Location, Output, ShellCommand, Stage, StageName
from capstone_build.core.trace import Trace

OLD, NEW = Digest("xxh3:old"), Digest("xxh3:new")

HOSTILE_NAMES = (
    "</script><img src=x onerror=alert(1)>",
    '"];x[',
    "]]>",
    "a|b",
    "`code`",
    "two\nlines",
    "carriage\rreturn",
    "\x1b[31mred\x1b[0m",
    "\x1b]52;c;ZXZpbA==\x07clipboard",
    "\x1b]0;title\x07",
    "\x9b2Jc1",
    "right-to-left \u202egnp.exe",
    "zero\u200bwidth",
    "surrogate \udcff",
    "back\\slash\\N",
    "&quot;#quot;",
    "#65;",
    "end",
    "1. item",
    "%%{init: {}}%%",
    "line\u2028separator",
)
"""Names that some sink or other obeys."""


def stage(name: str, reads: Sequence[str] = (), writes: Sequence[str] = ()) -> Stage:
    """Return a stage that reads and writes these paths; by default it writes `out/<name>`."""
    return Stage(
        name=StageName(name),
        action=ShellCommand("true"),
        inputs=(Input("files", tuple(map(Artifact, reads)), is_list=True),) if reads else (),
        outputs=tuple(
            Output(f"file{index}", Artifact(path))
            for index, path in enumerate(writes or [f"out/{name}"])
        ),
        location=Location("pipeline.py", 7),
    )


def report_pipeline() -> StageGraph:
    """Return the pipeline that ships with the engine, as far as paths go."""
    return link(
        [
            stage("load", ["data/*.csv"], ["output/loaded.parquet"]),
            stage("profile", ["output/loaded.parquet"], ["output/profile.json"]),
            stage(
                "compress",
                ["output/profile.json", "output/loaded.parquet"],
                ["output/compressed.json"],
            ),
            stage("llm", ["output/compressed.json"], ["output/llm.json"]),
            stage("report", ["output/profile.json", "output/llm.json"], ["output/report.md"]),
        ]
    )


def report_plan() -> Plan:
    """Return a plan for `report_pipeline` in which every verdict occurs."""
    changed = (Difference(Aspect.INPUT, "data/a.csv", OLD, NEW),)
    return {
        StageName("load"): can_restore("load", changed),
        StageName("profile"): UpToDate(),
        StageName("compress"): MustRun(changed),
        StageName("llm"): MayRun((StageName("compress"),)),
        StageName("report"): MayRun((StageName("llm"),)),
    }


def can_restore(name: str, because: tuple[Difference, ...] = ()) -> CanRestore:
    """Return the verdict that the outputs of stage *name* can be brought back."""
    trace = Trace(stage=StageName(name), fingerprint={}, inputs={}, outputs={}, seconds=0)
    return CanRestore(trace, because)


def forced(name: str) -> Verdict:
    """Return the verdict that stage *name* runs since the user says so."""
    return MustRun((Difference(Aspect.FORCED, name),))


def layered(layers: int, width: int, seed: int = 1) -> StageGraph:
    """Return stages in layers, each of which reads three of the layer above."""
    choose = random.Random(seed)  # noqa: S311 (no secret)
    return link(
        [
            stage(
                f"s{layer}_{place}",
                [f"out/s{layer - 1}_{each}" for each in choose.sample(range(width), 3)]
                if layer
                else [f"data/{place}.csv"],
            )
            for layer in range(layers)
            for place in range(width)
        ]
    )


@st.composite
def graphs(draw: st.DrawFn, most: int = 14) -> StageGraph:
    """Any acyclic pipeline: each stage reads from any of the earlier ones, or from a source."""
    stages: list[Stage] = []
    for index in range(draw(st.integers(1, most))):
        above = [f"out/s{each}" for each in range(index)]
        reads = draw(st.lists(st.sampled_from(above), unique=True, max_size=4)) if above else []
        stages.append(stage(f"s{index}", reads or [f"data/{index}"]))
    return link(stages)


@st.composite
def graphs_with_plans(draw: st.DrawFn, most: int = 14) -> tuple[StageGraph, Plan]:
    """Any pipeline, with any verdict for each stage."""
    graph = draw(graphs(most))
    return graph, {
        name: draw(st.sampled_from([UpToDate(), MayRun((name,)), forced(name), can_restore(name)]))
        for name in graph.stages
    }


def report_of(
    outcomes: dict[str, Outcome], *more: StageResult, interrupted: int | None = None
) -> BuildReport:
    """Return the report of a build with these outcomes, that took 1.4 seconds."""
    results = [StageResult(stage=StageName(n), outcome=o) for n, o in outcomes.items()]
    return BuildReport(
        build="20240501-120000",
        results={each.stage: each for each in (*results, *more)},
        standing=("output/loaded.parquet",),
        seconds=1.4,
        interrupted=interrupted,
    )


def failed(name: str, **facts: object) -> StageResult:
    """Return the result of a stage that raised, with more *facts* of its failure."""
    failure = Failure(cause=Cause.RAISED, message="E: no", **facts)  # type: ignore[arg-type]
    return StageResult(stage=StageName(name), outcome=Outcome.FAILED, seconds=0.3, failure=failure)
