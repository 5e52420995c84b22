"""
Placement: which definitions may lie in any module and do the same there.

A plain function, called and not handed about, and a constant, say nothing of
the module that they are in. What shows its module, takes part in effects, or
depends on when its module is executed belongs where it is.

Knows what units say; whatever is in doubt belongs to its module.
"""

from __future__ import annotations

from capstone_build.analysis.file.habits import PLACED, PLACED_PACKAGES, PURE_METHODS
from capstone_build.analysis.file.unit import Kind, Unit
from capstone_build.analysis.graph.effects import Effects
from capstone_build.analysis.names.node import Link, Node, Sort
from capstone_build.analysis.names.resolution import OF_EVERY_MODULE, Resolver


class Placement:
    """
    Tells what may move.

    Args:
        resolver: Tells what names stand for.
        effects: Tells which statements act.
    """

    def __init__(self, resolver: Resolver, effects: Effects) -> None:
        self._resolver = resolver
        self._sources = resolver.sources
        self._effects = effects
        self._movable: dict[Node, bool] = {}

    def is_movable(self, symbol: Node) -> bool:
        """Whether *symbol* would do the same in any module where its names mean the same."""
        if symbol not in self._movable:
            self._movable[symbol] = self._may_move(symbol)
        return self._movable[symbol]

    def has_state(self, symbol: Node) -> bool:
        """Whether *symbol* holds what can change, so that two like it are not one."""
        return not all(unit.frozen for unit in self._effects.units(symbol))

    def is_function(self, symbol: Node) -> bool:
        """Whether *symbol* is a function, which knows its module, and not a value that does not."""
        return any(unit.kind is Kind.FUNCTION for unit in self._effects.units(symbol))

    def passes(self, link: Link) -> bool:
        """Whether *link* only hands on what a later one is."""
        node = link.node
        if node.sort is Sort.LOADED:
            return True
        if node.sort is not Sort.SYMBOL:
            return False
        units = self._effects.units(node)
        if not units:
            return bool(self._sources.summary(node.module).stars)
        return len(units) == 1 and units[0].kind is Kind.IMPORT

    def _may_move(self, symbol: Node) -> bool:
        summary = self._sources.summary(symbol.module)
        indices = summary.binders.get(symbol.name, ())
        links = self._resolver.path(symbol.module, symbol.name)
        if summary.broken or len(indices) != 1 or [each.node for each in links] != [symbol]:
            return False
        unit = summary.units[indices[0]]
        plain = unit.names == (symbol.name,) and not (unit.classes or unit.readers)
        return (
            plain
            and unit.kind in {Kind.FUNCTION, Kind.ASSIGNMENT}
            and not any(self._shows(symbol.module, path) for path in unit.uses)
            and not self._shows_locally(symbol.module, unit)
            and "type" not in unit.calls  # type(name, bases, names) makes a class
            and all(self._is_timeless(symbol.module, path) for path in _called_at_once(unit))
        )

    def _shows(self, module: str, path: str) -> bool:
        """Whether what *path* leads to may look at the module that it is spelled in."""
        if not OF_EVERY_MODULE.isdisjoint(path.split(".")):
            return True
        links = self._resolver.path(module, path)
        return any(_looks(link, path) or self._tells(link.node) for link in links)

    def _tells(self, symbol: Node) -> bool:
        """Whether *symbol* is a logger, say, which tells who called it."""
        return symbol.sort is Sort.SYMBOL and any(
            _looks(link, path)
            for unit in self._effects.units(symbol)
            if unit.kind is Kind.ASSIGNMENT
            for path in unit.calls
            for link in self._resolver.path(symbol.module, path)
        )

    def _shows_locally(self, module: str, unit: Unit) -> bool:
        return any(
            _looks(link, via.rest)
            for via in unit.vias
            for link in self._resolver.target(module, via.target, via.rest)
        )

    def _is_timeless(self, module: str, path: str) -> bool:
        """Whether calling *path* gives the same whenever, during imports, it is called."""
        for link in self._resolver.path(module, path):
            if link.node.sort is Sort.TOP:
                last = (link.rest or path.split("."))[-1]
                if last not in PURE_METHODS and not last[:1].isupper():
                    return False
            elif not self.passes(link):
                return False
        return True


def _looks(link: Link, path: str) -> bool:
    node, rest = link
    last = (rest or path.split("."))[-1]
    return node.sort is Sort.TOP and (last in PLACED or node.module in PLACED_PACKAGES)


def _called_at_once(unit: Unit) -> set[str]:
    """Return what is called when the statement is executed."""
    if unit.kind is Kind.FUNCTION:
        return set(unit.eager).intersection(unit.calls)
    return set(unit.calls)
