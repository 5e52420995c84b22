"""
Counting: which part of a fingerprint something that was seen makes count.

Knows what a stage declares and what its code is; does not know what was seen in which
run, nor what follows (`capstone_build.building.discovery`).
"""

from __future__ import annotations

from collections.abc import Callable, Container
from pathlib import Path
from typing import TYPE_CHECKING

from capstone_build.core.artifact import Artifact, Kind
from capstone_build.core.fingerprint import CELLS, Aspect, Part
from capstone_build.core.stage import Stage, Symbol
from capstone_build.core.variable import is_secret
from capstone_build.execution.notes import Note, Sight
from capstone_build.looking.stage_code import StageCode

if TYPE_CHECKING:
    from capstone_build.analysis import Closure


class Counting:
    """
    Judges notes.

    Args:
        root: The project's folder.
        code: What the stages' code is.
    """

    def __init__(self, root: Path, code: StageCode) -> None:
        self._root = root
        self._code = code

    def part(
        self, note: Note, stage: Stage, code: Container[Part], read: Callable[[], Closure]
    ) -> Part | None:
        """
        Return the part that a *note* makes count for *stage*; None if it counts already.

        Args:
            note: What was seen.
            stage: For which stage.
            code: Which parts count for its code.
            read: Reads that.
        """
        part = self._part(note)
        if part is None or part in code or (Aspect.FILE, part[1]) in code:
            return None
        if (Aspect.FILE, f"{part[1]}{CELLS}") in code:
            return None  # what runs a notebook opens it, and does not look at its outputs
        match note.sight:
            case Sight.READ | Sight.USED | Sight.NAMED | Sight.MISSED:
                is_known = (Aspect.FILE, note.name) in self._code.files(stage) or any(
                    artifact.stands_for(note.name) for artifact in (*stage.reads, *stage.writes)
                )
            case Sight.LISTED | Sight.SEARCHED:
                # What it leaves in folders of its own is looked through when it is done.
                is_known = any(_lists(artifact, note.name) for artifact in stage.reads) or any(
                    artifact.stands_for(note.name) for artifact in stage.writes
                )
            case Sight.LOADED | Sight.RAN:
                is_known = str(self._root / note.name) in read().extent.files
            case Sight.VARIABLE:
                is_known = note.name in stage.environment or is_secret(note.name)
            case _:
                is_known = (Aspect.CODE, note.name) in code
        ignoring = frozenset(stage.ignored)
        if part[0] is Aspect.IMPORTED and ignoring and not is_known:
            is_known = self._code.source.is_ignored(Symbol(part[1]), ignoring)
        return None if is_known else part

    def _part(self, note: Note) -> Part | None:
        """Return what is called what in a fingerprint; None for what was written."""
        is_python = note.name.endswith(".py")
        match note.sight:
            case Sight.WROTE:
                return None
            case Sight.LISTED | Sight.SEARCHED:
                return Aspect.READ, f"{note.name or '.'}/"
            case Sight.VARIABLE:
                return Aspect.ENVIRONMENT, note.name
            case Sight.LOADED if module := self._code.source.module_of(self._root / note.name):
                return Aspect.IMPORTED, f"{module}:"
            case Sight.LOADED | Sight.RAN | Sight.LOOKED_UP if is_python or ":" in note.name:
                return Aspect.IMPORTED, note.name
            case _:
                return Aspect.READ, note.name


def _lists(artifact: Artifact, folder: str) -> bool:
    """Tell whether an input says which files of *folder* count."""
    place = artifact.location
    if artifact.kind is Kind.PATTERN:
        return folder == place or folder.startswith(f"{place}/")
    return artifact.stands_for(f"{folder}/")
