"""`capstone why`: why a stage runs, or need not, down to the line."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from capstone_build.cli.options import (
    file_option,
    opened_project,
    read_wish,
    settings_option,
    stages_argument,
    tell_asides,
)
from capstone_build.cli.terminal import Terminal
from capstone_build.explaining import Explaining
from capstone_build.presentation.explanation import closure_lines, explanation_lines
from capstone_build.session import foresee


@click.command("why")
@stages_argument
@click.option("--closure", is_flag=True, help="List all that counts in its fingerprint.")
@settings_option
@file_option
def why_command(
    stages: tuple[str, ...], closure: bool, settings: tuple[str, ...], file: Path | None
) -> int:
    """
    Say why STAGE would run or not, and why it last ran.

    For code: the definition that changed, how the stage reaches it, and the
    lines, old and new. A STAGE may also be named by an artifact that it writes.
    """
    project = opened_project(file)
    wish = read_wish(project, stages, settings)
    session, forecast = foresee(project, wish)
    with session:
        tell_asides(session)
        colour = Terminal.of(sys.stdout).colour
        explaining = Explaining(session, forecast)
        for name in dict.fromkeys(session.graph.find(t, wish.folder) for t in wish.targets):
            stage = session.graph.stages[name]
            for line in explanation_lines(explaining.explain(stage), colour):
                click.echo(line, color=True)
            if closure:
                for line in closure_lines(explaining.counted(stage)):
                    click.echo(line, color=True)
    return 0
