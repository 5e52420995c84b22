"""Words name stages by name, path, pattern, tag and state; `+` adds those above or below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_build.core.graph import StageGraph
from capstone_build.core.linking import link
from capstone_build.core.plan import MayRun, MustRun, Plan, UpToDate, Verdict
from capstone_build.core.selection import Selection
from capstone_build.core.stage import StageName
from capstone_build.errors import UnknownTargetError
from tests.core.toy_world import graphs, toy_stage


def unasked() -> Plan:
    """No plan is made where no state is named."""
    raise AssertionError


def flow() -> StageGraph:
    """Two tables, a model and its two plots, of which one is slow."""
    return link(
        [
            toy_stage("load", ["data/raw.csv"], ["output/loaded.csv"]),
            replace(toy_stage("fit", ["output/loaded.csv"], ["output/model.bin"]), tags=("slow",)),
            replace(
                toy_stage("plot_a", ["output/model.bin"], ["output/plots/a.svg"]),
                tags=("plot", "slow"),
            ),
            toy_stage("plot_b", ["output/model.bin"], ["output/plots/b.svg"]),
            toy_stage("other", ["data/raw.csv"], ["output/other.csv"]),
            toy_stage("load+", ["data/raw.csv"], ["output/plus.csv"]),
        ]
    )


@pytest.mark.parametrize(
    ("word", "folder", "names"),
    [
        ("fit", "", "fit"),
        ("output/model.bin", "", "fit"),
        ("model.bin", "output", "fit"),
        ("plot_*", "", "plot_a plot_b"),
        ("plot_[b]", "", "plot_b"),
        ("output/*.csv", "", "load other load+"),
        ("*.svg", "output/plots", "plot_a plot_b"),
        ("output/**", "", "load fit plot_a plot_b other load+"),
        ("tag:slow", "", "fit plot_a"),
        ("+fit", "", "load fit"),
        ("fit+", "", "fit plot_a plot_b"),
        ("+output/model.bin+", "", "load fit plot_a plot_b"),
        ("+plot_*", "", "load fit plot_a plot_b"),
        ("+tag:plot", "", "load fit plot_a"),
        ("load+", "", "load+"),
    ],
)
def test_a_word_names_stages(word: str, folder: str, names: str) -> None:
    """What is spelled exactly so comes first: the last is a stage of that very name."""
    found = Selection(flow(), folder, unasked).of(word)

    assert sorted(found) == sorted(names.split())


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("fti", "'fti' is no stage, and no stage writes it"),
        ("+fti+", "Did you mean 'fit'?"),
        ("polt_*", "'polt_*' matches no stage and no output"),
        ("tag:slwo", "Did you mean 'tag:slow'"),
        ("state:stael", "There are state:stale, state:must-run"),
        ("+", "'' is no stage"),
    ],
)
def test_a_word_that_names_nothing_is_an_error_with_the_nearest(word: str, says: str) -> None:
    """A word that is mistyped is not taken for one that selects nothing."""
    with pytest.raises(UnknownTargetError) as caught:
        Selection(flow(), "", unasked).of(word)

    assert says in str(caught.value)


@given(graphs(), st.data())
def test_adding_is_what_needs_it_and_what_it_needs(graph: StageGraph, data: st.DataObject) -> None:
    """`+x` is what a build of x looks at, and y is in `x+` if and only if x is in `+y`."""
    selection = Selection(graph, "", unasked)
    one, other = (data.draw(st.sampled_from(list(graph.stages))) for _ in range(2))

    assert selection.of(f"+{one}") == list(graph.leading_to([one]).stages)
    assert (other in selection.of(f"{one}+")) == (one in selection.of(f"+{other}"))
    assert set(selection.of(f"+{one}+")) == {*selection.of(f"+{one}"), *selection.of(f"{one}+")}


verdicts: st.SearchStrategy[Verdict] = st.sampled_from([UpToDate(), MayRun(()), MustRun(())])


@given(graphs(), st.data())
def test_a_state_names_what_is_in_it(graph: StageGraph, data: st.DataObject) -> None:
    """What is stale and what is up to date are all there is, and no stage is both."""
    plan: Mapping[StageName, Verdict] = {name: data.draw(verdicts) for name in graph.stages}
    selection = Selection(graph, "", lambda: plan)

    stale = selection.of("state:stale")
    assert stale == [name for name in graph.stages if plan[name] != UpToDate()]
    assert {*stale, *selection.of("state:up-to-date")} == set(graph.stages)
    assert {*selection.of("state:must-run"), *selection.of("state:may-run")} == set(stale)
