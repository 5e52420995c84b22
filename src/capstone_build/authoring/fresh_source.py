"""
Importing the project's modules from their source, never from bytecode.

A `.pyc` file is trusted by size and whole seconds of time: after an edit that
keeps both, Python would run the old code. Libraries keep their bytecode.
"""

from __future__ import annotations

import sys
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

if TYPE_CHECKING:
    from _typeshed.importlib import PathEntryFinderProtocol


class _FreshSourceLoader(SourceFileLoader):
    """Compiles the source each time."""

    def get_code(self, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def import_from_source(root: Path) -> None:
    """
    Let every module below *root* be compiled anew when it is imported.

    Folders of installed packages below *root* (a virtual environment inside
    the project) are left to Python.
    """
    project = root.resolve()
    installed = [Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()]
    make = FileFinder.path_hook(
        (ExtensionFileLoader, EXTENSION_SUFFIXES), (_FreshSourceLoader, SOURCE_SUFFIXES)
    )

    def hook(folder: str) -> PathEntryFinderProtocol:
        path = Path(folder or ".").resolve()
        inside = path.is_relative_to(project) and "site-packages" not in path.parts
        if not inside or any(path.is_relative_to(p) for p in installed if p != project):
            raise ImportError(f"{folder} is not the project's")
        return make(folder)

    sys.path_hooks.insert(0, hook)
    sys.path_importer_cache.clear()
