"""`capstone verify`: check what is remembered against the disk, byte by byte."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from capstone_build.cli.options import (
    cores,
    file_option,
    jobs_option,
    json_option,
    opened_project,
    tell_waiting,
)
from capstone_build.cli.terminal import Terminal
from capstone_build.presentation.byte_bar import ByteBar
from capstone_build.presentation.verification import verification_lines, verification_record
from capstone_build.verifying import verify


@click.command("verify")
@jobs_option
@json_option
@file_option
def verify_command(jobs: int | None, as_json: bool, file: Path | None) -> int:
    """
    Read all that builds rely on, and say what is not as it should be.

    Every file of the store against its digest, every output and input against
    what is remembered of it, by content: what rotted with its times unchanged is
    found. What is wrong is mended where that is possible; the next build does the
    rest. Where all is well nothing is written. None of your code is run. Exit code
    1 if anything is wrong.
    """
    project = opened_project(file)
    terminal = Terminal.of(sys.stdout)
    with ByteBar(sys.stdout, is_live=terminal.live and not as_json, colour=terminal.colour) as bar:
        done = verify(project.root, jobs or cores(), bar, tell_waiting)
    if as_json:
        click.echo(json.dumps(verification_record(done), indent=2))
    else:
        for line in verification_lines(done, terminal.colour):
            click.echo(line, color=True)
    return 1 if done.findings else 0
