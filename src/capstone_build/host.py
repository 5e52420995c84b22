"""
The host: the process that loads the pipeline and starts a worker for each run.

Knows the user's code, which is never imported in the engine's own process;
does not know the graph, nor why a stage runs. Its other end is
`capstone_build.execution.executor`: a line of JSON for each message, orders on
standard input, answers on standard output. When its input ends, it ends, and
all its workers with it.

A worker is a fork of the host: the libraries that the pipeline imports are
loaded once for all stages, and each stage still has a process of its own.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, NoReturn

from capstone_build.authoring.declaration import StageFunction
from capstone_build.authoring.loading import LoadedPipeline, load
from capstone_build.core.digest import Digest
from capstone_build.core.function import hints_of
from capstone_build.core.stage import PythonCall
from capstone_build.core.stage_record import stage_as_record
from capstone_build.core.variable import digest_variable
from capstone_build.errors import DeclarationError, PipelineError
from capstone_build.execution.bounded_log import BoundedLog
from capstone_build.execution.conversion import FORMS, unsupported
from capstone_build.execution.descendants import adopt, descendants, end_strays
from capstone_build.execution.executor import GRACE_SECONDS
from capstone_build.execution.forking import ending_with
from capstone_build.execution.memory_use import memory_used
from capstone_build.execution.order import WorkOrder
from capstone_build.imports import Imports
from capstone_build.worker import become_worker, carry_out

ORPHAN_GRACE_SECONDS = 0.5
"""The same where the engine itself is gone and nobody waits."""

_LOOK_SECONDS = 0.05
"""How often the memory of stages is looked at that have a limit."""

_PIECE = 1 << 18
"""How much of what is printed is taken at once, in bytes."""


@dataclass(slots=True)
class Worker:
    """
    A worker that runs.

    Attributes:
        order: What it carries out.
        printed: The file descriptor that brings what it prints.
        log: Where that goes.
        kill_at: When it is killed, by the clock that only goes on; None if it need not be.
        used: The bytes of memory for whose use it is ended; 0 if it is not.
    """

    order: WorkOrder
    printed: int
    log: BoundedLog
    kill_at: float | None = None
    used: int = 0


class HostProcess:
    """
    The state of the host: what is loaded and what runs.

    Args:
        pipeline: What was loaded.
        imports: What its modules are.
        orders: The file descriptor that brings messages from the engine.
        answers: Where messages to the engine go.
    """

    def __init__(
        self,
        pipeline: LoadedPipeline,
        imports: Imports,
        orders: int,
        answers: IO[bytes],
    ) -> None:
        self._declared = pipeline.declared
        self._stages = {stage.name: stage for stage in pipeline.stages}
        self._imports = imports
        self._answers = answers
        self._orders = orders
        self._unread = b""
        self._is_wanted = True
        self._end_with_host = ending_with(os.getpid())
        self._awake, self._wakes = os.pipe()
        self._selector = selectors.DefaultSelector()
        self._workers: dict[int, Worker] = {}
        # What the import started goes on; what workers leave does not.
        self._spared = set(descendants(os.getpid())) if adopt() else set()

    def serve(self) -> None:
        """Carry out orders until there are no more."""
        for end in (self._awake, self._wakes):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wakes, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(self._awake, selectors.EVENT_READ, self._wake)
        self._selector.register(self._orders, selectors.EVENT_READ, self._take_orders)
        while self._is_wanted:
            for key, _ in self._selector.select(self._pause()):
                key.data()
            self._end_greedy()
            self._kill_overdue()
            self._report_ended()
        self._end_all()

    def _wake(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._awake, 1 << 12)

    def _take_orders(self) -> None:
        piece = os.read(self._orders, 1 << 16)
        self._is_wanted = bool(piece)
        *lines, self._unread = (self._unread + piece).split(b"\n")
        for line in lines:
            self._obey(json.loads(line))

    def _obey(self, message: dict[str, Any]) -> None:
        if "run" in message:
            order = WorkOrder.from_record(message["run"])
            self._answer({"number": order.number, "pid": self._start(order)})
        for number in message.get("stop", ()):
            for pid, worker in self._workers.items():
                if worker.order.number == number:
                    self._end(pid, worker)

    def _start(self, order: WorkOrder) -> int:
        """Start a worker for *order*; return its process id."""
        printed, prints = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._work(order, printed, prints)
        os.close(prints)
        os.set_blocking(printed, False)
        log = BoundedLog(str(Path(self._imports.root, order.log)))
        self._workers[pid] = worker = Worker(order, printed, log)
        self._selector.register(printed, selectors.EVENT_READ, partial(self._take_printed, worker))
        return pid

    def _work(self, order: WorkOrder, printed: int, prints: int) -> NoReturn:
        """Be the worker for *order*."""
        code = 70
        try:
            self._end_with_host()
            self._imports.chance.restore()
            mine = (self._orders, self._answers.fileno(), self._awake, self._wakes, printed)
            others = (worker.printed for worker in self._workers.values())
            become_worker(self._imports.root, prints, (*mine, *others))
            stage, declared = self._stages[order.stage], self._declared[order.stage]
            code = carry_out(order, stage, declared, self._imports)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(code)

    def _take_printed(self, worker: Worker) -> bool:
        """Take what a worker has printed, if there is some; tell whether there may be more."""
        try:
            piece = os.read(worker.printed, _PIECE)
        except BlockingIOError:
            return False
        if not piece:
            self._stop_listening(worker)  # it has closed its output, and may go on for long
            return False
        worker.log.write(piece)
        return True

    def _pause(self) -> float | None:
        """Return how long nothing need be looked at unless something happens, in seconds."""
        pauses = [_LOOK_SECONDS for each in self._workers.values() if each.order.memory is not None]
        kills = [each.kill_at for each in self._workers.values() if each.kill_at is not None]
        pauses += [max(0.0, when - time.monotonic()) for when in kills]
        return min(pauses, default=None)

    def _end_greedy(self) -> None:
        """End the workers that use more memory than they may, at once: no machine waits."""
        for pid, worker in self._workers.items():
            limit = worker.order.memory
            if limit is not None and not worker.used:
                worker.used = memory_used([pid, *descendants(pid)], more_than=limit)
                if worker.used:
                    _signal_group(pid, signal.SIGKILL)

    def _end(self, pid: int, worker: Worker) -> None:
        """Tell a worker to end; it is killed if it does not."""
        _signal_group(pid, signal.SIGTERM)
        worker.kill_at = time.monotonic() + GRACE_SECONDS

    def _kill_overdue(self) -> None:
        now = time.monotonic()
        for pid, worker in self._workers.items():
            if worker.kill_at is not None and worker.kill_at <= now:
                _signal_group(pid, signal.SIGKILL)
                worker.kill_at = None

    def _report_ended(self) -> None:
        """Tell the engine of workers that ended, and end what they left running."""
        for pid, worker in list(self._workers.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            del self._workers[pid]
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)  # its group lives as long as what it left running
            if status or not Path(self._imports.root, worker.order.result).exists():
                # It did not get to end them itself, and they are now this process's.
                end_strays(self._spared.union(self._workers))
            while self._take_printed(worker):
                pass
            self._stop_listening(worker)
            os.close(worker.printed)
            worker.log.close()
            code = os.waitstatus_to_exitcode(status)
            self._answer({"number": worker.order.number, "status": code, "used": worker.used})

    def _stop_listening(self, worker: Worker) -> None:
        with suppress(KeyError):
            self._selector.unregister(worker.printed)

    def _answer(self, message: dict[str, int]) -> None:
        with suppress(BrokenPipeError):
            self._answers.write(json.dumps(message).encode() + b"\n")
            self._answers.flush()

    def _end_all(self) -> None:
        for pid, worker in self._workers.items():
            self._end(pid, worker)
        deadline = time.monotonic() + ORPHAN_GRACE_SECONDS
        while self._workers and time.monotonic() < deadline:
            self._report_ended()
            time.sleep(0.01)
        for pid in self._workers:
            _signal_group(pid, signal.SIGKILL)
        end_strays(self._spared)


def main() -> NoReturn:
    """Load the pipeline named on the command line, tell of it, and serve."""
    root, module = sys.argv[1:3]
    sys.argv[1:] = []  # no command line is the stages'
    # The user's modules neither read the engine's orders nor print among the answers.
    orders, answers = os.dup(0), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    before = dict(os.environ)
    imports = Imports(root)
    try:
        pipeline = load(Path(root), module, imports.compile)
        problems = [*pipeline.problems, *_form_problems(pipeline)]
    except PipelineError as error:
        greeting: dict[str, Any] = {"stages": [], "problems": [error.as_record()]}
        imports.end()
    else:
        greeting = {
            "stages": [stage_as_record(stage) for stage in pipeline.stages],
            "problems": [problem.as_record() for problem in problems],
            "compiled": imports.compiled,
            "notes": imports.notes,
            "environment": _changed(before),
            "rests on": imports.end(),
        }
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    answers.write(json.dumps(greeting).encode() + b"\n")
    answers.flush()
    if not greeting["problems"]:
        imports.chance.settle()
        gc.freeze()  # workers share this memory until they write to it
        HostProcess(pipeline, imports, orders, answers).serve()
    os._exit(0)  # threads that the user's modules started have nobody to work for


def _changed(before: Mapping[str, str]) -> dict[str, Digest]:
    """Digest the environment variables that the pipeline set or unset when it was imported."""
    now = dict(os.environ)
    names = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
    return {name: digest_variable(now.get(name)) for name in sorted(names)}


def _form_problems(pipeline: LoadedPipeline) -> Iterator[PipelineError]:
    """Find annotations in whose form no input can arrive."""
    for stage in pipeline.stages:
        declared = pipeline.declared[stage.name]
        if not isinstance(declared, StageFunction) or not isinstance(stage.action, PythonCall):
            continue
        hints = hints_of(declared.function)
        for each in stage.inputs:
            if each.name in stage.action.forms and unsupported(hints.get(each.name), each.is_list):
                yield DeclarationError(
                    f"stage {stage.name!r}: the input {each.name!r} cannot arrive as "
                    f"{stage.action.forms[each.name]}",
                    facts={"declared at": str(stage.location)},
                    hint=f"Annotate it with {FORMS}.",
                )


def _signal_group(pid: int, number: int) -> None:
    """Send a signal to a worker and all that it started."""
    for send in (os.killpg, os.kill):  # it may not have its group yet
        with suppress(ProcessLookupError, PermissionError):
            send(pid, number)
            return


if __name__ == "__main__":
    main()
