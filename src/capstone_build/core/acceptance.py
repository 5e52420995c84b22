"""
Acceptance: whether a person may say that a stage need not run, though it changed.

Knows what no refactoring brings about: other data, other values, other files. What
a declaration says for the first time, or no longer, is a refactoring: that an input
is declared does not make its content another one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from capstone_build.core.fingerprint import Aspect, Part
from capstone_build.core.plan import Difference
from capstone_build.core.stage import Stage
from capstone_build.core.trace import Trace


class Obstacle(Enum):
    """Why nobody can accept a stage, the gravest first."""

    NO_RESULT = "there is no result of a whole run"
    OTHER_FILES = "it left other files than it is declared to write"
    OTHER_DATA = "what it left is the result of other data"
    OTHER_VALUES = "what it left is the result of other values"
    NOT_THERE = "what it left is no longer there as it was"


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    That a stage cannot be accepted.

    Attributes:
        obstacle: Why.
        because: In which ways the world departs from the last run, as far as it matters.
    """

    obstacle: Obstacle
    because: tuple[Difference, ...]


def refusal(stage: Stage, last: Trace | None, differences: Sequence[Difference]) -> Refusal | None:
    """
    Return why *stage* cannot be accepted; None if it can.

    Args:
        stage: The stage, as it is declared now.
        last: Its last run.
        differences: How the world departs from that.
    """
    for obstacle, is_met in _TESTS.items():
        if met := tuple(each for each in differences if is_met(stage, last, each)):
            return Refusal(obstacle, met)
    return None


def still_discovered(stage: Stage, last: Trace) -> Iterator[Part]:
    """Yield what the *last* run discovered and *stage* does not declare by now."""
    declared = (*stage.reads, *stage.writes)
    for part in last.discovered:
        aspect, name = part
        is_declared = (
            name in stage.environment
            if aspect is Aspect.ENVIRONMENT
            else aspect is Aspect.READ and any(each.stands_for(name) for each in declared)
        )
        if not is_declared:
            yield part


def _has_no_result(_stage: Stage, _last: Trace | None, met: Difference) -> bool:
    return met.aspect in {Aspect.NEW, Aspect.UNFINISHED}


def _is_of_other_files(stage: Stage, last: Trace | None, met: Difference) -> bool:
    """Tell whether an output is declared that was not left, or one that was is no longer."""
    if last is None or met.aspect is not Aspect.DECLARATION or not met.key.startswith("output "):
        return False
    places = [each.artifact for each in stage.outputs if f"output {each.name}" == met.key]
    is_left = all(any(place.stands_for(path) for path in last.outputs) for place in places)
    is_meant = all(any(place.stands_for(path) for place in stage.writes) for path in last.outputs)
    return not (is_left and is_meant)


def _is_of_other_data(stage: Stage, last: Trace | None, met: Difference) -> bool:
    if met.aspect is Aspect.READ:
        return _is_changed(met)
    if met.aspect is not Aspect.INPUT:
        return False
    return _is_changed(met) or last is None or not _is_newly_said(stage, last, met)


def _is_newly_said(stage: Stage, last: Trace, met: Difference) -> bool:
    """Tell whether an input came or went because it is declared now, or no longer is."""
    if met.now is not None and last.discovered.get((Aspect.READ, met.key)) == met.now:
        return True
    standing = [e.name for e in stage.inputs if any(a.stands_for(met.key) for a in e.artifacts)]
    return not any((Aspect.DECLARATION, f"input {name}") in last.fingerprint for name in standing)


def _is_of_other_values(_stage: Stage, _last: Trace | None, met: Difference) -> bool:
    return met.aspect in {Aspect.PARAMETER, Aspect.ENVIRONMENT} and _is_changed(met)


def _is_not_there(_stage: Stage, _last: Trace | None, met: Difference) -> bool:
    return met.aspect is Aspect.OUTPUT


def _is_changed(met: Difference) -> bool:
    """Tell whether it was something then, and is something else now."""
    return met.then is not None and met.now is not None


_TESTS: dict[Obstacle, Callable[[Stage, Trace | None, Difference], bool]] = {
    Obstacle.NO_RESULT: _has_no_result,
    Obstacle.OTHER_FILES: _is_of_other_files,
    Obstacle.OTHER_DATA: _is_of_other_data,
    Obstacle.OTHER_VALUES: _is_of_other_values,
    Obstacle.NOT_THERE: _is_not_there,
}
