"""
Meanings: what a definition says, whatever module it lies in.

The names in it stand for what they lead to; a definition that may move (see
`placement`) is left open there, all else is named with its module. A reference
that is not plain keeps every module on its way.

Knows one definition at a time; does not know what those left open mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from capstone_build.analysis.file.unit import Kind, Unit
from capstone_build.analysis.graph.codegraph import CodeGraph
from capstone_build.analysis.moves.placement import Placement
from capstone_build.analysis.names.node import Link, Node, Sort


@dataclass(slots=True)
class Meaning:
    """
    What a definition says.

    Attributes:
        fields: All that is settled, in order.
        open: The definitions that the fields leave open, in the order of their mention.
    """

    fields: list[str] = field(default_factory=list)
    open: list[Node] = field(default_factory=list)

    def leave(self, symbol: Node) -> None:
        """Leave *symbol* open at this place."""
        self.fields.append("open")
        self.open.append(symbol)


class Meanings:
    """
    Reads meanings.

    Args:
        graph: What leads to what.
        placement: Tells what may move.
    """

    def __init__(self, graph: CodeGraph, placement: Placement) -> None:
        self._graph = graph
        self._resolver = graph.resolver
        self._sources = graph.sources
        self._placement = placement

    def of(self, node: Node) -> Meaning:
        """Return what *node* says: a symbol, its texts, or the execution of a module."""
        step = self._graph.step(node)
        meaning = Meaning([step.digest])
        exact = node.sort is Sort.TEXTS
        summary = self._sources.summary(node.module, exact=exact)
        if node.sort is Sort.LOADED:
            indices: Sequence[int] = self._graph.effects.of(node.module)
        else:
            indices = summary.binders.get(node.name, ())
        for index in indices:
            self._unit(node.module, index, summary.units, meaning)
        if node.sort is Sort.SYMBOL and not indices:  # it came through a star import
            self._named(self._resolver.path(node.module, node.name), node, meaning)
        return meaning

    def start(self, node: Node) -> Meaning:
        """Return what it means to begin at *node*, which is known by its name."""
        meaning = Meaning([node.sort.value, node.module, node.name])
        if node.sort is Sort.SYMBOL:
            self._symbol(node, meaning)
        return meaning

    def _unit(self, module: str, index: int, units: Sequence[Unit], meaning: Meaning) -> None:
        unit = units[index]
        values = {*unit.read, *unit.sets, *(unit.uses.keys() - set(unit.calls))}
        for path in sorted(unit.uses):
            meaning.fields += ["use", path]
            links = self._resolver.path(module, path)
            self._reference(module, links, meaning, called=path not in values)
        for via in unit.vias:
            meaning.fields += ["via", via.rest]
            links = self._resolver.target(module, via.target, via.rest)
            self._reference(module, links, meaning, called=via.called)
        for word in sorted(unit.soft):
            links = self._resolver.path(module, word)
            found = [each for each in links if each.node.sort is not Sort.MISSING]
            if found:
                meaning.fields += ["soft", word]
                self._all(found, meaning)
        for name in sorted(self._later(module, index, unit)):
            meaning.fields += ["later", module, name]

    def _reference(
        self, module: str, links: Sequence[Link], meaning: Meaning, *, called: bool
    ) -> None:
        """Write down what a path in *module*, whose *links* are given, stands for."""
        ends = [each for each in links if not self._placement.passes(each)]
        if not links:
            meaning.fields.append("builtin")
        elif len(ends) != 1:
            self._all(links, meaning)
        else:
            end = ends[0]
            node, rest = end
            if node.sort is Sort.SYMBOL:
                self._symbol(node, meaning)
                if self._placement.is_function(node) and (rest or not called):
                    meaning.fields += ["asked", node.module]  # it may be asked where it is
            elif node.sort is Sort.TOP:
                spelled = " ".join(self._spelled(links))
                meaning.fields += ["package", node.module, ".".join(rest), spelled]
            elif node.sort is Sort.MISSING and links[0] == end and node.module == module:
                meaning.fields.append("missing")
            else:
                self._all(links, meaning)

    def _symbol(self, node: Node, meaning: Meaning) -> None:
        if self._placement.is_movable(node):
            meaning.leave(node)
        else:
            meaning.fields += ["symbol", node.module, node.name]

    def _all(self, links: Iterable[Link], meaning: Meaning) -> None:
        """Write down every link, with its module."""
        self._named(links, None, meaning)

    def _named(self, links: Iterable[Link], besides: Node | None, meaning: Meaning) -> None:
        for node, rest in links:
            meaning.fields += ["passes", node.sort.value, node.module, node.name, ".".join(rest)]
            if node.sort is Sort.SYMBOL and node != besides:
                self._symbol(node, meaning)

    def _spelled(self, links: Sequence[Link]) -> Iterator[str]:
        """Yield the modules that the import of a package spells: `a` is not all of `a.b`."""
        for node, _ in links:
            if node.sort is Sort.SYMBOL:
                for unit in self._graph.effects.units(node):
                    if unit.target is not None and not unit.target.name:
                        yield from (each.module for each in unit.loads)

    def _later(self, module: str, index: int, unit: Unit) -> set[str]:
        """
        Return the names of *module* that are not bound yet when *unit* may need them.

        Only what is executed at once can find a name unbound that is bound in the end.
        """
        if unit.fixed or unit.kind in {Kind.IMPORT, Kind.STAR}:
            return set()
        defines = unit.kind in {Kind.FUNCTION, Kind.CLASS}
        waiting = _first([*(unit.eager if defines else unit.uses), *unit.soft])
        summary = self._sources.summary(module)
        seen: set[str] = set()
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            places = summary.binders.get(name, ()) or tuple(s.place for s in summary.stars)
            if any(place > index for place in places):
                found.add(name)
            for place in summary.binders.get(name, ()):
                waiting += _first([*summary.units[place].uses, *summary.units[place].soft])
        return found


def _first(paths: Iterable[str]) -> list[str]:
    return [path.partition(".")[0] for path in paths]
