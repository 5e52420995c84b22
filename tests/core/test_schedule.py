"""Stages run when, and only when, everything above them is done."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_build.core.graph import StageGraph
from capstone_build.core.linking import link
from capstone_build.core.schedule import Schedule, State
from capstone_build.core.stage import StageName
from tests.core.toy_world import graphs, toy_stage


@given(graphs(), st.data())
def test_no_stage_starts_before_its_upstream_is_done(
    graph: StageGraph, data: st.DataObject
) -> None:
    """However runs overlap and fail, a stage starts only on settled inputs, and all are reached."""
    schedule = Schedule(graph)
    running: list[StageName] = []
    while True:
        name = schedule.next_ready()
        if name is not None and (not running or data.draw(st.booleans())):
            upstream = {schedule.states[above] for above in graph.upstream(name)}
            schedule.start(name)
            running.append(name)
            assert upstream <= {State.DONE}
        elif running:
            ended = running.pop(data.draw(st.integers(0, len(running) - 1)))
            if data.draw(st.integers(0, 4)):
                schedule.finish(ended)
            else:
                schedule.fail(ended)
        else:
            break

    assert set(schedule.states.values()) <= {State.DONE, State.FAILED, State.SKIPPED}
    assert schedule.running == 0


def test_a_failure_skips_only_what_depends_on_it() -> None:
    """What does not depend on a failed stage stays ready."""
    graph = link(
        [
            toy_stage("a", ["s"], ["a.out"]),
            toy_stage("b", ["a.out"], ["b.out"]),
            toy_stage("c", ["b.out"], ["c.out"]),
            toy_stage("other", ["s"], ["other.out"]),
        ]
    )
    schedule = Schedule(graph)
    schedule.start(StageName("a"))

    assert schedule.fail(StageName("a")) == ["b", "c"]
    assert schedule.next_ready() == "other"


def test_transitions_out_of_order_are_refused() -> None:
    """A stage cannot end before it started, nor start twice."""
    schedule = Schedule(link([toy_stage("a", ["s"], ["a.out"])]))

    with pytest.raises(ValueError, match="not running"):
        schedule.finish(StageName("a"))
    schedule.start(StageName("a"))
    with pytest.raises(ValueError, match="not the next"):
        schedule.start(StageName("a"))


def test_a_deep_chain_does_not_recurse() -> None:
    """Ten thousand stages in a chain fail and skip without exhausting the stack."""
    stages = [toy_stage(f"s{i}", [f"f{i}"], [f"f{i + 1}"]) for i in range(10_000)]
    schedule = Schedule(link(stages))
    schedule.start(StageName("s0"))

    skipped = schedule.fail(StageName("s0"))

    assert len(skipped) == 9_999
