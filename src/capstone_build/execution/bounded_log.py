"""
What a stage prints, on disk: all of it, or of too much the beginning and the end.

Knows bytes; does not know who prints them. The file is complete at any moment:
whoever looks at a stage that hangs finds the last that it said.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

HEAD = 1 << 20
"""So much of the beginning is kept, in bytes."""

TAIL = 1 << 20
"""So much of the end is kept at least, and never more than twice as much."""

LAST_LINES = 20
"""How much of what a stage printed is told with its failure."""


class BoundedLog:
    """
    The log of one run.

    Args:
        path: The file; made, and its folder, with the first byte, and continued if it is there,
            by another attempt of the same stage.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: int | None = None
        self._head = 0  # where the part begins that may be cut
        self._body = 0  # the same, without the line that says how much was cut
        self._size = 0
        self._left_out = 0

    def write(self, piece: bytes) -> None:
        """Take what was printed. A disk that has no room for it fails nobody's work."""
        with suppress(OSError):
            if self._file is None:
                self._open()
            assert self._file is not None  # noqa: S101 (opened just now)
            self._size += os.pwrite(self._file, piece, self._size)
            if self._size - self._head > 2 * TAIL:
                self._cut(self._file)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _open(self) -> None:
        Path(self._path).parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
        self._file = os.open(self._path, flags, 0o600)
        self._size = os.fstat(self._file).st_size
        self._head = self._body = self._size + HEAD

    def _cut(self, file: int) -> None:
        """Leave out the middle: all but the end of what comes after the head."""
        tail = os.pread(file, TAIL, self._size - TAIL)
        tail = tail[tail.find(b"\n", 0, TAIL // 2) + 1 :]  # whole lines, where there are lines
        self._left_out += self._size - self._body - len(tail)
        said = f"\n[... {self._left_out:,} bytes are left out here ...]\n".encode()
        os.pwrite(file, said + tail, self._head)
        self._body = self._head + len(said)
        self._size = self._body + len(tail)
        os.ftruncate(file, self._size)


def last_lines(log: Path) -> tuple[str, ...]:
    """Return the end of what a stage printed."""
    try:
        with log.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - (1 << 14)))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ()
    return tuple(text.splitlines()[-LAST_LINES:])
