"""
Obstacles: what in a closure makes every module's name count.

Code that looks at code, that replaces what names stand for, or that is not all
imported at the start may tell where a definition lies, though no name in it
says so. A closure that holds such code is compared by name.

Knows one thing at a time; does not know who reaches it.
"""

from __future__ import annotations

from collections.abc import Iterator

from capstone_build.analysis.file.habits import ONLOOKERS
from capstone_build.analysis.file.unit import Kind, Target, Unit
from capstone_build.analysis.graph.codegraph import CodeGraph
from capstone_build.analysis.graph.components import components
from capstone_build.analysis.moves.placement import Placement
from capstone_build.analysis.names.node import Node, Sort

_AT_LARGE = frozenset({Sort.WHOLE, Sort.SOURCE, Sort.ANY_MODULE, Sort.SCRIPT})

_EVALUATING = frozenset({"eval", "exec"})


class Obstacles:
    """
    Finds obstacles.

    Args:
        graph: What leads to what.
        placement: Tells what only hands on.
    """

    def __init__(self, graph: CodeGraph, placement: Placement) -> None:
        self._graph = graph
        self._resolver = graph.resolver
        self._placement = placement
        self._found: dict[Node, bool] = {}
        self._circular: dict[str, bool] = {}

    def at(self, node: Node) -> bool:
        """Whether *node* makes the names of modules count."""
        if node not in self._found:
            self._found[node] = self._is(node)
        return self._found[node]

    def _is(self, node: Node) -> bool:
        if node.sort in _AT_LARGE or self._graph.step(node).flags:
            return True
        if node.sort is Sort.TOP:
            return node.module in ONLOOKERS
        if node.sort is Sort.SYMBOL:
            return any(self._hinders(node.module, each) for each in self._graph.effects.units(node))
        if node.sort is Sort.LOADED:
            return self._is_circular(node.module) or any(
                self._hinders(node.module, each) for each in self._executed(node.module)
            )
        return False

    def _executed(self, module: str) -> Iterator[Unit]:
        """Yield the units that act, or may import, when *module* is executed."""
        acting = self._graph.effects.of(module)
        for index, unit in enumerate(self._graph.sources.summary(module).units):
            if not unit.main and (unit.kind is Kind.BLOCK or index in acting):
                yield unit

    def _hinders(self, module: str, unit: Unit) -> bool:
        imports = unit.kind in {Kind.IMPORT, Kind.STAR}
        return (
            (not imports and any(self._loaded(module, each) for each in unit.loads))
            or not _EVALUATING.isdisjoint(unit.calls)
            or any(self._replaces(module, path) for path in unit.sets)
            or any(self._takes_for_granted(module, path) for path in unit.uses if "." in path)
        )

    def _replaces(self, module: str, path: str) -> bool:
        """Whether setting *path* gives a global name another value, which imports do not see."""
        links = self._resolver.path(module, path)
        return "." not in path or any(
            node.sort in {Sort.SYMBOL, Sort.MISSING} and not rest for node, rest in links
        )

    def _takes_for_granted(self, module: str, path: str) -> bool:
        """Whether *path* passes a submodule that only somebody else may have imported."""
        links = self._resolver.path(module, path)
        passed = {node.module for node, _ in links if node.sort is Sort.LOADED}
        if not passed:
            return False
        imported: set[str] = set()
        for each in links:
            if each.node.sort is Sort.SYMBOL and self._placement.passes(each):
                for unit in self._graph.effects.units(each.node):
                    for target in unit.loads:
                        imported.update(self._loaded(each.node.module, target))
        return any(
            not any(name == each or each.startswith(f"{name}.") for each in imported)
            for name in passed
        )

    def _loaded(self, module: str, target: Target) -> list[str]:
        nodes = self._resolver.loads(module, target)
        return [each.module for each in nodes if each.sort is Sort.LOADED]

    def _is_circular(self, module: str) -> bool:
        """Whether *module* is imported, in the end, by what it imports."""
        if module not in self._circular:
            for members in components(module, self._imported, self._circular):
                self._circular |= dict.fromkeys(members, len(members) > 1)
        return self._circular[module]

    def _imported(self, module: str) -> list[str]:
        """Return the modules that the imports at the top level of *module* look into."""
        found: list[str] = []
        for unit in self._graph.sources.summary(module).units:
            for target in unit.loads if not unit.main else ():
                names = self._loaded(module, target)
                # `from package import module` looks into the module alone.
                found += names[1:] if target.name not in {"", "*"} and names[1:] else names
        for name in list(found):
            while name := name.rpartition(".")[0]:  # packages are executed before their modules
                if not f"{module}.".startswith(f"{name}."):
                    found.append(name)
        return found
