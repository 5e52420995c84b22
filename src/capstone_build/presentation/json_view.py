"""
A build for programs: nothing while it goes on, and what came of it as JSON.

Knows where to write; does not know the shape (`capstone_build.presentation.report_json`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Self

from capstone_build.core.report import BuildReport, Event, PipelinePrinted
from capstone_build.presentation.report_json import report_record


class JsonView:
    """
    A view that writes a report, or nothing.

    Args:
        write: Called with the report as text; None where only events are wanted.
        tell: Called with what the pipeline printed, which is no part of the answer.
    """

    def __init__(self, write: Callable[[str], None] | None, tell: Callable[[str], None]) -> None:
        self._write = write
        self._tell = tell

    def __enter__(self) -> Self:
        """Return the view itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: there is nothing to restore."""

    def __call__(self, event: Event) -> None:
        """Pass on what the pipeline printed."""
        if isinstance(event, PipelinePrinted):
            self._tell(event.text)

    def finish(self, report: BuildReport) -> None:
        """Write the report."""
        if self._write is not None:
            self._write(json.dumps(report_record(report), indent=2))
