"""Stages that are alike are drawn as one, and what is drawn says where the others are."""

from __future__ import annotations

from hypothesis import given, settings

from capstone_build.core.graph import StageGraph
from capstone_build.core.linking import link
from capstone_build.core.plan import MustRun, Plan, UpToDate
from capstone_build.core.stage import StageName
from capstone_build.presentation import drawing
from capstone_build.presentation.folding import folded
from capstone_build.presentation.picture import files_picture, stages_picture
from tests.presentation.specimens import forced, graphs_with_plans, layered, stage


def plots(count: int) -> StageGraph:
    """Return a stage, *count* plots of what it writes, and a report of all of them."""
    names = [f"plot_{number}" for number in range(1, count + 1)]
    return link(
        [
            stage("load", ["data/a.csv"]),
            *(stage(name, ["out/load"]) for name in reversed(names)),
            stage("report", [f"out/{name}" for name in names]),
        ]
    )


def stale(graph: StageGraph, *names: str) -> Plan:
    """Return the plan in which only these must run."""
    return {name: forced(name) if name in names else UpToDate() for name in graph.stages}


def test_four_hundred_plots_are_a_line() -> None:
    """Their number, the first and the last, and the states of those that are not up to date."""
    graph = plots(400)
    picture = stages_picture(graph, stale(graph, "plot_7", "plot_10", "plot_300"))
    lines = drawing.draw(folded(picture, 30), width=100).splitlines()

    assert lines == [
        "○ load               up to date  data/a.csv → out/load",
        "● plot_1 … plot_400  must run    (400 stages, 3 must run)",
        "○ report             up to date  → out/report",
        "",
        "○ 399 up to date  ● 3 must run",
    ]
    assert folded(picture, 402) is picture


def test_files_that_are_alike_are_folded_as_well() -> None:
    """Between the stages stand their files, as few as the stages."""
    graph = plots(40)
    titles = [box.title() for box in folded(files_picture(graph, stale(graph)), 30).boxes]

    assert titles == [
        "data/a.csv",
        "load",
        "out/load",
        "plot_1 … plot_40",
        "out/plot_1 … out/plot_40",
        "report",
        "out/report",
    ]


def test_stages_of_one_place_with_the_same_neighbours_are_alike() -> None:
    """Names need no numbers: what is made in a loop over languages is alike too."""
    languages = ["de", "en", "fr", "it", "nl"]
    graph = link(
        [
            stage("load", ["data/a"]),
            *(stage(f"translate_{each}", ["out/load"]) for each in languages),
            stage("other", ["data/b"]),
            stage("report", [f"out/translate_{each}" for each in languages] + ["out/other"]),
        ]
    )
    boxes = folded(stages_picture(graph, stale(graph)), 5).boxes

    assert [box.title() for box in boxes] == [
        "load",
        "other",
        "translate_de … translate_nl",
        "report",
    ]


def test_a_chain_of_like_stages_is_a_line() -> None:
    """Ten thousand steps one after the other, or a hundred layers of a hundred."""
    steps = [stage("step_0", ["data/a"])]
    steps += [stage(f"step_{n}", [f"out/step_{n - 1}"]) for n in range(1, 50)]
    chain = link([*steps, stage("report", ["out/step_49"])])
    web = layered(20, 10)

    assert [box.title() for box in folded(stages_picture(chain, stale(chain)), 30).boxes] == [
        "step_0 … step_49",
        "report",
    ]
    assert [box.count for box in folded(stages_picture(web, stale(web)), 30).boxes] == [200]


@settings(max_examples=40)
@given(graphs_with_plans())
def test_folding_loses_no_stage_and_no_way(drawn: tuple[StageGraph, Plan]) -> None:
    """All stages and states are counted, links lead on, and what led on still does."""
    graph, plan = drawn
    picture = stages_picture(graph, plan)
    small = folded(picture, 0)
    urgent = sum(isinstance(verdict, MustRun) for verdict in plan.values())

    assert sum(box.count for box in small.boxes) == len(graph)
    assert sum(box.states.get("must-run", 0) for box in small.boxes) == urgent
    assert all(start < end for start, end in small.links())
    assert bool(list(small.links())) == bool(list(picture.links())) or len(small.boxes) == 1
    assert all(box.count == 1 or box.count >= 3 for box in small.boxes)
    assert set(graph.stages) >= {StageName(n) for box in small.boxes for n in box.names}
