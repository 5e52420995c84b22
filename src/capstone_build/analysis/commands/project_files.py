"""
The project's files, as words of a command name them.

Knows folders and names; does not read files.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from capstone_build.analysis.commands.command_code import inside
from capstone_build.analysis.commands.expansion import UNKNOWN, Value
from capstone_build.analysis.names.modules import is_skipped

ANYWHERE = ""
"""Stands for a folder that cannot be told."""

_WILD = re.compile(r"[*?\[]")

Folders = tuple[str, ...]
"""Folders that a command may run in, absolute; or `ANYWHERE`."""


class ProjectFiles:
    """
    Finds files.

    Args:
        root: The project's folder.
    """

    def __init__(self, root: str) -> None:
        self.root = root

    def named(self, value: Value, folders: Folders) -> Iterator[str]:
        """
        Yield the paths that *value* stands for in *folders*, whether or not they exist.

        Where only a part of it is known, or the folder is not, these are the
        files that end so.
        """
        if not value.text or "\n" in value.text:
            return
        for folder in folders:
            is_somewhere = folder == ANYWHERE and not value.text.startswith("/")
            if is_somewhere or not value.is_known:
                yield from self.ending(value.text)
            elif value.pattern is not None and (found := _matches(value.pattern, folder)):
                yield from found
            else:
                yield self.path(value.text, folder)

    def searched(self, pattern: str, folder: str) -> Iterator[str]:
        """Yield the folders, from *folder* on, in which names are matched with *pattern*."""
        parts = self.path(pattern, folder).split("/")
        first = next((at for at, each in enumerate(parts) if _WILD.search(each)), len(parts))
        for length in range(first, len(parts)):
            above = "/".join(parts[:length])
            found = glob.glob(above)  # noqa: PTH207 - strings, as all here
            yield from (each for each in found if os.path.isdir(each))  # noqa: PTH112 - the same

    def below(self, folder: str) -> Iterator[str]:
        """Yield the files and, with a `/`, the folders in *folder*, itself included."""
        for where, folders, files in os.walk(f"{self.root}/{folder}"):
            folders[:] = [each for each in folders if not is_skipped(where, each)]
            yield f"{inside(self.root, where)}/"
            yield from (inside(self.root, f"{where}/{each}") for each in files)

    def path(self, text: str, folder: str) -> str:
        """Return the absolute path that *text* is in *folder*."""
        if text.startswith("~/"):
            text = os.path.expanduser(text)  # noqa: PTH111 - strings, as all here
        return os.path.normpath(f"{folder}/{text}" if not text.startswith("/") else text)

    def ending(self, text: str) -> Iterator[str]:
        """Yield the project's files whose paths end with *text*, whatever is unknown in it."""
        while (known := text.removeprefix("./").removeprefix(f"{UNKNOWN}/")) != text:
            text = known
        if not known.strip(f"{UNKNOWN}./"):
            return
        parts = f"/{known}".split(UNKNOWN)
        ends = re.compile(".*" + ".*?".join(re.escape(each) for each in parts), re.DOTALL)
        for each in self._all:
            if ends.fullmatch(f"/{each}"):
                yield f"{self.root}/{each}"

    def from_root(self, path: str) -> str:
        """Return *path* from the project's folder; empty if it does not lie there."""
        return inside(self.root, path)

    @cached_property
    def _all(self) -> Sequence[str]:
        """Every file of the project, but for hidden folders and environments."""
        found: list[str] = []
        for where, folders, files in os.walk(self.root):
            folders[:] = sorted(each for each in folders if not is_skipped(where, each))
            found += [inside(self.root, f"{where}/{each}") for each in sorted(files)]
        return found


def _matches(pattern: str, folder: str) -> list[str]:
    """Return the files that *pattern* stands for in *folder*, sorted."""
    found = glob.glob(pattern, root_dir=folder)  # noqa: PTH207 - relative and absolute ones alike
    return sorted(
        os.path.normpath(f"{folder}/{each}" if each[0] != "/" else each) for each in found
    )
