"""
The report of a build, as Python is given it.

Knows what a build did; does not know the build.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from capstone_build.answers.answer import Answer
from capstone_build.core import report as told
from capstone_build.core.report import StageEnded
from capstone_build.errors import StageFailedError
from capstone_build.presentation.ending import ending, verdict
from capstone_build.presentation.event_line import EventLine
from capstone_build.presentation.notebook import report_html
from capstone_build.presentation.report_json import report_record

_AGAIN = "Project.build()"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BuildReport(told.BuildReport, Answer):
    """
    What one build did.

    In a notebook it is a table of the stages with which something was done.

    Attributes:
        build: Its name, under which `Project.log` and `capstone log` know it; empty where
            there was nothing to do.
        results: What came of each stage, by name: `outcome`, `seconds`, `because`, `changed`,
            `failure`, `memory` (bytes), `outputs` (path to digest).
        unreached: Stages that were not looked at because the build ended early.
        standing: Paths of the artifacts that are in place and right.
        seconds: Duration, wall clock.
        interrupted: Always None here: an interrupted build raises `KeyboardInterrupt`.
        beyond: How many stages besides are up to date; always 0 here.
        counts: How many stages came to each outcome.
    """

    @property
    def ok(self) -> bool:
        """Whether no stage failed."""
        return not self.failures

    def raise_if_failed(self) -> None:
        """
        Raise for the first stage that failed, for programs that should not go on then.

        Raises:
            StageFailedError: If a stage failed.
        """
        for each in self.failures:
            message = each.failure.message if each.failure else ""
            log = each.failure.log if each.failure else ""
            raise StageFailedError(each.stage, message, log, len(self.failures) - 1)

    def as_dict(self) -> Mapping[str, Any]:
        """Return what `capstone build --json` tells; documented in docs/json.md."""
        return report_record(self)

    def _lines(self, colour: bool) -> Iterable[str]:
        lines = EventLine(colour, 0)
        ended = (lines.of(StageEnded(each)) for each in self.results.values())
        return [*(line for line in ended if line is not None), *ending(self, _AGAIN, colour)]

    def __repr__(self) -> str:
        """Return the verdict."""
        return f"<BuildReport: {verdict(self)}>"

    def _repr_html_(self) -> str:
        return report_html(self)
