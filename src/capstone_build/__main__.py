"""
The command `capstone`, and `python -m capstone_build`.

Sees first whether there is anything to do at all, and only then imports what
reads the command line.
"""

from __future__ import annotations

import os
import sys

# The module `signal` would take longer to import than all that is used here.
from _signal import SIGINT, signal  # type: ignore[import-not-found]  # it has no stubs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn

    from capstone_build.storage.footing import Footing


def main() -> NoReturn:
    """Run the command line and end the program with its exit code."""
    # As an exception, Ctrl-C might come up in the middle of an import, which
    # makes another error of it. What must be ended in order sees to it itself.
    signal(SIGINT, _end)
    _have_streams()
    words = sys.argv[1:]
    before = None
    if words[:1] == ["build"]:
        from capstone_build.sweep import swept

        before = swept(words)
        if before is not None and not before.moved and _is_told(before.footing):
            # Nothing is left but to free so many states, one by one.
            sys.stdout.flush()
            os._exit(0)
    from capstone_build.cli import run

    run(before)


def _have_streams() -> None:
    """
    Open what of the standard streams is closed, on nothing.

    Else the first file that is opened would take its place, and be written to.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8")  # noqa: SIM115 (open to the end)
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8")  # noqa: SIM115 (as above)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    """End at once, interrupted by Ctrl-C."""
    os.write(2, b"interrupted\n")
    os._exit(130)


def _is_told(footing: Footing) -> bool:
    """Say that all is up to date; return whether it could be said."""
    from capstone_build.presentation.nothing import BUNDLED, nothing_to_do

    if footing.is_bundled:
        sys.stderr.write(f"{BUNDLED}\n")
    line = nothing_to_do(footing.stages)
    if sys.stdout.isatty():
        from capstone_build.cli.terminal import Terminal
        from capstone_build.presentation.style import Style, paint

        line = paint(line, Style.GOOD, Terminal.of(sys.stdout).colour)
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError:
        return False  # the full build meets it as well, and knows what it means
    return True


if __name__ == "__main__":
    main()
