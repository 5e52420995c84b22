"""
The watch: one build after the other, each when something that it rests on has moved.

Knows the build, the ground that it left and what tells of moves; does not know
how it is shown. Each build is a process of its own, a fork of the watch: it is
the build that `capstone build` makes, with nothing left over from the last one.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

from capstone_build.authoring.project_place import ProjectPlace
from capstone_build.build import build
from capstone_build.core.event import Listener
from capstone_build.core.report import BuildReport
from capstone_build.execution.forking import ending_with
from capstone_build.interruption import Interrupted, interruptible, uninterruptible
from capstone_build.looking.session import Session
from capstone_build.request import Request
from capstone_build.storage.file_state import file_clock_ns
from capstone_build.watching.file_events import FileEvents
from capstone_build.watching.ground import Ground, declaring
from capstone_build.watching.nursery import Nursery

_LOOK_SECONDS = 3.0
"""How often all is looked at though nothing told of a move: some file systems tell of none."""

_POLL_SECONDS = 0.25
"""How often all is looked at where nothing tells of moves."""

_SHARE = 0.02
"""Of the time, at most so much is spent on looking where nothing may have moved."""

_PATIENCE_SECONDS = 0.5
"""How long to wait where each build moves what it rests on; twice as long each time."""

_LONGEST_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """
    Why a build is made, and after what.

    Attributes:
        moved: What has moved since the last one, from the project's root; empty for the first.
        trouble: What was wrong when the last one ended, in one text; empty if nothing was.
    """

    moved: tuple[str, ...] = ()
    trouble: str = ""


Show = Callable[[Occasion, Callable[[Listener], BuildReport]], str]
"""
Shows a build: is given its occasion and what makes it; returns what is wrong when it has ended.

The text for a build that ended well is empty; that of one that could not begin
is the same as long as it cannot for the same reason.
"""


class Watch:
    """
    Builds until it is interrupted.

    Args:
        project: Finds the project, as it is at that moment.
        request: What to build, and how.
        show: Shows each build.
        say: Is given lines about the watch itself.
    """

    def __init__(
        self,
        project: Callable[[], ProjectPlace],
        request: Request,
        show: Show,
        say: Callable[[str], None],
    ) -> None:
        self._find = project
        self._root = str(project().root)
        self._request = request
        self._show = show
        self._say = say
        self._events = FileEvents()
        self._nursery = Nursery(project().root)
        self._is_first = True
        self._again = 0

    def run(self) -> int:
        """Build, and build again; return the number of the signal that ended it."""
        occasion = Occasion()
        child = 0
        try:
            with interruptible():
                while True:
                    self._nursery.be_ready()
                    child, way = self._begin(occasion)
                    told = self._hear(child, way)
                    child = 0
                    moved = self._wait(told)
                    occasion = Occasion(moved=moved, trouble=told["trouble"])
        except Interrupted as interrupted:
            number = interrupted.number
        except KeyboardInterrupt:
            number = signal.SIGINT
        finally:
            with uninterruptible():
                if child:
                    _end(child)
                self._events.close()
                self._nursery.close()
        return number

    # One build.

    def _begin(self, occasion: Occasion) -> tuple[int, int]:
        """Start a build; return its process id, and the descriptor that brings what it tells."""
        way, tells = os.pipe()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        end_with_watch = ending_with(os.getpid())
        gc.freeze()
        child = os.fork()
        if child:
            os.close(tells)
            return child, way
        try:
            end_with_watch()
            os.close(way)
            self._become_build(occasion, tells)
        except Interrupted:
            pass
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            os._exit(70)

    def _become_build(self, occasion: Occasion, tells: int) -> NoReturn:
        # Of a Ctrl-C the watch hears, which passes it on: once, and not at two ends.
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        os.setpgid(0, 0)
        began_ns = file_clock_ns()
        before = set(sys.modules)
        declared = declaring(self._root)
        ground: Ground | None = None

        def at_end(session: Session) -> None:
            nonlocal ground
            ground = Ground.of(session, declared)

        interrupted: int | None = None

        def make(listen: Listener) -> BuildReport:
            nonlocal interrupted
            with interruptible():
                report = build(self._find(), self._request, listen, self._nursery.host, at_end)
            interrupted = report.interrupted
            return report

        trouble = self._show(occasion, make)
        if interrupted is not None:
            raise Interrupted(interrupted)  # the watch ends, and hears no more
        if ground is None:
            ground = Ground.around(self._root, began_ns)
        told = {
            "trouble": trouble,
            "ground": ground.as_record(),
            "libraries": self._nursery.told,
            "imported": [name for name in sys.modules if name not in before],
        }
        with suppress(BrokenPipeError), os.fdopen(tells, "w", encoding="ascii") as way:
            json.dump(told, way)  # unless the watch has ended meanwhile
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(0)

    def _hear(self, child: int, way: int) -> Mapping[str, Any]:
        """Return what a build told, once it has ended."""
        with os.fdopen(way, encoding="utf-8") as file:
            text = file.read()
        _, status = os.waitpid(child, 0)
        try:
            told: dict[str, Any] = json.loads(text)
        except ValueError:
            # It said itself what was wrong, or was killed. What it was doing with the
            # zygote, nobody knows.
            self._nursery.close()
            code = os.waitstatus_to_exitcode(status)
            if code < 0:
                self._say(f"the build was ended by signal {-code}")
            ground = Ground.around(self._root, time.time_ns())
            lost = {"trouble": "lost", "ground": ground.as_record()}
            return {**lost, "libraries": {}, "imported": []}
        return told

    # Between builds.

    def _wait(self, told: Mapping[str, Any]) -> tuple[str, ...]:
        """Return what has moved of what a build rests on, after waiting for it."""
        ground = Ground.from_record(told["ground"])
        self._nursery.learn(told["libraries"])
        for name in told["imported"]:
            with suppress(ImportError):
                importlib.import_module(name)  # the engine's own: here, for all that follow
        known = self._events.problem
        self._events.attend(ground.folders(self._root))
        if self._events.problem != known:
            self._say(f"looks at the files all the time: {self._events.problem}")
        if self._is_first:
            self._is_first = False
            self._say("waits for edits; Ctrl-C ends it")
        began = time.monotonic()
        moved = ground.moved()
        cost = time.monotonic() - began
        self._again = self._again + 1 if moved else 0
        if self._again > 2:
            self._hold_back(moved)
        pause = _POLL_SECONDS if self._events.problem else _LOOK_SECONDS
        pause = max(pause, cost / _SHARE)
        looked = time.monotonic()
        while not moved:
            paths = self._events.wait(max(0.0, looked + pause - time.monotonic()))
            if ground.concerns(paths) or time.monotonic() >= looked + pause:
                moved = ground.moved()
                looked = time.monotonic()
        prefix = os.path.join(self._root, "")  # noqa: PTH118 (compared with text)
        return tuple(each.removeprefix(prefix) or f".{os.sep}" for each in moved)

    def _hold_back(self, moved: list[str]) -> None:
        """Wait where builds move what they rest on, each time: they would never end."""
        if self._again == 3:
            self._say(f"{moved[0]} changes with each build; builds follow more and more slowly")
        time.sleep(min(_LONGEST_PATIENCE_SECONDS, _PATIENCE_SECONDS * 2 ** (self._again - 3)))


def _end(child: int) -> None:
    """Interrupt a build, unless it has ended, and wait for its end."""
    with suppress(ChildProcessError, ProcessLookupError):
        if os.waitpid(child, os.WNOHANG) == (0, 0):
            os.kill(child, signal.SIGINT)
            os.waitpid(child, 0)
