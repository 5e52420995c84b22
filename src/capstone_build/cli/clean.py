"""`capstone clean`: take away what stages left."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from capstone_build.cli.options import (
    dry_run_option,
    except_option,
    file_option,
    opened_project,
    read_wish,
    targets_argument,
    tell_printed,
    tell_waiting,
)
from capstone_build.cli.terminal import Terminal
from capstone_build.errors import UsageError
from capstone_build.presentation.cleaning import cleaning_lines
from capstone_build.tending.cleaning import clean


@click.command("clean")
@targets_argument
@except_option
@click.option("--orphans", is_flag=True, help="What stages left that no stage writes any more.")
@click.option("--outputs", is_flag=True, help="What TARGETs left, or all stages.")
@dry_run_option
@file_option
def clean_command(
    targets: tuple[str, ...],
    excluded: tuple[str, ...],
    orphans: bool,
    outputs: bool,
    dry_run: bool,
    file: Path | None,
) -> int:
    """
    Remove what stages left, and tell of each file.

    One that was edited since is set aside in .cache/kept/; one that somebody
    else reads stays; nothing outside the project is touched. What goes is still
    in the store: the next build that wants it brings it back, until
    `capstone gc` lets go of it.
    """
    if not (orphans or outputs):
        raise UsageError(
            "nothing says what to remove",
            facts={
                "--orphans": "what stages left that no stage writes any more",
                "--outputs": "what all stages left, or those that are named",
            },
            hint="Name one of them, or both; with -n nothing is removed, only told.",
        )
    if (targets or excluded) and not outputs:
        raise UsageError(
            f"{(*targets, *excluded)[0]!r} is named, and orphans belong to no stage",
            hint="`capstone clean --outputs TARGET` removes what a stage left.",
        )
    project = opened_project(file)
    done = clean(
        project,
        read_wish(project, targets, excluded=excluded),
        tell_waiting,
        orphans=orphans,
        outputs=outputs,
        dry_run=dry_run,
    )
    tell_printed(done.printed)
    nothing = (
        "nothing to remove: no output is there"
        if outputs
        else "nothing to remove: no stage that is gone left anything"
    )
    colour = Terminal.of(sys.stdout).colour
    for line in cleaning_lines(done.leftovers, colour, is_dry=dry_run, nothing=nothing):
        click.echo(line, color=True)
    return 0
