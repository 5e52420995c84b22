"""
The code of stages: all that they reach, and the files that they declare as code.

Knows which files are read as Python and which count by their content; does not
know what else decides what a stage does (`capstone_build.world`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from capstone_build.analysis import Closure, ProjectCode, united
from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import Aspect, Fingerprint
from capstone_build.core.stage import Stage, Symbol
from capstone_build.storage.files import Files

PYTHON_FILES = (".py", ".ipynb")
"""How files end that count by the code in them, not by their bytes."""


class StageCode:
    """
    Finds the code of stages.

    Args:
        root: The project's root.
        code: The project's source.
        files: The project's files.
    """

    def __init__(self, root: Path, code: ProjectCode, files: Files) -> None:
        self._root = root
        self._code = code
        self._files = files

    def closure(self, stage: Stage) -> Closure:
        """Return all the source that *stage* reaches, past what it ignores."""
        return self._closure(stage, frozenset(stage.ignored))

    def unignored(self, stage: Stage) -> Fingerprint:
        """Return what the code of *stage* would be if it ignored none; empty if it does not."""
        return self._closure(stage, frozenset()).fingerprint() if stage.ignored else {}

    def files(self, stage: Stage) -> Fingerprint:
        """Return the files that are code to *stage* by their content, as they are now."""
        return {
            (Aspect.FILE, path): digest
            for path, digest in self._declared(stage)
            if digest is not None and not path.endswith(PYTHON_FILES)
        }

    def _closure(self, stage: Stage, ignoring: frozenset[Symbol]) -> Closure:
        scripts = [path for path, _ in self._declared(stage) if path.endswith(PYTHON_FILES)]
        return united(
            [
                self._code.closure([*stage.code, *stage.added], ignoring),
                *(self._code.file(self._root / path, ignoring) for path in dict.fromkeys(scripts)),
            ]
        )

    def _declared(self, stage: Stage) -> Iterator[tuple[ArtifactPath, Digest | None]]:
        for each in stage.files:
            yield from self._files.contents(each).items()
