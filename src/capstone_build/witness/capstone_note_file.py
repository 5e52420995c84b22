"""
The file in which the processes of one run leave their notes.

Knows the form of a line; does not know what notes say.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any


def into_file(path: str) -> Callable[[dict[str, Any]], None]:
    """Return what adds notes to the file at *path*, a line each, from however many processes."""

    def take(note: dict[str, Any]) -> None:
        line = json.dumps(note).encode() + b"\n"
        # Opened each time: a program may close all the files that it did not open.
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(file, line)
        finally:
            os.close(file)

    return take
