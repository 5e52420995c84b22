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
from typing import IO, Any

from capstone_build.core.digest import Digest
from capstone_build.core.signals import signal_name
from capstone_build.core.variable import digest_variable
from capstone_build.errors import PipelineLoadError
from capstone_build.execution.bounded_log import LAST_LINES

GRACE_SECONDS = 3.0
"""How long a stage that is told to end may take, before it is killed."""


class Host:
    """
    The process that holds the loaded pipeline.

    Args:
        root: The project's root, where it works.
        module: The module that declares the pipeline.

    Attributes:
        greeting: What it told of the pipeline once that was loaded.
    """

    def __init__(self, root: Path, module: str) -> None:
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115 (closed in `close`)
        self._environment = _environment()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "capstone_build.host", str(root), module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._printed,
            cwd=root,
            env=self._environment,
            start_new_session=True,  # a Ctrl-C at the terminal is the engine's to answer
        )
        assert self._process.stdin is not None  # noqa: S101 (both are pipes, see above)
        assert self._process.stdout is not None  # noqa: S101
        self._orders: IO[bytes] = self._process.stdin
        self.answers: IO[bytes] = self._process.stdout
        self._unread = b""
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
        *lines, self._unread = (self._unread + piece).split(b"\n")
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


def _environment() -> dict[str, str]:
    """Return the environment of the user's code, in which `python` is the Python that runs this."""
    environment = {"PYTHONHASHSEED": "0", **os.environ}
    if sys.prefix != sys.base_prefix:
        # As if the virtual environment were activated.
        folder = str(Path(sys.executable).parent)
        path = environment.get("PATH", os.defpath)
        if path.split(os.pathsep)[0] != folder:
            environment["PATH"] = f"{folder}{os.pathsep}{path}"
    return environment
