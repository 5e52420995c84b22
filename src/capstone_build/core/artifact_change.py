"""
Artifact changes: in what a file differs from what it was, as data.

Knows the sorts of changes; does not know how they are found
(`capstone_build.asking.comparing`), nor how they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from capstone_build.core.table_change import TableChange


@dataclass(frozen=True, slots=True)
class TextChange:
    """The *lines* of a unified diff, without the names of the files."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JsonChange:
    """The *values* that differ: the place of each, what it was and what it is."""

    values: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class OtherChange:
    """What can be said in one line of what is neither."""

    what: str


Content: TypeAlias = TextChange | JsonChange | TableChange | OtherChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """
    A file as it was at one time.

    Attributes:
        build: The build that left it; empty if none that is remembered did.
        digest: Of its content.
    """

    build: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactChange:
    """
    In what a file differs from what it was.

    Attributes:
        path: Which, from the project's root.
        then: What it was; None if it was not there.
        now: What it is; None if it is not there.
        content: In what they differ; None if they do not, or one is not there.
    """

    path: str
    then: Version | None
    now: Version | None
    content: Content | None
