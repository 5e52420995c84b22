"""
The project's code, as a stage reaches it.

Knows definitions at which reading begins and answers with their closure; does
not import, and does not run, any of the code.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from capstone_build.analysis.closure import Closure
from capstone_build.analysis.codegraph import CodeGraph
from capstone_build.analysis.gathering import Gathering
from capstone_build.analysis.modules import Root, project_roots
from capstone_build.analysis.node import Node, Sort
from capstone_build.analysis.packages import Packages
from capstone_build.analysis.sources import FileMemory, NoFileMemory, Sources, SummaryMemory
from capstone_build.core.digest import Digest
from capstone_build.core.stage import Symbol


class ProjectCode:
    """
    The project's Python source, read file by file and never run.

    What was read is kept for as long as this lives: make a new one when files
    may have changed.

    Args:
        roots:
            Folders on the import path whose modules are project source: the
            project's root first (its `src` is added). A later one that is
            itself a package stands for that package alone.
        summaries: Persistent memory, filled and read by content; stale entries are harmless.
        files: Reads files, or knows that it need not; by default, every file is read.
    """

    def __init__(
        self, roots: Sequence[Path], summaries: SummaryMemory, files: FileMemory | None = None
    ) -> None:
        self._roots = project_roots(roots)
        self._summaries = summaries
        self._files = files or NoFileMemory()
        self._packages = Packages()
        self._gatherings: dict[str, Gathering] = {}

    def closure(self, starts: Iterable[Symbol]) -> Closure:
        """
        Return everything that the definitions in *starts* can reach.

        A definition inside a function stands for the function; one that cannot
        be told from its name for its whole module. A start that is not in the
        project's source stands for the package that it is from.
        """
        gathering = self._gathering("")
        return gathering.gather([node for each in starts for node in _start(gathering, each)])

    def script(self, path: Path) -> Closure:
        """Return everything that running *path*, a script or a notebook, can reach."""
        file = os.path.abspath(path)  # noqa: PTH100 - links stay as the import path has them
        gathering = self._gathering(str(Path(file).parent))
        name = _module_name(gathering.graph, file)
        gathering.graph.sources.modules.place(name, file)
        return gathering.gather([Node(Sort.SCRIPT, file, name)])

    def module_file(self, module: str) -> Path | None:
        """Return the file of a module of the project; None if it has none."""
        found = self._gathering("").graph.sources.find(module)
        return None if found is None or found.file is None else Path(found.file)

    def read(self) -> dict[str, Digest]:
        """Return the digest of each Python file that was used so far, by its absolute path."""
        digests: dict[str, Digest] = {}
        for gathering in self._gatherings.values():
            digests |= gathering.graph.sources.digests
        return digests

    def _gathering(self, folder: str) -> Gathering:
        """Return what answers for code that looks in *folder* first, if that is no root."""
        first = [Root(folder)] if folder and folder != self._roots[0].folder else []
        key = folder if first else ""
        if key not in self._gatherings:
            base = self._roots[0].folder
            roots = [*first, *self._roots]
            sources = Sources(roots, base, self._summaries, self._packages, self._files)
            self._gatherings[key] = Gathering(CodeGraph(sources))
        return self._gatherings[key]


def _start(gathering: Gathering, symbol: Symbol) -> list[Node]:
    """Return the nodes at which the reading of *symbol* begins."""
    module, _, qualified = symbol.partition(":")
    sources = gathering.graph.sources
    if sources.find(module) is None:
        return [Node(Sort.TOP, module.partition(".")[0])]
    name = qualified.partition(".")[0]
    links = gathering.graph.resolver.path(module, qualified) if name.isidentifier() else ()
    if any(link.node.sort is Sort.SYMBOL for link in links):
        return [link.node for link in links]
    return [Node(Sort.WHOLE, module)]


def _module_name(graph: CodeGraph, file: str) -> str:
    """Return the name of a script as a module: within its package if it imports relatively."""
    relative = any(
        target.level for unit in graph.sources.of_file(file).units for target in unit.loads
    )
    names = [name for name, each in graph.sources.modules.listing().items() if each == file]
    return max(names, key=len) if relative and names else Path(file).stem
