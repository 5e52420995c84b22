"""
Collections: what is let go of in the engine's memory, as data.

Knows kinds and amounts; does not know how they are chosen
(`capstone_build.tending.collecting`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_USUAL_SECONDS = 30 * 86400.0


@dataclass(frozen=True, slots=True)
class Room:
    """How many of something there are, and how many bytes they take."""

    count: int = 0
    size: int = 0

    def __add__(self, other: Room) -> Room:
        """Return both together."""
        return Room(self.count + other.count, self.size + other.size)

    @classmethod
    def of(cls, sizes: Iterable[int]) -> Room:
        """Count things of these *sizes*."""
        each = list(sizes)
        return cls(len(each), sum(each))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """
    How much of the past is kept.

    Attributes:
        keep_seconds: What was used in this time stays; None where no result goes for its age.
        max_size: Results beyond this many bytes go, the longest unused first; None for no limit.
        spare_seconds: Logs, and what failed builds left, stay for this time.
        is_kept_bounded: Whether what was set aside in `.cache/kept/` goes as well.
    """

    keep_seconds: float | None
    max_size: int | None
    spare_seconds: float
    is_kept_bounded: bool

    @classmethod
    def asked(cls, keep_seconds: float | None, max_size: int | None, kept: bool) -> Bounds:
        """Return what is meant where it may not be said for how long: then for 30 days."""
        usual = _USUAL_SECONDS if keep_seconds is None else keep_seconds
        return cls(
            keep_seconds=usual if max_size is None else keep_seconds,
            max_size=max_size,
            spare_seconds=usual,
            is_kept_bounded=kept,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """
    What went, or would go, and what stays.

    Attributes:
        runs: Earlier runs whose results cannot be brought back any more.
        objects: Files of the store that went.
        logs: Builds whose logs went.
        kept: Builds of which what was set aside went.
        leftovers: What killed builds left half done, and what was out of date in other ways.
        manifest: By how many bytes the manifest shrank.
        needed: Files of the store that current outputs need.
        recent: Other files of the store, and so results, that stay.
        runs_stay: The earlier runs that these are of.
        kept_stays: Builds of which something is set aside still.
    """

    runs: int = 0
    objects: Room = Room()
    logs: Room = Room()
    kept: Room = Room()
    leftovers: Room = Room()
    manifest: int = 0
    needed: Room = Room()
    recent: Room = Room()
    runs_stay: int = 0
    kept_stays: Room = Room()

    @property
    def freed(self) -> int:
        """How many bytes went in all."""
        parts = (self.objects, self.logs, self.kept, self.leftovers)
        return self.manifest + sum(each.size for each in parts)
