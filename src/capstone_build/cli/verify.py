"""`capstone verify`: check what is remembered against the disk, byte by byte."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import click

from capstone_build.authoring.project_place import ProjectPlace
from capstone_build.cli.options import (
    except_option,
    file_option,
    jobs_option,
    json_option,
    opened_project,
    read_wish,
    settings_option,
    stages_or_none_argument,
    tell_printed,
    tell_waiting,
)
from capstone_build.cli.terminal import Terminal
from capstone_build.cores import cores
from capstone_build.errors import UsageError
from capstone_build.interruption import SIGNALLED, interruptible
from capstone_build.presentation.byte_bar import ByteBar
from capstone_build.presentation.rebuilding import (
    RebuildView,
    rebuilding_ending,
    rebuilding_record,
)
from capstone_build.presentation.verification import verification_lines, verification_record
from capstone_build.request import Wish
from capstone_build.tending.rebuilding import rebuild
from capstone_build.tending.verifying import verify


@click.command("verify")
@stages_or_none_argument
@except_option
@click.option("--rebuild", "again", is_flag=True, help="Run STAGEs, or all, again, and compare.")
@jobs_option
@json_option
@settings_option
@file_option
def verify_command(
    stages: tuple[str, ...],
    excluded: tuple[str, ...],
    again: bool,
    jobs: int | None,
    as_json: bool,
    settings: tuple[str, ...],
    file: Path | None,
) -> int:
    """
    Read all that builds rely on, and say what is not as it should be.

    Every file of the store against its digest, every output and input against
    what is remembered of it, by content: what rotted with its times unchanged is
    found. What is wrong is mended where that is possible; the next build does the
    rest. Where all is well nothing is written, and none of your code is run.

    With --rebuild, stages whose outputs are current run a second time, each in a
    copy of the project, and what they leave is compared byte for byte with what is
    recorded; the project stays as it is. What a stage does by absolute paths or
    over the network, it does again.

    Exit code 1 if anything is wrong, or differs.
    """
    if (stages or settings or excluded) and not again:
        raise UsageError(
            "all that is remembered is verified, not a part of it",
            hint="`capstone verify --rebuild STAGE` runs a stage again and compares.",
        )
    project = opened_project(file)
    if again:
        wish = read_wish(project, stages, settings, excluded=excluded)
        return _rebuild(project, wish, jobs or cores(), as_json)
    terminal = Terminal.of(sys.stdout)
    with ByteBar(sys.stdout, is_live=terminal.live and not as_json, colour=terminal.colour) as bar:
        done = verify(project.root, jobs or cores(), bar, tell_waiting)
    if as_json:
        click.echo(json.dumps(verification_record(done), indent=2))
    else:
        for line in verification_lines(done, terminal.colour):
            click.echo(line, color=True)
    return 1 if done.findings else 0


def _rebuild(project: ProjectPlace, wish: Wish, jobs: int, as_json: bool) -> int:
    terminal = Terminal.of(sys.stdout)
    stream = io.StringIO() if as_json else sys.stdout
    is_live = terminal.live and not as_json
    view = RebuildView(stream, is_live=is_live, colour=terminal.colour, width=terminal.width)
    with view, interruptible():
        done = rebuild(project, wish, jobs, view)
    tell_printed(done.printed)
    if as_json:
        click.echo(json.dumps(rebuilding_record(done), indent=2))
    else:
        for line in rebuilding_ending(done, terminal.colour):
            click.echo(line, color=True)
    if done.interrupted is not None:
        return SIGNALLED + done.interrupted
    return 0 if done.is_well else 1
