"""
Reach: all that a node leads to, shared between those who ask.

All members of a component reach the same, so that it is found once for all of
them. Sets are kept as the bits of an integer, so that to unite two costs next
to nothing.

Knows nodes and what follows them; does not know what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from capstone_build.analysis.graph.components import components
from capstone_build.analysis.names.node import Node


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
        self._next: dict[int, list[int]] = {}
        self._reach: dict[int, int] = {}

    def of(self, node: Node) -> int:
        """Return the set of all that *node* leads to, itself included."""
        index = self._index(node)
        if index not in self._reach:
            for members in components(index, self._after, self._reach):
                self._settle(members)
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

    def _after(self, index: int) -> list[int]:
        if index not in self._next:
            self._next[index] = [self._index(each) for each in self._follows(self._nodes[index])]
        return self._next[index]

    def _settle(self, members: list[int]) -> None:
        """Note what all *members* of a component reach."""
        bits = 0
        for member in members:
            bits |= 1 << member
            for after in self._after(member):
                bits |= self._reach.get(after, 0)
        for member in members:
            self._reach[member] = bits
