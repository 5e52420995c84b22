"""
The code of stages: all that they reach, run and declare as code.

Knows which files are read as Python and which count by their content; does not
know what else decides what a stage does (`capstone_build.looking.fingerprints`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.declared_command import declared_command
from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import Aspect, Fingerprint
from capstone_build.core.graph import StageGraph
from capstone_build.core.stage import Stage, Symbol
from capstone_build.storage.files import Files

if TYPE_CHECKING:
    from capstone_build.analysis import Closure, ProjectCode

PYTHON_FILES = (".py", ".ipynb")
"""How files end that count by the code in them, not by their bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """
    The code of one stage.

    Attributes:
        closure: All that it reaches.
        named: Other files that its code or its command may name, whether or not they are there.
        is_settled: Whether no stage makes any of it: else it has to be read again.
    """

    closure: Closure
    named: tuple[str, ...] = ()
    is_settled: bool = True


class StageCode:
    """
    Finds the code of stages.

    Args:
        root: The project's root.
        read: Opens the project's source, as it is at that moment.
        files: The project's files.
    """

    def __init__(self, root: Path, read: Callable[[], ProjectCode], files: Files) -> None:
        self._root = root
        self._read = read
        self._files = files
        self._graph: StageGraph | None = None

    @cached_property
    def source(self) -> ProjectCode:
        """The project's source, opened when it is first asked for."""
        return self._read()

    def read(self) -> dict[str, Digest]:
        """Return the digest of each Python file that was read so far, by its absolute path."""
        return self.source.read() if "source" in vars(self) else {}

    def remember(self) -> None:
        """Hand what was learned of the source to the persistent memory."""
        if "source" in vars(self):
            self.source.remember()

    def know(self, graph: StageGraph) -> None:
        """Take note of the whole pipeline: what its stages make is not code by itself."""
        self._graph = graph

    def of(self, stage: Stage) -> Code:
        """Return the code of *stage*, past what it ignores."""
        code = self._code(stage, frozenset(stage.ignored), self.source)
        if code.is_settled:
            return code
        return self._code(stage, frozenset(stage.ignored), self._read())

    def unignored(self, stage: Stage) -> Fingerprint:
        """Return what the code of *stage* would be if it ignored none; empty if it does not."""
        if not stage.ignored:
            return {}
        return self._code(stage, frozenset(), self.source).closure.fingerprint()

    def files(self, stage: Stage) -> Fingerprint:
        """Return the files that are code to *stage* by their content, as they are now."""
        return {
            (Aspect.FILE, path): digest
            for path, digest in self._declared(stage)
            if digest is not None and not path.endswith(PYTHON_FILES)
        }

    def _code(self, stage: Stage, ignoring: frozenset[Symbol], source: ProjectCode) -> Code:
        from capstone_build.analysis import united  # (35 ms, where no code is to be read)

        starts = [*stage.code, *stage.added]
        scripts = dict.fromkeys(p for p, _ in self._declared(stage) if p.endswith(PYTHON_FILES))
        besides = [source.file(self._root / path, ignoring) for path in scripts]
        text = declared_command(stage)
        graph = self._graph

        def is_made(path: str) -> bool:
            is_output = graph is not None and graph.writer_of(path) is not None
            return is_output or any(each.stands_for(path) for each in stage.reads)

        if text is None:
            closure = united([source.closure(starts, ignoring), *besides])
            shell = [path for path in sorted(closure.named) if self._is_script(path)]
            started = [source.command(("sh", path), is_made, (), ignoring) for path in shell]
            closure = united([closure, *(each.closure for each in started)])
            return Code(
                closure=closure,
                named=tuple(sorted({*closure.named, *(p for each in started for p in each.named)})),
                is_settled=not any(each.made for each in started),
            )
        command = source.command(text, is_made, starts, ignoring)
        closure = united([command.closure, *besides])
        return Code(
            closure=closure,
            named=(*command.named, *sorted(closure.named)),
            is_settled=not any(graph and graph.writer_of(path) for path in command.made),
        )

    def _is_script(self, path: str) -> bool:
        """Tell whether *path*, that code names, is a script of the shell: it may start that."""
        from capstone_build.analysis.commands.code_file import Language, by_name

        is_inside = not path.startswith(("/", "../"))
        return is_inside and by_name(path) is Language.SHELL and self._files.tree.is_file(path)

    def _declared(self, stage: Stage) -> Iterator[tuple[ArtifactPath, Digest | None]]:
        for each in stage.files:
            yield from self._files.contents(each).items()
