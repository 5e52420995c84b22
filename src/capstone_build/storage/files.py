"""
What is on disk: which files a declared path stands for, and their digests.

Knows files and their states; does not know stages. A file whose state (size,
times, inode) has not moved since it was last read is not read again, unless it
is so young that it may have changed within one tick of the clock (git calls
such an entry racy).
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple, replace
from pathlib import Path

from capstone_build.core.artifact import (
    Artifact,
    ArtifactPath,
    Kind,
    fixed_prefix,
    part_matches,
    spellable,
    unspelled,
)
from capstone_build.core.digest import (
    EMPTY_FOLDER,
    Digest,
    Hasher,
    digest_bytes,
    executable,
)
from capstone_build.errors import MemoryFailedError, UnusableFileError
from capstone_build.storage.file_state import FileState, KnownFile

_PIECE = 1 << 18
"""How much of a file is read at once, in bytes: what is hashed is still near the processor ..."""

_SMALL = 1 << 16
"""... but for the first piece: most files are small, and to make room takes longer than to read."""

_AS_BYTES = getattr(os, "O_BINARY", 0)

_CONFIRMED = 16 << 20
"""Larger files are not read again to be sure of them now: a later build does."""


class Files:
    """
    The files of a project and what they hold.

    Args:
        root: The project's root.
        recall: What is remembered of a file, by path from the root.
    """

    def __init__(self, root: Path, recall: Callable[[str], KnownFile | None]) -> None:
        self._root = str(root)
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
        if path.endswith("/"):
            return EMPTY_FOLDER
        full = self._at(path)
        try:
            status = os.stat(full)  # noqa: PTH116 (pathlib costs several times the stat)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _unreadable(path, error) from None
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
            looked_ns = time.time_ns()
            known = KnownFile.read(state, self._read(path), looked_ns)
            self._fresh[path] = known
        self._seen[path] = known
        return known.digest

    def measured(self, artifact: Artifact) -> dict[ArtifactPath, Digest]:
        """
        Return what *artifact* stands for as `contents` does, read anew and not remembered.

        For files in staging, whose paths mean nothing to another build.
        """
        place = artifact.location
        if not os.path.isdir(os.path.join(self._root, place)):  # noqa: PTH112, PTH118 (as above)
            return {place: self._read(place)}
        return {
            path: EMPTY_FOLDER if path.endswith("/") else self._read(path)
            for path in sorted(self._inside(place, ()))
        }

    def measured_at(self, path: str) -> Digest | None:
        """Return the digest of one file, read anew and not remembered; None if it is none."""
        return self._read(path) if os.path.isfile(self._at(path)) else None  # noqa: PTH113 (as above)

    def publish(self, path: str, digest: Digest) -> None:
        """
        Note that the engine itself just put content of this *digest* at *path*.

        For the rest of the build the file's state vouches for it, however young.
        """
        try:
            status = os.stat(self._at(path))  # noqa: PTH116 (as above)
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

    def is_file(self, path: str) -> bool:
        """Tell whether there is a regular file at *path*."""
        return os.path.isfile(self._at(path))  # noqa: PTH113 (as above)

    def names_in(self, folder: str) -> list[str]:
        """Return the names in a folder, as UTF-8 can spell them; none if it cannot be listed."""
        try:
            names = os.listdir(self._at(folder))  # noqa: PTH208 (names)
        except OSError:
            return []
        return [spellable(name) for name in names]

    def states(self, paths: Iterable[str]) -> dict[str, FileState | None]:
        """
        Return the state of each file; None for one that is not there.

        A state that differs tells that a file was written in between, even if
        its content is what it was before.
        """
        found: dict[str, FileState | None] = {}
        for path in paths:
            try:
                status = os.stat(self._at(path))  # noqa: PTH116 (as above)
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

        A folder stands for the files in it, at any depth; an empty one, inside
        as well, for itself, spelled with a `/`. A file that does not exist is
        there as None; a pattern that matches nothing is empty.
        """
        place = artifact.location
        if artifact.kind is Kind.PATTERN:
            paths: list[ArtifactPath] = list(self.matching(artifact.path))
        elif os.path.isdir(os.path.join(self._root, place)):  # noqa: PTH112, PTH118 (as above)
            paths = list(self._inside(place, ()))
        else:
            paths = [place]
        return {path: self.digest(path) for path in sorted(paths)}

    def matching(self, pattern: str) -> Iterator[ArtifactPath]:
        """Yield the files that *pattern* stands for, in no order."""
        prefix = fixed_prefix(pattern)
        rest = pattern[len(prefix) + 1 :] if prefix else pattern
        yield from dict.fromkeys(self._matching(prefix, rest.split("/"), ()))

    def _at(self, path: str) -> str:
        """Return where in the file system *path* is."""
        full = os.path.join(self._root, path)  # noqa: PTH118 (pathlib costs several times the stat)
        if "\\udc" in path and not os.path.lexists(full):
            return os.path.join(self._root, unspelled(path))  # noqa: PTH118 (as above)
        return full

    def _read(self, path: str) -> Digest:
        try:
            return digest_file(self._at(path))
        except OSError as error:
            raise _unreadable(path, error) from None

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
        full = self._at(folder)
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
            raise _unreadable(folder, error) from None
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


def digest_file(path: str | Path) -> Digest:
    """
    Return the digest of the file at *path*, read in pieces.

    Whether it can be run counts as its content does: a tool that a stage made
    is another one without.
    """
    file = os.open(path, os.O_RDONLY | _AS_BYTES)
    try:
        first = os.read(file, _SMALL)
        status = os.fstat(file)
        is_all = len(first) < _SMALL and len(first) >= status.st_size
        digest = digest_bytes(first) if is_all else _digest_rest(file, first)
    finally:
        os.close(file)
    return executable(digest) if status.st_mode & stat.S_IXUSR else digest


def _digest_rest(file: int, first: bytes) -> Digest:
    """Return the digest of all that an open file holds, of which *first* was read."""
    hasher = Hasher()
    hasher.update(first)
    buffer = bytearray(_PIECE)
    view = memoryview(buffer)
    while count := os.readv(file, [buffer]):
        hasher.update(view[:count])
    return hasher.digest()


def _unreadable(path: str, error: OSError) -> MemoryFailedError:
    return MemoryFailedError(
        f"{path!r} cannot be read: {error.strerror}",
        hint="Mend its permissions, or take it out of the inputs.",
    )
