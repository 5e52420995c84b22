"""
The project's code, as a stage reaches it.

Knows definitions at which reading begins and answers with their closure; does
not import, and does not run, any of the code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from capstone_build.analysis.commands.command_code import CommandCode
from capstone_build.analysis.commands.commands import read_command
from capstone_build.analysis.names.modules import project_roots
from capstone_build.analysis.names.naming import Naming, naming
from capstone_build.analysis.names.sources import FileMemory, NoFileMemory, SummaryMemory
from capstone_build.analysis.walk.closure import Closure
from capstone_build.analysis.walk.programs import Programs, node_of
from capstone_build.core.digest import Digest
from capstone_build.core.stage import Symbol

_NONE: frozenset[Symbol] = frozenset()


class ProjectCode:
    """
    The project's Python source, read file by file and never run.

    What was read is kept for as long as this lives: make a new one when files
    may have changed. What is *ignoring*, wherever it is asked for, is not
    entered, nor what only it leads to.

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
        self._programs = Programs(project_roots(roots), summaries, files or NoFileMemory())

    def closure(self, starts: Iterable[Symbol], ignoring: frozenset[Symbol] = _NONE) -> Closure:
        """
        Return everything that the definitions in *starts* can reach.

        A definition inside a function stands for the function; one that cannot
        be told from its name for its whole module. A start that is not in the
        project's source stands for the package that it is from.
        """
        return self._programs.past(ignoring).symbols(starts)

    def script(self, path: Path, ignoring: frozenset[Symbol] = _NONE) -> Closure:
        """Return everything that running *path*, a script or a notebook, can reach."""
        return self._programs.past(ignoring).script(path)

    def file(self, path: Path, ignoring: frozenset[Symbol] = _NONE) -> Closure:
        """Return everything that running *path*, or calling what it defines, can reach."""
        return self._programs.past(ignoring).file(path)

    def command(
        self,
        text: str | tuple[str, ...],
        is_made: Callable[[str], bool],
        starts: Sequence[Symbol] = (),
        ignoring: frozenset[Symbol] = _NONE,
    ) -> CommandCode:
        """
        Return all the code that a command can reach, and the other files it names.

        Args:
            text: A line for the shell, or a program with its arguments; with
                paths and values filled in.
            is_made: Tells whether a path, from the project's folder, is what a
                stage writes or this one declares to read: its content counts
                elsewhere.
            starts: Definitions that count besides.
            ignoring: What is not entered.
        """
        return read_command(text, self._programs.past(ignoring), is_made, starts)

    def naming(self, symbol: Symbol) -> Naming:
        """Tell whose code *symbol* names, if any."""
        return naming(symbol, self._programs.gathering().graph.resolver)

    def is_ignored(self, symbol: Symbol, ignoring: frozenset[Symbol]) -> bool:
        """Tell whether *ignoring* leaves out the definition that *symbol* names, or its module."""
        return node_of(symbol) in self._programs.past(ignoring).gathering().graph.ignored

    def module_file(self, module: str) -> Path | None:
        """Return the file of a module of the project; None if it has none."""
        found = self._programs.gathering().graph.sources.find(module)
        return None if found is None or found.file is None else Path(found.file)

    def module_of(self, file: Path) -> str:
        """Return the name that a source file of the project has as a module; empty if none."""
        return self._programs.gathering().graph.named(str(file))

    def remember(self) -> None:
        """Hand what was learned to the persistent memory; nothing where nothing is new."""
        self._programs.remember()

    def read(self) -> dict[str, Digest]:
        """Return the digest of each Python file that was used so far, by its absolute path."""
        return self._programs.read()
