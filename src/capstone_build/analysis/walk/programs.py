"""
Python programs: what running a script, a module or a line of code can reach.

Knows where Python looks for modules first in each case; does not know command
lines (`commands` reads them), and runs nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from capstone_build.analysis.file.summary import VERSION as SUMMARIES
from capstone_build.analysis.graph.codegraph import CodeGraph
from capstone_build.analysis.graph.known_steps import VERSION as STEPS
from capstone_build.analysis.names.entry_points import EntryPoint, EntryPoints
from capstone_build.analysis.names.modules import Root
from capstone_build.analysis.names.naming import ignored
from capstone_build.analysis.names.node import Node, Sort
from capstone_build.analysis.names.packages import Installed, Packages, Standard
from capstone_build.analysis.names.sources import FileMemory, Sources, SummaryMemory
from capstone_build.analysis.walk.closure import Closure
from capstone_build.analysis.walk.gathering import Gathering
from capstone_build.core.digest import Digest, digest_bytes, digest_fields
from capstone_build.core.stage import Symbol, is_with_all_below


class Programs:
    """
    Reads Python programs.

    Args:
        roots: Folders with the project's modules, its own first.
        summaries: Persistent memory of what files say.
        files: Reads files, or knows that it need not.
        whole: What reads the same programs and ignores nothing; none for that itself.
        ignoring: Definitions and modules that are not entered.
    """

    def __init__(
        self,
        roots: Sequence[Root],
        summaries: SummaryMemory,
        files: FileMemory,
        whole: Programs | None = None,
        ignoring: frozenset[Symbol] = frozenset(),
    ) -> None:
        self.root = roots[0].folder
        self.packages: Packages = Packages() if whole is None else whole.packages
        self._roots = list(roots)
        self._summaries = summaries
        self._files = files
        self._entry_points = EntryPoints(self.root, self.packages)
        self._gatherings: dict[tuple[str, ...], Gathering] = {}
        self._whole = whole
        self._ignoring = ignoring
        self._past: dict[frozenset[Symbol], Programs] = {}

    def past(self, ignoring: frozenset[Symbol]) -> Programs:
        """Return what reads the same programs and does not enter what is *ignoring*."""
        if not ignoring:
            return self
        if ignoring not in self._past:
            self._past[ignoring] = Programs(
                self._roots, self._summaries, self._files, self, ignoring
            )
        return self._past[ignoring]

    def gathering(self, *folders: str, apart: str = "") -> Gathering:
        """
        Return what answers for code that looks in *folders* before the project's roots.

        Args:
            folders: Where, in order.
            apart: What sets this program apart from others that look there.
        """
        first = list(dict.fromkeys(folders))
        while first[-1:] == [self.root]:
            first.pop()
        key = (*first, "", apart)
        if key not in self._gatherings and self._whole is not None:
            # What was read is shared; what it leads to is not the same.
            graph = self._whole.gathering(*folders, apart=apart).graph
            graph = CodeGraph(graph.sources, ignored(self._ignoring, graph.resolver))
            self._gatherings[key] = Gathering(graph)
        elif key not in self._gatherings:
            roots = [*(Root(each) for each in first), *self._roots]
            sources = Sources(roots, self.root, self._summaries, self.packages, self._files)
            kept = None if apart else self._summaries.get(self._key(key))
            self._gatherings[key] = Gathering(CodeGraph(sources, kept=kept))
        return self._gatherings[key]

    def _key(self, folders: Sequence[str]) -> str:
        """Return what steps are kept under, for code that looks in *folders* first."""
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        places = [f"{each.folder} {each.only}" for each in self._roots]
        where = digest_fields(*folders, "then", *places)
        return f"steps {SUMMARIES}.{STEPS} {python} {where}"

    def remember(self) -> None:
        """Put what was learned of programs into the memory that summaries are in."""
        for key, gathering in self._gatherings.items():
            if self._whole is None and not key[-1]:
                text = gathering.graph.known.text()
                if text is not None:
                    self._summaries[self._key(key)] = text

    def read(self) -> dict[str, Digest]:
        """Return the digest of each Python file that was read so far, by its absolute path."""
        digests: dict[str, Digest] = {}
        for gathering in self._gatherings.values():
            digests |= gathering.graph.sources.digests
        return digests

    def script(self, path: str | Path, folders: Sequence[str] = ()) -> Closure:
        """
        Return what running the file at *path* can reach.

        Args:
            path: A script, of whatever name, or a notebook.
            folders: Where it looks for modules first; beside itself if none is given.
        """
        gathering, node = self._placed(path, folders)
        return gathering.gather([node])

    def file(self, path: str | Path, folders: Sequence[str] = ()) -> Closure:
        """Return what running the file at *path*, or using anything in it, can reach."""
        gathering, node = self._placed(path, folders)
        return gathering.gather([node, Node(Sort.WHOLE, node.name)])

    def _placed(self, path: str | Path, folders: Sequence[str]) -> tuple[Gathering, Node]:
        """Return the script at *path* as what is found by its name as a module."""
        file = os.path.abspath(path)  # noqa: PTH100 - links stay as the import path has them
        first = list(folders) or [str(Path(file).parent)]
        gathering = self.gathering(*first)
        name = _module_name(gathering.graph, file)
        found = gathering.graph.sources.modules.find(name)
        if found is None or found.file != file:  # its name is another module's
            gathering = self.gathering(*first, apart=file)
            gathering.graph.sources.place(name, file)
        return gathering, Node(Sort.SCRIPT, file, name)

    def module(self, name: str, folders: Sequence[str]) -> Closure:
        """Return what `python -m name` can reach, where modules are looked for in *folders*."""
        gathering = self.gathering(*folders)
        sources = gathering.graph.sources
        found = sources.find(name)
        if found is not None and found.is_package:
            name = f"{name}.__main__"
            found = sources.find(name)
        if found is None or found.file is None or not found.is_source:
            return gathering.gather([Node(Sort.TOP, name.partition(".")[0])])
        above = name.rpartition(".")[0]
        nodes = [Node(Sort.SCRIPT, found.file, name)]
        return gathering.gather([*nodes, *([Node(Sort.LOADED, above)] if above else [])])

    def code(self, text: str, folders: Sequence[str]) -> Closure | None:
        """Return what `python -c text` can reach; None if *text* is not Python."""
        gathering = self.gathering(*folders)
        file = f"python -c {digest_bytes(text.encode('utf-8', 'surrogatepass'))}"
        sources = gathering.graph.sources
        sources.supply(file, text.encode("utf-8", "replace"))
        if sources.of_file(file).broken:
            return None
        sources.place(file, file)
        return gathering.gather([Node(Sort.SCRIPT, file, file)])

    def every_module(self) -> Closure:
        """Return all the code of the project."""
        return self.gathering().gather([Node(Sort.ANY_MODULE, "")])

    def python(self) -> Closure:
        """Return what counts wherever Python runs."""
        return self.gathering().gather([])

    def has_module(self, name: str, folders: Sequence[str] = ()) -> bool:
        """Tell whether *name* is a module of the project's source."""
        found = self.gathering(*folders).graph.sources.find(name)
        return found is not None and (found.file is not None or found.is_package)

    def symbols(self, starts: Iterable[Symbol]) -> Closure:
        """Return what the definitions in *starts* can reach."""
        gathering = self.gathering()
        return gathering.gather([node for each in starts for node in _start(gathering, each)])

    def entry_point(self, program: str) -> Closure | None:
        """Return what the console script called *program* can reach; None if there is none."""
        found = self._entry_points.find(program)
        return None if found is None else self._of_entry_point(found)

    def _of_entry_point(self, found: EntryPoint) -> Closure | None:
        gathering = self.gathering()
        top = found.module.partition(".")[0]
        provider = self.packages.provider(top)
        if gathering.graph.sources.find(found.module) is not None or not found.distribution:
            return self.symbols([Symbol(f"{found.module}:{found.attribute}")])
        if isinstance(provider, Standard):  # the engine itself: no code of a stage
            return self.python()
        names = {found.distribution, *(provider.names if isinstance(provider, Installed) else ())}
        names |= {
            e for name in list(names) for e in self.packages.requirements(name, optional=True)
        }
        return gathering.gather([Node(Sort.DISTRIBUTION, each) for each in sorted(names)])


def _start(gathering: Gathering, symbol: Symbol) -> Iterator[Node]:
    """Yield the nodes at which the reading of *symbol* begins."""
    module, _, qualified = symbol.partition(":")
    sources = gathering.graph.sources
    if node_of(symbol) in gathering.graph.ignored:
        return
    if sources.find(module) is None:
        yield Node(Sort.TOP, module.partition(".")[0])
        return
    if is_with_all_below(symbol):
        yield Node(Sort.WHOLE, module)
        yield Node(Sort.ANY_MODULE, "", f"{module}.")
        return
    name = qualified.partition(".")[0]
    links = gathering.graph.resolver.path(module, qualified) if name.isidentifier() else ()
    if any(link.node.sort is Sort.SYMBOL for link in links):
        yield from (link.node for link in links)
    else:
        yield Node(Sort.WHOLE, module)


def node_of(symbol: Symbol) -> Node:
    """Return the global that *symbol* names or lies in; what is none stands for its module."""
    module, _, qualified = symbol.partition(":")
    name = qualified.partition(".")[0]
    return Node(Sort.SYMBOL, module, name) if name.isidentifier() else Node(Sort.WHOLE, module)


def _module_name(graph: CodeGraph, file: str) -> str:
    """Return the name of a script as a module: within its package if it imports relatively."""
    relative = any(
        target.level for unit in graph.sources.of_file(file).units for target in unit.loads
    )
    names = graph.sources.modules.names_of(file)
    return max(names, key=len) if relative and names else Path(file).stem
