"""
The project's code, as a stage reaches it.

Knows definitions at which reading begins and answers with their closure; does
not import, and does not run, any of the code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from capstone_build.analysis.closure import Closure
from capstone_build.analysis.command_code import CommandCode
from capstone_build.analysis.commands import read_command
from capstone_build.analysis.modules import project_roots
from capstone_build.analysis.programs import Programs
from capstone_build.analysis.sources import SummaryMemory
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
    """

    def __init__(self, roots: Sequence[Path], summaries: SummaryMemory) -> None:
        self._programs = Programs(project_roots(roots), summaries)

    def closure(self, starts: Iterable[Symbol]) -> Closure:
        """
        Return everything that the definitions in *starts* can reach.

        A definition inside a function stands for the function; one that cannot
        be told from its name for its whole module. A start that is not in the
        project's source stands for the package that it is from.
        """
        return self._programs.symbols(starts)

    def script(self, path: Path) -> Closure:
        """Return everything that running *path*, a script or a notebook, can reach."""
        return self._programs.script(path)

    def command(
        self,
        text: str | tuple[str, ...],
        is_made: Callable[[str], bool],
        starts: Sequence[Symbol] = (),
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
        """
        return read_command(text, self._programs, is_made, starts)

    def module_file(self, module: str) -> Path | None:
        """Return the file of a module of the project; None if it has none."""
        found = self._programs.gathering().graph.sources.find(module)
        return None if found is None or found.file is None else Path(found.file)

    def read(self) -> dict[str, Digest]:
        """Return the digest of each Python file that was read so far, by its absolute path."""
        return self._programs.read()
