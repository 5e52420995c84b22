"""
What a user writes to declare a stage: `@stage(...)` and `command(...)`.

Knows nothing but what was written and where: a declaration is read and judged
later (`capstone_build.authoring.interpretation`), all of them at once, so that
every mistake can be reported in one go.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from types import ModuleType
from typing import Any, Generic, ParamSpec, TypeAlias, TypeVar

from capstone_build.core.artifact import Artifact
from capstone_build.core.digest import JsonValue
from capstone_build.core.stage import Location

P = ParamSpec("P")
R = TypeVar("R")

DeclaredPath: TypeAlias = "str | PathLike[str] | Artifact"
DeclaredInputs: TypeAlias = Mapping[str, "DeclaredPath | Sequence[DeclaredPath]"]
DeclaredOutputs: TypeAlias = Mapping[str, DeclaredPath]
CodeReference: TypeAlias = "Callable[..., Any] | ModuleType | DeclaredStage | str | PathLike[str]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """
    A stage as it was written, not yet judged: any field may be nonsense.

    The fields are those of `stage`, and the name of the module that declares it.
    """

    name: str
    inputs: DeclaredInputs
    outputs: DeclaredOutputs
    params: Mapping[str, JsonValue]
    env: Sequence[str]
    timeout: float | None
    memory: str | int | None
    retries: int
    code: Sequence[CodeReference]
    ignore: Sequence[CodeReference]
    tags: Sequence[str]
    version: str | float | None
    location: Location
    module: str


class DeclaredStage:
    """
    A stage as `stage` and `command` return it: what a pipeline file holds.

    Attributes:
        declaration: What was written.
    """

    def __init__(self, declaration: Declaration) -> None:
        self.declaration = declaration
        ALL_DECLARED.append(self)

    def __repr__(self) -> str:
        """Show the stage's name."""
        return f"<stage {self.declaration.name}>"


ALL_DECLARED: list[DeclaredStage] = []
"""Every stage declared in this process, so that one that got lost can be named."""


class StageFunction(DeclaredStage, Generic[P, R]):
    """
    A function that is declared as a stage, and still the plain function when called.

    Attributes:
        function: The function.
    """

    def __init__(self, function: Callable[P, R], declaration: Declaration) -> None:
        super().__init__(declaration)
        functools.update_wrapper(self, function)
        self.function = function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function, as if it were not a stage."""
        return self.function(*args, **kwargs)


class StageCommand(DeclaredStage):
    """
    A command that is declared as a stage.

    Attributes:
        text: A line for the shell, or a program and its arguments.
    """

    def __init__(self, text: str | Sequence[str], declaration: Declaration) -> None:
        super().__init__(declaration)
        self.text = text


def stage(
    *,
    outputs: DeclaredOutputs,
    inputs: DeclaredInputs | None = None,
    params: Mapping[str, JsonValue] | None = None,
    env: Sequence[str] = (),
    timeout: float | None = None,
    memory: str | int | None = None,
    retries: int = 0,
    code: Sequence[CodeReference] = (),
    ignore: Sequence[CodeReference] = (),
    tags: Sequence[str] = (),
    version: str | float | None = None,
    name: str | None = None,
) -> Callable[[Callable[P, R]], StageFunction[P, R]]:
    """
    Declare that a function is a stage.

    Every parameter of the function is the name of an input, an output or a
    parameter. Its annotation decides how an input arrives: `Path`, `str`,
    `bytes`, `dict` or `list` (JSON), `pandas.DataFrame`, `pyarrow.Table`, a
    pydantic model; `list[...]` of those where the input is a pattern or a
    list. An output that is a parameter arrives as the `Path` to write to; any
    other is what the function returns, several as a tuple in their order.

    Args:
        outputs:
            Name to path, from the project's root. A `/` at the end makes it a
            folder, which is there, empty, when the function starts. An
            `Artifact` adds a contract.
        inputs: Name to path, pattern (`data/*.csv`, `**`), folder, or a list.
        params:
            Name to default value (what JSON can say). `capstone.toml` and
            `--set` override it.
        env: Environment variables whose values count.
        timeout: Longest run, in seconds.
        memory:
            Most memory that a run and all that it starts may use: `"2GB"`,
            `"512MiB"`, or a number of bytes. A run that uses more is ended.
        retries: How often a failed run is tried again.
        code:
            What counts as the stage's code besides what its function reaches:
            functions, classes and modules, as objects or as text
            (`"module:name"`, `"module"`), and files, patterns and folders. A
            Python file counts as a script does: comments in it do not matter.
        ignore:
            Functions, classes and modules, as objects or as text, that do not
            matter, nor what only they lead to: a logging helper, say.
        tags: Words by which to select it along with others: `capstone build tag:slow`.
        version:
            A name for the present state of the stage: another one runs it again.
        name: What the stage is called; the function's name by default.
    """
    where, module = _caller()

    def declared(function: Callable[P, R]) -> StageFunction[P, R]:
        chosen = name if name is not None else getattr(function, "__name__", "")
        declaration = Declaration(
            name=chosen,
            inputs=inputs if inputs is not None else {},
            outputs=outputs,
            params=params if params is not None else {},
            env=env,
            timeout=timeout,
            memory=memory,
            retries=retries,
            code=code,
            ignore=ignore,
            tags=tags,
            version=version,
            location=where,
            module=module,
        )
        return StageFunction(function, declaration)

    return declared


def command(
    text: str | Sequence[str],
    *,
    name: str,
    outputs: DeclaredOutputs,
    inputs: DeclaredInputs | None = None,
    params: Mapping[str, JsonValue] | None = None,
    env: Sequence[str] = (),
    timeout: float | None = None,
    memory: str | int | None = None,
    retries: int = 0,
    code: Sequence[CodeReference] = (),
    ignore: Sequence[CodeReference] = (),
    tags: Sequence[str] = (),
    version: str | float | None = None,
) -> StageCommand:
    """
    Declare a stage that runs a command.

    Args:
        text:
            A line for the shell (`sh -e`), or a list: a program and its
            arguments, run without a shell. `{inputs.x}`, `{outputs.x}` and
            `{params.x}` stand for paths and values, quoted as the shell needs
            it; other braces are left alone. A command that does not mention
            `{outputs.x}` writes to the final path itself.
        name: What the stage is called.
        outputs: As for `stage`, like the other arguments.
        inputs: See `stage`.
        params: See `stage`.
        env: See `stage`.
        timeout: See `stage`.
        memory: See `stage`.
        retries: See `stage`.
        code: See `stage`; for a command, all of its code that there is to know.
        ignore: See `stage`.
        tags: See `stage`.
        version: See `stage`.
    """
    where, module = _caller()
    declaration = Declaration(
        name=name,
        inputs=inputs if inputs is not None else {},
        outputs=outputs,
        params=params if params is not None else {},
        env=env,
        timeout=timeout,
        memory=memory,
        retries=retries,
        code=code,
        ignore=ignore,
        tags=tags,
        version=version,
        location=where,
        module=module,
    )
    return StageCommand(text, declaration)


def _caller() -> tuple[Location, str]:
    """Return the line and the module that call the function that calls this one."""
    frame: Any = sys._getframe(2)  # noqa: SLF001 (the one way to know where a declaration stands)
    place = Location(frame.f_code.co_filename, frame.f_lineno)
    return place, frame.f_globals.get("__name__", "")
