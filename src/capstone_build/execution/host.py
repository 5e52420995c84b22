"""
The host as the engine has it: a process that holds the loaded pipeline.

Knows how to start it, talk to it and end it; does not know what is said
(`capstone_build.hosting.host` is its other end).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
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


class HostDiffersError(Exception):
    """What a host loaded is not what was known of the pipeline: it has to be loaded anew."""


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

    def __call__(self, root: Path, module: str, ways: HostWays, *how: str) -> StartedHost:
        """Start the host of the pipeline that *module* declares, in the project *root*."""


def start_anew(root: Path, module: str, ways: HostWays, *how: str) -> StartedHost:
    """Start a host as a Python of its own; *how* is for `capstone_build.hosting.host`."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "capstone_build.hosting.host", str(root), module, *how],
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
        known: What it will surely tell, if that is known: it is then started by the first
            order only, and need not tell what stages there are.
        start: How it is started.

    Attributes:
        greeting: What it told of the pipeline once that was loaded, or what is known.
    """

    def __init__(
        self,
        root: Path,
        module: str,
        known: Mapping[str, Any] | None = None,
        start: HostStart = start_anew,
    ) -> None:
        self._root = root
        self._module = module
        self._begin = start
        self._environment = host_environment()
        self._unread: list[bytes] = []
        self._started: _Started | None = None
        self.greeting: dict[str, Any] = dict(known or {})
        if known is None:
            self.greeting = self._start()

    @property
    def answers(self) -> IO[bytes]:
        """What it answers to orders."""
        assert self._started is not None  # noqa: S101 (nobody listens who has not told it anything)
        return self._started.answers

    def _start(self, *how: str) -> dict[str, Any]:
        """Start the process; return what it tells of the pipeline."""
        import tempfile  # (7 ms, where no host is to be started)

        printed = tempfile.TemporaryFile()  # noqa: SIM115 (closed in `close`)
        orders, ours = os.pipe()
        theirs, answers = os.pipe()
        try:
            ways = HostWays(orders, answers, printed.fileno())
            process = self._begin(self._root, self._module, ways, *how)
        finally:
            os.close(orders)
            os.close(answers)
        self._started = _Started(process, os.fdopen(ours, "wb"), os.fdopen(theirs, "rb"), printed)
        try:
            return self._told(process)
        except BaseException:
            process.kill()  # it may be at work in the user's modules for long
            self.close()
            raise

    def _start_as_known(self) -> None:
        """
        Start the process of a pipeline that is known.

        Raises:
            HostDiffersError: If it is another by now.
        """
        told = self._start("--as-known")
        names = ("environment", "compiled")
        seen = set(map(_spelled, self.greeting["notes"]))
        if (
            told["problems"]
            or any(told[name] != self.greeting[name] for name in names)
            or not seen.issuperset(map(_spelled, told["notes"]))
        ):
            raise HostDiffersError

    def variable(self, name: str) -> Digest:
        """Return the digest of an environment variable, as stages see it."""
        changed: dict[str, Digest] = self.greeting.get("environment", {})
        return changed.get(name) or digest_variable(self._environment.get(name))

    def tell(self, message: Mapping[str, Any]) -> None:
        """
        Send a message; a host that is gone is noticed when its answers end.

        Raises:
            HostDiffersError: If it is started by this, and is not what was known.
        """
        if self._started is None:
            self._start_as_known()
        assert self._started is not None  # noqa: S101 (see above)
        orders = self._started.orders
        try:
            orders.write(json.dumps(message).encode() + b"\n")
            orders.flush()
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
        if self._started is None:
            return ""
        self._started.printed.seek(0)
        return self._started.printed.read().decode("utf-8", "replace")

    def close(self) -> None:
        """End the host and all its workers."""
        if self._started is None:
            return
        process, orders, answers, printed = self._started
        try:
            orders.close()  # which it takes as the order to end
        except BrokenPipeError:
            pass
        try:
            process.wait(GRACE_SECONDS + 2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # what the user's modules left running
        answers.close()
        printed.close()

    def _told(self, process: StartedHost) -> dict[str, Any]:
        while (messages := self.hear()) is not None:
            if messages:
                return messages[0]
        code = process.wait()
        ended = f"signal {signal_name(-code)}" if code < 0 else f"exit code {code}"
        printed = self.printed().strip().splitlines()[-LAST_LINES:]
        raise PipelineLoadError(
            f"the process ended with {ended} while {self._module!r} was loaded",
            facts={"printed": "\n".join(printed)} if printed else {},
            hint="See what the module does when it is imported.",
        )


class _Started(NamedTuple):
    """The process, and the ways to it."""

    process: StartedHost
    orders: IO[bytes]
    answers: IO[bytes]
    printed: IO[bytes]


def _spelled(note: Mapping[str, Any]) -> str:
    return json.dumps(note, sort_keys=True)


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
