"""
Accepting: a person says that a stage need not run, though its code changed.

Knows what may be accepted: the outputs that stand, of inputs that have not
changed. Does not run anything.
"""

from __future__ import annotations

import getpass
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from capstone_build.authoring.project_place import ProjectPlace
from capstone_build.building.recording import Recording
from capstone_build.core.acceptance import Obstacle, refusal
from capstone_build.core.artifact import MEMORY_FOLDER
from capstone_build.core.plan import Difference, MayRun, Verdict, compare, plan
from capstone_build.core.stage import Stage, StageName
from capstone_build.errors import InvalidPipelineError, PipelineError, UsageError
from capstone_build.looking.session import Session, foresee
from capstone_build.request import Wish
from capstone_build.storage.lock import locked

_FEW = 4
"""So many reasons are told for which a stage cannot be accepted."""


_HINTS = {
    Obstacle.NO_RESULT: "`capstone build {}` runs it.",
    Obstacle.OTHER_FILES: "`capstone build {}` runs it, so that it leaves what is declared.",
    Obstacle.OTHER_DATA: "`capstone build {}` brings it up to date.",
    Obstacle.OTHER_VALUES: "`capstone build {}` brings it up to date; with the values that it "
    "had, it can be accepted.",
    Obstacle.NOT_THERE: "`capstone build {}` puts it back; what was edited by hand is kept "
    "in .cache/kept/.",
}
"""What to do; with a place for the stage's name."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """
    A stage that is taken for up to date.

    Attributes:
        stage: Its name.
        because: What is accepted; empty if it was up to date anyway.
        waits_for: Stages upstream that are not up to date, so that it may have to run for them.
    """

    stage: StageName
    because: tuple[Difference, ...]
    waits_for: tuple[StageName, ...] = ()


def accept(
    project: ProjectPlace,
    wish: Wish,
    describe: Callable[[Sequence[Difference]], str],
    wait: Callable[[int | None], None],
) -> list[Accepted]:
    """
    Take the outputs of stages for what a run would leave, and write that to the log.

    Args:
        project: The project.
        wish: Which stages.
        describe: Says what is accepted, or stands in the way, in one line.
        wait: Told whom it waits for, should a build be at work.

    Raises:
        PipelineError: If one of them cannot be accepted; then none is.
    """
    with locked(project.root / MEMORY_FOLDER, wait):
        session, forecast = foresee(project, replace(wish, excluded=()))
        with session:
            stages = [session.graph.stages[name] for name in session.selected(wish)]
            accepted = [_judged(session, stage, describe) for stage in stages]
            problems = [each for each in accepted if isinstance(each, PipelineError)]
            if problems:
                raise InvalidPipelineError(problems)
            done = [each for each in accepted if isinstance(each, Accepted)]
            for each in done:
                if each.because:
                    _record(session, session.graph.stages[each.stage], each.because)
                    _log(session, each, describe(each.because))
            now = {
                stage.name: session.world.observe(stage, session.graph) for stage in forecast.graph
            }
            after = plan(forecast.graph, now, session.world, frozenset())
            return [replace(each, waits_for=_open(after[each.stage])) for each in done]


def _open(verdict: Verdict) -> tuple[StageName, ...]:
    return verdict.waits_for if isinstance(verdict, MayRun) else ()


def _judged(
    session: Session, stage: Stage, describe: Callable[[Sequence[Difference]], str]
) -> Accepted | UsageError:
    world = session.world
    differences = compare(stage.name, world.observe(stage, session.graph), world)
    refused = refusal(stage, world.last(stage.name), differences)
    if refused is not None:
        met = refused.because
        more = f" (+{len(met) - _FEW} more)" if len(met) > _FEW else ""
        return UsageError(
            f"stage {stage.name!r} cannot be accepted: {refused.obstacle.value}",
            facts={"because": describe(met[:_FEW]) + more},
            hint=_HINTS[refused.obstacle].format(stage.name),
        )
    return Accepted(stage.name, differences)


def _record(session: Session, stage: Stage, because: Sequence[Difference]) -> None:
    world = session.world
    last = world.last(stage.name)
    assert last is not None, "a stage that never ran is not accepted"  # noqa: S101
    Recording(world).accepted(stage, world.observe(stage, session.graph), last, because)


def _log(session: Session, accepted: Accepted, said: str) -> None:
    """Add a line for a stage to the log of what was accepted."""
    logs = session.world.memory_folder / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    try:
        who = getpass.getuser()
    except (KeyError, OSError):
        who = "unknown"
    when = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    with (logs / "accepted.log").open("a", encoding="utf-8") as log:
        log.write(f"{when} {who} {accepted.stage}: {said}\n")
