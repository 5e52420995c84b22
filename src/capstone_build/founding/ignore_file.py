"""
The file `.gitignore`, as far as the engine's memory goes.

Knows git's patterns of one name (gitignore(5)); does not ask git.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from capstone_build.core.artifact import MEMORY_FOLDER

LINE = f"{MEMORY_FOLDER}/"


def is_ignored(text: str) -> bool:
    """Tell whether *text*, that of a `.gitignore`, keeps the memory out; the last word counts."""
    ignored = False
    for line in text.splitlines():
        pattern = line.rstrip()
        negated = pattern.startswith("!")
        name = pattern.removeprefix("!").removeprefix("**/").removeprefix("/")
        name = name.removesuffix("/**").removesuffix("/*").removesuffix("/")
        if pattern and not pattern.startswith("#") and fnmatchcase(MEMORY_FOLDER, name):
            ignored = not negated
    return ignored


def with_memory_ignored(text: str) -> str:
    """Return *text* with the line that keeps the memory out at its end."""
    return text + ("\n" if text and not text.endswith("\n") else "") + f"{LINE}\n"
