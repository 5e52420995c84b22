"""
Outcomes: what came of one stage, and how a run failed, as data.

Knows one stage; does not know what happened meanwhile (`capstone_build.core.event`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.contract import Violation
from capstone_build.core.digest import Digest
from capstone_build.core.plan import Difference
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
