"""`capstone status`: what a build would do, and why."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from capstone_build.authoring.parameters import Setting, read_option
from capstone_build.authoring.project import Project
from capstone_build.cli.options import (
    as_path,
    file_option,
    opened_project,
    settings_option,
    targets_argument,
)
from capstone_build.cli.terminal import Terminal
from capstone_build.presentation.status import status_lines
from capstone_build.session import foresee


@click.command("status")
@targets_argument
@settings_option
@file_option
def status_command(targets: tuple[str, ...], settings: tuple[str, ...], file: Path | None) -> int:
    """Say which stages are up to date, and why the others are not."""
    project = opened_project(file)
    wanted = [as_path(target, project) for target in targets]
    return show_forecast(project, wanted, (), [read_option(option) for option in settings])


def show_forecast(
    project: Project,
    targets: Sequence[str],
    forced: Sequence[str],
    settings: Sequence[Setting],
) -> int:
    """Print what a build would do; return the exit code."""
    session, forecast = foresee(project, settings, targets, forced)
    session.close()
    terminal = Terminal.of(sys.stdout)
    for line in status_lines(forecast.graph, forecast.plan, terminal.colour, terminal.width):
        click.echo(line, color=True)
    return 0
