"""
The extent of a closure: which files, and which of their lines, it consists of.

Knows places; does not know digests. For those who saw something happen in the
source and ask whose code that was.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from capstone_build.analysis.graph.codegraph import CodeGraph
from capstone_build.analysis.names.node import Node, Sort
from capstone_build.core.digest import Digest

_IN_MODULES = frozenset({Sort.SYMBOL, Sort.LOADED, Sort.WHOLE, Sort.TEXTS, Sort.SOURCE})


class Extent:
    """
    Where the code of a closure is.

    Args:
        reached: All that was reached, and the graph of code that it was found in.
    """

    def __init__(self, *reached: tuple[CodeGraph, Collection[Node]]) -> None:
        self._reached = reached

    def joined(self, other: Extent) -> Extent:
        """Return the extent of both."""
        return Extent(*self._reached, *other._reached)

    @cached_property
    def files(self) -> Mapping[str, Digest]:
        """Every source file that was reached, by its absolute path, with its digest."""
        found: dict[str, Digest] = {}
        for graph, nodes in self._reached:
            modules = {node.module for node in nodes if node.sort in _IN_MODULES}
            located = [graph.sources.find(module) for module in modules]
            files = {each.file for each in located if each is not None and each.file is not None}
            files |= {node.module for node in nodes if node.sort in {Sort.SCRIPT, Sort.FILE}}
            digests = graph.sources.digests
            found |= {file: digests[file] for file in files if file in digests}
        return dict(sorted(found.items()))

    def holds(self, file: str, line: int) -> bool:
        """Tell whether *line* of *file*, an absolute path, is in a statement that counts."""
        return any(first <= line <= last for first, last in self._statements.get(file, ()))

    @cached_property
    def _statements(self) -> Mapping[str, Sequence[tuple[int, int]]]:
        """For each file, the first and the last lines of its statements that count."""
        found: dict[str, list[tuple[int, int]]] = {}
        for graph, nodes in self._reached:
            for node in nodes:
                if (units := graph.step(node).units) is not None:
                    file, indices = units
                    summary = graph.sources.of_file(file)
                    lines = [(summary.units[i].line, summary.units[i].end) for i in indices]
                    found.setdefault(file, []).extend(lines)
        return found
