"""
The host as the engine has it: a process that holds the loaded pipeline.

Knows how to start it, talk to it and end it; does not know what is said
(`capstone_build.host` is its other end).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol

from capstone_build.core.digest import Digest
from capstone_build.core.signals import signal_name
from capstone_build.core.variable import digest_variable
from capstone_build.errors import PipelineLoadError
from capstone_build.execution.bounded_log import LAST_LINES

GRACE_SECONDS = 3.0
"""How long a stage that is told to end may take, before it is killed."""


class HostWays(NamedTuple):
    """
    The file descriptors of a host.

    Attributes:
        orders: Brings messages from the engine.
        answers: Takes messages to it.
        printed: Takes what the pipeline's modules print.
    """

    orders: int
    answers: int
    printed: int


class StartedHost(Protocol):
    """A host as a process, whoever started it; see `subprocess.Popen`."""

    @property
    def pid(self) -> int:
        """Its process id, and that of its group."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; return its exit code, or the signal that ended it, negative."""

    def kill(self) -> None:
        """Kill it."""


class HostStart(Protocol):
    """A way to start a host."""

    def __call__(self, root: Path, module: str, ways: HostWays) -> StartedHost:
        """Start the host of the pipeline that *module* declares, in the project *root*."""


def start_anew(root: Path, module: str, ways: HostWays) -> StartedHost:
    """Start a host as a Python of its own."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "capstone_build.host", str(root), module],
        stdin=ways.orders,
        stdout=ways.answers,
        stderr=ways.printed,
        cwd=root,
        env=host_environment(),
        start_new_session=True,  # a Ctrl-C at the terminal is the engine's to answer
    )


class Host:
    """
    The process that holds the loaded pipeline.

    Args:
        root: The project's root, where it works.
        module: The module that declares the pipeline.
        start: How it is started.

    Attributes:
        greeting: What it told of the pipeline once that was loaded.
    """

    def __init__(self, root: Path, module: str, start: HostStart = start_anew) -> None:
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115 (closed in `close`)
        self._environment = host_environment()
        orders, ours = os.pipe()
        theirs, answers = os.pipe()
        self._orders: IO[bytes] = os.fdopen(ours, "wb")
        self.answers: IO[bytes] = os.fdopen(theirs, "rb")
        try:
            ways = HostWays(orders, answers, self._printed.fileno())
            self._process = start(root, module, ways)
        finally:
            os.close(orders)
            os.close(answers)
        self._unread: list[bytes] = []
        try:
            self.greeting = self._greeting(module)
        except BaseException:
            self._process.kill()  # it may be at work in the user's modules for long
            self.close()
            raise

    def variable(self, name: str) -> Digest:
        """Return the digest of an environment variable, as stages see it."""
        changed: dict[str, Digest] = self.greeting.get("environment", {})
        return changed.get(name) or digest_variable(self._environment.get(name))

    def tell(self, message: Mapping[str, Any]) -> None:
        """Send a message; a host that is gone is noticed when its answers end."""
        try:
            self._orders.write(json.dumps(message).encode() + b"\n")
            self._orders.flush()
        except BrokenPipeError:
            pass

    def hear(self) -> list[dict[str, Any]] | None:
        """Return the messages that have come, after waiting for one; None at the end."""
        piece = os.read(self.answers.fileno(), 1 << 16)
        if not piece:
            return None
        self._unread.append(piece)
        if b"\n" not in piece:  # of a large pipeline much is told at once
            return []
        *lines, rest = b"".join(self._unread).split(b"\n")
        self._unread = [rest]
        return [json.loads(line) for line in lines]

    def printed(self) -> str:
        """Return what the pipeline's modules printed while they were imported."""
        self._printed.seek(0)
        return self._printed.read().decode("utf-8", "replace")

    def close(self) -> None:
        """End the host and all its workers."""
        try:
            self._orders.close()  # which it takes as the order to end
        except BrokenPipeError:
            pass
        try:
            self._process.wait(GRACE_SECONDS + 2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)  # what the user's modules left running
        self.answers.close()
        self._printed.close()

    def _greeting(self, module: str) -> dict[str, Any]:
        while (messages := self.hear()) is not None:
            if messages:
                return messages[0]
        code = self._process.wait()
        ended = f"signal {signal_name(-code)}" if code < 0 else f"exit code {code}"
        printed = self.printed().strip().splitlines()[-LAST_LINES:]
        raise PipelineLoadError(
            f"the process ended with {ended} while {module!r} was loaded",
            facts={"printed": "\n".join(printed)} if printed else {},
            hint="See what the module does when it is imported.",
        )


def host_environment() -> dict[str, str]:
    """Return the environment of the user's code, in which `python` is the Python that runs this."""
    environment = {"PYTHONHASHSEED": "0", **os.environ}
    if sys.prefix != sys.base_prefix:
        # As if the virtual environment were activated.
        folder = str(Path(sys.executable).parent)
        path = environment.get("PATH", os.defpath)
        if path.split(os.pathsep)[0] != folder:
            environment["PATH"] = f"{folder}{os.pathsep}{path}"
    return environment
