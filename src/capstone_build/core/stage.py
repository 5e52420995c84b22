"""
Stages: named units of work, as plain data.

Knows what a stage declares; does not know the user's Python objects, which
stay in the process that loaded the pipeline (`capstone_build.hosting.host`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NewType, TypeAlias

from capstone_build.core.artifact import Artifact
from capstone_build.core.digest import JsonValue

StageName = NewType("StageName", str)
"""The name of a stage: unique in its pipeline."""

Symbol = NewType("Symbol", str)
"""
A definition in Python source: `module:qualified.name`.

`module:*` stands for all that a module holds, `module:**` for that and all
modules below it.
"""


def whole(module: str) -> Symbol:
    """Return the symbol that stands for all that a module holds."""
    return Symbol(f"{module}:*")


def with_all_below(module: str) -> Symbol:
    """Return the symbol that stands for a module and, if it is a package, all below it."""
    return Symbol(f"{module}:**")


def is_with_all_below(symbol: Symbol) -> bool:
    """Tell whether *symbol* stands for a module and all below it."""
    return symbol.endswith(":**")


@dataclass(frozen=True, slots=True)
class Location:
    """
    Where something is declared.

    Attributes:
        file: From the project's root where it lies inside, else absolute.
        line: Counted from 1.
    """

    file: str
    line: int

    def __str__(self) -> str:
        """Spell it as editors and terminals link it."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Input:
    """
    A name under which a stage reads artifacts.

    Attributes:
        name: What the function's parameter, or `{inputs.name}`, is called.
        artifacts: What it stands for: one artifact, or those of a list.
        is_list: Whether a list of paths arrives: so for a pattern and for a list.
    """

    name: str
    artifacts: tuple[Artifact, ...]
    is_list: bool


@dataclass(frozen=True, slots=True)
class Output:
    """
    A name under which a stage writes an artifact.

    Attributes:
        name: What the function's parameter, or `{outputs.name}`, is called.
        artifact: The file or folder.
        in_place:
            Whether a command writes to the final path by itself, for want of
            `{outputs.name}` in its text; else it is given a staging path.
    """

    name: str
    artifact: Artifact
    in_place: bool = False


@dataclass(frozen=True, slots=True)
class PythonCall:
    """
    The action that calls a Python function.

    Attributes:
        function: Where the function is defined.
        forms:
            For each parameter of the function, and for what it returns under
            `return`, the form in which the value passes: the annotation, spelled
            out.
    """

    function: Symbol
    forms: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """
    The action that runs a command.

    Attributes:
        text:
            A line for the shell, or a tuple: a program and its arguments, run
            without a shell. `{inputs.x}`, `{outputs.x}` and `{params.x}` stand
            for paths and values.
    """

    text: str | tuple[str, ...]


Action: TypeAlias = PythonCall | ShellCommand
"""How a stage works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """
    A named unit of work: what it reads, what it writes, and one action.

    Attributes:
        name: Unique in the pipeline.
        action: How it works.
        inputs: What it reads, in the order declared.
        outputs: What it writes, in the order declared; at least one.
        parameters: Values that it is given, by name.
        environment: Names of the environment variables that count.
        timeout: Longest run in seconds; None for no limit.
        memory: Most memory that a run may use, in bytes; None for no limit.
        retries: How often a run that failed is tried again.
        code:
            Definitions at which the reading of its source begins: its function,
            its contracts, the models that its annotations name.
        added: Definitions that it declares to be its code besides.
        files: Files and folders that it declares to be its code.
        ignored: Definitions and modules that it declares not to matter.
        tags: Words by which it can be selected, with others.
        version: What its author calls the present state of it; None if it has no name.
        captured:
            Values that reach its function other than as an argument (closures,
            defaults, partial arguments), each spelled out.
        location: Where it is declared.
        reads: Every artifact that it declares to read.
        writes: Every artifact that it declares to write.
    """

    name: StageName
    action: Action
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...]
    parameters: Mapping[str, JsonValue] = field(default_factory=lambda: MappingProxyType({}))
    environment: tuple[str, ...] = ()
    timeout: float | None = None
    memory: int | None = None
    retries: int = 0
    code: tuple[Symbol, ...] = ()
    added: tuple[Symbol, ...] = ()
    files: tuple[Artifact, ...] = ()
    ignored: tuple[Symbol, ...] = ()
    tags: tuple[str, ...] = ()
    version: str | None = None
    captured: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    location: Location
    reads: tuple[Artifact, ...] = field(init=False, repr=False, compare=False)
    writes: tuple[Artifact, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """List the artifacts: they are asked for many times in a build."""
        reads = tuple([artifact for each in self.inputs for artifact in each.artifacts])
        object.__setattr__(self, "reads", reads)
        object.__setattr__(self, "writes", tuple([each.artifact for each in self.outputs]))
