"""
Packages: what is installed, by version.

Knows the metadata of installed distributions; never imports one. An editable
installation, or a folder on the import path that no distribution owns, is
answered with its place: it is source like the project's.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TypeAlias

from capstone_build.analysis.file.habits import FOR_DEVELOPERS
from capstone_build.analysis.names.modules import locate
from capstone_build.core.digest import Digest, digest_fields

PYTHON = "python"

OWN = "capstone_build"
"""The engine is no code of a stage; what it does to values is counted by the engine itself."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")


@dataclass(frozen=True, slots=True)
class Installed:
    """Distributions that together provide a top-level module, by normalised name."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceAt:
    """A folder whose modules count by their content."""

    folder: str


@dataclass(frozen=True, slots=True)
class Standard:
    """Part of Python."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Not importable."""


Provider: TypeAlias = Installed | SourceAt | Standard | Missing
"""Who provides a top-level module that the project does not have."""


def normalised(name: str) -> str:
    """Return the one spelling of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


class Packages:
    """
    The installed distributions.

    Args:
        path: The import path; the interpreter's own if it is not given.
    """

    def __init__(self, path: Sequence[str] | None = None) -> None:
        self._path = [each or str(Path.cwd()) for each in (sys.path if path is None else path)]
        self._providers: dict[str, Provider] = {}
        self._known: dict[str, metadata.Distribution | None] = {}
        self._digests: dict[str, Digest] = {}
        self._required: dict[str, tuple[str, ...]] = {}

    def provider(self, top: str) -> Provider:
        """Return who provides the top-level module *top*."""
        if top not in self._providers:
            self._providers[top] = self._provider(top)
        return self._providers[top]

    def providers(self) -> Iterator[tuple[str, str]]:
        """Yield the top-level modules that were asked for so far, and who provides each."""
        for top, provider in self._providers.items():
            yield top, repr(provider)

    def digest(self, name: str) -> Digest:
        """Return the digest of a distribution: its version, or content if it came from a path."""
        if name not in self._digests:
            found = self._distribution(name)
            if found is None:
                self._digests[name] = digest_fields("not installed", name)
            else:
                # The version of what is built from a path says little: the list of
                # its files has the hash of each.
                path = _direct_url(found).get("url", "").startswith("file:")
                content = (found.read_text("RECORD") or "") if path else ""
                self._digests[name] = digest_fields("installed", name, found.version, content)
        return self._digests[name]

    def version(self, name: str) -> str:
        """Return the version of a distribution; empty if it is not installed."""
        found = self._distribution(name)
        return "" if found is None else found.version

    def requirements(self, name: str, *, optional: bool = False) -> tuple[str, ...]:
        """
        Return the installed distributions that another one requires.

        Args:
            name: Whose requirements.
            optional: Whether to give those that it uses when they are there.
        """
        key = f"{name}[]" if optional else name
        if key not in self._required:
            found = self._distribution(name)
            lines = (found.requires or []) if found is not None else []
            names = [
                normalised(m[0])
                for each in lines
                if _applies(each, optional) and (m := _NAME.match(each))
            ]
            self._required[key] = tuple(
                sorted({each for each in names if each in self._places and each != name})
            )
        return self._required[key]

    def console_scripts(self) -> Iterator[tuple[str, str, str]]:
        """Yield the programs that distributions bring: distribution, program, what it calls."""
        for name, place in self._places.items():
            if (place / "entry_points.txt").is_file():
                for each in metadata.Distribution.at(place).entry_points:
                    if each.group in {"console_scripts", "gui_scripts"}:
                        yield name, each.name, each.value

    @cached_property
    def _places(self) -> Mapping[str, Path]:
        """For each installed distribution, where its metadata is."""
        found: dict[str, Path] = {}
        for folder in map(Path, self._path):
            if folder.is_dir():
                for each in sorted(os.listdir(folder)):  # noqa: PTH208 - a path each costs more
                    stem, suffix = os.path.splitext(each)  # noqa: PTH122 - as above
                    # Beside its source, an .egg-info is that of an editable installation.
                    old = suffix == ".egg-info" and folder.name.endswith("-packages")
                    if suffix == ".dist-info" or old:
                        name = normalised(stem.partition("-")[0])
                        found.setdefault(name, folder / each)  # the first on the path is imported
        return found

    def _distribution(self, name: str) -> metadata.Distribution | None:
        if name not in self._known:
            place = self._places.get(name)
            self._known[name] = None if place is None else metadata.Distribution.at(place)
        return self._known[name]

    @cached_property
    def _owners(self) -> Mapping[str, tuple[str, ...]]:
        """For each top-level module, the distributions that have files of it."""
        owners: dict[str, set[str]] = {}
        for name in self._places:
            for top in self._top_level(name):
                owners.setdefault(top, set()).add(name)
        return {top: tuple(sorted(names)) for top, names in owners.items()}

    @cached_property
    def _editables(self) -> Sequence[str]:
        """The distributions whose source lies elsewhere, sorted."""
        direct = {name: place / "direct_url.json" for name, place in self._places.items()}
        there = [name for name, file in direct.items() if file.is_file()]  # few have one
        found = {name: self._distribution(name) for name in there}
        return sorted(
            name
            for name, each in found.items()
            if each is not None and _direct_url(each).get("editable")
        )

    def _provider(self, top: str) -> Provider:
        if top in sys.stdlib_module_names or top in sys.builtin_module_names:
            return Standard()
        if top == OWN:
            return Standard()
        located = [(folder, locate(folder, top)) for folder in self._path]
        present = [(folder, module) for folder, module in located if module is not None]
        regular = [folder for folder, module in present if module.file]
        namesake = normalised(top)
        if regular and namesake in self._places and self._brings(namesake, top):
            names: tuple[str, ...] = (namesake,)  # most are called as what they provide
        elif present:
            names = self._owners.get(top, ())
        else:  # only a hook of an editable installation may know where it is
            names = tuple(each for each in self._editables if top in self._top_level(each))
        if folder := self._editable(top, names):
            return SourceAt(folder)
        if names:
            return Installed(names)
        return SourceAt(regular[0]) if regular else Missing()

    def _brings(self, name: str, top: str) -> bool:
        """Tell whether a distribution has files of the package *top*, without reading its list."""
        found = self._distribution(name)
        return found is not None and (
            f"\n{top}/__init__.py," in f"\n{found.read_text('RECORD') or ''}"
            or top in _top_level(found)
        )

    def _top_level(self, name: str) -> set[str]:
        found = self._distribution(name)
        return set() if found is None else _top_level(found)

    def _editable(self, top: str, names: Sequence[str]) -> str:
        """Return the folder that an editable installation of *top* lies in; empty if it is none."""
        for name in names:
            found = self._distribution(name)
            direct = {} if found is None else _direct_url(found)
            if direct.get("editable"):
                place = direct["url"].removeprefix("file://")
                for folder in (*self._path, str(Path(place, "src")), place):
                    if (module := locate(folder, top)) is not None and module.file is not None:
                        return folder
        return ""


def _applies(requirement: str, optional: bool) -> bool:
    extras = _EXTRA.findall(requirement.partition(";")[2])
    if optional:
        return any(not FOR_DEVELOPERS.match(each) for each in extras)
    return not extras


def _direct_url(distribution: metadata.Distribution) -> dict[str, str]:
    """Return where a distribution was installed from (PEP 610), if not from an index."""
    try:
        data = json.loads(distribution.read_text("direct_url.json") or "{}")
    except ValueError:
        return {}
    editable = "yes" if data.get("dir_info", {}).get("editable") else ""
    return {"url": str(data.get("url", "")), "editable": editable}


def _top_level(distribution: metadata.Distribution) -> set[str]:
    """Return the top-level modules of a distribution."""
    if listed := distribution.read_text("top_level.txt"):
        return set(listed.split())
    found = set()
    lines = (distribution.read_text("RECORD") or "").splitlines()
    # A folder once, however many of its files are listed: tens of thousands are.
    for first, slash in {line.partition("/")[:2] for line in lines}:
        name, comma, _ = first.partition(",")
        if slash and not comma:
            found.add(name)
        elif name.endswith((".py", ".so", ".pyd", ".pth")):
            found.add(name.partition(".")[0])
    return {each for each in found if each.isidentifier()} | _editable_names(distribution)


def _editable_names(distribution: metadata.Distribution) -> set[str]:
    """Return the modules of an editable installation, whose record lists none."""
    if not _direct_url(distribution).get("editable"):
        return set()
    place = _direct_url(distribution)["url"].removeprefix("file://")
    found = set()
    for folder in (Path(place), Path(place, "src")):
        if folder.is_dir():
            for each in folder.iterdir():
                if each.suffix == ".py" or (each / "__init__.py").is_file():
                    found.add(each.stem)
    return found
