"""
Looks: what a process asks of the file system, and what it was told.

Knows the paths that were asked for, whether they are there or not, and the
state that each had; does not know who uses the answers, and judges nothing. It
sees what goes through Python: not what a library asks for in C, C++ or Rust.
"""

from __future__ import annotations

import genericpath
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import Any

import xxhash

State = tuple[int, ...] | None
"""Size, mtime_ns, ctime_ns and inode of a file; empty for a folder; None for what is not there."""

FOLDER: State = ()

_WHETHER = frozenset(
    id(each.__code__)
    for each in (genericpath.exists, genericpath.isfile, genericpath.isdir, os.path.islink)
)
"""Who asks for no more than whether something is there, and what."""

_IMPORT_SYSTEM = ("<frozen importlib", "<frozen zipimport")
_NOBODYS = frozenset({".cache", "__pycache__"})
"""What comes into folders without anybody having written it."""

_ELSEWHERE = frozenset(
    {
        "subprocess.Popen",
        "os.system",
        "os.exec",
        "os.posix_spawn",
        "os.spawn",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostname",
    }
)
"""What brings answers that no look can vouch for: of programs and of other machines."""


_unseen: ContextVar[bool] = ContextVar("_unseen", default=False)


@contextmanager
def unseen() -> Iterator[None]:
    """
    Let no look be seen that begins meanwhile, in this thread.

    For a program that is not the engine's own: what sees them is put into Python itself,
    for all threads, and can only in part be taken away again.
    """
    token = _unseen.set(True)
    try:
        yield
    finally:
        _unseen.reset(token)


class Looks:
    """
    Sees the file system being asked, from `start` to `stop`.

    Args:
        passed: Folders that do not count, nor anything in them.
        counts: Tells of the frame that asks whether its questions count.

    Attributes:
        states: For each path asked for, the states it was seen in, each with when it was first.
        listed: For each folder that was listed, what it was seen to hold.
        elsewhere: Events that brought answers which no look can vouch for.
        otherwise: Paths that were asked for in another way than `as_artifacts`.
        sought: Of these were only asked, so, whether they are there and can be run.
        is_seeing: Whether it sees now.
    """

    def __init__(self, *passed: str, counts: Callable[[FrameType], bool] | None = None) -> None:
        self.states: dict[str, dict[State, int]] = {}
        self.listed: dict[str, list[frozenset[str]]] = {}
        self.elsewhere: set[str] = set()
        self.otherwise: set[str] = set()
        self.sought: set[str] = set()
        self._are_artifacts = False
        self._passed = tuple(os.path.join(each, "") for each in passed)  # noqa: PTH118 (at every look)
        self._counts = counts
        self._real: tuple[Any, ...] = ()
        self.is_seeing = False
        self._hooked = False

    def start(self) -> None:
        """Begin to see, unless nothing is to be (`unseen`)."""
        if _unseen.get():
            return
        self.is_seeing = True
        if not self._hooked:
            self._hooked = True  # there is no way to take it away again
            sys.addaudithook(self._told)
        real = self._real = (os.stat, os.lstat, os.access)
        now, lstat, access = real

        def seen_stat(path: Any, **more: Any) -> os.stat_result:
            only_sought = id(sys._getframe(1).f_code) in _WHETHER  # noqa: SLF001 (who asks)
            try:
                found = now(path, **more)
            except OSError:
                self._take(path, None, only_sought)
                raise
            self._take(path, found, only_sought)
            return found

        def seen_lstat(path: Any, **more: Any) -> os.stat_result:
            self._ask(path, id(sys._getframe(1).f_code) in _WHETHER)  # noqa: SLF001 (as above)
            return lstat(path, **more)

        def seen_access(path: Any, mode: int, **more: Any) -> bool:
            self._ask(path, mode == os.X_OK)
            return access(path, mode, **more)

        os.stat, os.lstat, os.access = seen_stat, seen_lstat, seen_access

    @contextmanager
    def as_artifacts(self) -> Iterator[None]:
        """
        Take what is asked for meanwhile for what stages read or write, and no more.

        Whoever reads code, or what a declaration hangs on, asks outside of it.
        """
        before, self._are_artifacts = self._are_artifacts, True
        try:
            yield
        finally:
            self._are_artifacts = before

    def stop(self) -> None:
        """See no more."""
        if self.is_seeing:
            self.is_seeing = False
            os.stat, os.lstat, os.access = self._real

    def _told(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Hear of what Python does (PEP 578)."""
        if not self.is_seeing:
            return
        try:
            if event in {"open", "sqlite3.connect"}:
                path = arguments[0]
                if event == "open" and arguments[2] & (os.O_WRONLY | os.O_CREAT):
                    return
                self._ask(path)
                if event != "open":
                    for suffix in ("-wal", "-journal"):
                        self._ask(f"{os.fsdecode(path)}{suffix}")
            elif event in {"os.scandir", "os.listdir"}:
                self._list(arguments[0])
            elif event in _ELSEWHERE and self.is_counted():
                self.elsewhere.add(event)
        except Exception:  # noqa: S110 (who sees must not disturb)
            pass

    def _ask(self, path: Any, only_sought: bool = False) -> None:
        """See for ourselves what a question, to which we do not hear the answer, is about."""
        try:
            found = self._real[0](path)
        except (OSError, ValueError, TypeError):
            found = None
        self._take(path, found, only_sought)

    def _take(self, path: Any, found: os.stat_result | None, only_sought: bool) -> None:
        try:
            name = self._name(path)
        except (TypeError, ValueError):
            return
        if name is None or (found is not None and _is_special(found)):
            return
        state = state_of(found)
        states = self.states.get(name)
        ways = self.sought if only_sought else self.otherwise
        is_told = self._are_artifacts or name in ways
        if (is_told and states is not None and state in states) or not self.is_counted():
            return
        if not is_told:
            ways.add(name)
        if states is None:
            self.states[name] = {state: time.time_ns()}
        elif state not in states:
            states[state] = time.time_ns()

    def _list(self, path: Any) -> None:
        name = self._name("." if path is None else path)
        if name is None or not self.is_counted():
            return
        self.is_seeing = False  # to list it is to be told of it
        try:
            held = held_in(name)
        finally:
            self.is_seeing = True
        seen = self.listed.setdefault(name, [])
        if held not in seen:
            seen.append(held)

    def _name(self, path: Any) -> str | None:
        """Return the absolute path; None for what does not count, or is none."""
        if isinstance(path, int) or not path:
            return None
        name: str = os.fsdecode(path)
        if not os.path.isabs(name):  # noqa: PTH117 (as above)
            name = os.path.abspath(name)  # noqa: PTH100 (links stay as they are named)
        return None if name.startswith(self._passed) else name

    def is_counted(self) -> bool:
        """Tell whether what is asked just now counts."""
        if self._counts is None:
            return not _asks_for_modules()
        return any(self._counts(frame) for frame in _callers())


def _asks_for_modules() -> bool:
    """Tell whether it is the import system that asks, for code of the engine's own."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 (who asks)
    while frame is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename.startswith(_IMPORT_SYSTEM)


def _callers() -> Iterator[FrameType]:
    """Yield the frames that ask, up to where a module is imported: what it asks is its own."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 (who asks)
    while frame is not None and not frame.f_code.co_filename.startswith(_IMPORT_SYSTEM):
        yield frame
        frame = frame.f_back


def _is_special(found: os.stat_result) -> bool:
    """Tell whether it is a device, a pipe or a socket, whose state says nothing."""
    return not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode))


def full_state(found: os.stat_result) -> tuple[int, int, int, int]:
    """Return all that is compared of a file, or of a folder with names in it."""
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def state_of(found: os.stat_result | None) -> State:
    """Return the state that counts, of what `os.stat` found."""
    if found is None:
        return None
    if stat.S_ISDIR(found.st_mode):
        return FOLDER
    return full_state(found)


def held_in(folder: str) -> frozenset[str]:
    """Return the names in a folder, folders among them with a `/`; just `/` if it is none."""
    try:
        with os.scandir(folder) as entries:
            return frozenset(
                f"{each.name}{'/' if each.is_dir() else ''}"
                for each in entries
                if each.name not in _NOBODYS
            )
    except OSError:
        return frozenset("/")


def digest_held(held: frozenset[str]) -> str:
    """Return the digest of what a folder holds."""
    return xxhash.xxh3_128_hexdigest("\0".join(sorted(held)).encode("utf-8", "surrogateescape"))
