"""
The graph of stages and its plan as JSON, for other programs.

Knows the shape, which is documented and stable; does not know who reads it.
Texts are as the pipeline spells them: escaping them is up to whoever shows them.

Environment variables may be secrets: of one, neither value nor digest is told.

    {"format": 1,
     "stages": [                      in an order in which they can be built
       {"name": "load",
        "state": "must-run",          or "may-run", "can-restore", "up-to-date"
        "because": [                  empty for "may-run" and "up-to-date"
          {"aspect": "input",         a value of `core.fingerprint.Aspect`
           "key": "data/a.csv",
           "then": "xxh3:...",        digest at the last run; null if it was not there
           "now": "xxh3:...",         digest today; null if it is not there
           "before": "",              old value in words; "" where unknown
           "after": "",
           "says": "input data/a.csv changed"}],
        "waits_for": [],              stages upstream that are not settled yet
        "inputs": ["data/*.csv"],     as declared
        "outputs": ["output/loaded.parquet"],
        "upstream": [],               stages whose outputs it reads
        "location": {"file": "pipeline.py", "line": 9},
        "layer": 0,                   how many stages the longest way to it leads through
        "parameters": ["top"],        their names
        "tags": ["slow"]}],           words that select it, with others
     "files": [                       only with `--files`
       {"path": "data/*.csv",         as declared
        "kind": "pattern",            or "file", "folder"
        "writer": null,               the stage that writes it; null for a source
        "readers": ["load"]}]}        stages that read it, or something in it
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from capstone_build.core.digest import JsonValue
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.graph import StageGraph
from capstone_build.core.plan import CanRestore, Difference, MayRun, MustRun, Plan, Verdict
from capstone_build.core.stage import Stage, StageName
from capstone_build.presentation.layout.layering import generations
from capstone_build.presentation.mark import mark_of
from capstone_build.presentation.picture import Kind, Picture
from capstone_build.presentation.sentence import clause

FORMAT = 1


def draw(graph: StageGraph, plan: Plan, files: Picture | None = None) -> str:
    """Return `graph_record` as text: plain ASCII, indented."""
    return json.dumps(graph_record(graph, plan, files), indent=2) + "\n"


def graph_record(
    graph: StageGraph, plan: Plan, files: Picture | None = None
) -> dict[str, JsonValue]:
    """
    Return *graph* and *plan* as JSON says them, above.

    Args:
        graph: The stages.
        plan: A verdict for each of them.
        files: The picture with files, if they are to be told as well.
    """
    rank = {name: index for index, name in enumerate(graph.stages)}
    above = [sorted(rank[name] for name in graph.upstream(each)) for each in graph.stages]
    names = list(graph.stages)
    stages: list[JsonValue] = [
        _stage(stage, plan[stage.name], [names[each] for each in those], layer)
        for stage, those, layer in zip(graph, above, generations(above), strict=True)
    ]
    told: dict[str, JsonValue] = {"format": FORMAT, "stages": stages}
    if files is not None:
        told["files"] = list(_files(files))
    return told


def _files(picture: Picture) -> Iterator[dict[str, JsonValue]]:
    """Yield the files of a picture: who writes them, and who reads them."""
    for number, box in enumerate(picture.boxes):
        if box.kind is not Kind.STAGE:
            writers = [picture.boxes[each].names[0] for each in picture.above[number]]
            yield {
                "path": box.names[0],
                "kind": box.word,
                "writer": next(iter(writers), None),
                "readers": [picture.boxes[each].names[0] for each in picture.below[number]],
            }


def verdict_record(verdict: Verdict) -> dict[str, JsonValue]:
    """Return what is to become of a stage, as JSON says it, above."""
    because = verdict.because if isinstance(verdict, MustRun | CanRestore) else ()
    return {
        "state": mark_of(verdict).state,
        "because": [difference_record(each) for each in because],
        "waits_for": list(verdict.waits_for) if isinstance(verdict, MayRun) else [],
    }


def _stage(
    stage: Stage, verdict: Verdict, upstream: Sequence[StageName], layer: int
) -> dict[str, JsonValue]:
    return {
        "name": stage.name,
        **verdict_record(verdict),
        "inputs": [artifact.path for artifact in stage.reads],
        "outputs": [artifact.path for artifact in stage.writes],
        "upstream": list(upstream),
        "location": {"file": stage.location.file, "line": stage.location.line},
        "layer": layer,
        "parameters": list(stage.parameters),
        "tags": list(stage.tags),
    }


def difference_record(difference: Difference) -> dict[str, JsonValue]:
    """Return a difference as JSON says it, above."""
    is_secret = difference.aspect is Aspect.ENVIRONMENT
    return {
        "aspect": difference.aspect.value,
        "key": difference.key,
        "then": None if is_secret else difference.then,
        "now": None if is_secret else difference.now,
        "before": "" if is_secret else difference.before,
        "after": "" if is_secret else difference.after,
        "says": clause(difference),
    }
