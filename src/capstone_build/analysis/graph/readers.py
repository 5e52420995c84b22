"""
Readers: libraries that read the text of the functions and classes they are given.

A validator reads annotations, a command-line library docstrings; for what is
handed to them both count. Libraries that only call what they are given do not
read it. Knows packages by name; does not look into them.
"""

from __future__ import annotations

from collections.abc import Iterator

from capstone_build.analysis.file.habits import CALLERS, INERT, MAKERS
from capstone_build.analysis.file.unit import Kind, Unit
from capstone_build.analysis.names.node import Link, Node, Sort
from capstone_build.analysis.names.packages import OWN, Standard
from capstone_build.analysis.names.resolution import Resolver


class Readers:
    """
    Tells who reads.

    Args:
        resolver: Tells what names stand for.
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._sources = resolver.sources

    def reads(self, module: str, path: str) -> bool:
        """Whether the decorator, base or metaclass *path* may read what it is given."""
        seen: set[Node] = set()
        waiting = [(module, path)]
        while waiting:
            where, what = waiting.pop()
            if what.endswith(".register"):
                return True  # single dispatch goes by annotations
            if what == "?":
                continue
            for link in self._resolver.path(where, what):
                if link.node.sort is Sort.TOP and self._reading(link.node.module):
                    return True
                if link.node.sort is Sort.SYMBOL and link.node not in seen:
                    seen.add(link.node)
                    waiting += [(link.node.module, each) for each in self._made_from(link)]
        return False

    def _made_from(self, link: Link) -> Iterator[str]:
        """Yield the paths of what a base, or the object that a decorator is of, is made from."""
        summary = self._sources.asked(link.node.module, link.node.name, inside=True)
        for index in summary.binders.get(link.node.name, ()):
            unit = summary.units[index]
            if unit.kind is Kind.CLASS:
                yield from unit.bases
            elif unit.kind is Kind.ASSIGNMENT or link.rest:
                yield from (*unit.calls, *unit.readers)  # app = Typer(); @app.command()

    def _reading(self, top: str) -> bool:
        return not self._is_standard(top) and top != OWN and top not in CALLERS

    def _is_standard(self, top: str) -> bool:
        return isinstance(self._sources.packages.provider(top), Standard)

    def takes(self, module: str, callee: str) -> bool:
        """Whether *callee* may read the functions and classes it is given: a library, as a rule."""
        return callee.rpartition(".")[2] in MAKERS or any(
            node.sort is Sort.TOP and self._reading(node.module)
            for node, _ in self._resolver.path(module, callee)
        )

    def is_for_effect(self, unit: Unit, module: str) -> bool:
        """Whether *unit* imports a package, not known to be inert, that *module* never names."""
        summary = self._sources.summary(module)
        tops = {target.module.partition(".")[0] for target in unit.loads if not target.level}
        if unit.kind is Kind.BLOCK or not tops - INERT or all(map(self._is_standard, tops)):
            return False
        named = {path.partition(".")[0] for each in summary.units for path in each.uses}
        return named.union(summary.exports or ()).isdisjoint(unit.names)
