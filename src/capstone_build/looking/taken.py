"""
Taken: the fingerprint of one stage, and what it was taken from.

Knows what was found; does not know how (`capstone_build.looking.fingerprints`).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import Aspect, Fingerprint, Part

if TYPE_CHECKING:
    from capstone_build.analysis import Closure


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """
    The fingerprint of one stage, and what it was taken from.

    Attributes:
        fingerprint: Every part that counts, with its digest.
        code: Which parts count for the code that the stage reaches.
        identify: Tells the identity of that code.
        list_sources: Tells the files that it is in, with their digests.
        read: Reads it.
        said: What a person would call the values of parts that are no code.
        unasked: Parts that nothing declares, each with the place that reads it.
        named: What may be paths of files, in the code or in a command, and is no code itself.
        is_settled: Whether no stage makes any of the code: else it is taken again.
    """

    fingerprint: Fingerprint
    code: Container[Part]
    identify: Callable[[], Digest | None]
    list_sources: Callable[[], Mapping[str, Digest]]
    read: Callable[[], Closure]
    said: Mapping[Part, str]
    unasked: Mapping[Part, str]
    named: tuple[str, ...]
    is_settled: bool

    @property
    def closure(self) -> Closure:
        """The code that the stage reaches."""
        return self.read()

    def say(self, part: Part) -> str:
        """Return what a person would call the value of a part."""
        if part in self.said:
            return self.said[part]
        if part[0] is Aspect.PACKAGE:
            return _version(part[1])
        if part not in self.closure.parts:
            return ""
        where = self.closure.parts[part].where
        return str(where) if where else ""


@cache
def _version(package: str) -> str:
    """Return the version of an installed distribution, or of Python; empty if it has none."""
    import importlib.metadata  # (20 ms, for what is only said of what changed)
    import platform

    if package == "python":
        return platform.python_version()
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""
