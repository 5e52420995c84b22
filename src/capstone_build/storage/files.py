"""
Files: what they hold, as digests, and what is remembered of that.

Knows files and their states; does not know stages, nor how a path is found to stand for
files (`capstone_build.storage.tree`). A file whose state (size,
times, inode) has not moved since it was last read is not read again, unless it
is so young that it may have changed within one tick of the clock (git calls
such an entry racy).
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, replace
from pathlib import Path
from typing import NamedTuple

from capstone_build.core.artifact import Artifact, ArtifactPath, Kind
from capstone_build.core.digest import EMPTY_FOLDER, Digest
from capstone_build.errors import UnusableFileError
from capstone_build.storage.content import LARGE, digest_abreast, digest_file
from capstone_build.storage.file_state import FileState, KnownFile
from capstone_build.storage.tree import Tree, unreadable

_CONFIRMED = 16 << 20
"""Larger files are not read again to be sure of them now: a later build does."""


class _Unread(NamedTuple):
    """A file that is to be read: its state, and when that was looked at."""

    state: FileState
    looked_ns: int


class Files:
    """
    The files of a project and what they hold.

    Args:
        root: The project's root.
        recall: What is remembered of a file, by path from the root.

    Attributes:
        tree: Where they are.
    """

    def __init__(self, root: Path, recall: Callable[[str], KnownFile | None]) -> None:
        self.tree = Tree(str(root))
        self._recall = recall
        self._seen: dict[str, KnownFile] = {}
        self._fresh: dict[str, KnownFile] = {}
        self._published: dict[str, tuple[FileState, Digest]] = {}
        self._synced: set[str] = set()

    def digest(self, path: str) -> Digest | None:
        """
        Return the digest of a file; None if there is none.

        Raises:
            MemoryFailedError: If it cannot be read.
            UnusableFileError: If it is a pipe, a socket or a device.
        """
        found = self._known(path)
        return self._learnt(path, found, self._read(path)) if isinstance(found, _Unread) else found

    def digests(self, paths: Iterable[str]) -> dict[ArtifactPath, Digest | None]:
        """
        Return the digest of each file; None for one that is not there.

        Large ones that are to be read are read at the same time.

        Raises:
            MemoryFailedError: If one cannot be read.
            UnusableFileError: If one is a pipe, a socket or a device.
        """
        found = {ArtifactPath(path): self._known(path) for path in paths}
        unread = {path: each for path, each in found.items() if isinstance(each, _Unread)}
        large = [path for path, each in unread.items() if each.state.size >= LARGE]
        abreast: dict[ArtifactPath, Digest | OSError] = {}
        if len(large) > 1:
            digests = digest_abreast([self.tree.at(path) for path in large])
            abreast = dict(zip(large, digests, strict=True))
        read: dict[ArtifactPath, Digest] = {}
        for path, each in unread.items():
            digest = abreast.get(path)
            if isinstance(digest, OSError):
                raise unreadable(path, digest)
            read[path] = self._learnt(path, each, digest or self._read(path))
        return {
            path: read[path] if isinstance(each, _Unread) else each for path, each in found.items()
        }

    def _known(self, path: str) -> Digest | _Unread | None:
        """Return the digest of a file, as far as it is known; None if there is none."""
        if path.endswith("/"):
            return EMPTY_FOLDER
        full = self.tree.at(path)
        try:
            status = os.stat(full)  # noqa: PTH116 (pathlib costs several times the stat)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise unreadable(path, error) from None
        if not stat.S_ISREG(status.st_mode):
            if stat.S_ISDIR(status.st_mode):
                return None
            raise UnusableFileError(
                f"{path!r} is neither a file nor a folder",
                hint="Stages read and write regular files: no pipes, sockets or devices.",
            )
        state = FileState.of(status)
        published = self._published.get(path)
        if published is not None and published[0] == state:
            return published[1]
        known = self._seen.get(path) or self._recall(path)
        if known is None or not known.still_holds(state):
            return _Unread(state, time.time_ns())
        self._seen[path] = known
        return known.digest

    def _learnt(self, path: str, unread: _Unread, digest: Digest) -> Digest:
        """Take note of what was read in a file; return its *digest*."""
        known = KnownFile.read(unread.state, digest, unread.looked_ns)
        self._seen[path] = self._fresh[path] = known
        return digest

    def measured(self, artifact: Artifact) -> dict[ArtifactPath, Digest]:
        """
        Return what *artifact* stands for as `contents` does, read anew and not remembered.

        For files in staging, whose paths mean nothing to another build.
        """
        return {
            path: EMPTY_FOLDER if path.endswith("/") else self._read(path)
            for path in self.tree.standing_for(artifact)
        }

    def measured_at(self, path: str) -> Digest | None:
        """Return the digest of one file, read anew and not remembered; None if it is none."""
        return self._read(path) if os.path.isfile(self.tree.at(path)) else None  # noqa: PTH113 (as above)

    def publish(self, path: str, digest: Digest) -> None:
        """
        Note that the engine itself just put content of this *digest* at *path*.

        For the rest of the build the file's state vouches for it, however young.
        """
        try:
            status = os.stat(self.tree.at(path))  # noqa: PTH116 (as above)
        except OSError:
            return  # gone already: the next look will tell
        state = FileState.of(status)
        self._published[path] = (state, digest)
        self._synced.discard(path)
        self._seen.pop(path, None)
        self._fresh[path] = KnownFile.read(state, digest, time.time_ns())

    def synced(self, path: str) -> None:
        """Note that what was published at *path* is on disk, and outlives the machine's memory."""
        self._synced.add(path)
        if path in self._fresh:
            self._fresh[path] = replace(self._fresh[path], boot="")

    def is_published(self, path: str, state: tuple[int, ...]) -> bool:
        """Tell whether a file in this *state* is what the engine itself put at *path*."""
        published = self._published.get(path)
        return published is not None and astuple(published[0]) == state

    def published(self) -> Iterable[str]:
        """Return the paths at which the engine itself put files."""
        return self._published.keys()

    def confirm(self, path: str) -> bool:
        """
        Read a file again that was so young that its state did not vouch for it.

        Returns:
            Whether its state vouches for it now, and it is what it was.
        """
        seen = self._seen.get(path)
        known = (seen.state, seen.digest) if seen is not None else self._published.get(path)
        if known is None or known[0].size > _CONFIRMED:
            return False
        again = KnownFile.read(*known, time.time_ns())
        if path in self._synced:
            again = replace(again, boot="")
        state = self.states([path])[path]
        if state is None or not again.still_holds(state) or self._read(path) != again.digest:
            return False
        self._seen[path] = self._fresh[path] = again
        return True

    def take_fresh(self) -> dict[str, KnownFile]:
        """Return what was learned since the last call: to be written to the manifest."""
        fresh, self._fresh = self._fresh, {}
        return fresh

    def states(self, paths: Iterable[str]) -> dict[str, FileState | None]:
        """
        Return the state of each file; None for one that is not there.

        A state that differs tells that a file was written in between, even if
        its content is what it was before.
        """
        found: dict[str, FileState | None] = {}
        for path in paths:
            try:
                status = os.stat(self.tree.at(path))  # noqa: PTH116 (as above)
            except OSError:
                found[path] = None
            else:
                found[path] = FileState.of(status)
        return found

    def touched(self, states: Mapping[str, FileState | None]) -> list[str]:
        """Return the files that are in other states than *states*."""
        now = self.states(states)
        return [path for path, state in states.items() if now[path] != state]

    def contents(self, artifact: Artifact) -> dict[ArtifactPath, Digest | None]:
        """
        Return the files that *artifact* stands for, with their digests.

        A file that does not exist is there as None; see `Tree.standing_for`.
        """
        if artifact.kind is Kind.FILE and (known := self._known(artifact.location)) is not None:
            place = artifact.location  # no folder, and there is no need to ask once more
            if isinstance(known, _Unread):
                known = self._learnt(place, known, self._read(place))
            return {place: known}
        return self.digests(self.tree.standing_for(artifact))

    def _read(self, path: str) -> Digest:
        try:
            return digest_file(self.tree.at(path))
        except OSError as error:
            raise unreadable(path, error) from None
