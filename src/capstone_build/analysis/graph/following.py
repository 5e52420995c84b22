"""
Following: from what a statement spells to the things it can reach.

Knows one unit in its module; does not know how the unit itself was reached.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from capstone_build.analysis.file.unit import Flag, Hint, Unit
from capstone_build.analysis.graph.readers import Readers
from capstone_build.analysis.graph.step import Step
from capstone_build.analysis.names.node import Link, Node, Sort
from capstone_build.analysis.names.resolution import Resolver


class Following:
    """
    Follows units.

    Args:
        resolver: Tells what names stand for.
        readers: Tells which libraries read what they are given.
    """

    def __init__(self, resolver: Resolver, readers: Readers) -> None:
        self._resolver = resolver
        self._sources = resolver.sources
        self._readers = readers

    def follow(self, module: str, unit: Unit, step: Step) -> None:
        """Add to *step* all that executing *unit*, or calling what it defines, can reach."""
        for path, line in unit.uses.items():
            self._lead(module, self._resolver.path(module, path), step, (path, line))
        for via in unit.vias:
            links = self._resolver.target(module, via.target, via.rest)
            self._lead(module, links, step, (via.target.module, via.line))
        for word in unit.soft:
            links = self._resolver.path(module, word)
            step.lead(node for node, _ in links if node.sort is not Sort.MISSING)
        for target in unit.loads:
            step.lead(self._resolver.loads(module, target))
        for gift in unit.gifts:
            if self._readers.takes(module, gift.callee):
                step.lead(self._texts(self._resolver.path(module, gift.name)))
        for hint in unit.hints:
            self._heed(module, hint, step)
        for name, line in unit.environment.items():
            if (file := self._file(module)) is not None:
                step.environment.setdefault(name, self._sources.where(file, line))

    def follow_readers(self, module: str, unit: Unit, step: Step) -> None:
        """Add the texts of *unit* to *step* if a decorator or a base of it may read them."""
        if any(self._readers.reads(module, path) for path in unit.readers):
            step.lead(Node(Sort.TEXTS, module, name) for name in unit.names)

    def _lead(
        self, module: str, links: Iterable[Link], step: Step, spelled: tuple[str, int]
    ) -> None:
        for node, _ in links:
            if node.sort is Sort.WHOLE:
                path, line = spelled
                place = self._where(module, line)
                step.lead([node], f"{place} {path} is used as a value: whole module counts")
            else:
                step.follows[node] = None

    @staticmethod
    def _texts(links: Iterable[Link]) -> Iterable[Node]:
        for node, _ in links:
            if node.sort is Sort.SYMBOL:
                yield Node(Sort.TEXTS, node.module, node.name)

    def _heed(self, module: str, hint: Hint, step: Step) -> None:
        """Add what a hint makes count."""
        if hint.flag is Flag.FILE:
            step.named.add(hint.detail)
            return
        step.flags.add(hint.flag)
        place = f"{self._where(module, hint.line)} {hint.said}"
        if hint.flag is Flag.NAMESPACE:
            step.lead([Node(Sort.WHOLE, module)], f"{place}: whole module counts")
        elif hint.flag is Flag.ANY_MODULE:
            which = f" that begins with {hint.detail!r}" if hint.detail else ""
            reason = f"{place}: every project module{which} counts"
            step.lead([Node(Sort.ANY_MODULE, "", hint.detail)], reason)
        elif hint.flag is Flag.SCRIPT and (file := self._named(module, hint.detail)):
            step.lead([Node(Sort.SCRIPT, file)])

    def _named(self, module: str, spelled: str) -> str:
        """Return the Python file of the project that a string names; empty if none."""
        own = self._file(module)
        folders = [self._sources.base, *([str(Path(own).parent)] if own else [])]
        for folder in folders:
            file = Path(folder, spelled.lstrip("/"))
            if file.is_file():
                return str(file.resolve() if ".." in file.parts else file)
        return ""

    def _file(self, module: str) -> str | None:
        found = self._sources.find(module)
        return None if found is None else found.file

    def _where(self, module: str, line: int) -> str:
        return str(self._sources.where(self._file(module) or module, line))
