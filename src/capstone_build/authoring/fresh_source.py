"""
Importing the project's modules from their source, never from bytecode.

A `.pyc` file is trusted by size and whole seconds of time: after an edit that
keeps both, Python would run the old code. Libraries keep their bytecode. What
was compiled is noted, so that the engine can tell whether the code that ran is
the code whose fingerprint it took.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING

from capstone_build.core.digest import Digest, digest_bytes

if TYPE_CHECKING:
    from _typeshed.importlib import PathEntryFinderProtocol


compiled: dict[str, Digest] = {}
"""The content of each of the project's modules as this process runs it, by its file."""


class _FreshSourceLoader(SourceFileLoader):
    """Compiles the source each time, and notes what it was."""

    def get_code(self, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        source = self.get_data(path)
        compiled[path] = digest_bytes(source)
        return self.source_to_code(source, path)


def import_from_source(folders: Iterable[Path]) -> None:
    """
    Let every module below one of *folders* be compiled anew when it is imported.

    Folders of installed packages below them (a virtual environment inside the
    project) are left to Python.
    """
    projects = [folder.resolve() for folder in folders]
    installed = [Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()]
    make = FileFinder.path_hook(
        (ExtensionFileLoader, EXTENSION_SUFFIXES), (_FreshSourceLoader, SOURCE_SUFFIXES)
    )

    def hook(folder: str) -> PathEntryFinderProtocol:
        path = Path(folder or ".").resolve()
        inside = any(path.is_relative_to(project) for project in projects)
        if not inside or "site-packages" in path.parts or _lies_in(path, installed, projects):
            raise ImportError(f"{folder} is not the project's")
        return make(folder)

    sys.path_hooks.insert(0, hook)
    sys.path_importer_cache.clear()


def _lies_in(path: Path, installed: Iterable[Path], projects: Iterable[Path]) -> bool:
    """Tell whether *path* belongs to a Python installation; a project may be around it, not in."""
    return any(
        path.is_relative_to(place) and not any(p.is_relative_to(place) for p in projects)
        for place in installed
    )
