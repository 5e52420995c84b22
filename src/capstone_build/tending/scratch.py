"""
Scratch: a copy of a project, as much of it as one stage needs, to run it in.

Knows which files a stage may read and where copies go; does not know what becomes
of the run. Nothing in it is a link to what the project's stages or its author
write: what runs there may write to any relative path and the project stays as it
is. Version control and virtual environments are linked as wholes; they are only read.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from capstone_build.core.artifact import MEMORY_FOLDER, ArtifactPath, Kind, parents
from capstone_build.core.digest import EMPTY_FOLDER
from capstone_build.core.fingerprint import Aspect, Part
from capstone_build.core.graph import StageGraph
from capstone_build.core.stage import Stage
from capstone_build.core.trace import Trace
from capstone_build.storage.content import digest_file
from capstone_build.storage.store import copy_content

FOLDER = "rebuilding"
"""Below the engine's memory: where projects are copied to."""

_LINKED = frozenset({".git", ".hg", ".svn", "node_modules"})
_NOBODYS = frozenset({MEMORY_FOLDER, "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"})

_LARGEST = 16 << 20
"""Larger files that no stage declares are left out."""


@dataclass(frozen=True, slots=True)
class Spare:
    """
    What is in a project besides what its stages declare.

    Attributes:
        copied: Files, from the root.
        linked: Folders and links, from the root.
        left_out: Files that are too large to be copied for every stage.
    """

    copied: tuple[str, ...]
    linked: tuple[str, ...]
    left_out: tuple[str, ...]


def spare_of(root: Path, graph: StageGraph) -> Spare:
    """Find what no stage of *graph* declares to read or to write."""
    reads = [artifact for stage in graph for artifact in stage.reads]
    patterns = [artifact for artifact in reads if artifact.kind is Kind.PATTERN]
    places = {artifact.location for artifact in reads if artifact.kind is not Kind.PATTERN}

    def is_declared(path: str) -> bool:
        return (
            graph.writer_of(path) is not None
            or not places.isdisjoint((ArtifactPath(path), *parents(path)))
            or any(artifact.stands_for(path) for artifact in patterns)
        )

    copied: list[str] = []
    linked: list[str] = []
    left_out: list[str] = []
    for folder, folders, files in os.walk(root):
        place = Path(folder).relative_to(root).as_posix()
        prefix = "" if place == "." else f"{place}/"
        for name in list(folders):
            path = Path(folder, name)
            if name in _NOBODYS:
                folders.remove(name)
            elif name in _LINKED or path.is_symlink() or (path / "pyvenv.cfg").is_file():
                folders.remove(name)
                linked.append(f"{prefix}{name}")
        for name in files:
            path = Path(folder, name)
            where = f"{prefix}{name}"
            if is_declared(where) or not path.is_file():
                continue
            is_large = path.stat().st_size > _LARGEST
            (left_out if is_large else copied).append(where)
    return Spare(tuple(copied), tuple(linked), tuple(left_out))


class Scratch:
    """
    The copy for one stage.

    Args:
        root: The project's root.
        folder: Where the copy is made.
        imported: What was seen to be read while the pipeline was imported.
    """

    def __init__(self, root: Path, folder: Path, imported: Iterable[Part]) -> None:
        self._root = root
        self._imported = tuple(imported)
        self.folder = folder

    def fill(self, stage: Stage, trace: Trace, spare: Spare) -> str:
        """
        Copy what *stage* needs.

        Args:
            stage: The stage.
            trace: What it read when it last ran.
            spare: What is in the project besides what is declared.

        Returns:
            The input that is not what it read then; empty if there is none.
        """
        for artifact in (*stage.writes, *stage.reads):
            for folder in reversed(parents(artifact.location)):
                (self.folder / folder).mkdir(parents=True, exist_ok=True)
        for path, digest in trace.inputs.items():
            if digest == EMPTY_FOLDER:
                (self.folder / path).mkdir(parents=True, exist_ok=True)
            elif not self._copy(path) or digest_file(self.folder / path) != digest:
                return path
        for name in (*self._discovered(trace), *spare.copied):
            self._copy(name)
        for name in spare.linked:
            self._link(name)
        return ""

    def remove(self) -> None:
        """Take it away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _discovered(self, trace: Trace) -> Iterator[str]:
        """Yield what was seen to be read undeclared, and all that was in folders listed."""
        for aspect, name in (*self._imported, *trace.discovered):
            if aspect is not Aspect.READ or name.startswith(("/", "../")):
                continue
            if not name.endswith("/"):
                yield name
                continue
            with suppress(OSError):
                for entry in (self._root / name).iterdir():
                    if entry.is_file():
                        yield entry.relative_to(self._root).as_posix()

    def _copy(self, path: str) -> bool:
        """Copy a file, if it is there; tell whether it is now."""
        source, target = self._root / path, self.folder / path
        if os.path.lexists(target):
            return True
        try:
            status = source.stat()
            target.parent.mkdir(parents=True, exist_ok=True)
            copy_content(source, target)
            os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError):
            return False
        return True

    def _link(self, path: str) -> None:
        """Let a folder, or what a link leads to, be seen from the copy."""
        source, target = self._root / path, self.folder / path
        if os.path.lexists(target):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        there = source.resolve()
        if source.is_symlink() and there.is_relative_to(self._root.resolve()):
            # From one folder of the project to another: so it is in the copy.
            there = self.folder / there.relative_to(self._root.resolve())
        target.symlink_to(there)


def dead_scratches(memory: Path) -> Iterator[Path]:
    """Yield the copies whose makers are gone; their names end with process ids."""
    with suppress(OSError):
        for folder in (memory / FOLDER).iterdir():
            number = folder.name.rpartition("-")[2]
            if number.isdigit() and not _is_alive(int(number)):
                yield folder


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
