"""Stages are joined by path, and wrong declarations are all found at once."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_build.core.graph import StageGraph
from capstone_build.core.linking import Linking, Links, digest_joints, link
from capstone_build.core.stage import StageName
from capstone_build.errors import (
    DependencyCycleError,
    DuplicateOutputError,
    DuplicateStageError,
    InvalidPipelineError,
    LookalikePathsError,
    NestedOutputError,
    OwnInputError,
    UnknownTargetError,
)
from tests.core.toy_world import graphs, toy_stage


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("out/a.csv", "out/a.csv"),
        ("out/parts/", "out/parts"),
        ("out/parts/", "out/parts/"),
        ("out/parts/", "out/parts/a.csv"),
        ("out/parts/", "out/parts/*.csv"),
        ("out/parts/", "out/**/*.csv"),
        ("out/parts/", "out/*/a.csv"),
        ("out/parts/", "*/*/a.csv"),
        ("out/a.csv", "out/"),
        ("out/a.csv", "out"),
        ("out/a.csv", "out/*.csv"),
        ("out/a.csv", "**/*.csv"),
    ],
)
def test_a_reader_waits_for_whoever_writes_any_of_it(written: str, read: str) -> None:
    """Files, folders, what lies in them and patterns are all joined to their writer."""
    graph = link([toy_stage("reader", [read], ["z"]), toy_stage("writer", ["s"], [written])])

    assert list(graph.upstream(StageName("reader"))) == ["writer"]
    assert [stage.name for stage in graph] == ["writer", "reader"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("out/a.csv", "out/b.csv"),
        ("out/parts/", "out/partsx/a.csv"),
        ("out/parts/", "out/part"),
        ("out/parts/", "in/**/*.csv"),
        ("out/a.json", "out/*.csv"),
        ("out/deep/a.csv", "out/*.csv"),
    ],
)
def test_paths_that_do_not_meet_are_not_joined(written: str, read: str) -> None:
    """A path that only looks alike makes nobody wait."""
    graph = link([toy_stage("reader", [read], ["z"]), toy_stage("writer", ["s"], [written])])

    assert list(graph.upstream(StageName("reader"))) == []


def test_all_that_is_wrong_is_reported_at_once() -> None:
    """Seven mistakes, seven errors, each with the place of the declaration."""
    stages = [
        toy_stage("twice", ["s"], ["one"]),
        toy_stage("twice", ["s"], ["two"]),
        toy_stage("a", ["s"], ["same"]),
        toy_stage("b", ["s"], ["same"]),
        toy_stage("folder", ["s"], ["deep/"]),
        toy_stage("inside", ["s"], ["deep/er/file"]),
        toy_stage("selfish", ["mine"], ["mine"]),
        toy_stage("upper", ["s"], ["Case/x"]),
        toy_stage("lower", ["s"], ["case/y"]),
        toy_stage("nfc", ["s"], ["caf\N{LATIN SMALL LETTER E WITH ACUTE}"]),
        toy_stage("nfd", ["s"], ["cafe\N{COMBINING ACUTE ACCENT}"]),
        toy_stage("hen", ["egg"], ["chick"]),
        toy_stage("chick", ["chick"], ["egg"]),
    ]

    problems = Linking(stages).problems

    assert [type(problem) for problem in problems] == [
        DuplicateStageError,
        DuplicateOutputError,
        NestedOutputError,
        LookalikePathsError,
        LookalikePathsError,
        OwnInputError,
        DependencyCycleError,
    ]
    assert all("pipeline.py:1" in str(problem) for problem in problems)
    with pytest.raises(InvalidPipelineError) as raised:
        link(stages)
    assert all(str(problem) in str(raised.value) for problem in problems)


def test_a_cycle_is_shown_as_a_path() -> None:
    """The ring is named in order, beginning and ending with the same stage."""
    stages = [
        toy_stage("a", ["c.out"], ["a.out"]),
        toy_stage("b", ["a.out"], ["b.out"]),
        toy_stage("c", ["b.out"], ["c.out"]),
    ]

    (problem,) = Linking(stages).problems

    assert "a -> b -> c -> a" in str(problem)


def test_a_pattern_that_matches_the_own_output_is_an_own_input() -> None:
    """A stage that would read what it wrote at the second build is refused at the first."""
    (problem,) = Linking([toy_stage("sum", ["data/*.csv"], ["data/total.csv"])]).problems

    assert isinstance(problem, OwnInputError)


def test_a_target_is_a_stage_or_an_artifact() -> None:
    """Names, paths and paths inside an output folder find their stage; others a near name."""
    graph = link([toy_stage("load", ["s"], ["out/loaded.csv"]), toy_stage("split", ["s"], ["p/"])])

    assert graph.find("load") == "load"
    assert graph.find("out/loaded.csv") == "load"
    assert graph.find("p/deep/1.csv") == "split"
    with pytest.raises(UnknownTargetError, match="Did you mean 'load'"):
        graph.find("laod")


def test_only_what_a_target_needs_is_built() -> None:
    """Stages that the target does not need are left out."""
    graph = link(
        [
            toy_stage("a", ["s"], ["a.out"]),
            toy_stage("b", ["a.out"], ["b.out"]),
            toy_stage("c", ["a.out"], ["c.out"]),
        ]
    )

    part = graph.leading_to([StageName("b")])

    assert list(part.stages) == ["a", "b"]
    assert list(part.downstream(StageName("a"))) == ["b"]


@given(graphs(), st.data())
def test_links_that_were_remembered_give_the_same_graph(
    graph: StageGraph, data: st.DataObject
) -> None:
    """As numbers in JSON they lose nothing; and any other path or name is told by the digest."""
    stages = data.draw(st.permutations(list(graph)))
    links = Linking(stages).links()

    kept = Links(**json.loads(json.dumps(asdict(links))))

    assert kept.graph(stages) == link(stages)
    assert list(kept.graph(stages).stages) == list(link(stages).stages)
    other = toy_stage("other", ["src0"], ["elsewhere"])
    index = data.draw(st.integers(0, len(stages) - 1))
    assert digest_joints([*stages[:index], other, *stages[index + 1 :]]) != digest_joints(stages)
