"""
The zygote: loads the libraries of a pipeline ahead, and forks a host for each build.

Knows libraries and processes; imports none of the project's modules, so that a
host always imports them as they are. Its other end is
`capstone_build.execution.zygote`.

It is a host that has begun and stops before the project: whatever could make
that differ from a host that imports the same (a library that reads the
project's files, draws random numbers, starts threads or processes, or is found
elsewhere) is a reason to load nothing ahead.
"""

from __future__ import annotations

import gc
import importlib
import os
import random
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from capstone_build.execution.descendants import descendants
from capstone_build.execution.forking import Chance, ending_with
from capstone_build.execution.zygote import receive, send
from capstone_build.hosting import host
from capstone_build.hosting.imports import Imports
from capstone_build.hosting.libraries import Libraries, file_of, installed_in

_NAP_SECONDS = 0.001
_YOUNG_NS = 20_000_000
"""A file that changed so shortly before it was loaded may have changed since, in nanoseconds."""

_MODULES = ("py", "so", "pyd")

_stat = os.stat
"""As it is before anybody sees it asked: a thousand files are looked at for each build."""

State = tuple[int, ...] | None


class Ahead:
    """
    What is loaded ahead of the project.

    Args:
        root: The project's folder.

    Attributes:
        names: The modules that were asked for.
    """

    def __init__(self, root: str) -> None:
        self.names: tuple[str, ...] = ()
        self._root = root
        self._began_ns = time.time_ns() - _YOUNG_NS
        self._places = installed_in()
        self._states: dict[str, State] = {place: _state(place) for place in self._places}
        self._firsts: set[str] = set()
        self._own = set(sys.modules)

    def load(self, names: Sequence[str], files: Mapping[str, str | None], imports: Imports) -> bool:
        """
        Load modules; tell whether a host that begins with them is like any other.

        Args:
            names: The modules.
            files: The file of each module that a host had which imported them.
            imports: Sees what they do.
        """
        self.names = tuple(names)
        chance, path, folder = random.getstate(), list(sys.path), Path.cwd()
        for name in names:
            try:
                importlib.import_module(name)
            except BaseException:  # whatever it is, the host will tell of it
                return False
        loaded = [n for n in list(sys.modules) if n not in self._own]
        self._firsts = {name.partition(".")[0] for name in loaded}
        for name in loaded:
            file = file_of(sys.modules[name])
            if name not in files or files[name] != file:
                return False
            if file is not None:
                self._states[file] = _state(file)
        is_young = any(
            state is None or max(state[:2]) >= self._began_ns for state in self._states.values()
        )
        left_traces = (
            imports.notes
            or imports.compiled
            or random.getstate() != chance
            or sys.path != path
            or folder != Path.cwd()
            or threading.active_count() > 1
            or descendants(os.getpid())
        )
        is_strange = left_traces or is_young or not self._are_libraries(loaded)
        return not is_strange and self.is_current()

    def is_current(self) -> bool:
        """Tell whether all is as it was when it was loaded, and nothing of the project hides it."""
        if any(_state(path) != state for path, state in self._states.items()):
            return False
        return self._firsts.isdisjoint(
            name
            for name, dot, suffix in (
                each.partition(".")
                for each in os.listdir(self._root)  # noqa: PTH208 (names)
            )
            if not dot or suffix.endswith(_MODULES)
        )

    def _are_libraries(self, names: Sequence[str]) -> bool:
        """Tell whether these modules are installed, or Python's own."""
        places = (*self._places, str(Path(os.__file__).parent) + os.sep)
        own = os.path.join(self._root, "")  # noqa: PTH118 (compared with text)
        for name in names:
            file = file_of(sys.modules[name])
            if file is None or file.startswith(self._places):
                continue
            if file.startswith(own) or not file.startswith(places):
                return False
        return True


def main() -> NoReturn:
    """Load what is asked for, then fork hosts until nobody asks any more."""
    root, number = sys.argv[1:3]
    ending_with(os.getppid())()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.argv[:] = [host.__file__]
    channel = socket.socket(fileno=int(number))
    channel.set_inheritable(False)
    before = dict(os.environ)
    imports = Imports(root)
    ahead = Ahead(root)
    try:
        wanted, _ = receive(channel)
        works = ahead.load(wanted["names"], wanted["files"], imports)
        send(channel, works)
        if works:
            gc.collect()
            gc.freeze()  # hosts share this memory until they write to it
            while True:
                _answer(channel, ahead, imports, before)
    except OSError:
        pass  # the engine is gone, or through
    os._exit(0)


def _answer(
    channel: socket.socket, ahead: Ahead, imports: Imports, before: Mapping[str, str]
) -> None:
    message, files = receive(channel)
    if "fork" in message:
        pid = os.fork()
        if pid == 0:
            try:
                channel.close()
                _become_host(message, files, ahead, imports, before)
            finally:
                os._exit(70)
        for each in files:
            os.close(each)
        send(channel, pid)
    elif "wait" in message:
        send(channel, _status(message["wait"], message["seconds"]))
    else:
        send(channel, ahead.is_current())


def _become_host(
    message: Mapping[str, Any],
    files: Sequence[int],
    ahead: Ahead,
    imports: Imports,
    before: Mapping[str, str],
) -> NoReturn:
    """Make this process, a fork, the host that it would be if it had been started for it."""
    os.setsid()
    for target, each in enumerate(files):
        os.dup2(each, target)
        os.close(each)
    importlib.invalidate_caches()
    imports.witness.turn_to(imports.notes.append)  # what this process looked at is nobody's
    imports.notes.clear()
    imports.chance = Chance()
    _draw_anew(sys.modules.get("numpy.random"))
    imports.libraries = Libraries(message["known"], ahead.names, imports.witness.is_project)
    root, module = message["fork"]
    host.be_host(root, module, imports, before)


def _draw_anew(numpy_random: ModuleType | None) -> None:
    """Let numpy's random numbers not be those of the last build, as Python's are not."""
    with suppress(Exception):
        if numpy_random is not None:
            numpy_random.seed()


def _status(pid: int, seconds: float | None) -> int | None:
    """Return the exit code of a child; None if it has not ended after so many *seconds*."""
    deadline = None if seconds is None else time.monotonic() + seconds
    while True:
        try:
            ended, status = os.waitpid(pid, 0 if deadline is None else os.WNOHANG)
        except ChildProcessError:
            return -signal.SIGKILL
        if ended:
            return os.waitstatus_to_exitcode(status)
        if deadline is not None and time.monotonic() >= deadline:
            return None
        time.sleep(_NAP_SECONDS)


def _state(path: str) -> State:
    try:
        found = _stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


if __name__ == "__main__":
    main()
