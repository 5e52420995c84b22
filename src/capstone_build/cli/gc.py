"""`capstone gc`: keep the engine's memory within bounds."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from capstone_build.cli.options import (
    dry_run_option,
    file_option,
    json_option,
    opened_project,
    tell_waiting,
)
from capstone_build.cli.terminal import Terminal
from capstone_build.cli.units import read_size, read_time
from capstone_build.core.collection import Bounds
from capstone_build.presentation.collection import collection_lines, collection_record
from capstone_build.tending.collecting import collect


@click.command("gc")
@click.option(
    "--keep",
    callback=read_time,
    metavar="TIME",
    help="Results used in this time stay (30d, 12h, 2w); 30d where no option says otherwise.",
)
@click.option(
    "--max-size",
    callback=read_size,
    metavar="SIZE",
    help="No more results than this (5GB, 500MB): the longest unused go first.",
)
@click.option("--kept", is_flag=True, help="Bound .cache/kept/ too, where edits by hand may be.")
@dry_run_option
@json_option
@file_option
def gc_command(
    keep: float | None,
    max_size: int | None,
    kept: bool,
    dry_run: bool,
    as_json: bool,
    file: Path | None,
) -> int:
    """
    Let go of results that nothing used for long.

    What stands needs stays, always: the outputs of each stage's latest run, and
    the code it ran. What goes can no longer be restored, only computed. Logs,
    and what killed builds left, go after --keep too (30d). It waits for a build
    that is at work. None of your code is run.
    """
    project = opened_project(file)
    bounds = Bounds.asked(keep, max_size, kept)
    done = collect(project.root, bounds, tell_waiting, dry_run=dry_run)
    if as_json:
        click.echo(json.dumps(collection_record(done), indent=2))
        return 0
    for line in collection_lines(done, bounds, Terminal.of(sys.stdout).colour, is_dry=dry_run):
        click.echo(line, color=True)
    return 0
