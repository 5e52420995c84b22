"""
Events: what happens in a build, as data.

Knows one event at a time; does not know how it is shown (`capstone_build.presentation`),
nor what came of the build as a whole (`capstone_build.core.report`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from capstone_build.core.fingerprint import Aspect
from capstone_build.core.outcome import Failure, StageResult
from capstone_build.core.plan import Difference
from capstone_build.core.prospect import Prospect
from capstone_build.core.stage import StageName


@dataclass(frozen=True, slots=True)
class BuildStarted:
    """
    The plan is made, and this many *stages* are looked at.

    So many *jobs* run at the same time, and *expected* is how long those that may have to
    run will take, as far as that can be told from before.
    """

    stages: int
    jobs: int = 1
    expected: Mapping[StageName, Prospect] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StageStarted:
    """
    A stage begins to run, with this *attempt*, counted from 1.

    What it prints goes to *log*, a path from the root.
    """

    stage: StageName
    because: tuple[Difference, ...]
    attempt: int = 1
    log: str = ""


@dataclass(frozen=True, slots=True)
class StageRetried:
    """A run failed, or saw an input that moved, and the stage runs once more."""

    stage: StageName
    failure: Failure


@dataclass(frozen=True, slots=True)
class StageEnded:
    """A stage is through, with this *result*."""

    result: StageResult


@dataclass(frozen=True, slots=True)
class EditKept:
    """
    An artifact is not as its stage left it; what was there is set aside.

    It was changed by hand; or, where a command writes it in place and was
    killed, it *is_half* written.
    """

    stage: StageName
    artifact: str
    kept: str
    is_half: bool = False


@dataclass(frozen=True, slots=True)
class OrphanIgnored:
    """A pattern matched an *artifact* left by a *stage* that is no longer declared."""

    stage: StageName
    artifact: str


@dataclass(frozen=True, slots=True)
class OrphanAdopted:
    """An *artifact* left by a *stage* that is no longer declared is read as a source."""

    stage: StageName
    artifact: str


@dataclass(frozen=True, slots=True)
class OrphanKept:
    """An *artifact* of a *stage* that is no longer declared lay in an input folder: set aside."""

    stage: StageName
    artifact: str
    kept: str


@dataclass(frozen=True, slots=True)
class ReadUndeclared:
    """
    A *stage* was seen to read what it does not declare: it counts from now on.

    The *aspect* tells whether *names* are of files, of code or of an
    environment variable; *by* is the place in the project's source that read
    the first of them, empty if none did.
    """

    stage: StageName
    aspect: Aspect
    names: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class CalledBack:
    """
    A *stage* was looked at before *names*, which it reads undeclared, changed: it is judged again.

    *writers* are the stages that wrote them in this build, as far as that was seen.
    """

    stage: StageName
    names: tuple[str, ...]
    writers: tuple[StageName, ...]


@dataclass(frozen=True, slots=True)
class NotSettled:
    """
    A *stage* was called back for *names*, and they changed once more: it is left so.

    If it *is_shared*, the stage writes them itself, and what the last of the
    *writers* left counts as read. Else the next build judges it again.
    """

    stage: StageName
    names: tuple[str, ...]
    writers: tuple[StageName, ...]
    is_shared: bool


@dataclass(frozen=True, slots=True)
class PipelinePrinted:
    """The pipeline's modules printed this *text* while they were imported."""

    text: str


@dataclass(frozen=True, slots=True)
class StagesLeftOut:
    """These *stages* are not brought up to date: each needs one that is excluded."""

    stages: tuple[StageName, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Another build, of process *pid*, is at work in this project."""

    pid: int | None


@dataclass(frozen=True, slots=True)
class MemoryReset:
    """What was remembered could not be read (*problem*) and starts anew."""

    problem: str


Event: TypeAlias = (
    BuildStarted
    | StageStarted
    | StageRetried
    | StageEnded
    | EditKept
    | OrphanIgnored
    | OrphanAdopted
    | OrphanKept
    | ReadUndeclared
    | CalledBack
    | NotSettled
    | PipelinePrinted
    | StagesLeftOut
    | Waiting
    | MemoryReset
)
"""All that a build tells while it goes on."""

Listener = Callable[[Event], None]
"""Is told each event, as it happens."""
