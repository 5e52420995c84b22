"""
Listings: the names in a folder, as they count for who asks for them.

Knows which names are nobody's writing, and which the pipeline's own stages make
there: those do not count. Does not know who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from functools import cached_property

from capstone_build.core.artifact import MEMORY_FOLDER
from capstone_build.core.digest import Digest, digest_fields
from capstone_build.storage.files import Files

_NO_CONTENT = frozenset({MEMORY_FOLDER, "__pycache__", ".git", ".ipynb_checkpoints", ".DS_Store"})
"""Names in folders that come and go without anybody having written anything."""

_MOST = 200
"""Of so many names a listing is spelled out, to tell later which of them came or went."""


class Listings:
    """
    The folders of a project.

    A folder is named as in a fingerprint, with a `/` at its end; the root is `./`.

    Args:
        files: The project's files.
        left: Tells what stages of earlier builds left.
    """

    def __init__(self, files: Files, left: Callable[[], Container[str]]) -> None:
        self._files = files
        self._find_left = left
        self._made: Container[str] = ()

    def know(self, made: Container[str]) -> None:
        """Take note of all that the stages of the pipeline *made*, or are to make."""
        self._made = made

    def digest(self, folder: str, names: Iterable[str] | None = None) -> Digest:
        """Return the digest of the *names* in *folder*; if none are given, of those there now."""
        return digest_fields("names", *self._counted(folder, names))

    def spell(self, folder: str, names: Iterable[str] | None = None) -> str:
        """Return the names, each on a line and ended by it; empty if they are too many to keep."""
        counted = self._counted(folder, names)
        return "\n".join([*counted, "\n"]) if len(counted) <= _MOST else ""

    def _counted(self, folder: str, names: Iterable[str] | None) -> list[str]:
        prefix = folder.removeprefix("./")
        if names is None:
            names = self._files.tree.names_in(prefix.strip("/"))
        return sorted(
            {
                name
                for name in names
                if f"{prefix}{name}" not in self._made
                and name not in _NO_CONTENT
                and f"{prefix}{name}" not in self._left
            }
        )

    @cached_property
    def _left(self) -> Container[str]:
        return self._find_left()
