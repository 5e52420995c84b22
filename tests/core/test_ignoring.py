"""To ignore a part is no reason to run, and no excuse for an edit of any other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from capstone_build.core.digest import digest_fields
from capstone_build.core.fingerprint import Aspect, Fingerprint, Part
from capstone_build.core.observation import Observation
from capstone_build.core.plan import Difference, compare
from capstone_build.core.stage import StageName
from capstone_build.core.trace import Trace
from tests.core.toy_world import ToyMemory

STAGE = StageName("work")
PARTS = [(Aspect.CODE, name) for name in "abcd"]

codes = st.dictionaries(st.sampled_from(PARTS), st.sampled_from("12").map(digest_fields))
ignored = st.frozensets(st.sampled_from(PARTS))


def without(code: Fingerprint, parts: frozenset[Part]) -> Fingerprint:
    """Leave out what is ignored."""
    return {part: digest for part, digest in code.items() if part not in parts}


def differences(then: Fingerprint, now: Fingerprint, whole: Fingerprint) -> tuple[Difference, ...]:
    """Compare a run that saw *then* with a look that sees *now* and, without its list, *whole*."""
    trace = Trace(stage=STAGE, fingerprint=then, inputs={}, outputs={}, seconds=0)
    observation = Observation(fingerprint=now, inputs={}, outputs={}, unignored=lambda: whole)
    return compare(STAGE, observation, ToyMemory({STAGE: trace}))


@given(codes, ignored, ignored)
def test_to_ignore_more_is_no_difference(
    code: Fingerprint, before: frozenset[Part], more: frozenset[Part]
) -> None:
    """Whatever was ignored before."""
    then, now = without(code, before), without(code, before | more)

    assert differences(then, now, code) == ()


@given(codes, codes, ignored, ignored)
def test_what_counts_is_compared_whatever_is_ignored(
    old: Fingerprint,
    new: Fingerprint,
    before: frozenset[Part],
    after: frozenset[Part],
) -> None:
    """A part that counts now differs, unless the run saw it as it is; a part that is gone, too."""
    then, now = without(old, before), without(new, after)

    found = {(each.aspect, each.key) for each in differences(then, now, new)}

    assert {part for part in now if then.get(part) != now[part]} <= found
    assert {part for part in then if part not in new} <= found
    assert not found & after & new.keys(), "what is there and ignored is no reason"


def test_a_part_that_is_smaller_for_what_is_ignored_is_no_difference() -> None:
    """Looked at as a whole it is what it was; once it is not, it counts."""
    part = (Aspect.CODE, "<order of effects>")
    whole, less, other = (digest_fields(each) for each in ("whole", "less", "other"))

    assert differences({part: whole}, {part: less}, {part: whole}) == ()
    assert len(differences({part: whole}, {part: less}, {part: other})) == 1


def test_nothing_is_excused_where_nothing_is_ignored() -> None:
    """A part that is gone is a difference."""
    part = (Aspect.CODE, "a")

    assert len(differences({part: digest_fields("1")}, {}, {})) == 1
