"""
Prospects: how long what is to be done may take, from how long it took before.

Knows earlier durations and what waits for what; does not know the clock. The time that is
left is at least that of the longest chain of stages, and at least that of all of them
shared among those that work at the same time (R. L. Graham, "Bounds on Multiprocessing
Timing Anomalies", 1969): the larger of the two is what is said.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from capstone_build.core.graph import StageGraph
from capstone_build.core.plan import CanRestore, Plan, UpToDate
from capstone_build.core.stage import StageName

_ENOUGH_KNOWN = 0.5
"""Where less than this share of the stages ran before, nothing can be said."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """
    What lies before a stage that is to run.

    Attributes:
        seconds: Of its own run, as the last one took.
        chain: With the longest chain of stages that wait for it, its own included; in seconds.
    """

    seconds: float
    chain: float


def prospects(
    graph: StageGraph, plan: Plan, took: Callable[[StageName], float | None]
) -> dict[StageName, Prospect]:
    """
    Return the prospects of all stages that may have to run; nothing if too little is known.

    One that never ran is taken to be as long as the others are in the mean.

    Args:
        graph: The stages.
        plan: What is to become of each.
        took: Tells how long the last run of a stage took, in seconds; None if that is not known.
    """
    seconds = {
        name: 0.0 if isinstance(plan[name], CanRestore) else took(name)
        for name in graph.stages
        if not isinstance(plan[name], UpToDate)
    }
    known = [each for each in seconds.values() if each is not None]
    if not known or len(known) < _ENOUGH_KNOWN * len(seconds):
        return {}
    mean = sum(known) / len(known)
    found: dict[StageName, Prospect] = {}
    for name in reversed([*graph.stages]):
        if name in seconds:
            own = seconds[name]
            own = mean if own is None else own
            below = (found[each].chain for each in graph.downstream(name) if each in found)
            found[name] = Prospect(own, own + max(below, default=0.0))
    return found


def seconds_left(
    expected: Mapping[StageName, Prospect],
    through: Collection[StageName],
    running: Mapping[StageName, float],
    jobs: int,
) -> float | None:
    """
    Return how many seconds a build has before it, at the least; None if nothing is known.

    Args:
        expected: The prospects of the stages that may have to run.
        through: The stages that are through.
        running: For how many seconds each of those has run that do.
        jobs: How many run at the same time.
    """
    if not expected:
        return None
    work = longest = 0.0
    for name, each in expected.items():
        if name not in through:
            done = min(running.get(name, 0.0), each.seconds)
            work += each.seconds - done
            longest = max(longest, each.chain - done)
    return max(longest, work / jobs)
