"""
Summaries: what a file says, statement by statement, as plain data.

Knows the text of one file; does not know its name, its place or the files
around it, so that a summary is good wherever the same text is met again.
"""

from __future__ import annotations

import ast
import gc
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from capstone_build.analysis.file.reading import read_units
from capstone_build.analysis.file.toplevel import exports
from capstone_build.analysis.file.unit import Kind, Target, Unit

VERSION = "8"
"""Changes whenever the same text may be summarised differently."""


class Star(NamedTuple):
    """
    A star import.

    Attributes:
        place: The index of the unit that it is in.
        target: What it names.
        sure: Whether it is executed on every import of the file.
    """

    place: int
    target: Target
    sure: bool


@dataclass(frozen=True)
class Summary:
    """
    What a file says.

    Attributes:
        units: Its top-level statements, in order; those that never run are left out.
        exports: The names in `__all__`, if it is a plain list; None if it is not given.
        broken: Why the file cannot be read; its text then counts as a whole.
    """

    units: tuple[Unit, ...] = ()
    exports: tuple[str, ...] | None = None
    broken: str = ""

    @cached_property
    def binders(self) -> Mapping[str, tuple[int, ...]]:
        """For each module global, the indices of the units that bind it, in order."""
        found: dict[str, list[int]] = {}
        for index, unit in enumerate(self.units):
            if not unit.main:
                for name in unit.names:
                    found.setdefault(name, []).append(index)
        return {name: tuple(indices) for name, indices in found.items()}

    @cached_property
    def stars(self) -> tuple[Star, ...]:
        """The star imports, in order."""
        return tuple(
            Star(index, target, unit.kind is Kind.STAR)
            for index, unit in enumerate(self.units)
            if unit.kind in {Kind.STAR, Kind.BLOCK} and not unit.main
            for target in unit.loads
            if target.name == "*"
        )

    @cached_property
    def running(self) -> tuple[int, ...]:
        """The indices of the units that a script executes; plain definitions only wait."""
        waiting = {Kind.FUNCTION, Kind.CLASS}
        return tuple(
            index
            for index, unit in enumerate(self.units)
            if not (
                (unit.kind in waiting and not unit.decorators)
                or unit.kind in {Kind.IMPORT, Kind.STAR}
            )
        )

    def to_json(self) -> str:
        """Return what `from_json` reads."""
        units = [unit.to_row() for unit in self.units]
        facts = [units, self.exports, self.broken]
        return json.dumps(facts, separators=(",", ":"), default=dict)  # of mappings of all sorts

    @classmethod
    def from_json(cls, text: str) -> Summary:
        """Rebuild a summary from `to_json`."""
        units, exports, broken = json.loads(text)
        return cls(
            units=tuple(map(Unit.from_row, units)),
            exports=None if exports is None else tuple(exports),
            broken=broken,
        )


def summarise(text: bytes, *, exact: bool = False) -> Summary:
    """
    Read a file.

    Args:
        text: Its content.
        exact: Whether docstrings, annotations and local names count.
    """
    with _without_collection():
        return _summarised(text, exact=exact)


def _summarised(text: bytes, *, exact: bool) -> Summary:
    """Read a file; the tree is gone on return, so that no collection ever walks it."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Summary(broken=f"cannot be read as Python: {error}")
    listed = exports(tree, text) if b"__all__" in text else None
    return Summary(units=tuple(read_units(tree, exact=exact)), exports=listed)


@contextmanager
def _without_collection() -> Iterator[None]:
    """
    Hold the garbage collector back.

    A syntax tree has no cycles, but so many objects that the collector triples
    the time it takes to make one.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
