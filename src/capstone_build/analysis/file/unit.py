"""
Units: what one top-level statement of a file says, as plain data.

Knows names as they are written; does not know what they stand for in other
files (`resolution` does), nor where the file lies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from capstone_build.core.digest import Digest


class Kind(StrEnum):
    """What sort of statement a unit is."""

    __hash__ = str.__hash__  # units are sorted by it by the thousand: that of Enum is slow

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


_NO_LINES: Mapping[str, int] = MappingProxyType({})


class Unit(NamedTuple):
    """
    One top-level statement, summarised.

    A tuple, since every look at a project makes thousands and most say little:
    what most say nothing of comes last, and is left out where it is kept.

    Attributes:
        kind: What sort of statement it is.
        names: The module globals that it binds.
        digest: Of its normal form.
        line: Its first line, decorators included; counted from 1.
        end: Its last line.
        fixed: Whether importing it evaluates nothing: a plain function, a constant.
        literal: Whether the value is a display or constant, so that methods on it are known ones.
        frozen: Whether nothing that it holds, a default or the value, can change.
        target: What an import or star import names.
        loads: Modules imported inside it, whether used or not.
        uses: Paths from a global name (`helpers.scale.norm`), with the line of the first use.
        calls: Those of the paths that are called.
        mutates: Whether it stores into, or calls a mutator of, what it did not make itself.
        acts: Whether executing it does something apart from binding its names.
        decorators: Paths of the decorators of the definition; "?" for what is no path.
        readers: Paths of all decorators, bases and metaclasses, nested ones included.
        eager: For a definition: the paths that executing it reads, without calling it.
        classes: Whether it makes a class.
        bases: Paths of the bases and the metaclass of the class.
        hooks: Whether the class takes part when it is subclassed.
        gifts: Global names handed to what is called.
        read: Those of the calls that are read as values too.
        sets: Paths whose value is replaced: attributes set, names declared `global` and bound.
        hints: How it reaches more than it spells.
        soft: Words that are global names only if the module defines them.
        vias: Uses of what was imported inside functions.
        binds: For a block: the global names that it binds by importing.
        environment: Environment variables read by literal name, with their lines.
        main: Whether it counts only when the file runs as a script.
        makes: For a class: the paths that are called when an instance of it is made.
        gentle: Whether that changes nothing but the instance, as far as it shows by itself.
        keeps: Whether executing it only gives names to what it makes, and does nothing with that.
    """

    kind: Kind
    names: tuple[str, ...]
    digest: Digest
    line: int
    end: int
    fixed: bool = False
    literal: bool = False
    frozen: bool = False
    target: Target | None = None
    loads: tuple[Target, ...] = ()
    uses: Mapping[str, int] = _NO_LINES
    calls: tuple[str, ...] = ()
    mutates: bool = False
    acts: bool = False
    decorators: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    eager: tuple[str, ...] = ()
    classes: bool = False
    bases: tuple[str, ...] = ()
    hooks: bool = False
    gifts: tuple[Gift, ...] = ()
    read: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    hints: tuple[Hint, ...] = ()
    soft: Mapping[str, int] = _NO_LINES
    vias: tuple[Via, ...] = ()
    binds: tuple[tuple[str, Target], ...] = ()
    environment: Mapping[str, int] = _NO_LINES
    main: bool = False
    makes: tuple[str, ...] = ()
    gentle: bool = False
    keeps: bool = False

    def to_row(self) -> list[Any]:
        """Return the facts in order, as far as there are any."""
        facts = list(self)
        while not facts[-1]:
            facts.pop()
        return facts

    @classmethod
    def from_row(cls, row: list[Any]) -> Unit:
        """Rebuild a unit from what JSON makes of `to_row`."""
        facts: list[Any] = [tuple(e) if e.__class__ is list else e for e in row]
        for place, rebuild in _REBUILT:
            if place < len(facts) and facts[place]:
                facts[place] = rebuild(facts[place])
        return cls(*facts)


_MADE: dict[str, Callable[[Any], Any]] = {
    "kind": {each.value: each for each in Kind}.__getitem__,
    "target": Target._make,
    "loads": lambda loads: tuple(map(Target._make, loads)),
    "gifts": lambda gifts: tuple(map(Gift._make, gifts)),
    "hints": lambda hints: tuple(Hint(Flag(flag), *more) for flag, *more in hints),
    "vias": lambda vias: tuple(Via(Target(*target), *more) for target, *more in vias),
    "binds": lambda binds: tuple((name, Target(*target)) for name, target in binds),
}
"""What makes the facts that are more than JSON can say of what it says."""

_REBUILT = [(Unit._fields.index(name), make) for name, make in _MADE.items()]
