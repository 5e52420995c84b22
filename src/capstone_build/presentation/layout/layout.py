"""
The layout of a picture: a place for each box and a way for each line.

Knows sizes and links; does not know what a box stands for, nor how it looks.
Layers run from left to right, so that names stand below each other. Equal
pictures have equal layouts, in whichever order their boxes are given: `rank`
alone breaks ties.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from capstone_build.presentation.layout.lattice import Way, lattice_of
from capstone_build.presentation.layout.layering import layers_of
from capstone_build.presentation.layout.ordering import put_in_order
from capstone_build.presentation.layout.placement import positions

HEIGHT = 36.0
"""Of a box; all lengths are in pixels."""

_BETWEEN = 14.0
_POINT = 4.0
_MARGIN = 24.0
_NARROWEST_AISLE = 56.0
_WIDEST_AISLE = 220.0
_LINES_A_PIXEL = 0.9


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where a box, or a point on a line, stands.

    Attributes:
        left: Its left edge.
        right: Its right edge; that of its layer.
        y: Its middle.
        layer: Which layer it is in.
    """

    left: float
    right: float
    y: float
    layer: int


@dataclass(frozen=True, slots=True)
class Layout:
    """
    Where everything is.

    Attributes:
        places: Of each box, in the order given, and after them of each point.
        ways: Of each link: box by box, those that lead to it in the order given.
        width: Of the picture.
        height: Of the picture.
    """

    places: tuple[Place, ...]
    ways: tuple[Way, ...]
    width: float
    height: float

    def steps(self) -> list[tuple[int, int]]:
        """Return each two that a line joins directly, once however many ways lead there."""
        found: dict[tuple[int, int], None] = {}
        for way in self.ways:
            found.update(dict.fromkeys(pairwise(way.stops)))
        return list(found)


def lay_out(widths: Sequence[float], above: Sequence[Sequence[int]], rank: Sequence[int]) -> Layout:
    """
    Place boxes.

    Args:
        widths: Of each box.
        above: For each box those that lead to it, all with smaller numbers.
        rank: In which order boxes come where nothing else decides: all different.
    """
    layers = layers_of(above, rank)
    # From here on boxes are known by their place in layers and rank, and never by the order
    # in which they were given, which so cannot decide anything.
    order = [box for those in layers for box in those]
    known = [0] * len(order)
    for number, box in enumerate(order):
        known[box] = number
    lattice = lattice_of(
        [[known[box] for box in those] for those in layers],
        [sorted(known[each] for each in above[box]) for box in order],
    )
    put_in_order(lattice)
    sizes = [_POINT if lattice.is_point(item) else HEIGHT for item in range(len(lattice.up))]
    along = positions(lattice, sizes, _BETWEEN)
    places = [Place(0, 0, 0, 0)] * len(along)
    left = _MARGIN
    right = left
    for number, those in enumerate(lattice.layers):
        boxes = [order[item] for item in those if not lattice.is_point(item)]
        right = left + max((widths[box] for box in boxes), default=0)
        for item in those:
            at = item if lattice.is_point(item) else order[item]
            places[at] = Place(left, right, _MARGIN + along[item], number)
        left = right + _aisle(sum(len(lattice.down[item]) for item in those))
    ways = {
        (order[way.start], order[way.end]): replace(way, start=order[way.start], end=order[way.end])
        for way in lattice.ways
    }
    highest = max((at + size / 2 for at, size in zip(along, sizes, strict=True)), default=0.0)
    return Layout(
        places=tuple(places),
        ways=tuple(ways[each, box] for box, those in enumerate(above) for each in those),
        width=right + _MARGIN,
        height=highest + 2 * _MARGIN,
    )


def _aisle(lines: int) -> float:
    """Return how far the next layer is away: many lines need room to be told apart."""
    return min(_WIDEST_AISLE, max(_NARROWEST_AISLE, lines * _LINES_A_PIXEL))
