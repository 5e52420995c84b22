"""
Reach: all that a node leads to, shared between those who ask.

Tarjan's algorithm ("Depth-first search and linear graph algorithms", SIAM J.
Comput. 1972) finds what reaches each other; all members of such a component
reach the same. Sets are kept as the bits of an integer, so that to unite two
costs next to nothing. Nothing here recurses, however deep the code goes.

Knows nodes and what follows them; does not know what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from capstone_build.analysis.node import Node


@dataclass(slots=True)
class _Visit:
    """A node on the path of the search, and what of it is still to be looked at."""

    index: int
    remaining: Iterator[Node]


class Reach:
    """
    Finds what nodes lead to.

    Args:
        follows: What each node leads to, one step on.
    """

    def __init__(self, follows: Callable[[Node], Iterable[Node]]) -> None:
        self._follows = follows
        self._indices: dict[Node, int] = {}
        self._nodes: list[Node] = []
        self._reach: dict[int, int] = {}
        self._low: dict[int, int] = {}
        self._order: dict[int, int] = {}

    def of(self, node: Node) -> int:
        """Return the set of all that *node* leads to, itself included."""
        index = self._index(node)
        if index not in self._reach:
            self._search(node)
        return self._reach[index]

    def members(self, bits: int) -> Iterator[Node]:
        """Yield the nodes of a set."""
        # Octets first: most of a sparse set is empty ones.
        for place, octet in enumerate(bits.to_bytes((bits.bit_length() + 7) // 8, "little")):
            if octet:
                for bit in range(8):
                    if octet >> bit & 1:
                        yield self._nodes[place * 8 + bit]

    def _index(self, node: Node) -> int:
        if node not in self._indices:
            self._indices[node] = len(self._nodes)
            self._nodes.append(node)
        return self._indices[node]

    def _visit(self, node: Node, stack: list[int]) -> _Visit:
        index = self._index(node)
        self._order[index] = self._low[index] = len(self._order)
        stack.append(index)
        return _Visit(index, iter(self._follows(node)))

    def _search(self, start: Node) -> None:
        stack: list[int] = []
        path = [self._visit(start, stack)]
        while path:
            visit = path[-1]
            for node in visit.remaining:
                index = self._index(node)
                if index not in self._order:
                    path.append(self._visit(node, stack))
                    break
                if index not in self._reach:
                    self._low[visit.index] = min(self._low[visit.index], self._order[index])
            else:
                path.pop()
                if path:
                    above = path[-1].index
                    self._low[above] = min(self._low[above], self._low[visit.index])
                if self._low[visit.index] == self._order[visit.index]:
                    self._close(visit.index, stack)

    def _close(self, root: int, stack: list[int]) -> None:
        """Settle the component that *root* was the first to be met of."""
        members: list[int] = []
        while not members or members[-1] != root:
            members.append(stack.pop())
        bits = 0
        for member in members:
            bits |= 1 << member
            for node in self._follows(self._nodes[member]):
                bits |= self._reach.get(self._indices[node], 0)
        for member in members:
            self._reach[member] = bits
