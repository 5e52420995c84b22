"""Status names what is not up to date, counts the rest, and ends with the verdict."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from capstone_build.core.graph import StageGraph
from capstone_build.core.linking import link
from capstone_build.core.plan import Plan, UpToDate
from capstone_build.presentation.status import status_lines
from tests.presentation.specimens import (
    HOSTILE_NAMES,
    forced,
    graphs_with_plans,
    report_pipeline,
    report_plan,
    stage,
)


def test_what_is_not_up_to_date_is_listed_with_its_reason() -> None:
    """A line a stage, in build order; the last line counts what a build would do."""
    assert status_lines(report_pipeline(), report_plan(), colour=False, width=0) == [
        "load      can be restored: input data/a.csv changed",
        "compress  must run: input data/a.csv changed",
        "llm       may run: waits for compress",
        "report    may run: waits for llm",
        "1 of 5 stages up to date",
        "1 must run, 2 may run, 1 can be restored",
    ]


def test_where_all_is_up_to_date_nothing_is_listed() -> None:
    """The usual answer is two lines."""
    graph = report_pipeline()
    plan = {name: UpToDate() for name in graph.stages}

    assert status_lines(graph, plan, colour=False, width=80) == [
        "5 of 5 stages up to date",
        "nothing to do",
    ]


@given(graphs_with_plans(), st.integers(1, 100))
def test_status_fits_and_colour_adds_nothing_but_colour(
    drawn: tuple[StageGraph, Plan], width: int
) -> None:
    """No line is wider than the terminal, and the text is the same without colours."""
    plain = status_lines(*drawn, colour=False, width=width)
    coloured = status_lines(*drawn, colour=True, width=width)

    assert all(cell_len(line) <= width for line in plain)
    assert [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in coloured] == plain


def test_hostile_names_stay_on_their_line() -> None:
    """A name with a newline neither adds a line nor reaches the terminal."""
    graph = link([stage(name, writes=[f"out/{i}"]) for i, name in enumerate(HOSTILE_NAMES)])
    lines = status_lines(graph, {n: forced(n) for n in graph.stages}, colour=False, width=0)

    assert len(lines) == len(HOSTILE_NAMES) + 2
    assert all(line.isprintable() for line in lines)
