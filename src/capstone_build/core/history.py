"""
History: what builds did, as it is remembered.

Knows what is told of a build afterwards; decides nothing. What a build found up
to date is counted, and not listed: it did nothing there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.digest import Digest
from capstone_build.core.outcome import Outcome
from capstone_build.core.plan import Difference
from capstone_build.core.stage import StageName


@dataclass(frozen=True, slots=True)
class Left:
    """
    A file that a stage left.

    Attributes:
        digest: Of its content.
        size: In bytes.
    """

    digest: Digest
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PastStage:
    """
    What one build did with one stage.

    Attributes:
        stage: Its name.
        outcome: What became of it.
        at: When it was through, in seconds since the epoch.
        seconds: Duration of its run, wall clock; 0 where nothing ran.
        because: How the world departed from its last run.
        message: How it failed, in one line; empty if it did not.
        memory: The most that one process of it had resident, in bytes; 0 if that is not known.
        outputs: What it left.
    """

    stage: StageName
    outcome: Outcome
    at: float
    seconds: float = 0.0
    because: tuple[Difference, ...] = ()
    message: str = ""
    memory: int = 0
    outputs: Mapping[ArtifactPath, Left] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How much it left, in bytes."""
        return sum(left.size for left in self.outputs.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class PastBuild:
    """
    One build that did something.

    Attributes:
        build: Its identifier.
        at: When it began, in seconds since the epoch.
        seconds: Its duration; None if it was killed, or is at work.
        interrupted: The signal that ended it; None if it ran to its end.
        up_to_date: How many stages it found so.
        stages: What it did with the others, in order of ending.
    """

    build: str
    at: float
    seconds: float | None
    interrupted: int | None
    up_to_date: int
    stages: tuple[PastStage, ...] = ()

    def count(self, outcome: Outcome) -> int:
        """Return how many stages came to *outcome*."""
        if outcome is Outcome.REUSED:
            return self.up_to_date
        return sum(each.outcome is outcome for each in self.stages)
