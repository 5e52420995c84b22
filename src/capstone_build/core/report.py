"""
What happens in a build and what came of it, as data.

Knows events and outcomes; does not know how they are shown
(`capstone_build.presentation`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.contract import Violation
from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.plan import Difference
from capstone_build.core.prospect import Prospect
from capstone_build.core.stage import StageName


class Outcome(Enum):
    """What became of a stage in a build."""

    BUILT = "built"
    """It ran, kept its contracts, and its outputs are in place."""
    REUSED = "reused"
    """It was up to date."""
    RESTORED = "restored"
    """Its outputs were brought back from the store."""
    FAILED = "failed"
    """It ran and did not keep its word."""
    SKIPPED = "skipped"
    """Something upstream failed."""


class Cause(Enum):
    """Why a run failed."""

    RAISED = "raised"
    """The function raised an exception."""
    EXITED = "exited"
    """The command ended with an exit code other than 0."""
    SIGNALLED = "signalled"
    """The process was ended by a signal."""
    TIMED_OUT = "timed out"
    """It was ended for running longer than its timeout."""
    OUT_OF_MEMORY = "out of memory"
    """It was ended for using more memory than it may."""
    BROKE_CONTRACT = "broke its contract"
    """An input or output is not what was promised, or an output is not there."""
    INPUT_MOVED = "input moved"
    """An input changed while the stage ran, and again while it ran a second time."""
    CODE_MOVED = "code moved"
    """It ran other code than that whose fingerprint was taken; the next build takes it anew."""
    INPUT_MISSING = "input missing"
    """An input was not there when the stage was to start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """
    How a run failed.

    Attributes:
        cause: In which way.
        message: One line: what happened, in the user's words.
        traceback: The user's part of the Python traceback, or the facts of an error of ours.
        violations: What is wrong with which artifact.
        printed: The last lines that the stage printed.
        log: Where all that it printed is kept, from the project's root.
        kept: Where what it left is set aside, from the project's root.
    """

    cause: Cause
    message: str
    traceback: str = ""
    violations: tuple[Violation, ...] = ()
    printed: tuple[str, ...] = ()
    log: str = ""
    kept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """
    What came of one stage.

    Attributes:
        stage: Its name.
        outcome: What became of it.
        because: How the world departed from its last run; empty if not at all.
        seconds: Duration of the run, wall clock; 0 where nothing ran.
        changed: Whether an output differs from what it was before.
        failure: How it failed, if it did.
        memory: The most that one process of its run had resident, in bytes; 0 if not known.
        outputs: Digest of each file that was put in place.
    """

    stage: StageName
    outcome: Outcome
    because: tuple[Difference, ...] = ()
    seconds: float = 0.0
    changed: bool = False
    failure: Failure | None = None
    memory: int = 0
    outputs: Mapping[ArtifactPath, Digest] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """
    What one build did.

    Attributes:
        build: Its identifier; its logs are kept under this name.
        results: What came of each stage that was reached, in order of ending.
        unreached: Stages that were not looked at because the build ended early.
        standing: Artifacts in place and right when the build ended.
        seconds: Duration, wall clock.
        interrupted: The signal that ended it; None if it ran to its end.
        beyond: How many stages besides are up to date, for nothing that moved can reach them.
    """

    build: str
    results: Mapping[StageName, StageResult]
    unreached: tuple[StageName, ...] = ()
    standing: tuple[str, ...] = ()
    seconds: float = 0.0
    interrupted: int | None = None
    beyond: int = 0
    counts: Mapping[Outcome, int] = field(init=False)

    def __post_init__(self) -> None:
        """Count the outcomes."""
        counts = Counter(result.outcome for result in self.results.values())
        counts[Outcome.REUSED] += self.beyond
        object.__setattr__(self, "counts", {outcome: counts[outcome] for outcome in Outcome})

    @property
    def known(self) -> int:
        """Of how many stages it is known what came of them."""
        return len(self.results) + self.beyond

    @property
    def failures(self) -> tuple[StageResult, ...]:
        """The stages that failed."""
        return tuple(r for r in self.results.values() if r.outcome is Outcome.FAILED)
