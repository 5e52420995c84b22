"""
The worker: a fork of the host that carries out one order, and ends.

Knows what a process of its own needs and what is to be left when it ends; does
not know the other workers, nor what is to be run next.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from capstone_build.authoring.declaration import DeclaredStage, StageFunction
from capstone_build.core.outcome import Cause, Failure
from capstone_build.core.stage import Stage
from capstone_build.execution.action import work
from capstone_build.execution.descendants import adopt, end_strays, has_children
from capstone_build.execution.memory_use import most_resident
from capstone_build.execution.notes import let_children_note
from capstone_build.execution.order import CANNOT_WRITE, RunResult, WorkOrder
from capstone_build.hosting.imports import Imports
from capstone_build.witness.capstone_note_file import into_file

_OF_THE_FIRST_TO_GO = b"500"
"""Where the machine's memory runs out, a stage goes before the build and the user's other work."""

_MORE_THAN_ANY = 1 << 16
"""No file descriptor is this large, as a rule."""


class Ways(NamedTuple):
    """
    The file descriptors of a worker.

    Attributes:
        printed: Takes all that it prints.
        result: Takes what came of it.
        held: Those of the host that are nothing to it.
    """

    printed: int
    result: int
    held: Iterable[int]


def become_worker(root: str, ways: Ways) -> None:
    """
    Make this process, a fork, one of its own.

    Args:
        root: The project's folder, where it works.
        ways: Its file descriptors.
    """
    os.setsid()
    adopt()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.chdir(root)
    with suppress(OSError):
        file = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        os.write(file, _OF_THE_FIRST_TO_GO)
        os.close(file)
    os.dup2(ways.printed, 1)
    os.dup2(ways.printed, 2)
    for each in (*ways.held, ways.printed):
        os.close(each)


def carry_out(
    order: WorkOrder, stage: Stage, declared: DeclaredStage, imports: Imports, way: int
) -> int:
    """
    Do the work of *order* in this process and tell its result.

    Args:
        order: What is to be done.
        stage: What it is to be done for.
        declared: The same as the user has it.
        imports: What was imported for it.
        way:
            The file descriptor of a pipe that takes the result. A stage may
            close it: then the result is left in the file that the order names.

    Returns:
        The exit code of this process.
    """
    pipe = os.fstat(way)
    streams = (sys.stdout, sys.stderr)  # the stage may put others in their place
    for stream in streams:
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # both are text files
    function = declared.function if isinstance(declared, StageFunction) else None
    loaded = dict(imports.compiled)
    notes = os.path.join(imports.root, order.notes)  # noqa: PTH118 (for each run, see `forking`)
    imports.witness.turn_to(into_file(notes))
    imports.witness.expect(path for paths in order.inputs.values() for path in paths)
    let_children_note(imports.root, notes)
    began = time.monotonic()
    failure = work(order, stage, function)
    result = RunResult(
        number=order.number,
        seconds=time.monotonic() - began,
        failure=failure,
        compiled=dict(imports.compiled.items() - loaded.items()),
        memory=most_resident(),
    )
    for stream in streams:
        with suppress(OSError, ValueError):
            stream.flush()
    if has_children():
        end_strays()
    try:
        is_open = os.path.samestat(os.fstat(way), pipe)
    except OSError:
        is_open = False
    if not is_open:
        told = json.dumps(result.as_record()).encode()
        return _leave(told, Path(imports.root, order.result))
    return _tell(result, way)


def refuse(order: WorkOrder, way: int) -> int:
    """Tell that what the *order* is for is declared otherwise by now; return the exit code."""
    message = "it is declared otherwise than when the build began"
    failure = Failure(cause=Cause.CODE_MOVED, message=message)
    return _tell(RunResult(number=order.number, seconds=0.0, failure=failure), way)


def _tell(result: RunResult, way: int) -> int:
    told = json.dumps(result.as_record()).encode()
    while told:
        told = told[os.write(way, told) :]
    return 0


def _leave(told: bytes, path: Path) -> int:
    """Write down what cannot be told any more; return the exit code that this is worth."""
    try:
        try:
            _write(told, path)
        except OSError as error:
            if error.errno not in {errno.EMFILE, errno.ENFILE}:
                raise
            os.closerange(3, _MORE_THAN_ANY)  # files that the stage opened and left so
            _write(told, path)
    except OSError:
        return CANNOT_WRITE
    return 0


def _write(told: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)  # a stage may have removed what it found
    beside = path.with_suffix(".tmp")
    beside.write_bytes(told)
    beside.replace(path)
