"""
Rebuilt stages: what came of a second run, compared with the recorded one, as data.

Knows outcomes and differences; does not know how they are found
(`capstone_build.tending.rebuilding`, `capstone_build.asking.contrasting`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from capstone_build.core.outcome import Failure
from capstone_build.core.plan import Verdict
from capstone_build.core.stage import StageName


class Sameness(Enum):
    """How a second run compares with the first."""

    SAME = "same"
    """It left the same bytes."""
    DIFFERS = "differs"
    """It left other bytes: the stage is not deterministic."""
    FAILED = "failed"
    """It did not come to its end."""
    SKIPPED = "skipped"
    """There was nothing to compare with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """
    In what a file of the second run differs from that of the first.

    Attributes:
        path: Which file, from the project's root.
        what: The place at which they begin to differ, or the way in which they do.
        then: What the first run left there; empty where that cannot be shown.
        now: What the second did.
    """

    path: str
    what: str
    then: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """
    What came of one stage.

    Attributes:
        stage: Its name.
        sameness: How the runs compare.
        seconds: Duration of the second, wall clock.
        contrasts: In what each file differs.
        note: What else is to be known; empty if nothing is.
        verdict: Why there was nothing to compare with; None if there was.
        failure: How the second run failed; None if it did not.
    """

    stage: StageName
    sameness: Sameness
    seconds: float = 0.0
    contrasts: tuple[Contrast, ...] = ()
    note: str = ""
    verdict: Verdict | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilding:
    """
    What came of all stages that were asked for.

    Attributes:
        stages: What came of each that was reached.
        seconds: Duration, wall clock.
        printed: What the pipeline printed while it was loaded.
        interrupted: The signal that ended it; None if it ran to its end.
    """

    stages: Mapping[StageName, Rebuilt]
    seconds: float
    printed: str
    interrupted: int | None = None

    @property
    def is_well(self) -> bool:
        """Whether no stage is known to differ or to fail."""
        bad = {Sameness.DIFFERS, Sameness.FAILED}
        return not any(each.sameness in bad for each in self.stages.values())
