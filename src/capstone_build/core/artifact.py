"""
Artifacts: the files and folders that stages read and write.

Knows how a path is spelled and what it may stand for; does not know what is
on disk.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import NewType

ArtifactPath = NewType("ArtifactPath", str)
"""
A path from the project's root, with `/` between its parts and no `.` or `..`.

A folder that is empty is named with a `/` at its end; any other folder is
spelled without one.
"""

MEMORY_FOLDER = ".cache"
"""The folder of a project that belongs to the engine, where no stage reads or writes."""


class Kind(Enum):
    """What a declared path stands for."""

    FILE = "file"
    FOLDER = "folder"
    PATTERN = "pattern"


@dataclass(frozen=True, slots=True)
class Artifact:
    """
    A file or folder as a stage declares it, with what is promised of it.

    Attributes:
        path:
            From the project's root. `*` and `?` match within one part of the
            path, `[ab]` one of some characters, `**` any number of parts: such
            a pattern stands for all files that match. A `/` at the end
            declares a folder.
        contract:
            What must hold of the content: a pydantic model, a pandera schema,
            or a function that returns the violations it finds. None asks only
            that the artifact exists.
    """

    path: str
    contract: object | None = None

    @property
    def kind(self) -> Kind:
        """Whether the path names a file, a folder or a pattern of files."""
        if is_pattern(self.path):
            return Kind.PATTERN
        return Kind.FOLDER if self.path.endswith("/") else Kind.FILE

    @property
    def location(self) -> ArtifactPath:
        """The path without the `/` that marks a folder."""
        return ArtifactPath(self.path.rstrip("/"))

    def stands_for(self, path: str) -> bool:
        """Tell whether the file or folder at *path* is it, lies in it, or matches it."""
        if self.kind is Kind.PATTERN:
            return matches(self.path, path)
        return path.rstrip("/") == self.location or path.startswith(f"{self.location}/")


def is_pattern(path: str) -> bool:
    """Tell whether *path* has a character that makes it a pattern."""
    return "*" in path or "?" in path or "[" in path


def is_inside(path: str) -> bool:
    """Tell whether *path* is spelled as that of an artifact is: no other is ever written to."""
    parts = path.removesuffix("/").split("/")
    return not ({"", ".", ".."} & set(parts) or parts[0] == MEMORY_FOLDER or "\0" in path)


def folded(path: str) -> str:
    """Return what a file system that ignores case and normalisation makes of *path*."""
    return unicodedata.normalize("NFC", path).casefold()


def parents(path: str) -> list[ArtifactPath]:
    """Return the folders that *path* lies in, nearest first, without the root."""
    parts = path.split("/")
    return [ArtifactPath("/".join(parts[:length])) for length in range(len(parts) - 1, 0, -1)]


def fixed_prefix(pattern: str) -> ArtifactPath:
    """Return the folder below which every match of *pattern* lies; empty for the root."""
    parts = pattern.split("/")
    first = next(index for index, part in enumerate(parts) if is_pattern(part))
    return ArtifactPath("/".join(parts[:first]))


def matches(pattern: str, path: str) -> bool:
    """Tell whether *pattern* stands for *path*, among others."""
    return _compiled(pattern).fullmatch(path) is not None


def may_match_below(pattern: str, folder: str) -> bool:
    """Tell whether *pattern* can stand for some path inside *folder*."""
    return _some_suffix_matches(tuple(pattern.split("/")), tuple(folder.split("/")))


def part_matches(part: str, name: str) -> bool:
    """Tell whether one *part* of a pattern, between slashes, matches a file's *name*."""
    return _compiled(part).fullmatch(name) is not None


def _some_suffix_matches(pattern: tuple[str, ...], folder: tuple[str, ...]) -> bool:
    if not folder:
        return bool(pattern)
    if not pattern:
        return False
    if pattern[0] == "**":
        return _some_suffix_matches(pattern[1:], folder) or (
            not folder[0].startswith(".") and _some_suffix_matches(pattern, folder[1:])
        )
    return part_matches(pattern[0], folder[0]) and _some_suffix_matches(pattern[1:], folder[1:])


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Translate *pattern*; as in a shell, no wildcard matches a leading dot."""
    parts = pattern.split("/")
    expression = ""
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        if part == "**":
            expression += r"[^/.][^/]*(?:/[^/.][^/]*)*" if last else r"(?:[^/.][^/]*/)*"
        else:
            expression += _translated(part) + ("" if last else "/")
    return re.compile(expression, re.DOTALL)


def _translated(part: str) -> str:
    """Translate what stands between two slashes of a pattern."""
    expression = r"(?!\.)" if part[:1] in {"*", "?", "["} else ""
    index = 0
    while index < len(part):
        character = part[index]
        index += 1
        if character == "*":
            expression += "[^/]*"
        elif character == "?":
            expression += "[^/]"
        elif character == "[" and (end := part.find("]", index + 1)) > 0:
            inside, index = part[index:end], end + 1
            negated = inside[0] in "!^"
            escaped = re.sub(r"([\\\[\]&~|^])", r"\\\1", inside[1:] if negated else inside)
            expression += f"(?!/)[{'^' if negated else ''}{escaped}]"
        else:
            expression += re.escape(character)
    return expression


_BYTE = re.compile(r"\\u(dc[89a-f][0-9a-f])")
"""How `spellable` writes a byte that is not UTF-8."""


def spellable(name: str) -> str:
    """
    Return a file's name in a form that UTF-8 can spell.

    What is read by a name that is not UTF-8 can be found again by `unspelled`.
    """
    return name if name.isascii() else name.encode(errors="backslashreplace").decode()


def unspelled(name: str) -> str:
    """Return the name that the file system knows for what `spellable` gave another form."""
    return _BYTE.sub(lambda escape: chr(int(escape[1], 16)), name)
