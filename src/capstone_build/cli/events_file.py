"""
The events of builds, written to a file as they happen.

Knows files and pipes, and what may go wrong with one; does not know the shape of an
event (`capstone_build.presentation.event_json`). A build does not depend on it: once it
cannot be written, that is told, and nothing more is written.
"""

from __future__ import annotations

import os
import time
from typing import Self

import click

from capstone_build.core.report import BuildReport, Event
from capstone_build.errors import CapstoneError, UsageError
from capstone_build.presentation.build_view import BuildView
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.event_json import ended_line, event_line, refused_line

STANDARD_OUTPUT = "-"

events_option = click.option(
    "--events",
    metavar="FILE",
    help="Write each event to FILE as a line of JSON; with `-` to standard output, alone.",
)


class EventsFile:
    """
    A file that takes events; nothing, where none is asked for.

    Args:
        name: Its path; `-` for standard output; None for no file.

    Raises:
        UsageError: If it cannot be written.
    """

    def __init__(self, name: str | None) -> None:
        self._name = name
        self._file: int | None = None
        if name == STANDARD_OUTPUT:
            self._file = 1
        elif name is not None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC
            try:
                self._file = os.open(name, flags, 0o666)
            except OSError as error:
                raise UsageError(
                    f"--events {name}: it cannot be written: {error.strerror}",
                    hint="Name a file in a folder that is there and may be written.",
                ) from None

    def tell(self, event: Event) -> None:
        """Write *event*."""
        self._write(event_line(event, time.time()))

    def end(self, report: BuildReport) -> None:
        """Write what came of a build."""
        self._write(ended_line(report, time.time()))

    def refuse(self, error: CapstoneError) -> None:
        """Write why a build did not come about, or to its end."""
        self._write(refused_line(error, time.time()))

    def _write(self, line: str) -> None:
        if self._file is None:
            return
        rest = line.encode("ascii")
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            self._file = None
            where = "standard output" if self._name == STANDARD_OUTPUT else self._name or ""
            said = f"events are no longer written to {for_terminal(where)}: {error.strerror}"
            click.echo(said, err=True)


class WrittenView:
    """
    A view of a build whose events are written to a file as well.

    Args:
        view: What shows it.
        events: What takes the events.
    """

    def __init__(self, view: BuildView, events: EventsFile) -> None:
        self._view = view
        self._events = events

    def __enter__(self) -> Self:
        """Begin to show."""
        self._view.__enter__()
        return self

    def __exit__(self, *how: object) -> None:
        """Leave the terminal as it was; write why, where an error ended the build."""
        self._view.__exit__(*how)
        if len(how) > 1 and isinstance(how[1], CapstoneError):
            self._events.refuse(how[1])

    def __call__(self, event: Event) -> None:
        """Write and show *event*."""
        self._events.tell(event)
        self._view(event)

    def finish(self, report: BuildReport) -> None:
        """Write and show what came of the build."""
        self._events.end(report)
        self._view.finish(report)
