"""Why a stage runs is said in one short line, the most telling reason first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.plan import Difference, MayRun, MustRun, UpToDate
from capstone_build.core.stage import StageName
from capstone_build.presentation.sentence import reason, verdict_line
from tests.presentation.specimens import HOSTILE_NAMES, NEW, OLD, can_restore

digests = st.sampled_from([None, OLD, NEW])
differences = st.builds(
    Difference,
    st.sampled_from(Aspect),
    st.text(max_size=20),
    digests,
    digests,
    st.text(max_size=90),
    st.text(max_size=90),
)


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        (Difference(Aspect.FORCED, "s"), "forced"),
        (Difference(Aspect.NEW, "s"), "never ran"),
        (Difference(Aspect.UNFINISHED, "s"), "did not finish last time"),
        (Difference(Aspect.INPUT, "data/a.csv", OLD, NEW), "input data/a.csv changed"),
        (Difference(Aspect.INPUT, "data/b.csv", None, NEW), "input data/b.csv is new"),
        (Difference(Aspect.INPUT, "data/b.csv", OLD, None), "input data/b.csv is gone"),
        (
            Difference(
                Aspect.CODE,
                "helpers.scale:norm",
                OLD,
                NEW,
                before="helpers/scale.py:9",
                after="helpers/scale.py:12",
            ),
            "code changed: helpers.scale:norm (helpers/scale.py:12)",
        ),
        (
            Difference(Aspect.CODE, "helpers:clip", None, NEW, after="helpers.py:3"),
            "code now used: helpers:clip (helpers.py:3)",
        ),
        (
            Difference(Aspect.CODE, "helpers:clip", OLD, None, before="helpers.py:3"),
            "code no longer used: helpers:clip (helpers.py:3)",
        ),
        (
            Difference(Aspect.PARAMETER, "count", OLD, NEW, "10", "20"),
            "parameter count: 10 -> 20",
        ),
        (Difference(Aspect.PARAMETER, "count", None, NEW, "", "20"), "parameter count is new: 20"),
        (Difference(Aspect.PARAMETER, "count", OLD, None, "10", ""), "parameter count is gone"),
        (
            Difference(Aspect.PACKAGE, "pandas", OLD, NEW, "2.2.0", "3.1.1"),
            "package pandas: 2.2.0 -> 3.1.1",
        ),
        (Difference(Aspect.ENVIRONMENT, "LANG", OLD, NEW), "environment variable LANG changed"),
        (Difference(Aspect.COMMAND, "command", OLD, NEW, "a", "b"), "command changed"),
        (Difference(Aspect.FILE, "top.sql", OLD, NEW), "file top.sql changed"),
        (Difference(Aspect.VERSION, "version", OLD, NEW, "1", "2"), "version: 1 -> 2"),
        (Difference(Aspect.VERSION, "version", None, NEW, "", "2"), "version is new: 2"),
        (Difference(Aspect.VERSION, "version", OLD, None, "1", ""), "version is gone"),
        (
            Difference(Aspect.DECLARATION, "input tables", OLD, NEW),
            "declaration changed: input tables",
        ),
        (
            Difference(Aspect.OUTPUT, "output/x.json", OLD, NEW),
            "output output/x.json was changed since it was built",
        ),
        (Difference(Aspect.OUTPUT, "output/x.json", OLD, None), "output output/x.json is missing"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_difference_has_its_sentence(difference: Difference, said: str) -> None:
    """What changed is named, with old and new where a person would ask for them."""
    assert reason([difference]) == said


def test_what_was_edited_comes_before_what_follows_from_it() -> None:
    """A helper that was edited says more than the upgrade, and the number says there is more."""
    said = reason(
        [
            Difference(Aspect.PACKAGE, "pandas", OLD, NEW, "2", "3"),
            Difference(Aspect.INPUT, "data/a.csv", OLD, NEW),
            Difference(Aspect.CODE, "pipeline:load", OLD, NEW, after="pipeline.py:3"),
        ]
    )

    assert said == "code changed: pipeline:load (pipeline.py:3) (+2 more)"


def test_a_long_value_is_shown_where_it_changed() -> None:
    """Two long values that begin alike are shown from shortly before they part."""
    same = "[" + "1," * 60
    said = reason([Difference(Aspect.PARAMETER, "weights", OLD, NEW, f"{same}2]", f"{same}3]")])

    assert said == "parameter weights: ...1,1,1,1,1,1,2] -> ...1,1,1,1,1,1,3]"


@given(st.lists(differences, max_size=4))
def test_a_reason_is_said_of_every_difference(some: list[Difference]) -> None:
    """Whatever differs, there is a reason, and it is short enough for a line."""
    assert bool(reason(some)) == bool(some)
    assert len(reason(some)) < 400


@pytest.mark.parametrize("aspect", Aspect)
@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_reason_is_one_harmless_line(aspect: Aspect, name: str) -> None:
    """Names and values of any kind are escaped."""
    for then, now in ((OLD, NEW), (None, NEW), (OLD, None)):
        assert reason([Difference(aspect, name, then, now, name, f"new {name}")]).isprintable()


@given(st.text("0123456789abcdef", min_size=8), digests, digests)
def test_the_value_of_a_variable_is_never_told(
    secret: str, then: Digest | None, now: Digest | None
) -> None:
    """Environment variables hold secrets, so not even a value that is given is said."""
    difference = Difference(Aspect.ENVIRONMENT, "TOKEN", then, now, secret, secret)

    assert secret not in reason([difference])


def test_verdicts_are_sentences() -> None:
    """Each verdict says what is to become of the stage, and why."""
    changed = (Difference(Aspect.INPUT, "data/a.csv", OLD, NEW),)

    assert verdict_line(UpToDate()) == "up to date"
    assert (
        verdict_line(MayRun((StageName("load"), StageName("profile"))))
        == "may run: waits for load, profile"
    )
    assert verdict_line(can_restore("load", changed)) == "can be restored: input data/a.csv changed"
    assert verdict_line(MustRun(changed)) == "must run: input data/a.csv changed"


def test_many_stages_to_wait_for_are_abbreviated() -> None:
    """A stage that waits for hundreds still has a line that can be read."""
    names = tuple(StageName(f"s{index}") for index in range(300))

    assert verdict_line(MayRun(names)) == "may run: waits for s0, s1, s2, s3 (+296 more)"
