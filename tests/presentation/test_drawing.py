"""The drawing of a pipeline shows every stage, fits the terminal, and can be read back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from capstone_build.core.graph import StageGraph
from capstone_build.core.linking import link
from capstone_build.core.plan import Plan, UpToDate
from capstone_build.core.stage import StageName
from capstone_build.presentation import drawing
from capstone_build.presentation.picture import stages_picture
from tests.presentation.specimens import (
    HOSTILE_NAMES,
    graphs,
    graphs_with_plans,
    layered,
    report_pipeline,
    report_plan,
    stage,
)

RAIL_GOES_ON = "│├┼┤"
TOUCHED = "├┼┤╰┴╯"
ENDS = "╰┴╯"


def fresh(graph: StageGraph) -> Plan:
    """Return the plan in which every stage is up to date."""
    return {name: UpToDate() for name in graph.stages}


def stage_lines(text: str) -> list[str]:
    """Return the rows of stages, without the legend."""
    return text.partition("\n\n")[0].splitlines()


def read_back(lines: list[str]) -> set[tuple[str, str]]:
    """Read links from a drawing, by the two rules that `rails` states."""
    links = set()
    rails: dict[int, str] = {}
    for line in lines:
        mark = line.index("○")
        name = re.findall(r"s\d+", line)[0]
        feeders = set()
        if line[mark - 1 : mark] != "─" and mark in rails:
            feeders.add(mark)
        for step in (-1, 1):
            place = mark
            while line[place + step : place + step + 1] == "─" and place + step >= 0:
                place += 2 * step
                if line[place] in TOUCHED:
                    feeders.add(place)
        links |= {(rails[place], name) for place in feeders}
        rails = {
            place: upper
            for place, upper in rails.items()
            if line[place] in RAIL_GOES_ON and place != mark
        }
        rails[mark] = name
    return links


@given(graphs())
def test_the_drawing_can_be_read_back(graph: StageGraph) -> None:
    """What reads what is told by the lines alone: no link is lost, none seems to be there."""
    text = drawing.draw(stages_picture(graph, fresh(graph)), width=400)

    assert read_back(stage_lines(text)) == set(graph.links())


@given(graphs_with_plans(), st.integers(10, 120), st.booleans())
def test_every_stage_has_one_row_that_fits(
    drawn: tuple[StageGraph, Plan], width: int, ascii_only: bool
) -> None:
    """Each stage has one row in build order, and no line is wider than the terminal."""
    graph, plan = drawn
    text = drawing.draw(stages_picture(graph, plan), width=width, ascii_only=ascii_only)

    assert max(map(cell_len, text.splitlines())) <= width
    assert len(stage_lines(text)) == len(graph)
    if width >= 40:
        rows = zip(stage_lines(text), graph.stages, strict=True)
        assert all(re.search(rf"\b{name}\b", row) for row, name in rows)
    assert text.isascii() or not ascii_only


@given(graphs_with_plans(), st.integers(10, 120), st.booleans())
def test_colour_adds_nothing_but_colour(
    drawn: tuple[StageGraph, Plan], width: int, ascii_only: bool
) -> None:
    """Without its colours, a drawing in colour is the drawing without."""
    plain = drawing.draw(stages_picture(*drawn), width=width, ascii_only=ascii_only)
    coloured = drawing.draw(stages_picture(*drawn), width=width, ascii_only=ascii_only, colour=True)

    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_the_bundled_pipeline() -> None:
    """The drawing that most people see first."""
    assert drawing.draw(
        stages_picture(report_pipeline(), report_plan()), width=80
    ).splitlines() == [
        "↺   load      can be restored  data/*.csv → output/loaded.parquet  (input data/…",
        "├─○ profile   up to date       → output/profile.json",
        "●─┤ compress  must run         → output/compressed.json  (input data/a.csv chan…",
        "◐ │ llm       may run          → output/llm.json  (waits for compress)",
        "◐─╯ report    may run          → output/report.md  (waits for llm)",
        "",
        "○ 1 up to date  ◐ 2 may run  ↺ 1 can be restored  ● 1 must run",
    ]


def test_the_bundled_pipeline_on_a_narrow_terminal_without_unicode() -> None:
    """Where there is no room for words, the marks tell the state and the legend explains them."""
    text = drawing.draw(stages_picture(report_pipeline(), report_plan()), width=40, ascii_only=True)

    assert text.splitlines() == [
        "<   load      data/*.csv -> output/lo...",
        "+-o profile   -> output/profile.json",
        "*-+ compress  -> output/compressed.js...",
        "? | llm       -> output/llm.json  (wa...",
        "?-' report    -> output/report.md  (w...",
        "",
        "o 1 up to date  ? 2 may run",
        "< 1 can be restored  * 1 must run",
    ]


def test_stages_that_share_nothing_do_not_look_joined() -> None:
    """Right below a stage stands only one that reads from it."""
    graph = link([stage("s1"), stage("s2"), stage("s3")])
    marks = [
        row.index("○") for row in stage_lines(drawing.draw(stages_picture(graph, fresh(graph))))
    ]

    assert marks == [0, 2, 0]


@pytest.mark.parametrize("ascii_only", [False, True])
def test_hostile_names_stay_on_their_row(ascii_only: bool) -> None:
    """Names that hold newlines or escapes neither break a row nor reach the terminal."""
    graph = link([stage(name, writes=[f"out/{i}"]) for i, name in enumerate(HOSTILE_NAMES)])
    text = drawing.draw(stages_picture(graph, fresh(graph)), ascii_only=ascii_only)

    assert len(text.splitlines()) == len(HOSTILE_NAMES) + 2
    assert all(character.isprintable() or character == "\n" for character in text)


def test_wide_names_keep_the_columns() -> None:
    """A name in Chinese takes two cells a character, and what follows still lines up."""
    graph = link([stage("数据", ["data/a"]), stage("plain", ["data/b"])])
    lines = stage_lines(drawing.draw(stages_picture(graph, fresh(graph))))

    assert len({cell_len(line.partition("up to date")[0]) for line in lines}) == 1


@pytest.mark.parametrize(("layers", "width"), [(100, 100), (10, 1000), (3333, 3)])
def test_ten_thousand_stages_are_drawn(layers: int, width: int) -> None:
    """A large pipeline has a drawing too, deep or wide, and its rails are folded to fit."""
    graph = layered(layers, width)
    lines = stage_lines(drawing.draw(stages_picture(graph, fresh(graph)), width=100))

    assert len(lines) == len(graph)
    assert max(map(len, lines)) <= 100


def test_a_chain_of_five_thousand_is_drawn() -> None:
    """Depth costs no stack."""
    stages = [stage("s0", ["data/a"])]
    stages += [stage(f"s{i}", [f"out/s{i - 1}"]) for i in range(1, 5000)]
    graph = link(stages)

    assert read_back(stage_lines(drawing.draw(stages_picture(graph, fresh(graph))))) == {
        (StageName(f"s{i - 1}"), StageName(f"s{i}")) for i in range(1, 5000)
    }


def test_no_stages_is_said() -> None:
    """An empty pipeline is no error of the drawing's."""
    assert drawing.draw(stages_picture(link([]), {})) == "no stages\n"
