"""
Modules: where the project's source lies.

Knows Python's rules for finding a module under a directory, and looks at
directories only; does not read files, and does not ask the import system,
which would answer for this process and not for the stage's.
"""

# A project is asked for thousands of names, and pathlib costs several times the look.
# ruff: noqa: PTH112, PTH113, PTH118, PTH206

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

_COMPILED = tuple(EXTENSION_SUFFIXES)

_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages", "dist-packages"})


@dataclass(frozen=True, slots=True)
class Module:
    """
    A module of the project.

    Attributes:
        name: Dotted.
        file: Its source, or the compiled library; None for a package without `__init__`.
        is_package: Whether modules may lie below it.
    """

    name: str
    file: str | None
    is_package: bool

    @property
    def is_source(self) -> bool:
        """Whether its file is Python."""
        return self.file is not None and not self.file.endswith(_COMPILED)


@dataclass(frozen=True, slots=True)
class Root:
    """
    A directory on the import path whose modules are the project's.

    Attributes:
        folder: Where.
        only: The one top-level name that counts; empty for all.
    """

    folder: str
    only: str = ""


def project_roots(roots: Sequence[Path]) -> list[Root]:
    """
    Return where modules are looked for, in order.

    The first is the project's own, with its `src`. A later one that is itself a
    package stands for that package and not for its siblings.
    """
    found: list[Root] = []
    for index, each in enumerate(roots):
        path = Path(os.path.abspath(each))  # noqa: PTH100 - links stay as the import path has them
        if index and (path / "__init__.py").is_file():
            found.append(Root(str(path.parent), path.name))
        else:
            found.append(Root(str(path)))
        if not index and (path / "src").is_dir():
            found.append(Root(str(path / "src")))
    return found


class Modules:
    """
    Finds modules by name.

    Args:
        roots: Where to look, in this order.
    """

    def __init__(self, roots: Sequence[Root]) -> None:
        self.roots = list(roots)
        self._found: dict[str, Module | None] = {}
        self._extra: dict[str, str] = {}
        self._listing: dict[str, str] | None = None
        self._folders: dict[str, set[str]] | None = None

    def extend(self, top: str, folder: str) -> None:
        """Look for the top-level module *top* in *folder* too."""
        if self._extra.get(top) != folder:
            self._extra[top] = folder
            self._found = {
                name: found for name, found in self._found.items() if name.partition(".")[0] != top
            }

    def place(self, name: str, file: str) -> None:
        """Let *file*, a script that runs, be the module called *name*."""
        self._found[name] = Module(name, file, is_package=False)

    def find(self, name: str) -> Module | None:
        """Return the module called *name*, if the project has it."""
        if name not in self._found:
            self._found[name] = self._search(name)
        return self._found[name]

    def _search(self, name: str) -> Module | None:
        above = self._found.get(name.rpartition(".")[0])
        if above is not None and not above.is_package:
            return None  # a module that is a file has none below it
        top = name.partition(".")[0]
        folders = [each.folder for each in self.roots if each.only in {"", top}]
        if top in self._extra:
            folders.append(self._extra[top])
        namespace: Module | None = None
        for folder in folders:
            module = locate(folder, name)
            if module is not None and module.file is not None:
                return module
            namespace = namespace or module
        return namespace

    def listing(self) -> dict[str, str]:
        """Return every source file below the roots with the name it has as a module."""
        if self._listing is None:
            self._listing = {}
            for root in self.roots:
                for file in source_files(os.path.join(root.folder, root.only)):
                    self._listing.setdefault(_module_name(root.folder, file), file)
        return self._listing

    def names_of(self, file: str) -> list[str]:
        """Return the names that *file* has as a module: below `src`, with and without that."""
        return [
            _module_name(root.folder, file)
            for root in self.roots
            if file.endswith(".py")
            and file.startswith(os.path.join(root.folder, root.only, ""))
            and not _is_passed(root.folder, file)
        ]

    def elsewhere(self, top: str) -> list[str]:
        """Return the folders below the roots, other than the roots, that have a module *top*."""
        if self._folders is None:
            self._folders = {}
            for file in self.listing().values():
                folder, name = os.path.split(file)
                if name == "__init__.py":
                    folder, name = os.path.split(folder)
                self._folders.setdefault(name.removesuffix(".py"), set()).add(folder)
        return sorted(self._folders.get(top, set()) - {each.folder for each in self.roots})


def locate(folder: str, name: str) -> Module | None:
    """Find the module called *name* below *folder*, as Python's path finder does."""
    stem = os.path.join(folder, *name.split("."))
    init = os.path.join(stem, "__init__.py")
    if os.path.isfile(init):
        return Module(name, init, is_package=True)
    for suffix in (*EXTENSION_SUFFIXES, ".py"):
        file = f"{stem}{suffix}"
        if os.path.isfile(file):
            return Module(name, file, is_package=False)
    return Module(name, None, is_package=True) if os.path.isdir(stem) else None


def source_files(folder: str) -> Iterator[str]:
    """Yield the Python files below *folder*, but for hidden folders and environments."""
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(each for each in folders if not is_skipped(where, each))
        yield from (os.path.join(where, each) for each in sorted(files) if each.endswith(".py"))


def is_skipped(where: str, folder: str) -> bool:
    """Tell whether a *folder* in the folder *where* holds nothing of the project's own."""
    return (
        folder[0] == "."
        or folder in _SKIPPED
        or os.path.isfile(os.path.join(where, folder, "pyvenv.cfg"))
    )


def _is_passed(folder: str, file: str) -> bool:
    """Tell whether *file* lies in a folder below *folder* that holds nothing of the project's."""
    where, _ = os.path.split(file)
    while len(where) > len(folder):
        where, name = os.path.split(where)
        if is_skipped(where, name):
            return True
    return False


def _module_name(folder: str, file: str) -> str:
    """Return the dotted name of *file* as a module of the root *folder*."""
    parts = file.removeprefix(folder).removesuffix(".py").strip(os.sep).split(os.sep)
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
