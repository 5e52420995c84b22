"""
Content: what is in files, as digests.

Knows bytes, and how to read many of them fast; does not know which files matter, nor
what is remembered of them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from capstone_build.core.digest import Digest, Hasher, digest_bytes, executable

_PIECE = 1 << 18
"""How much of a file is read at once, in bytes: what is hashed is still near the processor ..."""

_SMALL = 1 << 16
"""... but for the first piece: most files are small, and to make room takes longer than to read."""

LARGE = 8 << 20
"""From so many bytes on it pays to read a file beside others, a thread each."""

_AS_BYTES = getattr(os, "O_BINARY", 0)


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


def digest_abreast(paths: Sequence[str]) -> list[Digest | OSError]:
    """
    Return the digests of large files, as many read at a time as there are cores.

    What reads and what hashes does not hold Python's lock.

    Returns:
        For each path its digest, or why it cannot be read.
    """
    from concurrent.futures import ThreadPoolExecutor  # (10 ms, where nothing is large)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(_digest_or_error, paths))


def _digest_or_error(path: str) -> Digest | OSError:
    try:
        return digest_file(path)
    except OSError as error:
        return error
