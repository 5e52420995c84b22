"""
Doing the work of one order: values in, the action, values out, contracts kept.

Knows one stage and runs in its own process (`capstone_build.hosting.host` starts it);
does not know other stages, nor where outputs end up.
"""

from __future__ import annotations

import os
import subprocess
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from capstone_build.core.artifact import Artifact, Kind
from capstone_build.core.contract import Violation
from capstone_build.core.function import hints_of, parameters_of
from capstone_build.core.outcome import Cause, Failure
from capstone_build.core.signals import signal_name
from capstone_build.core.stage import ShellCommand, Stage
from capstone_build.core.template import argument_list, shell_line, words_of
from capstone_build.errors import CapstoneError
from capstone_build.execution.checking import check
from capstone_build.execution.conversion import ConversionError, read_value, write_value
from capstone_build.execution.forking import ending_with
from capstone_build.execution.order import WorkOrder

_ENGINE = str(Path(__file__).parents[1]) + os.sep


def work(order: WorkOrder, stage: Stage, function: Callable[..., Any] | None) -> Failure | None:
    """
    Run *stage* once, in the current process and working directory.

    Args:
        order: Which paths and values it is given.
        stage: What it declares, contracts included.
        function: The function to call; None for a command.

    Returns:
        How it failed; None if it did not.
    """
    try:
        if violations := tuple(_input_violations(order, stage)):
            return _broken(violations, "an input breaks its contract")
        if isinstance(stage.action, ShellCommand):
            failure = _run_command(stage.action, order)
            if failure is not None:
                return failure
        else:
            assert function is not None, "a Python stage has a function"  # noqa: S101
            _call(function, order, stage)
            _settle()
        if violations := tuple(_output_violations(order, stage)):
            return _broken(violations, "an output breaks its contract")
    except BaseException as error:  # whatever the user's code raises is its failure
        return _raised(error)
    return None


def _raised(error: BaseException) -> Failure:
    """Describe an exception as the failure that it is."""
    if isinstance(error, CapstoneError):
        message, _, facts = str(error).partition("\n")
        return Failure(cause=Cause.RAISED, message=message, traceback=facts)
    if isinstance(error, ConversionError):
        return Failure(cause=Cause.RAISED, message=str(error))
    if isinstance(error, SystemExit):
        how = "before it was done" if error.code in {None, 0} else f"with {error.code!r}"
        return Failure(cause=Cause.EXITED, message=f"it ended the program {how}")
    said = "".join(traceback.format_exception_only(error)).strip().splitlines()
    message = said[0] if said else repr(error)
    return Failure(cause=Cause.RAISED, message=message, traceback=_users(error))


def _call(function: Callable[..., Any], order: WorkOrder, stage: Stage) -> None:
    """Call the function with the values of its inputs, and write what it returns."""
    parameters = parameters_of(function)
    hints = hints_of(function)
    takes_any = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
    values: dict[str, Any] = {
        each.name: read_value(
            hints.get(each.name), [Path(path) for path in order.inputs[each.name]], each.is_list
        )
        for each in stage.inputs
        if each.name in parameters
    }
    values |= {n: Path(path) for n, path in order.outputs.items() if n in parameters}
    # Sorted: the order in which **parameters arrive is not one that was declared.
    values |= {n: v for n, v in sorted(order.parameters.items()) if n in parameters or takes_any}
    root = Path.cwd()
    try:
        result = function(**values)
    finally:
        os.chdir(root)  # where it may have gone does not concern what follows
    returned = [output for output in stage.outputs if output.name not in parameters]
    if len(returned) == 1:
        write_value(result, Path(order.outputs[returned[0].name]))
    elif returned:
        expected = ", ".join(output.name for output in returned)
        if not isinstance(result, tuple) or len(result) != len(returned):
            raise ConversionError(
                f"the function returned {_brief(result)}, where a tuple is expected: ({expected})"
            )
        for output, value in zip(returned, result, strict=True):
            write_value(value, Path(order.outputs[output.name]))


def _settle() -> None:
    """Wait for what the function left at work, as Python does before it ends."""
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.current_thread():
            thread.join()


def _run_command(action: ShellCommand, order: WorkOrder) -> Failure | None:
    values: Mapping[str, Mapping[str, Any]] = {
        "inputs": order.inputs,
        "outputs": order.outputs,
        "params": {name: words_of(value) for name, value in order.parameters.items()},
    }
    if isinstance(action.text, str):
        line = shell_line(action.text, values)
        words = ["/bin/sh", "-ec", line]
    else:
        words = argument_list(action.text, values)
        line = " ".join(words)
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            check=False,
            preexec_fn=ending_with(os.getpid()),
        )
    except OSError as error:
        return Failure(
            cause=Cause.EXITED, message=f"{words[0]!r} cannot be started: {error.strerror}"
        )
    code = done.returncode
    if code < 0:
        return Failure(cause=Cause.SIGNALLED, message=f"ended by {signal_name(-code)}: {line}")
    if code > 0:
        return Failure(cause=Cause.EXITED, message=f"exit code {code}: {line}")
    return None


def _input_violations(order: WorkOrder, stage: Stage) -> Iterator[Violation]:
    for each in stage.inputs:
        for artifact in each.artifacts:
            if artifact.contract is not None:
                for path in order.inputs[each.name]:
                    if artifact.stands_for(path):
                        yield from check(artifact.contract, Path(path), path)


def _output_violations(order: WorkOrder, stage: Stage) -> Iterator[Violation]:
    for output in stage.outputs:
        path = Path(order.outputs[output.name])
        problem = _shape_problem(output.artifact, path)
        if problem:
            yield Violation(output.artifact.path, problem)
        elif output.artifact.contract is not None:
            yield from check(output.artifact.contract, path, output.artifact.path)


def _shape_problem(artifact: Artifact, path: Path) -> str:
    """Say how what is at *path* is not the kind of artifact declared; empty if it is."""
    if path.is_symlink():
        return "the stage left a symbolic link, where content is expected"
    if not path.exists():
        return "the stage did not write it"
    if artifact.kind is Kind.FOLDER:
        if not path.is_dir():
            return "the stage left a file, where a folder is declared"
        return _folder_problem(path)
    if path.is_dir():
        return (
            f"the stage left a folder, where a file is declared (declare {artifact.path + '/'!r})"
        )
    return "" if path.is_file() else "the stage left neither a file nor a folder"


def _folder_problem(folder: Path) -> str:
    """Say what is wrong with an output folder; empty if nothing is."""
    inside = list(folder.rglob("*"))
    if not inside:
        return "the stage wrote nothing into this folder"
    for path in inside:
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            # A link that leads out would change, or dangle, without anybody noticing.
            within = path.exists() and path.resolve().is_relative_to(folder.resolve())
            if not within or path.readlink().is_absolute():
                return f"{name!r} in it is a symbolic link that leads out of the folder"
        elif not path.is_dir() and not path.is_file():
            return f"{name!r} in it is neither a file nor a folder"
    return ""


def _broken(violations: tuple[Violation, ...], message: str) -> Failure:
    return Failure(cause=Cause.BROKE_CONTRACT, message=message, violations=violations)


def _users(error: BaseException) -> str:
    """Format the traceback without the engine's own frames."""
    shown = traceback.TracebackException.from_exception(error)
    chain: list[traceback.TracebackException] = [shown]
    while chain:
        each = chain.pop()
        kept = [frame for frame in each.stack if not frame.filename.startswith(_ENGINE)]
        each.stack = traceback.StackSummary.from_list(kept)
        chain += [inner for inner in (each.__cause__, each.__context__) if inner is not None]
    return "".join(shown.format()).rstrip()


def _brief(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"a {type(value).__name__}"
