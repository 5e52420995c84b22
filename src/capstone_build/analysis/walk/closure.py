"""
Closures: all the code that a stage can reach, part by part.

Knows what was reached and how to tell of it; the walk that found the parts is
the walk that explains them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, reduce

from capstone_build.analysis.walk.extent import Extent
from capstone_build.core.digest import Digest, digest_fields
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
        reasons: Yields why something coarser than a definition counts.
    """

    def __init__(
        self,
        digests: Mapping[Part, Digest],
        tell: Callable[[Part], Reached],
        reasons: Callable[[], Iterator[str]],
    ) -> None:
        self.digests = digests
        self._tell = tell
        self.reasons = reasons

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
        named: What the code spells that may be the paths of files.
        extent: Where the code lies.
        identify: Finds the identity.
    """

    parts: Mapping[Part, Reached]
    undeclared_environment: Mapping[str, Location]
    named: frozenset[str]
    extent: Extent

    def coarse(self) -> Iterator[str]:
        """Yield where the reading of the source ends, and what counts instead."""
        if isinstance(self.parts, Parts):
            yield from self.parts.reasons()

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


def united(closures: Sequence[Closure]) -> Closure:
    """
    Return all that *closures* hold.

    Two files may go by one name where each is looked for from a folder of its
    own: a part of both counts with either.
    """
    if len(closures) == 1:
        return closures[0]
    holders: dict[Part, list[Closure]] = {}
    environment: dict[str, Location] = {}
    for closure in closures:
        for part in closure.parts:
            holders.setdefault(part, []).append(closure)
        environment = {**closure.undeclared_environment, **environment}
    known = [each.fingerprint() for each in closures]
    digests: dict[Part, Digest] = {}
    for part in holders:
        found = sorted({each[part] for each in known if part in each})
        digests[part] = found[0] if len(found) == 1 else digest_fields(*found)

    def tell(part: Part) -> Reached:
        return replace(holders[part][0].parts[part], digest=digests[part])

    def reasons() -> Iterator[str]:
        for closure in closures:
            yield from closure.coarse()

    return Closure(
        parts=Parts(digests, tell, reasons),
        undeclared_environment=environment,
        named=frozenset().union(*(each.named for each in closures)),
        extent=reduce(Extent.joined, (each.extent for each in closures)),
        identify=cache(lambda: digest_fields(*(each.identity for each in closures))),
    )
