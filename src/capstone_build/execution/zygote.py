"""
The zygote as the engine has it: a process that has the libraries, and forks hosts.

To import pandas takes half a second, and a watched project is loaded again at
each edit. A host that is forked has the libraries, and imports the project's own
modules anew. Knows how to start the zygote, talk to it and end it; does not know
which libraries are safe (`capstone_build.hosting.zygote` is its other end).
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from capstone_build.execution.host import GRACE_SECONDS, HostWays, StartedHost, host_environment

_HEAD = 8
"""How many bytes tell the length of a message."""

_MOST_FILES = 3


class ZygoteLostError(Exception):
    """The zygote is gone, or does not answer as it should."""


class Zygote:
    """
    The process that forks hosts.

    Args:
        root: The project's folder.
        names: The modules that it loads ahead, in this order.
        files: The file of each module that it may come to load by that.
    """

    def __init__(self, root: Path, names: Sequence[str], files: Mapping[str, str | None]) -> None:
        self.names = tuple(names)
        self._channel, theirs = socket.socketpair()
        self._loaded: bool | None = None
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "capstone_build.hosting.zygote",
                    str(root),
                    str(theirs.fileno()),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                cwd=root,
                env=host_environment(),
                start_new_session=True,
            )
        with suppress(OSError):
            send(self._channel, {"names": self.names, "files": dict(files)})

    @property
    def is_current(self) -> bool:
        """
        Whether all that it loaded is still what is installed; waits until it has loaded.

        A new version, a module of the project that would come before a library:
        then another zygote is needed.
        """
        try:
            return bool(self._ask({"current": True}))
        except ZygoteLostError:
            return False

    @property
    def is_refused(self) -> bool:
        """Whether what it was to load is not safe to be loaded ahead."""
        return self._loaded is False

    def fork(
        self, root: Path, module: str, ways: HostWays, known: Mapping[str, list[str]]
    ) -> StartedHost:
        """
        Fork a host.

        Args:
            root: The project's folder.
            module: The module that declares the pipeline.
            ways: The host's file descriptors.
            known: What is known to be imported, see `capstone_build.hosting.libraries`.

        Raises:
            ZygoteLostError: If it cannot.
        """
        asked = {"fork": [str(root), module], "known": known}
        return ForkedHost(self, int(self._ask(asked, ways)))

    def status(self, pid: int, seconds: float | None) -> int | None:
        """Return the exit code of a host that it forked; None if it is not gone by then."""
        code: int | None = self._ask({"wait": pid, "seconds": seconds})
        return code

    def close(self) -> None:
        """End it."""
        self._channel.close()  # which it takes as the order to end
        try:
            self._process.wait(0.1)
        except subprocess.TimeoutExpired:
            self._process.kill()  # it may be at work in a library for long
            self._process.wait()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)  # what a library left running

    def _ask(self, message: Mapping[str, Any], files: Sequence[int] = ()) -> Any:
        try:
            if self._loaded is None:
                self._loaded = bool(receive(self._channel)[0])
            if not self._loaded:
                raise ZygoteLostError
            send(self._channel, message, files)
            return receive(self._channel)[0]
        except (OSError, ValueError):
            raise ZygoteLostError from None


class ForkedHost:
    """
    A host that a zygote forked, which alone hears of its end.

    Args:
        zygote: The zygote.
        pid: The host's process id.
    """

    def __init__(self, zygote: Zygote, pid: int) -> None:
        self.pid = pid
        self._zygote = zygote
        self._code: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; return its exit code, or the signal that ended it, negative."""
        if self._code is None:
            try:
                self._code = self._zygote.status(self.pid, timeout)
            except ZygoteLostError:
                self._code = -signal.SIGKILL  # nobody can tell any more
            if self._code is None:
                raise subprocess.TimeoutExpired("a forked host", timeout or GRACE_SECONDS)
        return self._code

    def kill(self) -> None:
        """Kill it."""
        if self._code is None:  # its number is its own until it is waited for
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


def send(channel: socket.socket, message: Any, files: Sequence[int] = ()) -> None:
    """Send a message, and file descriptors with it."""
    body = json.dumps(message).encode()
    head = b"%0*x" % (_HEAD, len(body))
    if files:
        socket.send_fds(channel, [head], list(files))
    else:
        channel.sendall(head)
    channel.sendall(body)


def receive(channel: socket.socket) -> tuple[Any, list[int]]:
    """
    Receive a message, and the file descriptors that came with it.

    Raises:
        OSError: If the other end is closed.
    """
    head, files, _, _ = socket.recv_fds(channel, _HEAD, _MOST_FILES)
    head += _exactly(channel, _HEAD - len(head))
    return json.loads(_exactly(channel, int(head, 16))), files


def _exactly(channel: socket.socket, size: int) -> bytes:
    pieces = bytearray()
    while len(pieces) < size:
        piece = channel.recv(size - len(pieces))
        if not piece:
            raise ConnectionResetError
        pieces += piece
    return bytes(pieces)
