"""`capstone status`: what a build would do, and why."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from capstone_build.authoring.project import Project
from capstone_build.cli.options import (
    file_option,
    opened_project,
    read_wish,
    settings_option,
    targets_argument,
    tell_asides,
)
from capstone_build.cli.terminal import Terminal
from capstone_build.presentation.status import status_lines
from capstone_build.request import Wish
from capstone_build.session import foresee


@click.command("status")
@targets_argument
@settings_option
@file_option
def status_command(targets: tuple[str, ...], settings: tuple[str, ...], file: Path | None) -> int:
    """Say which stages are up to date, and why the others are not."""
    project = opened_project(file)
    return show_forecast(project, read_wish(project, targets, settings))


def show_forecast(project: Project, wish: Wish) -> int:
    """Print what a build would do; return the exit code."""
    session, forecast = foresee(project, wish)
    with session:
        tell_asides(session)
    terminal = Terminal.of(sys.stdout)
    for line in status_lines(forecast.graph, forecast.plan, terminal.colour, terminal.width):
        click.echo(line, color=True)
    return 0
