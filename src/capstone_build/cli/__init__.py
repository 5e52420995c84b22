"""
The command `capstone`: arguments in, exit code out.

Knows the command line and the terminal; does no work of its own.
"""

from __future__ import annotations

import errno
import os
import sys
from gc import set_threshold
from importlib import import_module
from typing import NoReturn

import click

from capstone_build.cli.source_lines import read_source
from capstone_build.cli.terminal import Terminal
from capstone_build.errors import CapstoneError, MemoryFailedError
from capstone_build.interruption import SIGNALLED, Interrupted
from capstone_build.presentation.error_text import error_text
from capstone_build.sweep import Swept
from capstone_build.version import VERSION

_COMMANDS = (
    "init", "build", "watch", "status", "why", "log", "diff", "accept", "graph", "verify", "clean",
    "gc", "completion",
)  # fmt: skip
"""Each is in a module of its name, which is imported when it is asked for."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What a file says that takes no more."""


class _Commands(click.Group):
    """The commands, of which only the one that is called is imported."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return their names, in the order in which they are told of."""
        return list(_COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Return the command of this name."""
        if name not in _COMMANDS:
            return None
        module = import_module(f"{__name__}.{name}")
        found: click.Command = getattr(module, f"{name}_command")
        return found


@click.group(
    name="capstone",
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done; 1 a stage failed, or `verify` or `status --check` found something; "
    "2 the declaration or the command line is wrong; 3 the engine's memory or disk failed; 130 "
    "interrupted.",
)
@click.version_option(VERSION, prog_name="capstone", message="%(prog)s %(version)s")
def capstone() -> None:
    """Make for data work in Python: re-run only what its inputs or its code changed."""


def run(before: Swept | None = None) -> NoReturn:
    """
    Run the command line and end the program with its exit code.

    Args:
        before: What the sweep found, if it knows what the command line asks for.
    """
    # What is known of a large pipeline stays known, and is in no circles: to
    # look through it again and again for garbage takes a fifth of the time.
    set_threshold(100_000, 20, 100)
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal cannot spell is shown with escapes.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # text files both
    try:
        code = capstone.main(prog_name="capstone", standalone_mode=False, obj=before)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(SIGNALLED + 2)
    except Interrupted as error:
        click.echo("interrupted: nothing had run yet", err=True)
        sys.exit(SIGNALLED + error.number)
    except CapstoneError as error:
        click.echo(error_text(error, Terminal.of(sys.stderr).colour, read_source), err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nothing can be done with what is left
        click.echo(f"standard output cannot be written: {error.strerror}", err=True)
        sys.exit(MemoryFailedError.exit_code)
    sys.exit(code if isinstance(code, int) else 0)
