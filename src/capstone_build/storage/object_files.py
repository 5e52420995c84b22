"""
Object files: what lies in the store's folder, listed, checked and taken out.

Knows names and bytes; does not know what needs an object
(`capstone_build.storage.inventory`), nor how one gets there
(`capstone_build.storage.store`). Only what is named as the store names things is
listed, and no link is followed: what else lies there is none of ours.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from capstone_build.core.digest import PREFIX, Digest
from capstone_build.storage.content import digest_file

_SHELF = re.compile(r"[0-9a-f]{2}")
_OBJECT = re.compile(r"[0-9a-f]{30}")
_HALF = re.compile(r"[0-9a-f]{30}\.\d+\.tmp")
"""What a build that was killed leaves of an object."""

ROTTEN = "rotten"
"""Beside the objects: the folder of those that are no longer what they are named."""


@dataclass(frozen=True, slots=True)
class ObjectFile:
    """
    One object as a file.

    Attributes:
        digest: What its content should be.
        path: Where it lies.
        size: In bytes.
    """

    digest: Digest
    path: str
    size: int

    def is_sound(self) -> bool:
        """
        Read it; tell whether it is what it is named.

        Raises:
            OSError: If it cannot be read.
        """
        return digest_file(self.path) == self.digest


class ObjectFiles:
    """
    The objects below one folder.

    Args:
        folder: That of the store.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __iter__(self) -> Iterator[ObjectFile]:
        """Go through the objects, in no order."""
        for shelf, entry in self._entries(_OBJECT):
            with_size = _size(entry)
            if with_size is not None:
                digest = Digest(f"{PREFIX}{shelf}{entry.name}")
                yield ObjectFile(digest, entry.path, with_size)

    def halves(self) -> Iterator[tuple[str, int]]:
        """Yield paths and sizes of what killed builds left: nobody's, once the lock is held."""
        for _, entry in self._entries(_HALF):
            if (size := _size(entry)) is not None:
                yield entry.path, size

    def find(self, digest: Digest) -> ObjectFile | None:
        """Return the object for *digest*; None if there is none."""
        name = digest.removeprefix(PREFIX)
        path = self._folder / name[:2] / name[2:]
        try:
            status = path.lstat()
        except OSError:
            return None
        return ObjectFile(digest, str(path), status.st_size) if path.is_file() else None

    def set_aside(self, found: ObjectFile) -> Path:
        """Move an object that is not what it is named to where nobody looks for one."""
        name = found.digest.removeprefix(PREFIX)
        place = self._folder / ROTTEN / name
        place.parent.mkdir(exist_ok=True)
        Path(found.path).replace(place)
        return place

    def rotten(self) -> Iterator[tuple[str, int]]:
        """Yield paths and sizes of what was set aside."""
        for entry in _listed(self._folder / ROTTEN):
            if (size := _size(entry)) is not None:
                yield entry.path, size

    def _entries(self, name: re.Pattern[str]) -> Iterator[tuple[str, os.DirEntry[str]]]:
        for shelf in _listed(self._folder):
            if _SHELF.fullmatch(shelf.name) and shelf.is_dir(follow_symlinks=False):
                for entry in _listed(shelf.path):
                    if name.fullmatch(entry.name):
                        yield shelf.name, entry


def _listed(folder: str | Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _size(entry: os.DirEntry[str]) -> int | None:
    """Return the size of a regular file; None for anything else, and for what is gone."""
    try:
        if entry.is_file(follow_symlinks=False):
            return entry.stat(follow_symlinks=False).st_size
    except OSError:
        pass
    return None
