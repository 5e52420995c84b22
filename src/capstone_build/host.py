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
from capstone_build.execution.action import work
from capstone_build.execution.conversion import FORMS, unsupported
from capstone_build.execution.executor import GRACE_SECONDS
from capstone_build.execution.forking import ending_with
from capstone_build.execution.notes import let_children_note
from capstone_build.execution.order import RunResult, WorkOrder
from capstone_build.imports import Imports
from capstone_build.witness.capstone_note_file import into_file

ORPHAN_GRACE_SECONDS = 0.5
"""The same where the engine itself is gone and nobody waits."""


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
        self._root = imports.root
        self._answers = answers
        self._chance = imports.chance
        self._orders = orders
        self._end_with_host = ending_with(os.getpid())
        self._awake, self._wakes = os.pipe()
        self._workers: dict[int, int] = {}  # process id -> number of its order
        self._kill_at: dict[int, float] = {}

    def serve(self) -> None:
        """Carry out orders until there are no more."""
        for end in (self._awake, self._wakes):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wakes, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        unread = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self._orders, selectors.EVENT_READ)
            selector.register(self._awake, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select(self._next_kill())}
                if self._awake in ready:
                    with suppress(BlockingIOError):
                        os.read(self._awake, 1 << 12)
                if self._orders in ready:
                    piece = os.read(self._orders, 1 << 16)
                    if not piece:
                        break
                    *lines, unread = (unread + piece).split(b"\n")
                    for line in lines:
                        self._obey(json.loads(line))
                self._kill_overdue()
                self._report_ended()
        self._end_all()

    def _obey(self, message: dict[str, Any]) -> None:
        if "run" in message:
            order = WorkOrder.from_record(message["run"])
            pid = self._fork(order)
            self._workers[pid] = order.number
            self._answer({"number": order.number, "pid": pid})
        for number in message.get("stop", ()):
            for pid in [pid for pid, each in self._workers.items() if each == number]:
                _signal_group(pid, signal.SIGTERM)
                self._kill_at[pid] = time.monotonic() + GRACE_SECONDS

    def _fork(self, order: WorkOrder) -> int:
        """Start a worker for *order* as a fork of this process; return its process id."""
        pid = os.fork()
        if pid:
            return pid
        try:
            os.setsid()
            self._end_with_host()
            self._chance.restore()
            signal.set_wakeup_fd(-1)
            for each in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
                signal.signal(each, signal.SIG_DFL)
            os.chdir(self._root)
            log = os.open(order.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(log, 1)
            os.dup2(log, 2)
            for held in (self._orders, self._answers.fileno(), self._awake, self._wakes, log):
                os.close(held)
            self._carry_out(order)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(70)
        os._exit(0)

    def _carry_out(self, order: WorkOrder) -> None:
        """Do the work of *order* in this process and leave its result in the file named."""
        streams = (sys.stdout, sys.stderr)  # the stage may put others in their place
        for stream in streams:
            stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # both are text files
        declared = self._declared[order.stage]
        function = declared.function if isinstance(declared, StageFunction) else None
        compiled = self._imports.compiled
        loaded = dict(compiled)
        notes = str(Path(self._root, order.notes))
        self._imports.witness.turn_to(into_file(notes))
        let_children_note(self._root, notes)
        began = time.monotonic()
        failure = work(order, self._stages[order.stage], function)
        result = RunResult(
            number=order.number,
            seconds=time.monotonic() - began,
            failure=failure,
            compiled=dict(compiled.items() - loaded.items()),
        )
        for stream in streams:
            with suppress(OSError, ValueError):
                stream.flush()
        path = Path(self._root, order.result)
        path.parent.mkdir(parents=True, exist_ok=True)  # a stage may have removed what it found
        beside = path.with_suffix(".tmp")
        beside.write_text(json.dumps(result.as_record()), encoding="utf-8")
        beside.replace(path)

    def _next_kill(self) -> float | None:
        if not self._kill_at:
            return None
        return max(0.0, min(self._kill_at.values()) - time.monotonic())

    def _kill_overdue(self) -> None:
        now = time.monotonic()
        for pid in [pid for pid, when in self._kill_at.items() if when <= now]:
            _signal_group(pid, signal.SIGKILL)
            del self._kill_at[pid]

    def _report_ended(self) -> None:
        """Tell the engine of workers that ended, and end what they left running."""
        for pid in list(self._workers):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)  # its group lives as long as what it left running
            self._kill_at.pop(pid, None)
            number = self._workers.pop(pid)
            self._answer({"number": number, "status": os.waitstatus_to_exitcode(status)})

    def _answer(self, message: dict[str, int]) -> None:
        with suppress(BrokenPipeError):
            self._answers.write(json.dumps(message).encode() + b"\n")
            self._answers.flush()

    def _end_all(self) -> None:
        for pid in self._workers:
            _signal_group(pid, signal.SIGTERM)
        deadline = time.monotonic() + ORPHAN_GRACE_SECONDS
        while self._workers and time.monotonic() < deadline:
            self._report_ended()
            time.sleep(0.01)
        for pid in self._workers:
            _signal_group(pid, signal.SIGKILL)


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
