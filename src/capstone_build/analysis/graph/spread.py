"""
Spread: all that a node leads to, shared between those who ask.

All members of a component reach the same, so that it is found once for all of
them. Nodes are numbered as they are met, and sets of them are kept as the bits of
an integer, so that to unite two, or to pick what belongs to one, costs next to
nothing.

Knows nodes and what follows them; does not know what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import TypeVar

from capstone_build.analysis.graph.components import components
from capstone_build.analysis.names.node import Node

_Value = TypeVar("_Value")

_FLAGS = bytes.maketrans(b"01", b"\0\1")


def picked(values: Iterable[_Value], bits: int) -> Iterator[_Value]:
    """Return those of *values* at whose place there is one of *bits*."""
    return compress(values, f"{bits:b}".encode()[::-1].translate(_FLAGS))


class NodeSet(Collection[Node]):
    """
    Some of the nodes that were met.

    Args:
        bits: Which.
        met: All, in the order of their numbers.
        numbers: The number of each.
    """

    __slots__ = ("_numbers", "bits", "met")

    def __init__(self, bits: int, met: Sequence[Node], numbers: Mapping[Node, int]) -> None:
        self.bits = bits
        self.met = met
        self._numbers = numbers

    def __iter__(self) -> Iterator[Node]:
        """Iterate over the nodes, in the order in which they were met."""
        return picked(self.met, self.bits)

    def __len__(self) -> int:
        """Return how many nodes there are."""
        return self.bits.bit_count()

    def __contains__(self, node: object) -> bool:
        """Whether *node* is in the set."""
        number = self._numbers.get(node)  # type: ignore[call-overload] # what is no node is not in it
        return number is not None and bool(self.bits >> number & 1)


class Spread:
    """
    Finds what nodes lead to.

    Args:
        follows: What each node leads to, one step on.
    """

    def __init__(self, follows: Callable[[Node], Iterable[Node]]) -> None:
        self._follows = follows
        self._indices: dict[Node, int] = {}
        self.nodes: list[Node] = []
        """All that anybody led to, in the order in which they were met."""
        self._next: dict[int, list[int]] = {}
        self._found: dict[int, int] = {}

    def of(self, nodes: Iterable[Node]) -> NodeSet:
        """Return the set of all that *nodes* lead to, themselves included."""
        bits = 0
        for node in nodes:
            bits |= self._from(self._index(node))
        return NodeSet(bits, self.nodes, self._indices)

    def _from(self, index: int) -> int:
        if index not in self._found:
            for members in components(index, self._after, self._found):
                self._settle(members)
        return self._found[index]

    def _index(self, node: Node) -> int:
        if node not in self._indices:
            self._indices[node] = len(self.nodes)
            self.nodes.append(node)
        return self._indices[node]

    def _after(self, index: int) -> list[int]:
        if index not in self._next:
            self._next[index] = [self._index(each) for each in self._follows(self.nodes[index])]
        return self._next[index]

    def _settle(self, members: list[int]) -> None:
        """Note what all *members* of a component reach."""
        bits = 0
        for member in members:
            bits |= 1 << member
            for after in self._after(member):
                bits |= self._found.get(after, 0)
        for member in members:
            self._found[member] = bits
