"""
News: a build of a watched project, shown only where there is something new in it.

Knows which events are news; does not know how events are shown
(`capstone_build.presentation.build_view`), nor why the build is made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from capstone_build.core.event import (
    EditKept,
    Event,
    MemoryReset,
    NotSettled,
    ReadUndeclared,
    StageEnded,
    StageRetried,
    StageStarted,
    Waiting,
)
from capstone_build.core.outcome import Outcome
from capstone_build.core.report import BuildReport
from capstone_build.presentation.build_view import BuildView

_NEWS = (StageStarted, StageRetried, EditKept, ReadUndeclared, NotSettled, MemoryReset, Waiting)


class NewsView:
    """
    A view that shows nothing until there is news; then all, and a heading before it.

    Args:
        view: Shows it.
        head: Writes the heading.
        is_end_news: Whether even a build that does nothing is news: something was wrong before.
    """

    def __init__(self, view: BuildView, head: Callable[[], None], is_end_news: bool) -> None:
        self._view = view
        self._head = head
        self._is_end_news = is_end_news
        self._held: list[Event] | None = []

    def __enter__(self) -> Self:
        """Begin to show."""
        self._view.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        """Leave the terminal as it was, whatever happened."""
        self._view.__exit__(*error)

    def __call__(self, event: Event) -> None:
        """Show *event*, once there is news."""
        if self._held is None:
            self._view(event)
            return
        self._held.append(event)
        if isinstance(event, _NEWS) or (
            isinstance(event, StageEnded) and event.result.outcome is not Outcome.REUSED
        ):
            self._tell()

    def finish(self, report: BuildReport) -> None:
        """Show what came of the build, if that is news."""
        if self._held is not None and self._is_end_news:
            self._tell()
        if self._held is None:
            self._view.finish(report)

    def _tell(self) -> None:
        held, self._held = self._held or [], None
        self._head()
        for event in held:
            self._view(event)
