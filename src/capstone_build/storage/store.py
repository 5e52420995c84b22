"""
The store: outputs kept by digest, so that they can be brought back.

Knows contents; does not know which stage made them. Objects are copies (by
reflink where the file system has it), never hard links, so that no edit of an
artifact can reach into the store.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from capstone_build.core.digest import EMPTY_FOLDER, PREFIX, Digest, digest_bytes
from capstone_build.disk import disk_failed, sync
from capstone_build.storage.content import digest_file

_PIECE = 1 << 20
"""So much is copied at once, in bytes; what is smaller shares no blocks with anything."""

_FICLONE = 0x40049409
"""Linux: let a file share the blocks of another until one of them is written."""


class Store:
    """
    Contents by digest, below one folder.

    Args:
        folder: Where objects lie, as `ab/cdef...`; made when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def holds(self, digest: Digest) -> bool:
        """Tell whether there is an object for *digest*; its content is verified on restoring."""
        return digest == EMPTY_FOLDER or self._object(digest).is_file()

    def keep(self, file: Path, digest: Digest) -> None:
        """Copy *file*, whose content has this *digest*, into the store."""
        place = self._object(digest)
        if not place.is_file():
            _make(place, lambda beside: copy_content(file, beside))

    def sync(self, digest: Digest) -> None:
        """See that the object for *digest* is on disk, and outlives the machine's memory."""
        if digest != EMPTY_FOLDER:
            sync(self._object(digest))

    def keep_text(self, content: bytes, digest: Digest) -> None:
        """Put *content*, of this *digest*, into the store."""
        place = self._object(digest)
        if not place.is_file():
            try:
                _make(place, lambda beside: beside.write_bytes(content))
            except OSError as error:
                raise disk_failed(place, error, len(content)) from None

    def text(self, digest: Digest) -> bytes | None:
        """Return the content of the object for *digest*; None if it is missing or damaged."""
        try:
            content = self._object(digest).read_bytes()
        except OSError:
            return None
        return content if digest_bytes(content) == digest else None

    def restore(self, digest: Digest, file: Path) -> bool:
        """
        Copy the object for *digest* to *file*, and verify the copy.

        Returns:
            False, and no file, if there is no such object or it is damaged; a
            damaged one is dropped.
        """
        place = self._object(digest)
        try:
            copy_content(place, file)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return False
        if digest_file(file) == digest:
            return True
        file.unlink()
        place.unlink(missing_ok=True)
        return False

    def _object(self, digest: Digest) -> Path:
        name = digest.removeprefix(PREFIX)
        return self._folder / name[:2] / name[2:]


def _make(place: Path, write: Callable[[Path], object]) -> None:
    """Let *write* write beside *place*, and move what is written there, whole."""
    beside = place.with_name(f"{place.name}.{os.getpid()}.tmp")
    try:
        if not place.parent.is_dir():
            _make_room(place.parent)
        write(beside)
        try:
            beside.replace(place)
        except IsADirectoryError:
            shutil.rmtree(place)  # not ours, in a folder that is
            beside.replace(place)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def _make_room(folder: Path) -> None:
    if os.path.lexists(folder):
        folder.unlink()
    folder.mkdir(parents=True, exist_ok=True)


def copy_content(source: Path, target: Path) -> None:
    """
    Copy a file's content to *target*, and whether it can be run.

    Blocks are shared where the file system can.

    Raises:
        MemoryFailedError: If it cannot be written.
    """
    with source.open("rb", buffering=0) as reading:
        told = os.fstat(reading.fileno())
        try:
            with target.open("wb") as writing:
                if told.st_mode & stat.S_IXUSR:
                    target.chmod(0o755)
                is_small = told.st_size < _PIECE
                if is_small or not _shared_blocks(reading.fileno(), writing.fileno()):
                    shutil.copyfileobj(reading, writing, _PIECE)
        except OSError as error:
            raise disk_failed(target, error, told.st_size) from None


def _shared_blocks(source: int, target: int) -> bool:
    """Let two open files share their blocks; False where that cannot be."""
    if sys.platform != "linux":
        return False
    import fcntl  # there is none on Windows

    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError:
        return False
    return True
