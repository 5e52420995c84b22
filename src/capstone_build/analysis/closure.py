"""
Closures: all the code that a stage can reach, part by part.

Knows what was reached and how to tell of it; the walk that found the parts is
the walk that explains them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import Fingerprint, Part
from capstone_build.core.stage import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """
    One part of a closure.

    Attributes:
        digest: Of its normal form, version or bytes.
        where: Where it is; None for what is not in a file.
        chain: Names from the start to this one, each used by the one before it.
        source: What was digested, spelled as Python; empty for packages and files.
        note: Why something coarser than a symbol counts, if so.
    """

    digest: Digest
    where: Location | None
    chain: tuple[str, ...]
    source: str
    note: str


class Parts(Mapping[Part, Reached]):
    """
    The parts of a closure, told of when asked.

    Digests are there at once; chains and source text are only made for the
    parts that somebody looks at.

    Args:
        digests: Every part.
        tell: Makes the account of one.
    """

    def __init__(self, digests: Mapping[Part, Digest], tell: Callable[[Part], Reached]) -> None:
        self.digests = digests
        self._tell = tell

    def __getitem__(self, part: Part) -> Reached:
        """Return the account of *part*."""
        if part not in self.digests:
            raise KeyError(part)
        return self._tell(part)

    def __iter__(self) -> Iterator[Part]:
        """Iterate over the parts."""
        return iter(self.digests)

    def __len__(self) -> int:
        """Return how many parts there are."""
        return len(self.digests)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """
    All the code that some definitions can reach.

    Attributes:
        parts: What was reached.
        undeclared_environment:
            Environment variables that the code reads by literal name, and where.
        identify: Finds the identity.
    """

    parts: Mapping[Part, Reached]
    undeclared_environment: Mapping[str, Location]
    identify: Callable[[], Digest]

    @property
    def identity(self) -> Digest:
        """
        What the code is, in whatever modules it lies.

        It covers all that the parts of code do: closures whose identities, and
        whose other parts, are equal do the same.
        """
        return self.identify()

    def fingerprint(self) -> Fingerprint:
        """Return every part with its digest."""
        if isinstance(self.parts, Parts):
            return dict(self.parts.digests)
        return {part: reached.digest for part, reached in self.parts.items()}
