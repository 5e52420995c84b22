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
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Any, NoReturn

from capstone_build.authoring.declaration import StageFunction
from capstone_build.authoring.loading import LoadedPipeline, load
from capstone_build.core.digest import Digest
from capstone_build.core.function import hints_of
from capstone_build.core.stage import PythonCall, Stage
from capstone_build.core.stage_record import digest_declared, stage_as_record
from capstone_build.core.variable import digest_variable
from capstone_build.errors import DeclarationError, PipelineError
from capstone_build.execution.conversion import FORMS, unsupported
from capstone_build.execution.forking import ending_with
from capstone_build.execution.order import WorkOrder
from capstone_build.hosting.imports import Imports
from capstone_build.hosting.worker import Ways, become_worker, carry_out, refuse
from capstone_build.hosting.workers import Workers


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
        self._pipeline = pipeline
        self._imports = imports
        self._answers = answers
        self._orders = orders
        self._unread = b""
        self._is_wanted = True
        self._end_with_host = ending_with(os.getpid())
        self._awake, self._wakes = os.pipe()
        self._selector = selectors.DefaultSelector()
        self._workers = Workers(imports.root, self._selector)

    def serve(self) -> None:
        """Carry out orders until there are no more."""
        for end in (self._awake, self._wakes):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._wakes, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(self._awake, selectors.EVENT_READ, self._wake)
        self._selector.register(self._orders, selectors.EVENT_READ, self._take_orders)
        while self._is_wanted:
            for key, _ in self._selector.select(self._workers.pause()):
                key.data()
            for ended in self._workers.look():
                self._answer(ended._asdict())
        self._workers.end_all()

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
            self._pipeline.stage(order.stage)  # read once, for this worker and all that come
            pid = self._workers.start(order, partial(self._work, order))
            self._answer({"number": order.number, "pid": pid})
        for number in message.get("stop", ()):
            self._workers.end(number)

    def _work(self, order: WorkOrder, ways: Ways) -> int:
        """Be the worker for *order*; return its exit code."""
        self._end_with_host()
        self._imports.chance.restore()
        mine = (self._orders, self._answers.fileno(), self._awake, self._wakes)
        become_worker(self._imports.root, ways._replace(held=(*ways.held, *mine)))
        try:
            found = self._pipeline.stage(order.stage)
            if found is None or not _is_as_declared(found[0], order):
                return refuse(order, ways.result)
            return carry_out(order, *found, self._imports, ways.result)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            raise

    def _answer(self, message: dict[str, Any]) -> None:
        with suppress(BrokenPipeError):
            self._answers.write(json.dumps(message).encode() + b"\n")
            self._answers.flush()


def _is_as_declared(stage: Stage, order: WorkOrder) -> bool:
    return order.declared is None or order.declared == digest_declared(stage)


def main() -> NoReturn:
    """
    Load the pipeline named on the command line, tell of it, and serve.

    Where `--as-known` follows, whoever asks knows the stages: none is told of, and
    what one declares is read when it is to run.
    """
    root, module, *how = sys.argv[1:]
    sys.argv[1:] = []  # no command line is the stages'
    before = dict(os.environ)
    be_host(root, module, Imports(root), before, as_known=bool(how))


def be_host(
    root: str, module: str, imports: Imports, before: Mapping[str, str], *, as_known: bool = False
) -> NoReturn:
    """
    Load a pipeline, tell of it, and serve.

    Args:
        root: The project's folder.
        module: The module that declares the pipeline.
        imports: What is imported so far: none of the project's modules.
        before: The environment variables before anything was imported.
        as_known: Whether whoever asks knows the stages, see `main`.
    """
    # The user's modules neither read the engine's orders nor print among the answers.
    orders, answers = os.dup(0), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pipeline = load(Path(root), module, imports.compile)
        problems = [] if as_known else [*pipeline.interpret(), *_form_problems(pipeline)]
    except PipelineError as error:
        greeting: dict[str, Any] = {"stages": [], "problems": [error.as_record()]}
        imports.end()
    else:
        greeting = {
            "stages": [stage_as_record(stage) for stage, _ in pipeline.stages()],
            "problems": [problem.as_record() for problem in problems],
            "compiled": imports.compiled,
            "notes": imports.notes,
            "environment": _changed(before),
            "rests on": imports.end(),
        }
        if imports.libraries is not None:
            greeting["libraries"] = imports.libraries.told()
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
    for stage, declared in pipeline.stages():
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


if __name__ == "__main__":
    main()
