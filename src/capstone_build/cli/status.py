"""`capstone status`: what a build would do, and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from capstone_build.authoring.project_place import ProjectPlace
from capstone_build.cli.options import (
    exclude_option,
    file_option,
    json_option,
    opened_project,
    read_wish,
    settings_option,
    targets_argument,
    tell_asides,
)
from capstone_build.cli.terminal import Terminal
from capstone_build.core.leftover import Leftover
from capstone_build.looking.session import Forecast, foresee
from capstone_build.presentation.cleaning import orphans_line
from capstone_build.presentation.sentence import needing_excluded
from capstone_build.presentation.status import status_lines
from capstone_build.presentation.status_json import status_record
from capstone_build.request import Wish
from capstone_build.tending.cleaning import orphans_of


@click.command("status")
@targets_argument
@exclude_option
@settings_option
@click.option("--check", is_flag=True, help="End with exit code 1 unless all is up to date.")
@json_option
@file_option
def status_command(
    targets: tuple[str, ...],
    excluded: tuple[str, ...],
    settings: tuple[str, ...],
    check: bool,
    as_json: bool,
    file: Path | None,
) -> int:
    """Say which stages are up to date, and why the others are not."""
    project = opened_project(file)
    wish = read_wish(project, targets, settings, excluded=excluded)
    session, forecast = foresee(project, wish)
    with session:
        tell_asides(session)
        orphans = [] if targets or excluded else orphans_of(session)
    if as_json:
        _print_json(forecast, orphans)
    else:
        if orphans:
            click.echo(orphans_line(orphans))
        _print(forecast)  # its last line is the verdict
    return 1 if check and not forecast.is_nothing_to_do else 0


def show_forecast(project: ProjectPlace, wish: Wish, *, as_json: bool) -> int:
    """Print what a build would do; return the exit code."""
    session, forecast = foresee(project, wish)
    with session:
        tell_asides(session)
    if as_json:
        _print_json(forecast, [])
    else:
        _print(forecast)
    return 0


def _print_json(forecast: Forecast, orphans: Sequence[Leftover]) -> None:
    told = status_record(forecast.graph, forecast.plan, orphans, forecast.left_out)
    click.echo(json.dumps(told, indent=2))


def _print(forecast: Forecast) -> None:
    terminal = Terminal.of(sys.stdout)
    if forecast.left_out:
        click.echo(f"left out: {needing_excluded(forecast.left_out)}")
    for line in status_lines(forecast.graph, forecast.plan, terminal.colour, terminal.width):
        click.echo(line, color=True)
