"""
Placement: how far along its layer each box and point stands.

Knows the order in layers and sizes; does not change the order. Sweep by sweep, each
layer is put where it is nearest to what it is joined to, in the sense of least
squares, with no two closer than they may be: an isotonic regression, solved exactly
in one pass by pooling adjacent violators (Ayer, Brunk, Ewing, Reid, Silverman, "An
Empirical Distribution Function for Sampling with Incomplete Information", Annals of
Mathematical Statistics 26, 1955). Long lines, and boxes that are the middle of each
other's neighbours, weigh most, and are made straight at the end.

The method of Brandes and Köpf (Graph Drawing 2001) draws straighter lines where
there is room, and spread a thousand boxes over three times the height and more, tried here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain, pairwise, repeat

from capstone_build.presentation.layout.lattice import Lattice

_PULLS = (1.0, 1.0, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""
How much more than what is only joined weighs what is to be in line, sweep by sweep.

A long line that is held straight from the beginning would stay where it began.
"""


_IDLE = 0.01
"""What is joined to nothing matters so little."""


class _Ground:
    """
    The layers, with what is to be in line.

    Args:
        lattice: In order.
        sizes: How much of its layer each takes up.
        gap: How much room is left between two.
    """

    def __init__(self, lattice: Lattice, sizes: Sequence[float], gap: float) -> None:
        self.lattice = lattice
        self.sizes = sizes
        self.gap = gap
        self.up = _weighed(lattice.up, lattice.up_lines)
        self.down = _weighed(lattice.down, lattice.down_lines)
        place = [0] * len(sizes)
        for those in lattice.layers:
            for index, item in enumerate(those):
                place[item] = index
        before = [self._middle(those, place) for those in lattice.up]
        after = [self._middle(those, place) for those in lattice.down]
        for item in range(lattice.boxes, len(sizes)):
            before[item] = self._along(lattice.up[item])
            after[item] = self._along(lattice.down[item])
        self.next = [
            end if end is not None and before[end] == item else None
            for item, end in enumerate(after)
        ]
        self.before: list[int | None] = [None] * len(sizes)
        for item, end in enumerate(self.next):
            if end is not None:
                self.before[end] = item

    def _along(self, those: Sequence[int]) -> int | None:
        """Return where the line of a point goes on: in a point, or in the only box there is."""
        only = those[0] if len(those) == 1 else None
        return next((each for each in those if self.lattice.is_point(each)), only)

    @staticmethod
    def _middle(those: Sequence[int], place: Sequence[int]) -> int | None:
        if len(those) % 2 == 0:
            return None
        return sorted(those, key=place.__getitem__)[len(those) // 2]

    def apart(self, one: int, other: int) -> float:
        """Return how far the middles of two neighbours are apart at least."""
        return (self.sizes[one] + self.sizes[other]) / 2 + self.gap

    def taken(self, those: Sequence[int]) -> list[float]:
        """Return where each of a layer would be if they were as tight as may be, the first at 0."""
        apart = (self.apart(one, other) for one, other in pairwise(those))
        return list(accumulate(apart, initial=0.0)) if those else []

    def in_line(self) -> Iterator[list[int]]:
        """Yield what is to be in line, layer by layer: each item once, and none alone."""
        for item, end in enumerate(self.next):
            if end is not None and self.before[item] is None:
                line = [item]
                following: int | None = end
                while following is not None:
                    line.append(following)
                    following = self.next[following]
                yield line


def _weighed(
    joined: Sequence[Sequence[int]], lines: Sequence[Sequence[int]]
) -> list[list[tuple[int, int]]]:
    return [list(zip(*each, strict=True)) for each in zip(joined, lines, strict=True)]


def positions(lattice: Lattice, sizes: Sequence[float], gap: float) -> list[float]:
    """
    Return the middle of each box and point along its layer; the smallest edge is at 0.

    Args:
        lattice: In order.
        sizes: How much of the layer each takes up.
        gap: How much room is left between two.
    """
    ground = _Ground(lattice, sizes, gap)
    at = [0.0] * len(sizes)
    for those in lattice.layers:
        _stack(ground, those, at)
    for sweep, pull in enumerate(_PULLS):
        for those in lattice.layers[::-1] if sweep % 2 else lattice.layers:
            _settle(ground, those, at, pull)
    _straighten(ground, at)
    start = min((at[item] - size / 2 for item, size in enumerate(sizes)), default=0.0)
    return [each - start for each in at]


def _stack(ground: _Ground, those: Sequence[int], at: list[float]) -> None:
    """Put a layer together as tight as may be, around 0."""
    taken = ground.taken(those)
    for item, place in zip(those, taken, strict=True):
        at[item] = place - taken[-1] / 2


def _settle(ground: _Ground, those: Sequence[int], at: list[float], pull: float) -> None:
    """Put a layer where it is nearest to what it is joined to."""
    # Less what must lie before it, each only has not to be before the one before it.
    totals: list[float] = []  # of a pool: the sum of what its items wish, by their weights
    weights: list[float] = []
    counts: list[int] = []
    for item, taken in zip(those, ground.taken(those), strict=True):
        total, weight = _wish(ground, item, at, pull)
        total, count = total - taken * weight, 1
        while totals and totals[-1] * weight > total * weights[-1]:
            total += totals.pop()
            weight += weights.pop()
            count += counts.pop()
        totals.append(total)
        weights.append(weight)
        counts.append(count)
    places = chain.from_iterable(
        repeat(total / weight, count)
        for total, weight, count in zip(totals, weights, counts, strict=True)
    )
    for item, taken, place in zip(those, ground.taken(those), places, strict=True):
        at[item] = place + taken


def _wish(ground: _Ground, item: int, at: Sequence[float], pull: float) -> tuple[float, float]:
    """Return where something would be best, times how much that matters, and that."""
    total = weight = 0.0
    for joined, straight in (
        (ground.up[item], ground.before[item]),
        (ground.down[item], ground.next[item]),
    ):
        for each, lines in joined:
            total += lines * at[each]
            weight += lines
            if each == straight:
                total += (pull - 1) * lines * at[each]
                weight += (pull - 1) * lines
    return (total, weight) if weight else (at[item] * _IDLE, _IDLE)


def _straighten(ground: _Ground, at: list[float]) -> None:
    """Make straight what is to be in line, the longest first, as far as there is room."""
    left: dict[int, int] = {}
    right: dict[int, int] = {}
    for those in ground.lattice.layers:
        for one, other in pairwise(those):
            right[one], left[other] = other, one

    def room(item: int) -> tuple[float, float]:
        low = at[left[item]] + ground.apart(left[item], item) if item in left else -math.inf
        high = at[right[item]] - ground.apart(item, right[item]) if item in right else math.inf
        return low, high

    lines = sorted(ground.in_line(), key=lambda each: (-len(each), each))
    for line in lines:
        rest = line
        while rest:
            rest = rest[_straight_start(rest, at, room) :]
    straight = {item for line in lines for item in line}
    for item in chain.from_iterable(ground.lattice.layers):
        # A line that is nearly straight looks like a mistake.
        near = [each for each, _ in ground.up[item] if abs(at[each] - at[item]) < ground.gap / 2]
        if len(near) == 1 and item not in straight:
            low, high = room(item)
            at[item] = at[near[0]] if low <= at[near[0]] <= high else at[item]


def _straight_start(
    line: Sequence[int], at: list[float], room: Callable[[int], tuple[float, float]]
) -> int:
    """Make as much of the start of *line* straight as has room for that; return how many."""
    low, high = room(line[0])
    end = 1
    while end < len(line):
        lowest, highest = room(line[end])
        if max(low, lowest) > min(high, highest):
            break
        low, high = max(low, lowest), min(high, highest)
        end += 1
    if low <= high:  # rounding may leave something no room at all
        mean = sum(at[item] for item in line[:end]) / end
        for item in line[:end]:
            at[item] = min(max(mean, low), high)
    return end
