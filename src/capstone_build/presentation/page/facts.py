"""
What the page knows of each box, as data for its script.

Knows the shape, which the script alone reads; does not know where a box stands.
Texts are such that they can be shown as they are. Of environment variables only the
names are told, and of parameters that are keys by their names, only that they are
there. What else nobody is to see, who calls knows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from capstone_build.core.graph import StageGraph
from capstone_build.core.plan import CanRestore, Difference, MayRun, MustRun, Plan, Verdict
from capstone_build.core.size import spell_size
from capstone_build.core.stage import PythonCall, Stage, StageName
from capstone_build.core.variable import without_secrets
from capstone_build.presentation.cells import cut
from capstone_build.presentation.duration import spelled
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.graph_json import difference_record
from capstone_build.presentation.page.told import Run, Told
from capstone_build.presentation.picture import Kind, Picture

_LONGEST_VALUE = 300
_MOST_DIFFERENCES = 20
_NOTHING = Told()


def facts_of(
    picture: Picture,
    graph: StageGraph,
    plan: Plan,
    told: Mapping[StageName, Told],
    hide: Callable[[str], str],
) -> list[dict[str, object]]:
    """
    Return what is known of each box of *picture*, in its order; what is empty is left out.

    Args:
        picture: The boxes.
        graph: The stages.
        plan: A verdict for each of them.
        told: What is told of a stage besides.
        hide: Returns a text without what nobody is to see.
    """
    found = []
    for box in picture.boxes:
        name = StageName(box.names[0])
        facts: dict[str, object] = {"says": box.says}
        if box.kind is Kind.STAGE:
            facts = _stage_facts(graph.stages[name], plan[name], told.get(name, _NOTHING))
        found.append({key: _without(value, hide) for key, value in facts.items() if value})
    return found


def _without(value: object, hide: Callable[[str], str]) -> object:
    if isinstance(value, list):
        return [_without(each, hide) for each in value]
    return hide(value) if isinstance(value, str) else value


def _stage_facts(stage: Stage, verdict: Verdict, told: Told) -> dict[str, object]:
    because = verdict.because if isinstance(verdict, MustRun | CanRestore) else ()
    waits = verdict.waits_for if isinstance(verdict, MayRun) else ()
    return {
        "because": list(_because(because)),
        "more": max(0, len(because) - _MOST_DIFFERENCES),
        "waits": [for_terminal(name) for name in waits],
        "action": for_terminal(_action(stage)),
        "kind": "function" if isinstance(stage.action, PythonCall) else "command",
        "made": for_terminal(str(stage.location)),
        "inputs": [for_terminal(each.path) for each in stage.reads],
        "outputs": [for_terminal(each.path) for each in stage.writes],
        "params": list(_parameters(stage)),
        "env": [for_terminal(name) for name in stage.environment],
        "tags": [for_terminal(tag) for tag in stage.tags],
        "limits": _limits(stage),
        "runs": [_run(run) for run in told.runs],
        "log": told.log,
        "logPlace": for_terminal(told.log_place),
        "why": [for_terminal(line) for line in told.why],
    }


def _because(differences: Sequence[Difference]) -> Iterator[list[str]]:
    """Yield what differs, in words, with the old and the new value where they are known."""
    for each in differences[:_MOST_DIFFERENCES]:
        record = difference_record(each)
        words = (str(record["says"]), str(record["before"]), str(record["after"]))
        yield [for_terminal(cut(word, _LONGEST_VALUE, "…")) for word in words]


def _action(stage: Stage) -> str:
    if isinstance(stage.action, PythonCall):
        return stage.action.function
    text = stage.action.text
    return text if isinstance(text, str) else json.dumps(text)


def _parameters(stage: Stage) -> Iterator[list[str]]:
    shown = without_secrets(dict(stage.parameters))
    if isinstance(shown, Mapping):
        for name, value in shown.items():
            text = json.dumps(value, ensure_ascii=False)
            yield [for_terminal(name), cut(for_terminal(text), _LONGEST_VALUE, "…")]


def _limits(stage: Stage) -> list[str]:
    said = [f"timeout {spelled(stage.timeout)}"] if stage.timeout is not None else []
    said += [f"memory {spell_size(stage.memory)}"] if stage.memory is not None else []
    return said + ([f"retries {stage.retries}"] if stage.retries else [])


def _run(run: Run) -> list[object]:
    past = run.past
    when = datetime.fromtimestamp(past.at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    size = spell_size(past.size) if past.outputs else ""
    memory = spell_size(past.memory) if past.memory else ""
    seconds = spelled(past.seconds) if past.seconds else ""
    return [
        when,
        past.outcome.value,
        seconds,
        round(past.seconds, 3),
        size,
        memory,
        for_terminal(past.message),
        run.build,
    ]
