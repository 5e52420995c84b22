"""`capstone watch`: build whenever a file moves."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from capstone_build.authoring.project_place import ProjectPlace, find_project
from capstone_build.cli.build import build_view
from capstone_build.cli.events_file import (
    STANDARD_OUTPUT,
    EventsFile,
    WrittenView,
    events_option,
)
from capstone_build.cli.options import (
    exclude_option,
    file_option,
    jobs_option,
    keep_going_option,
    opened_project,
    quiet_option,
    read_telling,
    read_wish,
    settings_option,
    targets_argument,
    tell_printed,
    verbose_option,
)
from capstone_build.cli.source_lines import read_source
from capstone_build.cli.terminal import Terminal
from capstone_build.core.report import BuildReport, Listener
from capstone_build.cores import cores
from capstone_build.errors import CapstoneError
from capstone_build.interruption import SIGNALLED
from capstone_build.presentation.build_view import BuildView, Telling
from capstone_build.presentation.error_text import error_text
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.json_view import JsonView
from capstone_build.presentation.news import NewsView
from capstone_build.presentation.sentence import listed
from capstone_build.presentation.style import Style, paint
from capstone_build.request import Request
from capstone_build.watching.watch import Occasion, Watch

_RESUME = "an edit: it is built at once"
_NAMES_SHOWN = 3
_FAILED = "a stage failed"


@click.command("watch")
@targets_argument
@exclude_option
@jobs_option
@keep_going_option
@settings_option
@quiet_option
@verbose_option
@events_option
@file_option
def watch_command(
    targets: tuple[str, ...],
    excluded: tuple[str, ...],
    jobs: int | None,
    keep_going: bool,
    settings: tuple[str, ...],
    is_quiet: bool,
    is_verbose: bool,
    events: str | None,
    file: Path | None,
) -> int:
    """
    Bring TARGETs up to date, or everything, and again whenever a file moves.

    Shows what is new; rings the terminal's bell when something fails. Ctrl-C
    ends it, and what is running.
    """
    first = opened_project(file)
    request = Request(
        wish=read_wish(first, targets, settings, excluded=excluded),
        jobs=jobs or cores(),
        keep_going=keep_going,
    )
    showing = Showing(
        first.root,
        EventsFile(events),
        read_telling(is_quiet, is_verbose),
        is_silent=events == STANDARD_OUTPUT,
    )
    number = Watch(_finding(first, file), request, showing.show, showing.say).run()
    return SIGNALLED + number


def _finding(first: ProjectPlace, file: Path | None) -> Callable[[], ProjectPlace]:
    """Return what finds the project again; one whose pipeline is gone is not the bundled one."""

    def find() -> ProjectPlace:
        again = find_project(Path.cwd(), file)
        return first if again.root != first.root or again.is_bundled else again

    return find


class Showing:
    """
    Shows the builds of a watch: what is new on standard output, errors on standard error.

    Args:
        root: The project's.
        events: Takes the events of all builds.
        telling: How much of a build is told.
        is_silent: Whether standard output is for these alone.
    """

    def __init__(
        self, root: Path, events: EventsFile, telling: Telling, *, is_silent: bool
    ) -> None:
        self._root = root
        self._telling = telling
        self._terminal = Terminal.of(sys.stdout)
        self._events = events
        self._is_silent = is_silent

    def show(self, occasion: Occasion, make: Callable[[Listener], BuildReport]) -> str:
        """Make a build and show it; return what is wrong, see `capstone_build.watching.watch`."""
        shown: BuildView = JsonView(None, tell_printed)
        if not self._is_silent:
            shown = NewsView(
                build_view(self._terminal, _RESUME, self._telling, self._root),
                lambda: self._head(occasion),
                is_end_news=bool(occasion.trouble) or not occasion.moved,
            )
        try:
            with WrittenView(shown, self._events) as view:
                report = make(view)
                view.finish(report)
        except CapstoneError as error:
            trouble = error_text(error, colour=False)
            if trouble != occasion.trouble:
                self._head(occasion)
                click.echo(error_text(error, Terminal.of(sys.stderr).colour, read_source), err=True)
                self._ring()
            return trouble
        if not report.failures:
            return ""
        self._ring()
        return _FAILED

    def say(self, line: str) -> None:
        """Show a line about the watch itself."""
        text = paint(for_terminal(line), Style.DIM, self._terminal.colour)
        click.echo(text, color=True, err=self._is_silent)

    def _head(self, occasion: Occasion) -> None:
        """Say when a build is made, and for what; of the first that goes without saying."""
        if occasion.moved:
            click.echo(err=self._is_silent)
            self.say(f"{time.strftime('%H:%M:%S')}  {listed(occasion.moved, _NAMES_SHOWN)} changed")

    def _ring(self) -> None:
        if self._terminal.live and not self._is_silent:
            click.echo("\a", nl=False)
