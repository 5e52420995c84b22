"""
Identities: what code is, apart from the module that it lies in.

The identity of a definition is a digest of what it says, with the identity of
each definition that it refers to in the place of its name: as in a Merkle tree
("A Digital Signature Based on a Conventional Encryption Function", CRYPTO '87).
Where definitions refer to each other in a circle they are told apart as far as
they differ, by refinement of colours (Cardon and Crochemore, "Partitioning a
Graph in O(|A| log2 |V|)", TCS 1982, does so faster than circles of code need).

Two closures of equal identity do the same, whatever their definitions' modules
are called. Closures in which that cannot be told have the identity of their
parts by name: a move then counts as an edit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from capstone_build.analysis.graph.codegraph import CodeGraph
from capstone_build.analysis.graph.components import components
from capstone_build.analysis.moves.meaning import Meaning, Meanings
from capstone_build.analysis.moves.obstacles import Obstacles
from capstone_build.analysis.moves.placement import Placement
from capstone_build.analysis.names.node import Link, Node, Sort
from capstone_build.core.digest import Digest, digest_fields
from capstone_build.core.fingerprint import Aspect, Fingerprint, digest_fingerprint


class _Note(NamedTuple):
    """
    What there is to say of a node that others do not stand for already.

    Attributes:
        hinders: Whether it makes the names of all modules count.
        state: Its identity, if it may move and holds what can change.
        said: What it is, with its name, if it belongs where it is.
    """

    hinders: bool = False
    state: str = ""
    said: str = ""


class Identities:
    """
    Finds identities, sharing the work between closures.

    Args:
        graph: What leads to what.
    """

    def __init__(self, graph: CodeGraph) -> None:
        self._graph = graph
        self._placement = Placement(graph.resolver, graph.effects)
        self._meanings = Meanings(graph, self._placement)
        self._obstacles = Obstacles(graph, self._placement)
        self._meanings_of: dict[Node, Meaning] = {}
        self._known: dict[Node, Digest] = {}
        self._notes: dict[Node, _Note | None] = {}

    def of(
        self,
        starts: Sequence[Node],
        nodes: Collection[Node],
        code: Fingerprint,
        order: Sequence[str],
    ) -> Digest:
        """
        Return the identity of a closure.

        Args:
            starts: Where it begins.
            nodes: All that it holds.
            code: The same as parts; those that are no code count for themselves.
            order: What happens in which order when it is imported, where that can be felt.
        """
        notes = list(filter(None, map(self._note, nodes)))
        states = [each.state for each in notes if each.state]
        # Of two that hold the same at first, it matters who changes which.
        if len(set(states)) < len(states) or any(each.hinders for each in notes):
            named = {part: digest for part, digest in code.items() if part[0] is Aspect.CODE}
            return digest_fields("by name", digest_fingerprint(named))
        begun = [self._settled(self._meanings.start(each)) for each in starts]
        said = sorted(each.said for each in notes if each.said)
        return digest_fields("by content", *begun, *said, "in order", *order)

    def definition(self, symbol: Node) -> Digest:
        """Return the identity of *symbol*, which may lie in any module."""
        if symbol not in self._known:
            for members in components(symbol, lambda each: self._meaning(each).open, self._known):
                if len(members) == 1 and members[0] not in self._meaning(members[0]).open:
                    self._known[members[0]] = self._settled(self._meaning(members[0]))
                else:
                    self._known |= self._circle(members)
        return self._known[symbol]

    def _meaning(self, node: Node) -> Meaning:
        if node not in self._meanings_of:
            self._meanings_of[node] = self._meanings.of(node)
        return self._meanings_of[node]

    def _settled(self, meaning: Meaning) -> Digest:
        return digest_fields(*meaning.fields, "then", *map(self.definition, meaning.open))

    def _circle(self, members: Sequence[Node]) -> dict[Node, Digest]:
        """
        Return the identities of definitions that lead to each other.

        A colour says what a definition is as far as so many references away. Once
        another round tells no more of them apart, none ever will; that this was so,
        and with which colours, is part of what each of them is.
        """
        inside = set(members)
        colours: dict[Node, Digest] = {}
        for each in members:
            meaning = self._meaning(each)
            known = ["" if other in inside else self._known[other] for other in meaning.open]
            colours[each] = digest_fields(*meaning.fields, "then", *known)
        while True:
            finer = {each: self._finer(each, colours) for each in members}
            if len(set(finer.values())) == len(set(colours.values())):
                break
            colours = finer
        both = sorted({f"{colours[each]} {finer[each]}" for each in members})
        return {each: digest_fields("circle", finer[each], *both) for each in members}

    def _finer(self, node: Node, colours: Mapping[Node, Digest]) -> Digest:
        others = (colours[each] for each in self._meaning(node).open if each in colours)
        return digest_fields(colours[node], *others)

    def _note(self, node: Node) -> _Note | None:
        if node not in self._notes:
            note = self._noted(node)
            self._notes[node] = None if note == _Note() else note
        return self._notes[node]

    def _noted(self, node: Node) -> _Note:
        if self._obstacles.at(node):
            return _Note(hinders=True)
        if node.sort is Sort.SYMBOL:
            if self._placement.is_movable(node):
                has_state = self._placement.has_state(node)
                return _Note(state=self.definition(node) if has_state else "")
            if self._placement.passes(Link(node)):
                return _Note()
        elif node.sort is Sort.LOADED:
            step = self._graph.step(node)
            if step.part is None and not any(e.sort is Sort.MISSING for e in step.follows):
                return _Note()
        elif node.sort is not Sort.TEXTS:
            return _Note()
        means = self._settled(self._meaning(node))
        return _Note(said=f"{node.sort.value} {node.module}:{node.name} {means}")
