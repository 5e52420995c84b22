"""
The workers that run: started as forks of the host, listened to, ended.

Knows the processes of this host and what they leave behind; does not know what
the engine wants of them, nor what they do (`capstone_build.hosting.worker`).
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from capstone_build.execution.bounded_log import BoundedLog
from capstone_build.execution.descendants import adopt, descendants, end_strays
from capstone_build.execution.host import GRACE_SECONDS
from capstone_build.execution.memory_use import memory_used
from capstone_build.execution.order import WorkOrder
from capstone_build.hosting.worker import Ways

ORPHAN_GRACE_SECONDS = 0.5
"""How long workers may take to end where the engine itself is gone and nobody waits."""

_LOOK_SECONDS = 0.05
"""How often the memory of stages is looked at that have a limit."""

_PIECE = 1 << 18
"""How much of what is printed is taken at once, in bytes."""


class Ended(NamedTuple):
    """
    A worker that is gone.

    Attributes:
        number: Of the order that it carried out.
        status: Its exit code, or the number of the signal that ended it, negative.
        used: The bytes of memory for whose use it was ended; 0 if it was not.
        result: What it told, as JSON can say it; None if nothing.
    """

    number: int
    status: int
    used: int
    result: Any


@dataclass(slots=True)
class Worker:
    """
    A worker that runs.

    Attributes:
        order: What it carries out.
        printed: The file descriptor that brings what it prints.
        log: Where that goes.
        tells: The file descriptor that brings its result.
        told: What that has brought so far.
        kill_at: When it is killed, by the clock that only goes on; None if it need not be.
        used: The bytes of memory for whose use it is ended; 0 if it is not.
    """

    order: WorkOrder
    printed: int
    log: BoundedLog
    tells: int
    told: bytes = b""
    kill_at: float | None = None
    used: int = 0


class Workers:
    """
    All that run.

    Args:
        root: The project's folder.
        selector: Told of what they print: each time a function is to be called.
    """

    def __init__(self, root: str, selector: selectors.BaseSelector) -> None:
        self._root = root
        self._selector = selector
        self._running: dict[int, Worker] = {}  # by process id
        # What the import started goes on; what workers leave does not.
        self._spared = set(descendants(os.getpid())) if adopt() else set()

    def start(self, order: WorkOrder, work: Callable[[Ways], int]) -> int:
        """
        Start a worker for *order*.

        Args:
            order: What it is to do.
            work:
                What it is, as a process of its own: given its file descriptors,
                returns its exit code.

        Returns:
            Its process id.
        """
        printed, prints = os.pipe()
        tells, result = os.pipe()
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                others = [w.printed for w in self._running.values()]
                others += [w.tells for w in self._running.values()]
                code = work(Ways(prints, result, (printed, tells, *others)))
            finally:
                os._exit(code)
        os.close(prints)
        os.close(result)
        os.set_blocking(printed, False)
        os.set_blocking(tells, False)
        log = BoundedLog(os.path.join(self._root, order.log))  # noqa: PTH118 (for each run)
        self._running[pid] = worker = Worker(order, printed, log, tells)
        self._selector.register(printed, selectors.EVENT_READ, partial(self._take_printed, worker))
        self._selector.register(tells, selectors.EVENT_READ, partial(self._take_result, worker))
        return pid

    def end(self, number: int) -> None:
        """Tell the worker of the order of this *number* to end; it is killed if it does not."""
        for pid, worker in self._running.items():
            if worker.order.number == number:
                _signal_group(pid, signal.SIGTERM)
                worker.kill_at = time.monotonic() + GRACE_SECONDS

    def pause(self) -> float | None:
        """Return how long nobody need look at them unless something happens, in seconds."""
        workers = self._running.values()
        pauses = [_LOOK_SECONDS for each in workers if each.order.memory is not None]
        kills = [each.kill_at for each in workers if each.kill_at is not None]
        pauses += [max(0.0, when - time.monotonic()) for when in kills]
        return min(pauses, default=None)

    def look(self) -> Iterator[Ended]:
        """Kill what is to be killed, and yield those that are gone."""
        for pid, worker in self._running.items():
            self._watch_memory(pid, worker)
            if worker.kill_at is not None and worker.kill_at <= time.monotonic():
                _signal_group(pid, signal.SIGKILL)
                worker.kill_at = None
        for pid in list(self._running):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                yield self._ended(pid, status)

    def end_all(self) -> None:
        """
        End all that run, and all that they started; return when nobody is left.

        The engine is gone: what it would put back, this does.
        """
        orders = [worker.order for worker in self._running.values()]
        for pid in self._running:
            _signal_group(pid, signal.SIGTERM)
        deadline = time.monotonic() + ORPHAN_GRACE_SECONDS
        while self._running and time.monotonic() < deadline:
            for _ in self.look():
                pass
            time.sleep(0.01)
        for pid in self._running:
            _signal_group(pid, signal.SIGKILL)
        end_strays(self._spared)
        for order in orders:
            for final, half, before in order.in_place:
                with suppress(OSError):
                    os.replace(final, half)  # noqa: PTH105 (three texts)
                with suppress(OSError):
                    os.replace(before, final)  # noqa: PTH105 (as above)

    def _watch_memory(self, pid: int, worker: Worker) -> None:
        """Kill a worker that uses more memory than it may, at once: no machine waits."""
        limit = worker.order.memory
        if limit is not None and not worker.used:
            worker.used = memory_used([pid, *descendants(pid)], more_than=limit)
            if worker.used:
                _signal_group(pid, signal.SIGKILL)

    def _ended(self, pid: int, status: int) -> Ended:
        """End what a worker left running, and let go of it."""
        worker = self._running.pop(pid)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)  # its group lives as long as what it left running
        while self._take_result(worker):
            pass
        if status or not worker.told:
            # It did not get to end them itself, and they are now this process's.
            end_strays(self._spared.union(self._running))
        while self._take_printed(worker):
            pass
        for each in (worker.printed, worker.tells):
            self._stop_listening(each)
            os.close(each)
        worker.log.close()
        code = os.waitstatus_to_exitcode(status)
        result = json.loads(worker.told) if worker.told and code == 0 else None
        return Ended(worker.order.number, code, worker.used, result)

    def _take_printed(self, worker: Worker) -> bool:
        """Take what a worker has printed, if there is some; tell whether there may be more."""
        if piece := self._read(worker.printed):
            worker.log.write(piece)
        return bool(piece)

    def _take_result(self, worker: Worker) -> bool:
        """Take what a worker tells of its result; tell whether there may be more."""
        piece = self._read(worker.tells)
        worker.told += piece
        return bool(piece)

    def _read(self, file: int) -> bytes:
        """Read what there is for now; where there will be no more, listen no more."""
        try:
            piece = os.read(file, _PIECE)
        except BlockingIOError:
            return b""
        if not piece:
            self._stop_listening(file)  # its other end is closed, and the worker may go on
        return piece

    def _stop_listening(self, file: int) -> None:
        with suppress(KeyError):
            self._selector.unregister(file)


def _signal_group(pid: int, number: int) -> None:
    """Send a signal to a worker and all that it started."""
    for send in (os.killpg, os.kill):  # it may not have its group yet
        with suppress(ProcessLookupError, PermissionError):
            send(pid, number)
            return
