"""The graph as Mermaid, DOT and JSON is valid whatever stages are called."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capstone_build.core.fingerprint import Aspect
from capstone_build.core.graph import StageGraph
from capstone_build.core.linking import link
from capstone_build.core.plan import Difference, MustRun, Plan, UpToDate
from capstone_build.core.stage import StageName
from capstone_build.presentation import dot, drawing, graph_json, mermaid
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.picture import files_picture, stages_picture
from tests.presentation.specimens import (
    HOSTILE_NAMES,
    NEW,
    OLD,
    graphs_with_plans,
    report_pipeline,
    report_plan,
    stage,
)

names = st.text(st.characters(codec=None), min_size=1, max_size=30) | st.sampled_from(HOSTILE_NAMES)

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "graph.md").read_text(encoding="utf-8")
PAGES = PAGE + (DOCS / "json.md").read_text(encoding="utf-8")
SCHEMA = json.loads((DOCS / "json.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator({**SCHEMA, "$ref": "#/$defs/graph"})

DOT_STRING = r'"(?:[^"\\]|\\.)*"'
DOT_LINE = re.compile(
    rf"digraph pipeline {{|}}|  rankdir=TB;|  node \[.*\];|  n\d+ -> n\d+;"
    rf"|  n\d+ \[label={DOT_STRING}, tooltip={DOT_STRING}, fillcolor={DOT_STRING}\];"
)
MERMAID_LINE = re.compile(
    r'flowchart TD|  n\d+\["[^"<>\[\]{}|`;\\%]*<br/>[a-z ]+"\]:::[a-z]+|  n\d+ --> n\d+'
    r"|  classDef [a-z]+ [-a-z:,#0-9]+"
)
ENTITY = re.compile(r"#(\d+);")


def two(name: str) -> tuple[StageGraph, Plan]:
    """Return a stage of this *name* and one that reads from it."""
    graph = link([stage(name, ["data/a"], ["out/a"]), stage("after it", ["out/a"], ["out/b"])])
    return graph, {each: UpToDate() for each in graph.stages}


def without_entities(line: str) -> str:
    """Return *line* without what Mermaid decodes."""
    return ENTITY.sub("", line)


@given(names)
def test_mermaid_is_well_formed_whatever_a_stage_is_called(name: str) -> None:
    """No name leaves its label: each line is one of the few shapes that we write."""
    lines = mermaid.draw(stages_picture(*two(name))).split("\n")

    assert lines.pop() == ""
    assert all(MERMAID_LINE.fullmatch(without_entities(line)) for line in lines)


@given(names)
def test_a_mermaid_label_shows_the_name(name: str) -> None:
    """Once its entities are decoded, as Mermaid does, the label is the name."""
    line = mermaid.draw(stages_picture(*two(name))).split("\n")[1]
    label = line.partition('["')[2].partition("<br/>")[0]

    assert ENTITY.sub(lambda found: chr(int(found[1])), label) == for_terminal(name)


@given(names)
def test_dot_is_well_formed_whatever_a_stage_is_called(name: str) -> None:
    """No name leaves its quotes: each line is one of the few shapes that we write."""
    lines = dot.draw(stages_picture(*two(name))).split("\n")

    assert lines.pop() == ""
    assert all(DOT_LINE.fullmatch(line) for line in lines)


@given(names)
def test_a_dot_label_shows_the_name(name: str) -> None:
    """Once backslashes and entities are decoded, as Graphviz does, the label is the name."""
    line = dot.draw(stages_picture(*two(name))).split("\n")[3]
    quoted = re.findall(DOT_STRING, line)[0][1:-1]
    label = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], quoted)

    assert html.unescape(label) == f"{for_terminal(name)}\nup to date"


@given(names)
def test_json_says_names_as_they_are(name: str) -> None:
    """Programs get the name itself; the text is plain ASCII and no page takes it for markup."""
    text = graph_json.draw(*two(name))

    assert json.loads(text)["stages"][0]["name"] == name
    assert text.isascii()


@given(graphs_with_plans())
def test_all_three_say_the_same_graph(drawn: tuple[StageGraph, Plan]) -> None:
    """Every stage and every link is there, in each of the forms."""
    graph, plan = drawn
    order = list(graph.stages)
    links = {(order.index(upper), order.index(lower)) for upper, lower in graph.links()}
    said = json.loads(graph_json.draw(graph, plan))["stages"]

    def arrows(text: str, arrow: str) -> set[tuple[int, int]]:
        return {(int(a), int(b)) for a, b in re.findall(rf"n(\d+) {arrow} n(\d+)", text)}

    assert [each["name"] for each in said] == order
    assert arrows(mermaid.draw(stages_picture(graph, plan)), "-->") == links
    assert arrows(dot.draw(stages_picture(graph, plan)), "->") == links
    assert {(order.index(u), i) for i, s in enumerate(said) for u in s["upstream"]} == links


def test_the_shape_of_the_json_is_as_documented() -> None:
    """The shape is a promise: what the module's docstring shows is what comes."""
    said = json.loads(graph_json.draw(report_pipeline(), report_plan()))

    assert said["format"] == 1
    assert said["stages"][2] == {
        "name": "compress",
        "state": "must-run",
        "because": [
            {
                "aspect": "input",
                "key": "data/a.csv",
                "then": OLD,
                "now": NEW,
                "before": "",
                "after": "",
                "says": "input data/a.csv changed",
            }
        ],
        "waits_for": [],
        "inputs": ["output/profile.json", "output/loaded.parquet"],
        "outputs": ["output/compressed.json"],
        "upstream": ["load", "profile"],
        "location": {"file": "pipeline.py", "line": 7},
        "layer": 2,
        "parameters": [],
        "tags": [],
    }
    assert "files" not in said
    assert said["stages"][3]["waits_for"] == ["compress"]
    assert [each["state"] for each in said["stages"]] == [
        "can-restore",
        "up-to-date",
        "must-run",
        "may-run",
        "may-run",
    ]


def test_json_tells_nothing_of_a_variable_but_that_it_changed() -> None:
    """The digest of a short secret is as good as the secret."""
    graph = link([stage("s", ["data/a"])])
    changed = Difference(Aspect.ENVIRONMENT, "TOKEN", OLD, NEW, "hunter1", "hunter2")
    text = graph_json.draw(graph, {StageName("s"): MustRun((changed,))})

    assert "environment variable TOKEN changed" in text
    assert "hunter" not in text
    assert OLD not in text
    assert NEW not in text


@settings(max_examples=20, deadline=None)
@given(graphs_with_plans())
def test_the_json_keeps_its_schema(drawn: tuple[StageGraph, Plan]) -> None:
    """docs/json.schema.json describes what comes, and docs/json.md and graph.md name every key."""
    said = json.loads(graph_json.draw(*drawn, files_picture(*drawn)))
    VALIDATOR.validate(said)
    keys = {key for each in (*said["stages"], *said["files"]) for key in each}

    assert keys >= {"name", "layer", "tags"} or not said["stages"]
    assert [key for key in keys if f"`{key}`" not in PAGES] == []


def test_the_page_shows_what_is_drawn() -> None:
    """The examples of docs/graph.md are drawings of ours."""
    plan = report_plan()
    drawing_lines = drawing.draw(stages_picture(report_pipeline(), plan), width=0).splitlines()
    shown = [line for line in PAGE.splitlines() if line.endswith(("loaded.parquet", "report.md"))]

    assert shown
    assert all(any(line.startswith(each) for line in drawing_lines) for each in shown)


def test_files_are_told_with_who_writes_and_reads_them() -> None:
    """With files, each artifact is told once, and in Mermaid and DOT it is a box."""
    graph, plan = report_pipeline(), report_plan()
    picture = files_picture(graph, plan)
    said = json.loads(graph_json.draw(graph, plan, picture))["files"]

    assert said[:2] == [
        {"path": "data/*.csv", "kind": "pattern", "writer": None, "readers": ["load"]},
        {
            "path": "output/loaded.parquet",
            "kind": "file",
            "writer": "load",
            "readers": ["profile", "compress"],
        },
    ]
    assert len(said) == 6
    assert mermaid.draw(picture).count('(["') == 6
    assert dot.draw(picture).count("shape=note") == 6


@pytest.mark.parametrize("module", [mermaid, dot])
def test_states_have_colours(module: object) -> None:
    """Stages of different verdicts are told apart in a picture."""
    text = module.draw(stages_picture(report_pipeline(), report_plan()))  # type: ignore[attr-defined]

    assert len(set(re.findall(r"#[0-9a-f]{6}", text))) == 4
