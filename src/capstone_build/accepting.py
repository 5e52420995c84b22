"""
Accepting: a person says that a stage need not run, though its code changed.

Knows what may be accepted: the outputs that stand, of inputs that have not
changed. Does not run anything.
"""

from __future__ import annotations

import getpass
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from capstone_build.authoring.project import Project
from capstone_build.core.artifact import MEMORY_FOLDER
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.plan import Difference, compare
from capstone_build.core.stage import Stage, StageName
from capstone_build.errors import InvalidPipelineError, PipelineError, UsageError
from capstone_build.recording import Recording
from capstone_build.request import Wish
from capstone_build.session import Session, foresee
from capstone_build.storage.lock import locked

_OF_THE_RESULT = {
    Aspect.NEW: ("has never run", "Build it first."),
    Aspect.OUTPUT: ("does not have the output that it left: {}", "Build it."),
    Aspect.INPUT: ("has an input that changed: {}", "Its result is of other data: build it."),
    Aspect.READ: ("reads what changed: {}", "Its result is of other data: build it."),
    Aspect.PARAMETER: ("has a parameter that changed: {}", "Build it, or set the old value."),
    Aspect.ENVIRONMENT: ("has a variable that changed: {}", "Build it, or set the old value."),
    Aspect.UNFINISHED: ("did not finish last time", "Build it."),
}
"""What no refactoring brings about, so that nobody can accept it."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """
    A stage that is taken for up to date.

    Attributes:
        stage: Its name.
        because: What is accepted; empty if it was up to date anyway.
    """

    stage: StageName
    because: tuple[Difference, ...]


def accept(
    project: Project,
    wish: Wish,
    describe: Callable[[Sequence[Difference]], str],
    wait: Callable[[int | None], None],
) -> list[Accepted]:
    """
    Take the outputs of stages for what a run would leave, and write that to the log.

    Args:
        project: The project.
        wish: Which stages.
        describe: Says what is accepted, in one clause, for the log.
        wait: Told whom it waits for, should a build be at work.

    Raises:
        PipelineError: If one of them cannot be accepted; then none is.
    """
    with locked(project.root / MEMORY_FOLDER, wait):
        session, _ = foresee(project, wish)
        with session:
            names = dict.fromkeys(session.graph.find(t, wish.folder) for t in wish.targets)
            accepted = [_judged(session, session.graph.stages[name]) for name in names]
            problems = [each for each in accepted if isinstance(each, PipelineError)]
            if problems:
                raise InvalidPipelineError(problems)
            done = [each for each in accepted if isinstance(each, Accepted)]
            for each in done:
                if each.because:
                    _record(session, session.graph.stages[each.stage], each.because)
                    _log(session, each, describe(each.because))
    return done


def _judged(session: Session, stage: Stage) -> Accepted | UsageError:
    world = session.world
    differences = compare(stage.name, world.observe(stage, session.graph), world)
    for each in differences:
        if each.aspect in _OF_THE_RESULT:
            problem, hint = _OF_THE_RESULT[each.aspect]
            return UsageError(
                f"stage {stage.name!r} cannot be accepted: it {problem.format(each.key)}",
                hint=hint,
            )
    return Accepted(stage.name, differences)


def _record(session: Session, stage: Stage, because: Sequence[Difference]) -> None:
    world = session.world
    last = world.last(stage.name)
    assert last is not None, "a stage that never ran is not accepted"  # noqa: S101
    now = world.observe(stage, session.graph)
    Recording(world).built(
        stage,
        now,
        {part: world.look(part) for part in last.discovered},
        last.outputs,
        because,
        seconds=last.seconds,
        said={part: now.say(part) for part in last.discovered if now.say(part)},
        how="accepted",
    )


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
