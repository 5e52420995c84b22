"""
Leftovers: files that stages left, and what cleaning makes of them, as data.

Knows what may become of such a file; does not know how that is decided
(`capstone_build.tending.cleaning`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.stage import StageName


class Fate(Enum):
    """What becomes of a file that a stage left."""

    REMOVED = "removed"
    """It is as the stage left it, and can be made or brought back."""
    KEPT = "kept"
    """It was edited since: set aside in `.cache/kept/`."""
    LEFT = "left"
    """It stays where it is: somebody needs it, or it is not surely ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """
    A file that a stage left, and what becomes of it.

    Attributes:
        path: Where it is, from the project's root.
        stage: The stage that left it.
        fate: What becomes of it.
        size: In bytes.
        kept: Where it is set aside, from the project's root; empty if it is not (yet).
        why: Why it stays where it is; empty if it does not.
        is_held: Whether the store can bring it back.
    """

    path: ArtifactPath
    stage: StageName
    fate: Fate
    size: int = 0
    kept: str = ""
    why: str = ""
    is_held: bool = True
