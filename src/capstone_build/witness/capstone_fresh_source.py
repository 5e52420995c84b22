"""
Importing the project's modules from their source, never from bytecode.

A `.pyc` file is trusted by size and whole seconds of time: after an edit that
keeps both, Python would run the old code. Libraries keep their bytecode.

Knows folders and the import system; does not know what the modules are for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)
from pathlib import Path
from types import CodeType
from typing import Any


def import_from_source(folders: Iterable[Path], on_source: Callable[[str, bytes], None]) -> None:
    """
    Let every module below one of *folders* be compiled anew when it is imported.

    Folders of installed packages below them (a virtual environment inside the
    project) are left to Python.

    Args:
        folders: Where the project's modules are.
        on_source: Told the file and the source of each module that is compiled.
    """

    class FreshSourceLoader(SourceFileLoader):
        """Compiles the source each time, and tells what it was."""

        def get_code(self, fullname: str) -> CodeType | None:
            path = self.get_filename(fullname)
            source = self.get_data(path)
            on_source(path, source)
            return self.source_to_code(source, path)

    projects = [folder.resolve() for folder in folders]
    installed = [Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()]
    make = FileFinder.path_hook(
        (ExtensionFileLoader, EXTENSION_SUFFIXES), (FreshSourceLoader, SOURCE_SUFFIXES)
    )

    def hook(folder: str) -> Any:
        path = Path(folder or ".").resolve()
        inside = any(_lies_below(path, project) for project in projects)
        if not inside or "site-packages" in path.parts or _is_installed(path, installed, projects):
            raise ImportError(f"{folder} is not the project's")
        return make(folder)

    sys.path_hooks.insert(0, hook)
    sys.path_importer_cache.clear()


def _is_installed(path: Path, installed: Iterable[Path], projects: Iterable[Path]) -> bool:
    """Tell whether *path* belongs to a Python installation; a project may be around it, not in."""
    return any(
        _lies_below(path, place) and not any(_lies_below(each, place) for each in projects)
        for place in installed
    )


def _lies_below(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents
