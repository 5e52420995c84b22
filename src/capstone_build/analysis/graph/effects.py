"""
Effects: which statements of a module do more than bind their names.

A registration, a patch, a seed, a setting: whoever imports the module feels
them, though nothing of his names them. A decorated definition, a subclass and
an assignment from a call are effects only if what they call changes something
that it did not make itself; what cannot be read is taken for one.

Knows the project's functions by their source and the habits of libraries;
does not run anything.
"""

from __future__ import annotations

from collections.abc import Iterator

from capstone_build.analysis.file.habits import (
    DOING,
    DOING_BUILTINS,
    MUTATORS,
    PURE_METHODS,
    QUIET_BASES,
)
from capstone_build.analysis.file.unit import Kind, Unit
from capstone_build.analysis.names.node import Link, Node, Sort
from capstone_build.analysis.names.packages import Standard
from capstone_build.analysis.names.resolution import Resolver


class Effects:
    """
    Finds the statements that act.

    Args:
        resolver: Tells what names stand for.
    """

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._sources = resolver.sources
        self._acting: dict[str, tuple[int, ...]] = {}
        self._changing: dict[Node, bool] = {}

    def of(self, module: str) -> tuple[int, ...]:
        """Return the indices of the units of *module* that act when it is imported."""
        if module not in self._acting:
            units = self._sources.summary(module).units
            self._acting[module] = tuple(
                index
                for index, unit in enumerate(units)
                if not unit.main and self._acts(module, unit) and not self._is_ignored(module, unit)
            )
        return self._acting[module]

    def _is_ignored(self, module: str, unit: Unit) -> bool:
        """Whether all that *unit* binds is ignored."""
        ignored = self._resolver.ignored
        return bool(unit.names) and all(
            Node(Sort.SYMBOL, module, name) in ignored for name in unit.names
        )

    def _acts(self, module: str, unit: Unit) -> bool:
        if unit.acts:
            return True
        defines = unit.kind in {Kind.FUNCTION, Kind.CLASS}
        called = _called_at_once(unit) if defines else unit.calls
        if not called and not unit.bases:
            return False
        own = [path for path in dict.fromkeys(called) if not self._is_builtin(module, path)]
        is_kept = unit.keeps and len(own) == 1 and self._is_gentle(module, own[0])
        if not is_kept and any(self._does(module, path) for path in called):
            return True
        if called and not defines and any(self._hands_over(module, path) for path in unit.uses):
            return True
        return any(self._base_acts(module, path, set()) for path in unit.bases)

    def _does(self, module: str, path: str) -> bool:
        """Whether calling *path* changes something that the call did not make."""
        return any(
            self._changes(each) if isinstance(each, Node) else each
            for each in self._judged(module, path)
        )

    def _is_builtin(self, module: str, path: str) -> bool:
        """Whether *path* is one of Python's own functions, and does nothing by itself."""
        return (
            path.isidentifier()
            and path not in DOING_BUILTINS
            and not self._resolver.path(module, path)
        )

    def _is_gentle(self, module: str, path: str) -> bool:
        """
        Whether *path* is a class, and making an instance changes nothing but that.

        What its methods do is done by those who call them: nobody does, where the
        instance is handed to nobody.
        """
        found = False
        for node, rest in self._resolver.path(module, path):
            if node.sort is Sort.LOADED:
                continue
            units = [] if rest else self.units(node)
            if node.sort is Sort.SYMBOL and units and all(e.kind is Kind.IMPORT for e in units):
                continue
            if not units or not all(self._makes_gently(node.module, each) for each in units):
                return False
            found = True
        return found

    def _makes_gently(self, module: str, unit: Unit) -> bool:
        if not unit.gentle or unit.decorators:
            return False
        bases = [link.node for path in unit.bases for link in self._resolver.path(module, path)]
        if any(node.sort is Sort.SYMBOL and self._changes(node) for node in bases):
            return False
        return not any(self._does(module, path) for path in unit.makes)

    def _hands_over(self, module: str, path: str) -> bool:
        """Whether *path*, handed to a call, is what does something when that calls it."""
        if "." in path and path.rpartition(".")[2] in MUTATORS:
            return True  # map(known.append, ...)
        return any(
            self._changes(node)
            for node, rest in self._resolver.path(module, path)
            if node.sort is Sort.SYMBOL
            and not rest
            and any(each.kind is Kind.FUNCTION for each in self.units(node))
        )

    def _changes(self, symbol: Node) -> bool:
        """Whether calling *symbol*, or what it calls, changes what it did not make."""
        if symbol not in self._changing:
            seen = {symbol}
            waiting = [symbol]
            while waiting:
                for each in self._within(waiting.pop()):
                    known = self._changing.get(each) if isinstance(each, Node) else each
                    if known:
                        self._changing[symbol] = True
                        return True
                    if known is None and isinstance(each, Node) and each not in seen:
                        seen.add(each)
                        waiting.append(each)
            self._changing.update(dict.fromkeys(seen, False))
        return self._changing[symbol]

    def _within(self, symbol: Node) -> Iterator[bool | Node]:
        """Yield what calling *symbol* does itself, and the symbols it leaves to."""
        module = symbol.module
        for unit in self.units(symbol):
            yield unit.mutates
            # What a name was given, calling it calls: `register = REGISTRY.append`.
            for path in unit.uses if unit.kind is Kind.ASSIGNMENT else unit.calls:
                yield from self._judged(module, path)
            for via in unit.vias:
                if via.called:
                    for link in self._resolver.target(module, via.target, via.rest):
                        name = via.rest or via.target.name or via.target.module
                        yield from self._judged_link(link, name)
            for path in unit.bases:
                for node, _ in self._resolver.path(module, path):
                    if node.sort is Sort.SYMBOL:
                        yield node

    def _judged(self, module: str, path: str) -> Iterator[bool | Node]:
        """Yield whether calling *path* changes what it did not make, or who decides it."""
        links = self._resolver.path(module, path) if path != "?" else ()
        if not links:
            is_method = "." in path and path.rpartition(".")[2] in MUTATORS  # set.add
            yield path == "?" or path in DOING_BUILTINS or is_method
        for link in links:
            yield from self._judged_link(link, path)

    def _judged_link(self, link: Link, path: str) -> Iterator[bool | Node]:
        node, rest = link
        last = (rest or path.split("."))[-1]
        units = self.units(node)
        if node.sort is Sort.TOP:
            yield bool(DOING.match(last))
        elif node.sort is not Sort.SYMBOL:
            yield node.sort in {Sort.WHOLE, Sort.MISSING}
        elif all(each.kind is Kind.IMPORT for each in units):
            return  # what it was imported from is a link of its own
        elif not rest:
            yield node
        elif last in MUTATORS or any(each.kind is Kind.FUNCTION for each in units):
            yield True
        elif not all(each.literal for each in units):
            foreign = any(self._is_foreign(node.module, each) for each in units)
            yield foreign and last not in PURE_METHODS
            yield node

    def _is_foreign(self, module: str, unit: Unit) -> bool:
        """Whether the value of *unit* was made by code that is not the project's."""
        return any(
            link.node.sort is Sort.TOP
            for path in unit.calls or unit.uses
            for link in self._resolver.path(module, path)
        )

    def _base_acts(self, module: str, path: str, seen: set[Node]) -> bool:
        """Whether making a class from the base, or with the metaclass, *path* is felt elsewhere."""
        if path == "?":
            return False  # Generic[T], say; what a call gives has the path of the call
        for node, _ in self._resolver.path(module, path):
            if node.sort is Sort.TOP and self._keeps_lists(node.module):
                return True
            if node.sort is Sort.SYMBOL and node not in seen:
                seen.add(node)
                if any(self._unit_as_base_acts(node, unit, seen) for unit in self.units(node)):
                    return True
        return False

    def _unit_as_base_acts(self, node: Node, unit: Unit, seen: set[Node]) -> bool:
        if unit.kind is Kind.CLASS:
            return (unit.hooks and self._changes(node)) or any(
                self._base_acts(node.module, path, seen) for path in unit.bases
            )
        return unit.kind is not Kind.IMPORT  # a class made by a call: a declarative base, say

    def _keeps_lists(self, top: str) -> bool:
        standard = isinstance(self._sources.packages.provider(top), Standard)
        return not standard and top not in QUIET_BASES

    def units(self, node: Node) -> list[Unit]:
        """Return the units that bind a symbol."""
        summary = self._sources.asked(node.module, node.name, inside=True)
        return [summary.units[index] for index in summary.binders.get(node.name, ())]


def _called_at_once(unit: Unit) -> list[str]:
    """
    Return what executing a definition calls.

    Its decorators, those of methods, what makes its defaults and its attributes.
    """
    inside = {*unit.calls, *unit.readers}
    return [*unit.decorators, *(path for path in unit.eager if path in inside)]
