"""
The command `capstone` with its modules imported once, for tests that run it hundreds of times.

Each run is a process of its own, forked from one that has imported the command line and nothing
of the user's; from there on it is the program that the console script starts. Knows nothing of
projects.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.done import Done

SERVER = """
import json, os, sys
from capstone_build.cli import capstone
from capstone_build.__main__ import main

for name in capstone.list_commands(None):
    capstone.get_command(None, name)
for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if not child:
        os.setsid()
        os.chdir(order["folder"])
        for stream, path in ((0, os.devnull), (1, order["out"]), (2, order["err"])):
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC if stream else os.O_RDONLY
            os.dup2(os.open(path, flags), stream)
        sys.argv = ["capstone", *order["arguments"]]
        main()
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class ReadyCommand:
    """
    The command, ready to run.

    Args:
        process: The process that forks.
        folder: Where what runs print is kept.
    """

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._out, self._err = folder / "out", folder / "err"

    def run(self, folder: Path, *arguments: str, patience: float = 120.0) -> Done:
        """
        Run `capstone` in *folder* to its end.

        Raises:
            subprocess.TimeoutExpired: If it takes longer than *patience*, in seconds.
        """
        order = {
            "folder": str(folder),
            "arguments": arguments,
            "out": str(self._out),
            "err": str(self._err),
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        pid = int(self._line())
        is_late = not self._is_heard_of(patience)
        if is_late:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        code = int(self._line())
        if is_late:
            raise subprocess.TimeoutExpired(["capstone", *arguments], patience)
        return Done(code, self._out.read_text(), self._err.read_text())

    def _line(self) -> str:
        """Return the next line that the process says, of which nothing is read ahead."""
        assert self._process.stdout is not None
        line = b""
        while not line.endswith(b"\n"):
            piece = os.read(self._process.stdout.fileno(), 1)
            assert piece, "the process that forks is gone"
            line += piece
        return line.decode()

    def _is_heard_of(self, seconds: float) -> bool:
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout.fileno(), selectors.EVENT_READ)
            return bool(selector.select(seconds))


@contextmanager
def ready_command() -> Iterator[ReadyCommand]:
    """Start the process that forks, and end it."""
    # With bytecode of the engine, which is read hundreds of times.
    left = {"CI", "NO_COLOR", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}
    kept = {name: value for name, value in os.environ.items() if name not in left}
    with (
        TemporaryDirectory() as folder,
        subprocess.Popen(
            [sys.executable, "-c", SERVER],
            cwd=folder,
            env=kept,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=1,
            text=True,
        ) as process,
    ):
        yield ReadyCommand(process, Path(folder))
