"""An incremental build is indistinguishable from a clean one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from capstone_build.core.graph import StageGraph
from capstone_build.core.plan import CanRestore, MayRun, MustRun, UpToDate, plan
from capstone_build.core.stage import StageName
from tests.core.toy_world import Content, ToyWorld, clean_build, codes, edits, graphs

Code = dict[StageName, int]
failures = st.frozensets(st.sampled_from([StageName(f"stage{i}") for i in range(6)]), max_size=2)


@given(graphs(), st.lists(st.tuples(edits, codes, failures), min_size=1, max_size=5))
def test_incremental_equals_clean(
    graph: StageGraph, history: list[tuple[Content, Code, frozenset[StageName]]]
) -> None:
    """Correctness: whatever was edited and whatever failed, the result is that of a clean build."""
    world = ToyWorld()
    for edit, code, failing in history:
        world.content |= edit
        world.code = code
        world.build(graph, failing)
        world.build(graph)

        assert clean_build(graph, edit, code).items() <= world.content.items()


@given(graphs(), edits, codes)
def test_second_build_runs_nothing(graph: StageGraph, sources: Content, code: Code) -> None:
    """Minimality: with no edit in between, the second build is free."""
    world = ToyWorld(dict(sources), code)
    world.build(graph)

    assert world.build(graph) == ([], [])


@given(graphs(), st.tuples(edits, codes), st.tuples(edits, codes))
def test_what_was_seen_before_is_restored(
    graph: StageGraph, first: tuple[Content, Code], second: tuple[Content, Code]
) -> None:
    """Minimality: after an edit is taken back, nothing runs."""
    world = ToyWorld()
    for edit, code in (first, second):
        world.content |= edit
        world.code = code
        world.build(graph)
    world.content |= first[0]
    world.code = first[1]

    ran, _ = world.build(graph)

    assert ran == []


@settings(max_examples=300)
@given(graphs(), st.tuples(edits, codes), st.tuples(edits, codes), failures)
def test_plan_keeps_its_word(
    graph: StageGraph,
    before: tuple[Content, Code],
    after: tuple[Content, Code],
    failing: frozenset[StageName],
) -> None:
    """Honesty: what must run runs, what is restored is restored, what is up to date is left."""
    world = ToyWorld()
    for edit, code in (before, after):
        world.content |= edit
        world.code = code
        if (edit, code) == before:
            world.build(graph, failing)
    promised = plan(graph, world.look(graph), world.memory)

    ran, restored = map(set, world.build(graph))

    def names(*kinds: type) -> set[StageName]:
        return {name for name, verdict in promised.items() if isinstance(verdict, kinds)}

    assert names(MustRun) <= ran <= names(MustRun, MayRun)
    assert names(CanRestore) <= restored <= names(CanRestore, MayRun)
    assert not names(UpToDate) & (ran | restored)


@given(graphs(), edits, st.data())
def test_a_run_that_did_not_end_well_is_not_forgotten(
    graph: StageGraph, sources: Content, data: st.DataObject
) -> None:
    """A stage whose run was cut short is not up to date, although its outputs still are right."""
    world = ToyWorld(dict(sources))
    world.build(graph)
    name = data.draw(st.sampled_from(list(graph.stages)))
    world.memory.unfinished.add(name)

    promised = plan(graph, world.look(graph), world.memory)

    assert next(n for n, verdict in promised.items() if verdict != UpToDate()) == name


@given(graphs(), edits)
def test_forced_stages_must_run(graph: StageGraph, sources: Content) -> None:
    """A forced stage runs although nothing differs."""
    world = ToyWorld(dict(sources))
    world.build(graph)
    name = next(iter(graph.stages))

    promised = plan(graph, world.look(graph), world.memory, forced=[name])

    assert isinstance(promised[name], MustRun)
