"""
Steps: what one thing that code can reach is, and what it leads to next.

Plain data; `codegraph` fills it in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from capstone_build.analysis.file.unit import Flag
from capstone_build.analysis.names.node import Node
from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import Aspect, Part
from capstone_build.core.stage import Location

_NONE = Digest("")


@dataclass(slots=True)
class Step:
    """
    What one node is, and what it leads to.

    Attributes:
        part: What it is called in a fingerprint; None if it only leads on.
        digest: Of its content.
        place: The file and the line where it is, if it is in a file.
        units: The file, and the statements in it, that its digest is of.
        follows: What it leads to, in the order met.
        reasons: For what counts more coarsely than by symbol: why.
        flags: Ways in which it reaches more than it spells.
        named: What may be paths of files that it reads.
        environment: Environment variables that it reads by literal name.
    """

    part: Part | None = None
    digest: Digest = _NONE
    place: tuple[str, int] | None = None
    units: tuple[str, Sequence[int]] | None = None
    follows: dict[Node, None] = field(default_factory=dict)
    reasons: dict[Node, str] = field(default_factory=dict)
    flags: set[Flag] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    environment: dict[str, Location] = field(default_factory=dict)

    @property
    def where(self) -> Location | None:
        """Where it is: made when asked for, since of most steps nobody asks."""
        return None if self.place is None else Location(*self.place)

    def name(self, aspect: Aspect, key: str, digest: Digest) -> None:
        """Say what the node is in a fingerprint."""
        self.part = (aspect, key)
        self.digest = digest

    def lead(self, nodes: Iterable[Node], reason: str = "") -> None:
        """Lead to *nodes*; with a *reason* where they are coarser than what was asked for."""
        for node in nodes:
            self.follows[node] = None
            if reason:
                self.reasons.setdefault(node, reason)
