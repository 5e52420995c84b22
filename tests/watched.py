"""`capstone watch` at work in a project, and what it has said so far."""

from __future__ import annotations

import re
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from tests.done import OUTCOME
from tests.project import PATIENCE_SECONDS, Project, is_running, wait_until

WAITS = "waits for edits"


class Watched:
    """
    A watch that runs.

    Args:
        process: The command.
        root: The project's folder.
    """

    def __init__(self, process: subprocess.Popen[str], root: Path) -> None:
        self.process = process
        self._root = root
        self._told: list[str] = []
        self._listeners = [
            threading.Thread(target=self._listen, args=(stream,), daemon=True)
            for stream in (process.stdout, process.stderr)
            if stream is not None
        ]
        for each in self._listeners:
            each.start()

    @property
    def told(self) -> str:
        """All that it has said."""
        return "".join(self._told)

    @property
    def ran(self) -> list[str]:
        """The stages that ran, in order of ending."""
        return [name for outcome, name, _ in OUTCOME.findall(self.told) if outcome == "built"]

    @property
    def headings(self) -> list[str]:
        """What it said to have changed, before each build that was news."""
        return re.findall(r"^\d\d:\d\d:\d\d  (.*) changed$", self.told, re.MULTILINE)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for something that will surely happen."""
        try:
            wait_until(lambda: condition() or self.process.poll() is not None, what)
        except AssertionError:
            raise AssertionError(f"waited in vain until {what}; it said:\n{self.told}") from None
        assert condition(), f"it ended before {what}, and said:\n{self.told}"

    def until_told(self, text: str) -> None:
        """Wait until it has said *text*."""
        self.until(lambda: text in self.told, f"it says {text!r}")

    def until_built(self, times: int) -> None:
        """Wait until so many builds that did something have ended."""
        ended = re.compile(
            r"^(?:built|restored|up to date|failed|nothing)[^\n]* (?:in |date)", re.MULTILINE
        )
        self.until(lambda: len(ended.findall(self.told)) >= times, f"{times} builds have ended")

    def end(self, number: int = signal.SIGINT) -> int:
        """Send it a signal, and return its exit code once nothing that it started is left."""
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE_SECONDS)
        for each in self._listeners:
            each.join(PATIENCE_SECONDS)
        wait_until(lambda: not self.at_work(), "nothing of it is left")
        return code

    def at_work(self) -> list[int]:
        """The processes that work in the project's folder, or below."""
        found = []
        for each in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                place = (each / "cwd").readlink()
                if place.is_relative_to(self._root) and is_running(int(each.name)):
                    found.append(int(each.name))
        return found

    def _listen(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self._told.append(line)


@contextmanager
def watching(
    project: Project,
    *arguments: str,
    env: Mapping[str, str] | None = None,
    process: subprocess.Popen[str] | None = None,
) -> Iterator[Watched]:
    """
    Start `capstone watch`, wait until it waits, and see that it is gone in the end.

    Args:
        project: Where.
        arguments: More words of the command.
        env: Variables of its environment besides those that are there.
        process: The command, where it is started already.
    """
    process = process or project.start("watch", *arguments, env=env)
    watched = Watched(process, project.root)
    try:
        watched.until_told(WAITS)
        yield watched
    finally:
        if watched.process.poll() is None:
            assert watched.end() == 128 + signal.SIGINT, watched.told
