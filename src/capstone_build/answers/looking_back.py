"""
What a project answers that looks back: what builds did, and what changed.

Knows the past as data; does not know where it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from capstone_build.answers.answer import Answer
from capstone_build.core.artifact_change import ArtifactChange
from capstone_build.core.history import PastBuild, PastStage
from capstone_build.presentation.artifact_change import USUAL_LINES, change_lines, changes_record
from capstone_build.presentation.history import history_lines, history_record
from capstone_build.presentation.times_chart import Chart


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Log(Answer):
    """
    What builds did.

    Attributes:
        builds: The builds, the oldest first.
        log: Returns where what a stage printed is kept, from the root; empty if it is not.
    """

    builds: tuple[PastBuild, ...]
    log: Callable[[PastBuild, PastStage], str] = field(default=lambda *_: "", compare=False)

    def as_dict(self) -> Mapping[str, Any]:
        """Return what `capstone log --json` tells; documented in docs/json.md."""
        return history_record(self.builds, self.log)

    def plot(self, width: int = 80) -> str:
        """Return a chart of *width* characters: how long stages and builds took."""
        chart = Chart(width=width + 1)
        is_one = len(self.builds) == 1
        return "\n".join(chart.of_build(self.builds[0]) if is_one else chart.of_times(self.builds))

    def _lines(self, colour: bool) -> Iterable[str]:
        return history_lines(self.builds, colour)

    def __repr__(self) -> str:
        """Return how many builds there are."""
        return f"<Log: {len(self.builds)} builds>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Diff(Answer):
    """
    In what an artifact differs from what it was.

    Attributes:
        changes: One for each file that differs; empty if none does.
    """

    changes: tuple[ArtifactChange, ...]

    def as_dict(self) -> Mapping[str, Any]:
        """Return what `capstone diff --json` tells; documented in docs/json.md."""
        return changes_record(self.changes)

    def _lines(self, colour: bool) -> Iterable[str]:
        for each in self.changes:
            yield from change_lines(each, USUAL_LINES, colour)
        if not self.changes:
            yield "it is what it was"
