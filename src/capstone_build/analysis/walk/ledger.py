"""
The ledger: what each node adds to a closure, by the number that it has in the `spread`.

Every stage reaches hundreds of nodes and few of them say anything beside their
digest: what a closure holds is picked from columns, not asked of each node.

Knows steps; does not know where anybody starts.
"""

from __future__ import annotations

from collections.abc import Iterator

from capstone_build.analysis.file.unit import Flag
from capstone_build.analysis.graph.codegraph import CodeGraph
from capstone_build.analysis.graph.spread import NodeSet, Spread, picked
from capstone_build.analysis.graph.step import Step
from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import Aspect, Part
from capstone_build.core.stage import Location

_NO_PART: tuple[Part, Digest] = ((Aspect.CODE, ""), Digest(""))
"""Stands where a node only leads on; never picked."""


class Ledger:
    """
    Keeps account of the nodes that were met.

    Args:
        graph: What leads to what.
        spread: Numbers the nodes.
    """

    def __init__(self, graph: CodeGraph, spread: Spread) -> None:
        self._graph = graph
        self._spread = spread
        self._entries: list[tuple[Part, Digest]] = []
        self._parts = 0
        self._reading = 0
        self._naming = 0
        self._flagged = 0

    def _post(self) -> None:
        """Enter the nodes that were met since."""
        for number in range(len(self._entries), len(self._spread.nodes)):
            step = self._graph.step(self._spread.nodes[number])
            bit = 1 << number
            if step.part is None:
                self._entries.append(_NO_PART)
            else:
                self._entries.append((step.part, step.digest))
                self._parts |= bit
            if step.environment:
                self._reading |= bit
            if step.named:
                self._naming |= bit
            if step.flags:
                self._flagged |= bit

    def digests(self, nodes: NodeSet) -> dict[Part, Digest]:
        """Return the parts that *nodes* are."""
        self._post()
        return dict(picked(self._entries, nodes.bits & self._parts))

    def environment(self, nodes: NodeSet) -> dict[str, Location]:
        """Return the environment variables that *nodes* read by literal name, and where."""
        self._post()
        found: dict[str, Location] = {}
        for step in self._steps(nodes.bits & self._reading):
            found.update(step.environment)
        return found

    def named(self, nodes: NodeSet) -> frozenset[str]:
        """Return what *nodes* spell that may be the paths of files."""
        self._post()
        return frozenset().union(*(e.named for e in self._steps(nodes.bits & self._naming)))

    def flags(self, nodes: NodeSet) -> set[Flag]:
        """Return the ways in which *nodes* reach more than they spell."""
        self._post()
        return {flag for e in self._steps(nodes.bits & self._flagged) for flag in e.flags}

    def _steps(self, bits: int) -> Iterator[Step]:
        return map(self._graph.step, picked(self._spread.nodes, bits)) if bits else iter(())
