"""
Raw answers: what a model said, on disk before anyone judges it.

Knows a file and what is appended to it; does not know what makes an answer good.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


class RawAnswers:
    """
    The file of everything that a model, or the offline rules, answered.

    Each answer is on disk when `append` returns: whatever happens to it after
    that, it can be read again.

    Args:
        path: Where to write; an existing file is replaced.
        author: Who answers; the first line.
        redacted: Takes secrets out of what is written.
    """

    def __init__(self, path: Path, author: str, redacted: Callable[[str], str] = str) -> None:
        self.path = path
        self.texts: list[str] = []
        self._redacted = redacted
        self._write("w", f"{redacted(author)}\n")

    def append(self, text: str) -> None:
        """Write one more answer down."""
        self.texts.append(text)
        self._write("a", f"\n--- answer {len(self.texts)} ---\n{self._redacted(text)}\n")

    def append_failure(self, what: str, text: str) -> None:
        """Write down what came instead of an answer, as far as anything came."""
        self._write("a", f"\n--- no answer: {what} ---\n{self._redacted(text)}\n")

    def _write(self, mode: str, text: str) -> None:
        with self.path.open(mode, encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
