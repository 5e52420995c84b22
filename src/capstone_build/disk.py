"""
The disk below the project, where it fails: what is said, and what can be done.

Knows what the operating system tells of a failure, and how much room there is;
does not know what was to be written, nor why.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from capstone_build.core.size import spell_size
from capstone_build.errors import MemoryFailedError

_STANDS = "What is built stands, and the same build goes on from there."


def disk_failed(path: Path | str, error: OSError, needed: int | None = None) -> MemoryFailedError:
    """
    Describe that something could not be written.

    Args:
        path: What was to be written.
        error: What the operating system told.
        needed: Its size in bytes, if that is known.
    """
    return MemoryFailedError(
        f"{str(path)!r} cannot be written: {error.strerror or error}",
        hint=f"{_remedy(path, error, needed)} {_STANDS}",
    )


def sync(file: Path) -> None:
    """
    See that *file*, and that it is in its folder, is on disk, and not in memory only.

    Raises:
        MemoryFailedError: If the disk does not take it.
    """
    if os.name == "nt":
        return  # there only what is open for writing can be synced
    try:
        for each in (file, file.parent):
            opened = os.open(each, os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)
    except OSError as error:
        raise disk_failed(file, error) from None


def _remedy(path: Path | str, error: OSError, needed: int | None) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"{_room(path, needed)}: make room; `capstone gc` may find some."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return "See that you may write there."
        case errno.EMFILE | errno.ENFILE:
            return "Allow more open files (`ulimit -n 4096`), or run fewer stages at once (`-j`)."
        case errno.EFBIG:
            return "Allow larger files (`ulimit -f unlimited`)."
        case _:
            return "See that the disk has room and that you may write there."


def _room(path: Path | str, needed: int | None) -> str:
    """Say how much room is needed and how much there is, as far as that can be known."""
    need = "More room is needed" if needed is None else f"It needs {spell_size(needed)}"
    for folder in Path(path).absolute().parents:
        try:
            disk = os.statvfs(folder)
        except (OSError, AttributeError):  # it is not there; Windows cannot tell
            continue
        free = disk.f_bavail * disk.f_frsize
        if disk.f_favail == 0 and disk.f_files:
            return f"No file can be added to the disk of {str(folder)!r}, of whatever size"
        return f"{need}, and the disk of {str(folder)!r} has {spell_size(free)} left"
    return need
