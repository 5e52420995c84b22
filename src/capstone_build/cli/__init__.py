"""
The command `capstone`: arguments in, exit code out.

Knows the command line and the terminal; does no work of its own.
"""

from __future__ import annotations

import sys
from gc import set_threshold
from typing import NoReturn

import click

from capstone_build import __version__
from capstone_build.cli.accept import accept_command
from capstone_build.cli.build import build_command
from capstone_build.cli.clean import clean_command
from capstone_build.cli.completion import completion_command
from capstone_build.cli.diff import diff_command
from capstone_build.cli.gc import gc_command
from capstone_build.cli.graph import graph_command
from capstone_build.cli.log import log_command
from capstone_build.cli.status import status_command
from capstone_build.cli.terminal import Terminal
from capstone_build.cli.verify import verify_command
from capstone_build.cli.watch import watch_command
from capstone_build.cli.why import why_command
from capstone_build.errors import CapstoneError
from capstone_build.interruption import SIGNALLED, Interrupted
from capstone_build.presentation.error_text import error_text


@click.group(
    name="capstone",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done; 1 a stage failed, or `verify` found something wrong; 2 the "
    "declaration or the command line is wrong; 3 the engine's memory or disk failed; 130 "
    "interrupted.",
)
@click.version_option(__version__, prog_name="capstone", message="%(prog)s %(version)s")
def capstone() -> None:
    """Make for data work in Python: re-run only what its inputs or its code changed."""


for _command in (
    build_command,
    watch_command,
    log_command,
    diff_command,
    status_command,
    why_command,
    accept_command,
    graph_command,
    verify_command,
    clean_command,
    gc_command,
    completion_command,
):
    capstone.add_command(_command)


def run() -> NoReturn:
    """Run the command line and end the program with its exit code."""
    # What is known of a large pipeline stays known, and is in no circles: to
    # look through it again and again for garbage takes a fifth of the time.
    set_threshold(100_000, 20, 100)
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal cannot spell is shown with escapes.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # text files both
    try:
        code = capstone.main(prog_name="capstone", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(SIGNALLED + 2)
    except Interrupted as error:
        click.echo("interrupted: nothing had run yet", err=True)
        sys.exit(SIGNALLED + error.number)
    except CapstoneError as error:
        click.echo(error_text(error, Terminal.of(sys.stderr).colour), err=True)
        sys.exit(error.exit_code)
    sys.exit(code if isinstance(code, int) else 0)
