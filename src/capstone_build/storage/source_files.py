"""
Source files: those that are read for what they say, trusted by their state.

Knows files and their states, as `files` does for artifacts; does not know what
is in them (`capstone_build.analysis`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from capstone_build.core.digest import Digest, digest_bytes
from capstone_build.storage.file_state import FileState, KnownFile


class SourceFiles:
    """
    Reads files, and remembers what they held.

    They are remembered by their absolute paths, which no artifact has, and by
    their content alone: whether a source file can be run does not count.

    Args:
        recall: What is remembered of a file, by its path.
    """

    def __init__(self, recall: Callable[[str], KnownFile | None]) -> None:
        self._recall = recall
        self._fresh: dict[str, KnownFile] = {}

    def known(self, file: str, /) -> Digest | None:
        """Return the digest of what *file* holds, if its state vouches for it."""
        if not _can_be_kept(file):
            return None
        known = self._recall(file)
        if known is None:
            return None
        try:
            state = FileState.of(os.stat(file))  # noqa: PTH116 (pathlib costs several times the stat)
        except OSError:
            return None
        return known.digest if known.still_holds(state) else None

    def content(self, file: str, /) -> bytes:
        """
        Return what *file* holds now.

        Raises:
            OSError: If it cannot be read.
        """
        looked_ns = time.time_ns()
        state = FileState.of(os.stat(file))  # noqa: PTH116 (as above)
        content = Path(file).read_bytes()
        if _can_be_kept(file):
            self._fresh[file] = KnownFile.read(state, digest_bytes(content), looked_ns)
        return content

    def take_fresh(self) -> dict[str, KnownFile]:
        """Return what was learned since the last call: to be written to the manifest."""
        fresh, self._fresh = self._fresh, {}
        return fresh


def _can_be_kept(file: str) -> bool:
    """Tell whether *file* has a name that no artifact has and that the database can spell."""
    try:
        file.encode()
    except UnicodeEncodeError:
        return False
    return os.path.isabs(file)  # noqa: PTH117 (as above)
