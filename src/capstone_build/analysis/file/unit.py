"""
Units: what one top-level statement of a file says, as plain data.

Knows names as they are written; does not know what they stand for in other
files (`resolution` does), nor where the file lies.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, NamedTuple

from capstone_build.core.digest import Digest


class Kind(StrEnum):
    """What sort of statement a unit is."""

    FUNCTION = "function"
    CLASS = "class"
    ASSIGNMENT = "assignment"
    IMPORT = "import"
    STAR = "star"
    """`from module import *`."""
    BLOCK = "block"
    """A compound statement: `if`, `for`, `while`, `with`, `try`, `match`."""
    ACT = "act"
    """A statement that binds nothing and is there for what it does."""


class Flag(StrEnum):
    """Ways in which a statement reaches more than the names that it spells."""

    NAMESPACE = "namespace"
    """It looks names up in its own module by computed name: `globals()`, `eval`."""
    ANY_MODULE = "any module"
    """It imports by a computed name; the detail is the beginning that is known."""
    TEXTS = "texts"
    """It reads docstrings, annotations or names of local variables."""
    SOURCE = "source"
    """It reads source text: comments and line numbers count."""
    SUBCLASSES = "subclasses"
    """It asks a class for its subclasses."""
    PATH = "path"
    """It changes where modules are looked for."""
    PLACE = "place"
    """It asks in which module something lies."""
    SCRIPT = "script"
    """It names a Python file; the detail is the path as spelled."""
    FILE = "file"
    """It spells what may be the path of another file; the detail is that."""


class Target(NamedTuple):
    """
    What an import statement names.

    Attributes:
        level: Number of leading dots.
        module: The module as spelled, without the dots.
        name: What is taken from it; empty when the module itself is bound.
    """

    level: int
    module: str
    name: str


class Via(NamedTuple):
    """
    A use of something imported inside a function.

    Attributes:
        target: What the local name was imported from.
        rest: The attributes read from it, dotted; may be empty.
        line: Where.
        called: Whether it is called there.
    """

    target: Target
    rest: str
    line: int
    called: bool


class Hint(NamedTuple):
    """A flag, where it was raised, and what more is known."""

    flag: Flag
    line: int
    detail: str
    said: str


class Gift(NamedTuple):
    """A global name passed as a value to something that is called."""

    callee: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """
    One top-level statement, summarised.

    Attributes:
        kind: What sort of statement it is.
        names: The module globals that it binds.
        digest: Of its normal form.
        line: Its first line, decorators included; counted from 1.
        end: Its last line.
        target: What an import or star import names.
        uses: Paths from a global name (`helpers.scale.norm`), with the line of the first use.
        calls: Those of the paths that are called.
        soft: Words that are global names only if the module defines them.
        vias: Uses of what was imported inside functions.
        loads: Modules imported inside it, whether used or not.
        binds: For a block: the global names that it binds by importing.
        hints: How it reaches more than it spells.
        environment: Environment variables read by literal name, with their lines.
        decorators: Paths of the decorators of the definition; "?" for what is no path.
        bases: Paths of the bases and the metaclass of the class.
        readers: Paths of all decorators, bases and metaclasses, nested ones included.
        gifts: Global names handed to what is called.
        read: Those of the calls that are read as values too.
        eager: For a definition: the paths that executing it reads, without calling it.
        sets: Paths whose value is replaced: attributes set, names declared `global` and bound.
        mutates: Whether it stores into, or calls a mutator of, what it did not make itself.
        acts: Whether executing it does something apart from binding its names.
        fixed: Whether importing it evaluates nothing: a plain function, a constant.
        literal: Whether the value is a display or constant, so that methods on it are known ones.
        frozen: Whether nothing that it holds, a default or the value, can change.
        classes: Whether it makes a class.
        main: Whether it counts only when the file runs as a script.
        hooks: Whether the class takes part when it is subclassed.
    """

    kind: Kind
    names: tuple[str, ...]
    digest: Digest
    line: int
    end: int
    target: Target | None = None
    uses: dict[str, int] = field(default_factory=dict)
    calls: tuple[str, ...] = ()
    soft: dict[str, int] = field(default_factory=dict)
    vias: tuple[Via, ...] = ()
    loads: tuple[Target, ...] = ()
    binds: tuple[tuple[str, Target], ...] = ()
    hints: tuple[Hint, ...] = ()
    environment: dict[str, int] = field(default_factory=dict)
    decorators: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    gifts: tuple[Gift, ...] = ()
    read: tuple[str, ...] = ()
    eager: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    mutates: bool = False
    acts: bool = False
    fixed: bool = False
    literal: bool = False
    frozen: bool = False
    classes: bool = False
    main: bool = False
    hooks: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads; what is empty is left out."""
        return {name: value for name in _NAMES if (value := getattr(self, name))}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Unit:
        """Rebuild a unit from `to_json`."""
        facts = dict(data)
        facts["kind"] = Kind(facts["kind"])
        for name in _TUPLES & facts.keys():
            facts[name] = tuple(facts[name])
        facts.setdefault("names", ())
        if "target" in facts:
            facts["target"] = Target(*facts["target"])
        if "vias" in facts:
            facts["vias"] = tuple(Via(Target(*t), *more) for t, *more in facts["vias"])
        if "loads" in facts:
            facts["loads"] = tuple(Target(*each) for each in facts["loads"])
        if "binds" in facts:
            facts["binds"] = tuple((name, Target(*target)) for name, target in facts["binds"])
        if "hints" in facts:
            facts["hints"] = tuple(Hint(Flag(flag), *more) for flag, *more in facts["hints"])
        if "gifts" in facts:
            facts["gifts"] = tuple(Gift(*each) for each in facts["gifts"])
        return cls(**facts)


_TUPLES = {each.name for each in fields(Unit) if str(each.type).startswith("tuple")}
_NAMES = tuple(each.name for each in fields(Unit))
