"""
The tree: which files of a project a declared path stands for.

Knows folders, links and names; does not read what is in files
(`capstone_build.storage.content`), nor what is known of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from capstone_build.core.artifact import (
    Artifact,
    ArtifactPath,
    Kind,
    fixed_prefix,
    part_matches,
    spellable,
    unspelled,
)
from capstone_build.errors import MemoryFailedError, UnusableFileError


class Tree:
    """
    The files of a project by their paths, which are from its root.

    Args:
        root: The project's root.
    """

    def __init__(self, root: str) -> None:
        self._root = root

    def at(self, path: str) -> str:
        """Return where in the file system *path* is."""
        full = os.path.join(self._root, path)  # noqa: PTH118 (pathlib costs several times the stat)
        if "\\udc" in path and not os.path.lexists(full):
            return os.path.join(self._root, unspelled(path))  # noqa: PTH118 (as above)
        return full

    def is_file(self, path: str) -> bool:
        """Tell whether there is a regular file at *path*."""
        return os.path.isfile(self.at(path))  # noqa: PTH113 (as above)

    def names_in(self, folder: str) -> list[str]:
        """Return the names in a folder, as UTF-8 can spell them; none if it cannot be listed."""
        try:
            names = os.listdir(self.at(folder))  # noqa: PTH208 (names)
        except OSError:
            return []
        return [spellable(name) for name in names]

    def standing_for(self, artifact: Artifact) -> list[ArtifactPath]:
        """
        Return the files that *artifact* stands for, in order.

        A folder stands for the files in it, at any depth; an empty one, inside as well, for
        itself, spelled with a `/`. What is not there stands for itself; a pattern that
        matches nothing for nothing.

        Raises:
            MemoryFailedError: If a folder cannot be listed.
            UnusableFileError: If a name is not UTF-8.
        """
        place = artifact.location
        if artifact.kind is Kind.PATTERN:
            return sorted(self.matching(artifact.path))
        if os.path.isdir(os.path.join(self._root, place)):  # noqa: PTH112, PTH118 (as above)
            return sorted(self._inside(place, ()))
        return [place]

    def matching(self, pattern: str) -> Iterator[ArtifactPath]:
        """Yield the files that *pattern* stands for, in no order."""
        prefix = fixed_prefix(pattern)
        rest = pattern[len(prefix) + 1 :] if prefix else pattern
        yield from dict.fromkeys(self._matching(prefix, rest.split("/"), ()))

    def _matching(
        self, folder: str, parts: list[str], above: tuple[tuple[int, int], ...]
    ) -> Iterator[ArtifactPath]:
        part, *rest = parts
        deep = part == "**"
        if deep and rest:
            yield from self._matching(folder, rest, above)
        for entry, path, trail in self._entries(folder, above):
            if not part_matches("*" if deep else part, entry.name):
                continue
            if not entry.is_dir():
                if not rest:
                    yield path
            elif deep or rest:
                yield from self._matching(path, parts if deep else rest, trail)

    def _inside(self, folder: str, above: tuple[tuple[int, int], ...]) -> Iterator[ArtifactPath]:
        """Yield the files in a folder, at any depth, and the folders that are empty."""
        entries = self._entries(folder, above)
        if not entries:
            yield ArtifactPath(folder + "/")
        for entry, path, trail in entries:
            if entry.is_dir():
                yield from self._inside(path, trail)
            else:
                yield path

    def _entries(
        self, folder: str, above: tuple[tuple[int, int], ...]
    ) -> list[tuple[os.DirEntry[str], ArtifactPath, tuple[tuple[int, int], ...]]]:
        """
        List a folder; nothing if it is none.

        Links to folders are followed, but not one that leads back to a folder
        that it lies in (*above*: device and inode of each).
        """
        full = self.at(folder)
        try:
            status = os.stat(full)  # noqa: PTH116 (as above)
            identity = (status.st_dev, status.st_ino)
            if identity in above:
                return []
            with os.scandir(full) as entries:
                prefix = f"{folder}/" if folder else ""
                trail = (*above, identity)
                found = [(e, ArtifactPath(prefix + e.name), trail) for e in entries]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise unreadable(folder, error) from None
        for _, path, _ in found:
            if not path.isascii() and not _is_text(path):
                raise UnusableFileError(
                    f"the name of {path!a} is not UTF-8",
                    hint="Rename it: no artifact can be named so.",
                )
        return found


def _is_text(path: str) -> bool:
    """Tell whether a name from the file system is one that UTF-8 can spell."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def unreadable(path: str, error: OSError) -> MemoryFailedError:
    """Describe a file or folder that cannot be read."""
    return MemoryFailedError(
        f"{path!r} cannot be read: {error.strerror}",
        hint="Mend its permissions, or take it out of the inputs.",
    )
