"""
A project in a folder of its own, driven through the real command as a user would.

Files are written and read, `capstone` is started as a process, and what it did
is told by what it printed.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.done import Done
from tests.ready_command import ReadyCommand

COMMAND = shutil.which("capstone", path=str(Path(sys.executable).parent))
"""The console script that was installed beside the interpreter that runs the tests."""

PATIENCE_SECONDS = 60.0
"""Nothing that a test waits for takes so long unless it hangs."""


class Project:
    """
    A folder with a pipeline.

    Args:
        root: The folder.
        ready: Runs the command for it; None to start the console script each time.
    """

    def __init__(self, root: Path, ready: ReadyCommand | None = None) -> None:
        self.root = root
        self._ready = ready

    def write(self, path: str, text: str) -> Path:
        """Write a file; text is dedented, so that it can be indented as code."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text), encoding="utf-8")
        return file

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace text in a file; what is replaced must be there."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text, f"{path} does not hold {old!r}"
        (self.root / path).write_text(text.replace(old, new), encoding="utf-8")

    def read(self, path: str) -> str:
        """Return the text of a file."""
        return (self.root / path).read_text(encoding="utf-8")

    def exists(self, path: str) -> bool:
        """Tell whether there is anything at a path."""
        return os.path.lexists(self.root / path)

    def reads(self, path: str, text: str) -> bool:
        """Tell whether a file is there and says so: it may go away between a look and a read."""
        try:
            return self.read(path) == text
        except FileNotFoundError:
            return False

    def run(self, *arguments: str, env: Mapping[str, str] | None = None, cwd: str = ".") -> Done:
        """Run `capstone` to its end."""
        if self._ready is not None and env is None:
            return self._ready.run(self.root / cwd, *arguments)
        process = self.start(*arguments, env=env, cwd=cwd)
        try:
            out, err = process.communicate(timeout=PATIENCE_SECONDS * 2)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return Done(process.returncode, out, err)

    def build(self, *arguments: str, env: Mapping[str, str] | None = None) -> Done:
        """Run `capstone build`, which must succeed."""
        done = self.run("build", *arguments, env=env)
        assert done.code == 0, done.out + done.err
        return done

    def start(
        self, *arguments: str, env: Mapping[str, str] | None = None, cwd: str = "."
    ) -> subprocess.Popen[str]:
        """Start `capstone` and leave it running."""
        assert COMMAND is not None, "install the project into the environment of the tests"
        kept = {n: v for n, v in os.environ.items() if n not in {"CI", "NO_COLOR", "PYTHONPATH"}}
        return subprocess.Popen(
            [COMMAND, *arguments],
            cwd=self.root / cwd,
            env={**kept, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def artifacts(self) -> dict[str, bytes]:
        """All that is in `output/`."""
        folder = self.root / "output"
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait for something that will surely happen."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Tell whether a process exists and is no zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return False
    except OSError:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True
    return stat.rpartition(")")[2].split()[0] != "Z"


def kill(process: subprocess.Popen[str], number: int = signal.SIGKILL) -> Done:
    """Send a signal to a command and collect what it said."""
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    return Done(process.returncode, out, err)
