"""
Accounts: how something was reached, and what exactly counts of it.

Explains what `gathering` found by the same steps; decides nothing.
"""

from __future__ import annotations

from collections import deque
from itertools import pairwise

from capstone_build.analysis.file.spelling import Speller
from capstone_build.analysis.graph.codegraph import CodeGraph
from capstone_build.analysis.names.node import Node, Sort
from capstone_build.analysis.walk.closure import Reached


class Account:
    """
    Tells of the parts of one closure.

    Args:
        graph: What leads to what.
        roots: Where the closure begins.
    """

    def __init__(self, graph: CodeGraph, roots: list[Node]) -> None:
        self._graph = graph
        self._roots = roots
        self._spellers: dict[str, Speller] = {}
        self._came_from: dict[Node, Node | None] = {}

    def of(self, node: Node) -> Reached:
        """Return what there is to tell of *node*."""
        way = self._way(node)
        step = self._graph.step(node)
        source = ""
        if step.units is not None:
            file, indices = step.units
            if file not in self._spellers:
                self._spellers[file] = Speller(self._graph.sources.text(file))
            source = self._spellers[file].spell(indices)
        return Reached(
            digest=step.digest,
            where=step.where,
            chain=self._names(way),
            source=source,
            note=self._note(way),
        )

    def _way(self, node: Node) -> list[Node]:
        """Return one of the shortest ways to *node*."""
        if not self._came_from:
            self._came_from.update(dict.fromkeys(self._roots))
            queue = deque(self._roots)
            while queue:
                here = queue.popleft()
                for there in self._graph.step(here).follows:
                    if there not in self._came_from:
                        self._came_from[there] = here
                        queue.append(there)
        way: list[Node] = []
        at: Node | None = node
        while at is not None:
            way.append(at)
            at = self._came_from.get(at)
        return way[::-1]

    def _note(self, way: list[Node]) -> str:
        reasons = (self._graph.step(before).reasons.get(after) for before, after in pairwise(way))
        return next((each for each in reasons if each), "")

    def _names(self, way: list[Node]) -> tuple[str, ...]:
        """Return the names on the *way*, without those that only repeat the one before."""
        names: list[str] = []
        for index, node in enumerate(way):
            is_between = 0 < index < len(way) - 1
            if is_between and node.sort in {Sort.LOADED, Sort.WHOLE}:
                passes = way[index + 1].sort is not Sort.LOADED
                if passes or node.module == way[index - 1].module:
                    continue
            name = node.name or node.module
            if node.sort in {Sort.SCRIPT, Sort.FILE}:
                name = self._graph.sources.spell(node.module)
            if name and names[-1:] != [name]:
                names.append(name)
        return tuple(names)
