"""
The executor: hands orders to workers and brings back their results.

Knows the host process, which loads the pipeline and starts a worker for each
order (`capstone_build.hosting.host` is its other end); does not know the graph.
"""

from __future__ import annotations

import errno
import json
import os
import selectors
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from capstone_build.core.outcome import Cause, Failure
from capstone_build.core.signals import signal_name
from capstone_build.core.size import spell_size
from capstone_build.disk import disk_failed
from capstone_build.errors import MemoryFailedError
from capstone_build.execution.host import GRACE_SECONDS, Host
from capstone_build.execution.memory_use import processes_killed_for_want_of_memory
from capstone_build.execution.order import CANNOT_WRITE, RunResult, WorkOrder

_LONGEST = 3600.0
"""No wait for the host is longer, in seconds: operating systems limit it."""

_RESULT_SIZE = 1 << 14
"""What a worker tells of its run has more or less this size, in bytes."""


class Executor(Protocol):
    """Runs orders, here or elsewhere."""

    def submit(self, order: WorkOrder) -> None:
        """Begin to carry out *order*."""

    def wait(self, seconds: float | None = None) -> Iterator[RunResult]:
        """Wait until at least one order ended, at most so many seconds; yield the results."""

    def end(self, number: int) -> None:
        """End one order before it is through; its result tells that it failed."""

    def stop(self) -> None:
        """End everything that runs."""


class LocalExecutor:
    """
    Runs orders on this machine, each in a process of its own.

    Args:
        host: The process that starts the workers.
        root: The project's root.
    """

    def __init__(self, host: Host, root: Path) -> None:
        self._host = host
        self._root = root
        self._running: dict[int, tuple[WorkOrder, float]] = {}
        self._workers: dict[int, int] = {}  # number of an order -> process id
        self._timed_out: set[int] = set()
        self._killed = processes_killed_for_want_of_memory()

    def submit(self, order: WorkOrder) -> None:
        """Begin to carry out *order*."""
        began = time.monotonic()
        self._host.tell({"run": order.as_record()})
        self._running[order.number] = (order, began)

    def wait(self, seconds: float | None = None) -> Iterator[RunResult]:
        """Wait until at least one order ended, at most so many seconds; yield the results."""
        deadline = None if seconds is None else time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self._host.answers, selectors.EVENT_READ)
            while self._running:
                self._end_overdue()
                limits = [each for each in (deadline, self._next_timeout()) if each is not None]
                pause = min(max(0.0, min(limits) - time.monotonic()), _LONGEST) if limits else None
                if not selector.select(pause):
                    if deadline is not None and time.monotonic() >= deadline:
                        return
                    continue
                messages = self._host.hear()
                if messages is None:
                    yield from self._all_lost()
                    return
                ended = [message for message in messages if "status" in message]
                self._workers |= {m["number"]: m["pid"] for m in messages if "pid" in m}
                if ended:
                    for message in ended:
                        yield self._result(**message)
                    return

    def end(self, number: int) -> None:
        """End one order before it is through; its result tells that it failed."""
        self._host.tell({"stop": [number]})

    def stop(self) -> None:
        """End everything that runs: politely, then by force."""
        if not self._running:
            return
        self._host.tell({"stop": list(self._running)})
        deadline = time.monotonic() + GRACE_SECONDS + 2
        while self._running and time.monotonic() < deadline:
            for _ in self.wait(deadline - time.monotonic()):
                pass
        self._running.clear()

    def _next_timeout(self) -> float | None:
        limits = [
            started + order.timeout
            for order, started in self._running.values()
            if order.timeout is not None and order.number not in self._timed_out
        ]
        return min(limits, default=None)

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for number, (order, started) in self._running.items():
            overdue = order.timeout is not None and now - started >= order.timeout
            if overdue and number not in self._timed_out:
                self._timed_out.add(number)
                self._host.tell({"stop": [number]})

    def _result(
        self, number: int, status: int, used: int = 0, result: Mapping[str, Any] | None = None
    ) -> RunResult:
        """
        Take what the worker told or left, or tell why there is nothing.

        Args:
            number: Of its order.
            status: Its exit code, or the number of the signal that ended it, negative.
            used: The memory for whose use it was ended, in bytes; 0 if it was not.
            result: What it told.

        Raises:
            MemoryFailedError: If it could not write its result.
        """
        order, started = self._running.pop(number)
        self._workers.pop(number, None)
        seconds = time.monotonic() - started
        overdue = number in self._timed_out
        self._timed_out.discard(number)
        if used:
            return RunResult(number=number, seconds=seconds, failure=_too_much(used, order))
        if overdue:
            message = f"it ran longer than its timeout of {order.timeout:g} s"
            failure = Failure(cause=Cause.TIMED_OUT, message=message)
            return RunResult(number=number, seconds=seconds, failure=failure)
        try:
            if result is None:
                result = json.loads((self._root / order.result).read_bytes())
            return RunResult.from_record(result)
        except (OSError, ValueError, KeyError, TypeError):
            if status == CANNOT_WRITE:
                raise _not_written(self._root / order.result) from None
            return RunResult(number=number, seconds=seconds, failure=self._ended(status))

    def _ended(self, status: int) -> Failure:
        """Describe the end of a worker that left no result."""
        if status >= 0:
            return Failure(
                cause=Cause.EXITED,
                message=f"its process ended with exit code {status} before it was done",
            )
        message = f"its process was ended by {signal_name(-status)}"
        if status == -signal.SIGKILL and processes_killed_for_want_of_memory() > self._killed:
            message += ": the machine ran out of memory"
        return Failure(cause=Cause.SIGNALLED, message=message)

    def _all_lost(self) -> Iterator[RunResult]:
        """The host is gone: end what its workers started, which outlives them."""
        for number in list(self._running):
            if (pid := self._workers.get(number)) is not None:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)
            yield self._result(number, -signal.SIGKILL)


def _too_much(used: int, order: WorkOrder) -> Failure:
    limit = spell_size(order.memory or 0)
    message = f"it used {spell_size(used)} of memory, and its limit is {limit}"
    return Failure(cause=Cause.OUT_OF_MEMORY, message=message)


def _not_written(path: Path) -> MemoryFailedError:
    """Describe why a worker could not write its result, after trying it again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(_RESULT_SIZE))
    except OSError as error:
        return disk_failed(path, error, _RESULT_SIZE)
    return disk_failed(path, OSError(errno.EIO, os.strerror(errno.EIO)))
