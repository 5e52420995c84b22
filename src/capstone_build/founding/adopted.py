"""
A pipeline as it was read from another tool's file, on its way to `pipeline.py`.

Knows what stages declare, and texts with values of loops in them; does not know
the tool that the file was written for, nor how Python is laid out.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import PurePosixPath
from typing import NamedTuple, TypeAlias

from capstone_build.core.stage import Location


class Hole(NamedTuple):
    """
    A place in a text for a value.

    Attributes:
        expression: Python that gives it: a loop's variable, say.
    """

    expression: str


Spelling: TypeAlias = tuple[str | Hole, ...]
"""A text, part by part."""


class Clause(NamedTuple):
    """
    A loop of a comprehension: `for <target> in <source>`.

    Attributes:
        target: The variable, or several with commas between.
        source: What it goes through, as Python.
    """

    target: str
    source: str


class Remark(NamedTuple):
    """
    Something that the reader of a file has to be told.

    Attributes:
        where: The line of the file.
        text: What, in its own words.
    """

    where: Location
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedStage:
    """
    A stage, or as many as its loops make.

    Attributes:
        name: What it is called.
        command: The text of its command, with `{inputs.x}` and the like in it.
        shell: The program that reads the text, with its options; empty for `sh -e`.
        inputs: Name to paths; one that is a list arrives as several words.
        outputs: Name to path.
        params: Name to the value, as Python.
        wholly:
            How inputs are written whose paths are all that a loop makes, or all
            of a pattern: the spelling, and the loops that it is in.
        code: Files that count as code though the command does not name them.
        clauses: The loops around it, outermost first.
        about: What its author says of it.
        remarks: What was not carried over, or is to be known.
        instances: For each round of its loops, the values of their variables.
        where: Where it is declared.
    """

    name: Spelling
    command: Spelling
    shell: tuple[str, ...] = ()
    inputs: Mapping[str, tuple[Spelling, ...]] = field(default_factory=dict)
    outputs: Mapping[str, Spelling] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    wholly: Mapping[str, tuple[Spelling, tuple[Clause, ...]]] = field(default_factory=dict)
    code: tuple[Spelling, ...] = ()
    clauses: tuple[Clause, ...] = ()
    about: str = ""
    remarks: tuple[Remark, ...] = ()
    instances: tuple[Mapping[str, str], ...] = ({},)
    where: Location

    def filled(self, spelling: Spelling) -> list[str]:
        """Return what *spelling* is in each round, as far as that can be told; once each."""
        found = [filled(spelling, values) for values in self.instances]
        return list(dict.fromkeys(each for each in found if each is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedPipeline:
    """
    What was read.

    Attributes:
        file: The file, as its user calls it.
        tool: The program that it was written for.
        imports: Lines of Python, without order.
        constants: Name to value, as Python, in the order in which they are needed.
        helpers: Definitions of functions that stages use, each whole.
        stages: The stages.
        remarks: What was not carried over and belongs to no stage.
    """

    file: str
    tool: str
    imports: tuple[str, ...] = ()
    constants: Mapping[str, str] = field(default_factory=dict)
    helpers: tuple[str, ...] = ()
    stages: tuple[AdoptedStage, ...]
    remarks: tuple[Remark, ...] = ()

    def all_remarks(self) -> list[Remark]:
        """Return every remark, by the line that it is about."""
        found = [*self.remarks, *(each for stage in self.stages for each in stage.remarks)]
        return sorted(dict.fromkeys(found), key=lambda each: (each.where.file, each.where.line))


def filled(spelling: Spelling, values: Mapping[str, str]) -> str | None:
    """Return the text of *spelling*; None if there is a value that is not among *values*."""
    parts = [each if isinstance(each, str) else values.get(each.expression) for each in spelling]
    known = [each for each in parts if each is not None]
    return "".join(known) if len(known) == len(parts) else None


def plain(spelling: Spelling) -> str:
    """Return *spelling* for a person, with the holes in braces."""
    return "".join(each if isinstance(each, str) else f"{{{each.expression}}}" for each in spelling)


def joined(parts: Iterable[str | Hole]) -> Spelling:
    """Return *parts* with neighbouring texts made one."""
    found: list[str | Hole] = []
    for each in parts:
        if isinstance(each, str) and found and isinstance(found[-1], str):
            found[-1] += each
        elif each != "":
            found.append(each)
    return tuple(found)


class Names:
    """
    Gives out names that a Python program can use, each once.

    Args:
        taken: Names that are not free.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {*taken, "command", "pipeline", "stage"}
        self._suffixes: dict[str, str] = {}

    def new(self, wanted: str, otherwise: str = "it") -> str:
        """Return a name as near to *wanted* as can be."""
        name = identifier(wanted) or otherwise
        tries = (name if n == 1 else f"{name}_{n}" for n in count(1))
        chosen = next(each for each in tries if each not in self._taken)
        self._taken.add(chosen)
        return chosen

    def of_path(self, path: Spelling, otherwise: str) -> str:
        """Return a name for a file: its own or, where that is taken, with what tells it apart."""
        folder, stem, suffix = _parts_of(path)
        first = stem or folder or suffix
        ways = [(stem,), (folder, stem), (stem, suffix)]
        if self._suffixes.get(first, suffix) != suffix:
            ways = [(stem,), (stem, suffix), (folder, stem)]
        if not stem:
            ways = [(folder,), (suffix,), (folder, suffix)]
        tries = ["_".join(part.rstrip("_") for part in way) for way in ways if all(way)]
        free = (each for each in map(identifier, tries) if each not in self._taken)
        chosen = self.new(next(free, first), otherwise)
        self._suffixes.setdefault(chosen, suffix)
        return chosen


def identifier(text: str) -> str:
    """Return *text* as a name in lower case; empty if nothing of it can be in one."""
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_").lower()
    if name[:1].isdigit():
        name = f"n{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def name_of_path(spelling: Spelling) -> str:
    """Return what a file may be called in a declaration: its name, without folder and suffix."""
    folder, stem, suffix = _parts_of(spelling)
    return stem or folder or suffix


def _parts_of(spelling: Spelling) -> tuple[str, str, str]:
    """Return the folder, the name and the suffix of a path, as far as they are no values."""
    text = "".join(each if isinstance(each, str) else "*" for each in spelling).rstrip("/")
    path = PurePosixPath(text)
    stem, _, suffix = path.name.partition(".") if path.name[:1] != "." else (path.name, "", "")
    parts = (path.parent.name, stem, suffix.rpartition(".")[2])
    folder, name, end = (identifier(each.replace("*", "")) for each in parts)
    return folder, name, end


_STAGE_NAME = re.compile(r"[^\w.,=+@\[\]-]+")


def stage_name(text: str) -> str:
    """Return *text* as the name of a stage."""
    return _STAGE_NAME.sub("-", text).strip("-.,=+@[]") or "stage"
