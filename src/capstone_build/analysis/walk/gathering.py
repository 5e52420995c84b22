"""
Gathering: from nodes at which reading begins to a closure.

Knows what the closure as a whole brings about: who reads texts makes the texts
of all it reaches count, and the order of effects counts where there are any.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache, partial

from capstone_build.analysis.file.unit import Flag, Kind
from capstone_build.analysis.graph.codegraph import CodeGraph
from capstone_build.analysis.graph.order import Order
from capstone_build.analysis.graph.spread import NodeSet, Spread
from capstone_build.analysis.moves.identity import Identities
from capstone_build.analysis.names.node import Node, Sort
from capstone_build.analysis.names.packages import PYTHON
from capstone_build.analysis.walk.account import Account
from capstone_build.analysis.walk.closure import Closure, Parts, Reached
from capstone_build.analysis.walk.extent import Extent
from capstone_build.analysis.walk.ledger import Ledger
from capstone_build.core.digest import digest_fields
from capstone_build.core.fingerprint import Aspect, Part

ORDER: Part = (Aspect.CODE, "<order of effects>")
"""The part that changes when modules are executed in another order, and it can be felt."""


class Gathering:
    """
    Gathers closures, sharing the work between them.

    Args:
        graph: What leads to what.
    """

    def __init__(self, graph: CodeGraph) -> None:
        self.graph = graph
        self._order = Order(graph.resolver, graph.effects, graph.known)
        self._identities = Identities(graph)
        self._spread = Spread(lambda node: graph.step(node).follows)
        self._ledger = Ledger(graph, self._spread)
        self._gathered: dict[tuple[Node, ...], Closure] = {}

    def gather(self, starts: Sequence[Node]) -> Closure:
        """Return all that *starts* lead to: one closure for the many stages that start there."""
        key = tuple(starts)
        if key not in self._gathered:
            self._gathered[key] = self._gather(key)
        return self._gathered[key]

    def _gather(self, starts: Sequence[Node]) -> Closure:
        begun = [each for each in starts if each not in self.graph.ignored]
        roots = list(dict.fromkeys([*begun, Node(Sort.DISTRIBUTION, PYTHON)]))
        nodes = self._spread.of(roots)
        while flags := self._ledger.flags(nodes):
            besides = dict.fromkeys(self._besides(nodes, flags))
            added = [n for n in besides if n not in nodes and n not in self.graph.ignored]
            if not added:
                break
            roots += added
            nodes = self._spread.of(roots)
        return self._closure(list(starts), roots, nodes)

    def _closure(self, starts: list[Node], roots: list[Node], nodes: NodeSet) -> Closure:
        digests = self._ledger.digests(nodes)
        order = self._order.of(roots, nodes)
        if order:
            digests[ORDER] = digest_fields(*order)
        tell = partial(self._tell, Account(self.graph, roots), nodes, order)
        return Closure(
            parts=Parts(digests, tell, partial(self._reasons, nodes)),
            undeclared_environment=self._ledger.environment(nodes),
            named=self._ledger.named(nodes),
            extent=Extent((self.graph, nodes)),
            identify=cache(partial(self._identities.of, starts, nodes, digests, order)),
        )

    def _reasons(self, nodes: NodeSet) -> Iterator[str]:
        for node in nodes:
            yield from self.graph.step(node).reasons.values()

    def _tell(self, account: Account, nodes: NodeSet, order: Sequence[str], part: Part) -> Reached:
        if part != ORDER:
            return account.of(next(n for n in [*nodes][::-1] if self.graph.step(n).part == part))
        return Reached(
            digest=digest_fields(*order),
            where=None,
            chain=(),
            source="".join(f"# {each}\n" for each in order),
            note="the order in which modules are executed can be felt",
        )

    def _besides(self, nodes: NodeSet, flags: Collection[Flag]) -> Iterator[Node]:
        """Yield what counts besides, because some of *nodes* reach more than they spell."""
        texts = Flag.TEXTS in flags or Flag.SOURCE in flags
        for node in nodes:
            if texts:
                yield from self._texts(node)
            if Flag.SOURCE in flags:
                yield from (Node(Sort.SOURCE, *each) for each in self._symbols(node))
            if node.sort is Sort.LOADED and Flag.SUBCLASSES in flags:
                yield from self._subclasses(node.module)
            if node.sort is Sort.TOP and Flag.PATH in flags:
                yield from self._lookalikes(node.module)

    def _texts(self, node: Node) -> Iterator[Node]:
        yield from (Node(Sort.TEXTS, *each) for each in self._symbols(node))
        if node.sort is Sort.LOADED:
            exact = self.graph.sources.summary(node.module, exact=True)
            if "__doc__" in exact.binders:
                yield Node(Sort.TEXTS, node.module, "__doc__")

    def _symbols(self, node: Node) -> Iterator[tuple[str, str]]:
        """Yield the symbol that *node* is, or those that the effects of its module bind."""
        if node.sort is Sort.SYMBOL:
            yield node.module, node.name
        elif node.sort is Sort.LOADED:
            units = self.graph.sources.summary(node.module).units
            for index in self.graph.effects.of(node.module):
                yield from ((node.module, name) for name in units[index].names)

    def _subclasses(self, module: str) -> Iterator[Node]:
        for unit in self.graph.sources.summary(module).units:
            if unit.kind is Kind.CLASS and unit.bases and not unit.main:
                yield from (Node(Sort.SYMBOL, module, name) for name in unit.names)

    def _lookalikes(self, top: str) -> Iterator[Node]:
        """Yield files of the project that go by *top* in a folder that may come first."""
        modules = self.graph.sources.modules
        for folder in modules.elsewhere(top):
            stem = f"{folder}/{top}"
            for file in modules.listing().values():
                if file.startswith((f"{stem}.", f"{stem}/")):
                    yield Node(Sort.FILE, file)
