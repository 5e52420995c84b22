"""`capstone build`: bring targets up to date."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from capstone_build.build import build
from capstone_build.cli.events_file import (
    STANDARD_OUTPUT,
    EventsFile,
    WrittenView,
    events_option,
)
from capstone_build.cli.options import (
    exclude_option,
    file_option,
    force_option,
    jobs_option,
    json_option,
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
from capstone_build.cli.stage_logs import StageLogs
from capstone_build.cli.terminal import Terminal
from capstone_build.cores import cores
from capstone_build.errors import UsageError
from capstone_build.interruption import SIGNALLED, interruptible
from capstone_build.presentation.build_view import BuildView, PlainView, Telling
from capstone_build.presentation.json_view import JsonView
from capstone_build.presentation.live_view import LiveView
from capstone_build.request import Request


@click.command("build")
@targets_argument
@click.option("--target", "-t", "more", multiple=True, metavar="T", help="The same as TARGET.")
@exclude_option
@jobs_option
@keep_going_option
@click.option("-n", "--dry-run", is_flag=True, help="Say what would run and why; run nothing.")
@force_option
@settings_option
@quiet_option
@verbose_option
@events_option
@json_option
@file_option
@click.pass_context
def build_command(
    context: click.Context,
    targets: tuple[str, ...],
    more: tuple[str, ...],
    excluded: tuple[str, ...],
    jobs: int | None,
    keep_going: bool,
    dry_run: bool,
    forced: tuple[str, ...],
    settings: tuple[str, ...],
    is_quiet: bool,
    is_verbose: bool,
    events: str | None,
    as_json: bool,
    file: Path | None,
) -> int:
    """
    Bring TARGETs up to date, or everything.

    A TARGET is a stage or an artifact's path; a pattern of either ('plot_*',
    'output/*.csv'); tag:NAME; or state:stale. With a + behind it, all stages below
    are meant as well (load+). Only what its inputs or its code changed runs; the
    last line says what came of it.
    """
    telling = read_telling(is_quiet, is_verbose)
    if events == STANDARD_OUTPUT and as_json:
        raise UsageError(
            "--json and --events - would both write to standard output",
            hint="The last event has the report: `capstone build --events -`.",
        )
    project = opened_project(file)
    wish = read_wish(project, (*targets, *more), settings, excluded=excluded, forced=forced)
    if dry_run:
        from capstone_build.cli.status import show_forecast

        return show_forecast(project, wish, as_json=as_json)
    request = Request(
        wish=wish,
        jobs=jobs or cores(),
        keep_going=keep_going,
        # What is told of each stage has to be looked for.
        words=() if events or as_json or is_verbose else tuple(sys.argv[1:]),
        before=context.obj,
    )
    written = EventsFile(events)
    view: BuildView
    if as_json or events == STANDARD_OUTPUT:
        view = JsonView(click.echo if as_json else None, tell_printed)
    else:
        resume = shlex.join(["capstone", context.info_name or "build", *_repeated(context)])
        view = build_view(Terminal.of(sys.stdout), resume, telling, project.root)
    with WrittenView(view, written) as view, interruptible():
        report = build(project, request, view)
        view.finish(report)
    if report.interrupted is not None:
        return SIGNALLED + report.interrupted
    return 1 if report.failures else 0


def build_view(terminal: Terminal, resume: str, telling: Telling, root: Path) -> BuildView:
    """
    Return the view that suits the terminal.

    Args:
        terminal: Where it shows.
        resume: What goes on after a failure.
        telling: How much is told.
        root: The project's, where what stages print is kept.
    """
    logs = StageLogs(root)
    if terminal.live and telling is not Telling.QUIET:
        return LiveView(
            sys.stdout, terminal.colour, terminal.width, resume, telling=telling, printed=logs
        )
    return PlainView(_echo, terminal.colour, terminal.width, resume, telling=telling, printed=logs)


def _repeated(context: click.Context) -> list[str]:
    """Return the words of the command line that the next call needs as well: all but --force."""
    words: list[str] = []
    for name, flag in (("file", "--file"), ("jobs", "-j")):
        if context.params[name] is not None:
            words += [flag, str(context.params[name])]
    words += ["-q"] if context.params["is_quiet"] else []
    words += ["-v"] if context.params["is_verbose"] else []
    words += ["-k"] if context.params["keep_going"] else []
    words += [word for each in context.params["excluded"] for word in ("-x", each)]
    words += [word for each in context.params["settings"] for word in ("--set", each)]
    return [*words, *context.params["targets"], *context.params["more"]]


def _echo(line: str) -> None:
    click.echo(line, color=True)  # whether it is coloured is decided already
