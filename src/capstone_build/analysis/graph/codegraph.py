"""
The graph of code: what each thing that code can reach leads to next.

Knows one step at a time; does not know where anybody starts (`reach` walks).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from capstone_build.analysis.file.unit import Kind, Unit
from capstone_build.analysis.graph.effects import Effects
from capstone_build.analysis.graph.following import Following
from capstone_build.analysis.graph.known_steps import KnownSteps
from capstone_build.analysis.graph.readers import Readers
from capstone_build.analysis.graph.step import Step
from capstone_build.analysis.names.ignored import NOTHING, Ignored
from capstone_build.analysis.names.node import Node, Sort
from capstone_build.analysis.names.packages import OWN, PYTHON, Installed, Standard
from capstone_build.analysis.names.resolution import Resolver
from capstone_build.analysis.names.sources import Sources
from capstone_build.core.digest import Digest, digest_bytes, digest_fields
from capstone_build.core.fingerprint import Aspect


class CodeGraph:
    """
    Takes steps.

    Args:
        sources: What each module says.
        ignored: What nothing leads to.
        kept: What `known.text` gave in an earlier look, where nothing is ignored.
    """

    def __init__(
        self, sources: Sources, ignored: Ignored = NOTHING, kept: str | None = None
    ) -> None:
        self.sources = sources
        self.ignored = ignored
        self.known = KnownSteps(sources, kept)
        self.resolver = Resolver(sources, ignored)
        self.effects = Effects(self.resolver)
        self._readers = Readers(self.resolver)
        self._following = Following(self.resolver, self._readers)
        self._steps: dict[Node, Step] = {}
        self._ways: dict[Sort, Callable[[Node, Step], None]] = {
            Sort.SYMBOL: self._symbol,
            Sort.TEXTS: self._texts,
            Sort.SOURCE: self._source_text,
            Sort.LOADED: self._loaded,
            Sort.WHOLE: self._whole,
            Sort.MISSING: self._missing,
            Sort.TOP: self._top,
            Sort.DISTRIBUTION: self._distribution,
            Sort.FILE: self._file,
            Sort.SCRIPT: self._script,
            Sort.ANY_MODULE: self._any_module,
        }

    def step(self, node: Node) -> Step:
        """Return what *node* is and leads to."""
        step = self._steps.get(node)
        if step is None:
            known = self.known.steps(node)
            if node in known:
                self._steps.update(known)  # the rest of the module will be asked for, too
            else:
                self._steps[node] = self._taken(node)
            step = self._steps[node]
        return step

    def _taken(self, node: Node) -> Step:
        step = Step()
        self._ways[node.sort](node, step)
        if self.ignored:
            for each in [there for there in step.follows if there in self.ignored]:
                del step.follows[each]
        self.known.note(node, step)
        return step

    def _symbol(self, node: Node, step: Step) -> None:
        summary = self.sources.summary(node.module)
        indices = summary.binders.get(node.name, ())
        key = f"{node.module}:{node.name}"
        step.lead([Node(Sort.LOADED, node.module)])
        units = [summary.units[index] for index in indices]
        origins: list[str] = []
        if summary.stars:  # it may come through one of them
            links = self.resolver.path(node.module, node.name)
            origins = [f"{each.node.module}:{each.node.name}" for each in links]
        digests = [self._digest(node.module, each) for each in units]
        step.name(Aspect.CODE, key, digest_fields(*digests, *origins))
        self._place(node.module, indices, step)
        for unit in units:
            self._following.follow(node.module, unit, step)
            self._following.follow_readers(node.module, unit, step)

    def _digest(self, module: str, unit: Unit) -> Digest:
        """Return the digest of a unit; of an import, by what it names and not by its spelling."""
        if unit.kind is Kind.IMPORT and unit.target is not None:
            name = self.resolver.absolute(module, unit.target)
            return digest_fields("import", name or "", unit.target.name)
        return unit.digest

    def _place(self, module: str, indices: tuple[int, ...], step: Step) -> None:
        """Say where the units at *indices* are."""
        found = self.sources.find(module)
        if found is not None and found.file is not None and indices:
            unit = self.sources.of_file(found.file).units[indices[0]]
            step.place = (self.sources.spell(found.file), unit.line)
            step.units = (found.file, indices)

    def _texts(self, node: Node, step: Step) -> None:
        summary = self.sources.summary(node.module, exact=True)
        indices = summary.binders.get(node.name, ())
        digests = [summary.units[index].digest for index in indices]
        key = f"{node.module}:{node.name} (docstrings, annotations)"
        step.name(Aspect.CODE, key, digest_fields(*digests))
        plain = self.sources.summary(node.module).binders.get(node.name, ())
        if plain:  # a module's docstring is a text and nothing besides
            step.lead([Node(Sort.SYMBOL, node.module, node.name)])
        self._place(node.module, plain, step)
        for index in indices:
            self._following.follow(node.module, summary.units[index], step)

    def _source_text(self, node: Node, step: Step) -> None:
        found = self.sources.find(node.module)
        summary = self.sources.summary(node.module)
        indices = summary.binders.get(node.name, ())
        texts: list[str] = []
        if found is not None and found.file is not None:
            # Bytes are split where Python ends lines, and Latin-1 tells all of them apart.
            lines = self.sources.text(found.file).splitlines()
            for unit in (summary.units[index] for index in indices):
                code = lines[unit.line - 1 : unit.end]
                texts += [str(unit.line), *(line.decode("latin-1") for line in code)]
        key = f"{node.module}:{node.name} (source text)"
        step.name(Aspect.CODE, key, digest_fields(*texts))
        step.lead([Node(Sort.SYMBOL, node.module, node.name)])
        self._place(node.module, indices, step)

    def _missing(self, node: Node, step: Step) -> None:
        key = f"{node.module}:{node.name} is not defined"
        step.name(Aspect.CODE, key, digest_fields("not defined"))

    def _loaded(self, node: Node, step: Step) -> None:
        """A module is executed: the packages above it, what it imports, and its effects."""
        above = node.module.rpartition(".")[0]
        if above:
            step.lead([Node(Sort.LOADED, above)])
        module = self.sources.find(node.module)
        if module is None or module.file is None:
            return
        if not module.is_source:
            step.lead([Node(Sort.FILE, module.file)])
            return
        summary = self.sources.summary(node.module)
        if summary.broken:
            step.lead([Node(Sort.FILE, module.file)], f"{node.module} {summary.broken}")
        for unit in summary.units:
            if not unit.main and unit.kind in {Kind.IMPORT, Kind.STAR, Kind.BLOCK}:
                step.lead(self._executed(node.module, unit))
        if acting := self.effects.of(node.module):
            units = [summary.units[index] for index in acting]
            digests = [each.digest for each in units]
            step.name(Aspect.CODE, f"{node.module}:<effects>", digest_fields(*digests))
            self._place(node.module, acting, step)
            for unit in units:
                self._following.follow(node.module, unit, step)
                self._following.follow_readers(node.module, unit, step)

    def _executed(self, module: str, unit: Unit) -> Iterator[Node]:
        """Yield what a top-level import executes that can be felt without being named."""
        for target in unit.loads:
            for node in self.resolver.loads(module, target):
                if node.sort is Sort.LOADED or self._readers.is_for_effect(unit, module):
                    yield node
        if unit.kind is Kind.IMPORT and unit.target is not None and unit.target.name:
            # What is not there fails now, and no longer once it is.
            for node, _ in self.resolver.target(module, unit.target):
                if node.sort is Sort.MISSING:
                    yield node

    def _whole(self, node: Node, step: Step) -> None:
        summary = self.sources.summary(node.module)
        step.lead([Node(Sort.LOADED, node.module)])
        for name in summary.binders:
            step.lead(each for each, _ in self.resolver.path(node.module, name))
        for star in summary.stars:
            step.lead(each for each, _ in self.resolver.target(node.module, star.target))

    def _any_module(self, node: Node, step: Step) -> None:
        names = self.sources.modules.listing()
        step.lead(Node(Sort.WHOLE, name) for name in names if name.startswith(node.name))

    def _top(self, node: Node, step: Step) -> None:
        packages = self.sources.packages
        provider = packages.provider(node.module)
        if isinstance(provider, Installed):
            names = list(provider.names)
            if node.module != OWN:
                # What a library uses when it is there can change what it does.
                names += [
                    e for n in provider.names for e in packages.requirements(n, optional=True)
                ]
            step.lead(Node(Sort.DISTRIBUTION, name) for name in names)
        elif not isinstance(provider, Standard):
            digest = digest_fields("not importable", node.module)
            step.name(Aspect.PACKAGE, node.module, digest)

    def _distribution(self, node: Node, step: Step) -> None:
        if node.module == PYTHON:
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            step.name(Aspect.PACKAGE, PYTHON, digest_fields("python", version))
            return
        packages = self.sources.packages
        step.name(Aspect.PACKAGE, node.module, packages.digest(node.module))
        step.lead(Node(Sort.DISTRIBUTION, each) for each in packages.requirements(node.module))

    def _file(self, node: Node, step: Step) -> None:
        try:
            digest = digest_bytes(Path(node.module).read_bytes())
        except OSError:
            digest = digest_fields("not readable")
        step.name(Aspect.FILE, self.sources.spell(node.module), digest)
        step.place = (self.sources.spell(node.module), 1)

    def _script(self, node: Node, step: Step) -> None:
        """A file runs as a script; `node.name` is what it is called as a module."""
        summary = self.sources.of_file(node.module)
        if summary.broken:
            step.lead([Node(Sort.FILE, node.module)], f"{node.module} {summary.broken}")
            return
        name = node.name or self.named(node.module)
        running = summary.running
        units = [summary.units[index] for index in running]
        key = f"{self.sources.spell(node.module)}:<script>"
        step.name(Aspect.CODE, key, digest_fields(*(each.digest for each in units)))
        step.place = (self.sources.spell(node.module), 1)
        step.units = (node.module, running)
        for unit in summary.units:
            for target in unit.loads:
                step.lead(self.resolver.loads(name, target))
        for unit in units:
            self._following.follow(name, unit, step)
        for each in list(step.follows):
            if each.sort is Sort.MISSING and each.module == name:
                del step.follows[each]  # bound under the guard, which counts already

    def named(self, file: str) -> str:
        """Return the name that *file* has as a module; empty if it has none."""
        return min(self.sources.modules.names_of(file), key=len, default="")
