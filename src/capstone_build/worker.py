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

from capstone_build.authoring.declaration import DeclaredStage, StageFunction
from capstone_build.core.stage import Stage
from capstone_build.execution.action import work
from capstone_build.execution.descendants import adopt, end_strays, has_children
from capstone_build.execution.notes import let_children_note
from capstone_build.execution.order import CANNOT_WRITE, RunResult, WorkOrder
from capstone_build.imports import Imports
from capstone_build.witness.capstone_note_file import into_file

_OF_THE_FIRST_TO_GO = b"500"
"""Where the machine's memory runs out, a stage goes before the build and the user's other work."""

_MORE_THAN_ANY = 1 << 16
"""No file descriptor is this large, as a rule."""


def become_worker(root: str, printed: int, held: Iterable[int]) -> None:
    """
    Make this process, a fork, one of its own.

    Args:
        root: The project's folder, where it works.
        printed: The file descriptor that takes all that it prints.
        held: File descriptors of the host that are nothing to it.
    """
    os.setsid()
    adopt()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.chdir(root)
    with suppress(OSError), open("/proc/self/oom_score_adj", "wb") as file:  # noqa: PTH123
        file.write(_OF_THE_FIRST_TO_GO)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    for each in (*held, printed):
        os.close(each)


def carry_out(order: WorkOrder, stage: Stage, declared: DeclaredStage, imports: Imports) -> int:
    """
    Do the work of *order* in this process and leave its result in the file named.

    Returns:
        The exit code of this process.
    """
    streams = (sys.stdout, sys.stderr)  # the stage may put others in their place
    for stream in streams:
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # both are text files
    function = declared.function if isinstance(declared, StageFunction) else None
    loaded = dict(imports.compiled)
    notes = str(Path(imports.root, order.notes))
    imports.witness.turn_to(into_file(notes))
    let_children_note(imports.root, notes)
    began = time.monotonic()
    failure = work(order, stage, function)
    result = RunResult(
        number=order.number,
        seconds=time.monotonic() - began,
        failure=failure,
        compiled=dict(imports.compiled.items() - loaded.items()),
    )
    for stream in streams:
        with suppress(OSError, ValueError):
            stream.flush()
    if has_children():
        end_strays()
    return _leave(result, Path(imports.root, order.result))


def _leave(result: RunResult, path: Path) -> int:
    try:
        try:
            _write(result, path)
        except OSError as error:
            if error.errno not in {errno.EMFILE, errno.ENFILE}:
                raise
            os.closerange(3, _MORE_THAN_ANY)  # files that the stage opened and left so
            _write(result, path)
    except OSError:
        return CANNOT_WRITE
    return 0


def _write(result: RunResult, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)  # a stage may have removed what it found
    beside = path.with_suffix(".tmp")
    beside.write_text(json.dumps(result.as_record()), encoding="utf-8")
    beside.replace(path)
