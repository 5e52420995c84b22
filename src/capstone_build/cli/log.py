"""`capstone log`: what builds did, and what their stages printed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from capstone_build.asking.past import the_build, the_log
from capstone_build.authoring.project_place import BUNDLED_LEDGER, ProjectPlace, find_project
from capstone_build.cli.options import file_option, json_option
from capstone_build.cli.past import opened_history
from capstone_build.cli.terminal import Terminal
from capstone_build.core.history import PastBuild, PastStage
from capstone_build.errors import UsageError
from capstone_build.presentation.escaping import block_for_terminal
from capstone_build.presentation.history import build_lines, history_json, history_lines
from capstone_build.presentation.times_chart import Chart

_USUAL = 10


@click.command("log")
@click.argument("build", required=False)
@click.argument("stage", required=False)
@click.option(
    "-n",
    "--count",
    type=click.IntRange(min=1),
    default=_USUAL,
    show_default=True,
    metavar="N",
    help="Tell of so many builds.",
)
@click.option(
    "--llm",
    "is_ledger",
    is_flag=True,
    help="Tell what the bundled report asked models, and what that cost, instead.",
)
@click.option(
    "--plot", "is_plot", is_flag=True, help="Draw how long stages and builds took, as a chart."
)
@json_option
@file_option
def log_command(
    *,
    build: str | None,
    stage: str | None,
    count: int,
    is_ledger: bool,
    is_plot: bool,
    as_json: bool,
    file: Path | None,
) -> int:
    """
    Tell what the latest builds did: when, what ran, why and how long.

    With BUILD, all of one: its identifier or the beginning of it, or `last`. With
    STAGE as well, what that stage printed. With --plot, how long the stages took in
    the latest builds, or with BUILD which of its stages ran when. Builds that had
    nothing to do are not remembered; `capstone gc` forgets old ones.
    """
    if is_plot and (as_json or is_ledger or stage is not None):
        raise UsageError(
            "--plot draws the times of stages and builds, and nothing else",
            hint="`capstone log --plot [BUILD]`; for the figures, `capstone log --json`.",
        )
    project = find_project(Path.cwd(), file)
    if is_ledger:
        _tell_ledger(project, build, as_json=as_json)
        return 0

    def log(past: PastBuild, each: PastStage) -> str:
        return the_log(project, past.build, each.stage)

    with opened_history(project) as history:
        builds = history.latest(count) if build is None else [the_build(history, build)]
    if is_plot:
        _plot(builds, is_one=build is not None)
        return 0
    if build is None or stage is None:
        colour = Terminal.of(sys.stdout).colour
        if as_json:
            click.echo(history_json(builds, log), nl=False)
            return 0
        lines = history_lines(builds, colour) if build is None else build_lines(builds[0], colour)
        for line in lines:
            click.echo(line, color=True)
        return 0
    _show(project.root / log(builds[0], _stage(builds[0], stage)))
    return 0


def _tell_ledger(place: ProjectPlace, build: str | None, *, as_json: bool) -> None:
    if build is not None:
        raise UsageError("--llm tells of all builds together", hint="Leave out the build.")
    # By its name: the engine does not know the bundled pipeline.
    ledger = import_module(BUNDLED_LEDGER)
    entries = ledger.read_ledger(place.root)
    for line in ledger.ledger_json(entries) if as_json else ledger.ledger_lines(entries):
        click.echo(line)


def _plot(builds: Sequence[PastBuild], *, is_one: bool) -> None:
    terminal = Terminal.of(sys.stdout)
    chart = Chart(width=terminal.width, colour=terminal.colour, ascii_only=terminal.ascii_only)
    for line in chart.of_build(builds[0]) if is_one else chart.of_times(builds):
        click.echo(line, color=True)


def _stage(build: PastBuild, name: str) -> PastStage:
    for each in build.stages:
        if each.stage == name:
            return each
    names = ", ".join(each.stage for each in build.stages)
    raise UsageError(
        f"nothing was done with a stage {name!r} in build {build.build}",
        facts={"its stages": names},
    )


def _show(log: Path) -> None:
    """Write what a stage printed: to a pipe as it is, to a terminal so that it steers nothing."""
    if not log.is_file():
        click.echo("it printed nothing, or that is not kept any more", err=True)
        return
    with log.open("rb") as printed:
        if sys.stdout.isatty():
            for line in printed:
                click.echo(block_for_terminal(line.decode("utf-8", "replace").rstrip("\r\n")))
        else:
            sys.stdout.flush()
            shutil.copyfileobj(printed, sys.stdout.buffer)
