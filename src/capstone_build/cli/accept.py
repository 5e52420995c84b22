"""`capstone accept`: take a stage for up to date after a refactoring."""

from __future__ import annotations

from pathlib import Path

import click

from capstone_build.cli.options import (
    except_option,
    file_option,
    opened_project,
    read_wish,
    settings_option,
    stages_argument,
    tell_waiting,
)
from capstone_build.presentation.explanation import accepted_clause, accepted_lines
from capstone_build.tending.accepting import accept


@click.command("accept")
@stages_argument
@except_option
@settings_option
@file_option
def accept_command(
    stages: tuple[str, ...],
    excluded: tuple[str, ...],
    settings: tuple[str, ...],
    file: Path | None,
) -> int:
    """
    Take what STAGE left for what a run would leave, though its code changed.

    For a refactoring that changes no result. Outputs must stand as they were
    left, of inputs and parameters whose values did not change; to declare some for
    the first time is a refactoring, too. What was accepted is written to
    .cache/logs/accepted.log; `capstone build --force STAGE` runs it after all.
    """
    project = opened_project(file)
    wish = read_wish(project, stages, settings, excluded=excluded)
    for each in accept(project, wish, accepted_clause, tell_waiting):
        for line in accepted_lines(each.stage, each.because, each.waits_for):
            click.echo(line)
    return 0
