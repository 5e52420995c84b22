"""The time that is left is never said to be more than a build takes that never waits in vain."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from capstone_build.core.artifact import Artifact
from capstone_build.core.graph import StageGraph
from capstone_build.core.linking import link
from capstone_build.core.plan import MustRun, UpToDate
from capstone_build.core.prospect import prospects, seconds_left
from capstone_build.core.stage import Input, Location, Output, ShellCommand, Stage, StageName

Works = list[tuple[float, set[int]]]
"""For each stage how long it takes, and which of those before it it waits for."""

works = st.lists(
    st.tuples(st.floats(0, 100), st.sets(st.integers(0, 9), max_size=3)), min_size=1, max_size=10
).map(lambda all_: [(took, {n for n in above if n < i}) for i, (took, above) in enumerate(all_)])


def graph_of(work: Works) -> StageGraph:
    """Return stages that wait for each other so."""
    return link(
        [
            Stage(
                name=StageName(f"s{i}"),
                action=ShellCommand("true"),
                inputs=tuple(Input(f"i{n}", (Artifact(f"o{n}"),), is_list=False) for n in above),
                outputs=(Output("o", Artifact(f"o{i}"), in_place=False),),
                location=Location("pipeline.py", 1),
            )
            for i, (_, above) in enumerate(work)
        ]
    )


def seconds_it_takes(work: Works, jobs: int) -> float:
    """Do the work: whatever can be begun is begun, *jobs* at the same time."""
    now, running, done = 0.0, dict[int, float](), set[int]()
    while len(done) < len(work):
        for i, (took, above) in enumerate(work):
            if i not in done and i not in running and above <= done and len(running) < jobs:
                running[i] = now + took
        first = min(running, key=running.__getitem__)
        now = running.pop(first)
        done.add(first)
    return now


@given(works, st.integers(1, 4))
def test_what_is_said_lies_between_half_of_it_and_all_of_it(work: Works, jobs: int) -> None:
    """That is Graham's bound, for stages that take as long as they did before."""
    graph = graph_of(work)
    plan = dict.fromkeys(graph.stages, MustRun(()))
    left = seconds_left(prospects(graph, plan, lambda s: work[int(s[1:])][0]), (), {}, jobs)

    takes = seconds_it_takes(work, jobs)
    assert left is not None
    assert left <= takes * (1 + 1e-9)
    assert takes <= 2 * left * (1 + 1e-9)


@given(works)
def test_one_after_the_other_it_is_exact_from_beginning_to_end(work: Works) -> None:
    """What is through does not count, nor what has run already of a stage that runs."""
    graph = graph_of(work)
    plan = dict.fromkeys(graph.stages, MustRun(()))
    expected = prospects(graph, plan, lambda s: work[int(s[1:])][0])
    through: set[StageName] = set()
    for index, (took, _) in enumerate(work):
        rest = sum(seconds for seconds, _ in work[index + 1 :])
        running = {StageName(f"s{index}"): took / 2}
        left = seconds_left(expected, through, running, 1)
        assert left is not None
        assert abs(left - rest - took / 2) < 1e-6
        through.add(StageName(f"s{index}"))


def test_where_little_is_known_little_is_said() -> None:
    """What is up to date takes no time; what never ran the mean; too much of that: nothing."""
    graph = graph_of([(1, set()), (1, {0}), (1, {1}), (1, set())])
    plan = {name: MustRun(()) for name in graph.stages} | {StageName("s3"): UpToDate()}
    known: dict[str, float] = {"s0": 10.0, "s1": 20.0}

    expected = prospects(graph, plan, known.get)
    assert {name: each.chain for name, each in expected.items()} == {"s0": 45, "s1": 35, "s2": 15}
    assert prospects(graph, plan, lambda s: known.get(s) if s == "s0" else None) == {}
    assert seconds_left({}, (), {}, 1) is None
