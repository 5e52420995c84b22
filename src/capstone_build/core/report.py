"""
The report of a build: what came of its stages, as data.

Knows outcomes; does not know how they are shown (`capstone_build.presentation`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from capstone_build.core.outcome import Outcome, StageResult
from capstone_build.core.stage import StageName


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
