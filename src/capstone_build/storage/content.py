"""
Content: what is in files, as digests.

Knows bytes, and how to read many of them fast; does not know which files matter, nor
what is remembered of them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from capstone_build.core.digest import Digest, Hasher, digest_bytes, executable
from capstone_build.cores import cores

_PIECE = 1 << 18
"""How much of a file is read at once, in bytes: what is hashed is still near the processor ..."""

_SMALL = 1 << 16
"""... but for the first piece: most files are small, and to make room takes longer than to read."""

LARGE = 8 << 20
"""From so many bytes on it pays to read a file beside others, a thread each."""

_AS_BYTES = getattr(os, "O_BINARY", 0)


def _is_wanted() -> bool:
    return True


def digest_file(path: str | Path, is_wanted: Callable[[], bool] = _is_wanted) -> Digest:
    """
    Return the digest of the file at *path*, read in pieces.

    Whether it can be run counts as its content does: a tool that a stage made
    is another one without.

    Args:
        path: Where it is.
        is_wanted: Asked before each piece of a large file.

    Raises:
        InterruptedError: If it is wanted no more.
    """
    file = os.open(path, os.O_RDONLY | _AS_BYTES)
    try:
        first = os.read(file, _SMALL)
        status = os.fstat(file)
        is_all = len(first) < _SMALL and len(first) >= status.st_size
        digest = digest_bytes(first) if is_all else _digest_rest(file, first, is_wanted)
    finally:
        os.close(file)
    return executable(digest) if status.st_mode & stat.S_IXUSR else digest


def _digest_rest(file: int, first: bytes, is_wanted: Callable[[], bool]) -> Digest:
    """Return the digest of all that an open file holds, of which *first* was read."""
    hasher = Hasher()
    hasher.update(first)
    buffer = bytearray(_PIECE)
    view = memoryview(buffer)
    while count := os.readv(file, [buffer]):
        hasher.update(view[:count])
        if not is_wanted():
            raise InterruptedError
    return hasher.digest()


def digest_abreast(paths: Sequence[str]) -> list[Digest | OSError]:
    """
    Return the digests of large files, as many read at a time as there are cores.

    What reads and what hashes does not hold Python's lock. Where the caller is interrupted, no
    more is read: a signal is told to the main thread alone, and it would wait for the others.

    Returns:
        For each path its digest, or why it cannot be read.
    """
    from concurrent.futures import ThreadPoolExecutor  # (10 ms, where nothing is large)
    from threading import Event

    is_over = Event()
    with ThreadPoolExecutor(cores()) as pool:
        try:
            return list(pool.map(partial(_digest_or_error, lambda: not is_over.is_set()), paths))
        finally:
            is_over.set()


def _digest_or_error(is_wanted: Callable[[], bool], path: str) -> Digest | OSError:
    try:
        return digest_file(path, is_wanted)
    except OSError as error:
        return error
