"""
Order: in which order the boxes and points of a layer stand, so that few lines cross.

Knows who is joined to whom; does not know sizes. The second step of Sugiyama,
Tagawa and Toda (see `layering`): sweeps down and up, in which each stands at the
mean of those that it is joined to in the layer before; the best order is kept.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence

from capstone_build.presentation.layout.lattice import Lattice

SWEEPS = 4
_MORE_SWEEPS = 24
_FEW = 2000
"""So few are swept more often, as long as that helps: nobody waits for it."""

_PATIENCE = 4


def put_in_order(lattice: Lattice) -> None:
    """Order each layer of *lattice*; equal pictures are ordered equally."""
    place = [0] * len(lattice.up)
    for those in lattice.layers:
        _number(those, place)
    best = [list(those) for those in lattice.layers]
    fewest = crossings(lattice, place)
    sweeps = SWEEPS if len(place) > _FEW else _MORE_SWEEPS
    in_vain = 0
    for sweep in range(sweeps):
        if not fewest or in_vain == _PATIENCE:
            break
        if sweep % 2:
            layers, joined = lattice.layers[-2::-1], lattice.down
        else:
            layers, joined = lattice.layers[1:], lattice.up
        for those in layers:
            _sort(those, joined, place)
        found = crossings(lattice, place)
        in_vain += 1
        if found < fewest:
            in_vain, fewest = 0, found
            best = [list(those) for those in lattice.layers]
    lattice.layers[:] = best


def crossings(lattice: Lattice, place: Sequence[int]) -> int:
    """
    Count the crossings of lines between neighbouring layers.

    By the ends that lie right of each line's end, as Barth, Mutzel and Jünger,
    "Simple and Efficient Bilayer Cross Counting" (JGAA 8, 2004), with a sorted list.
    """
    found = 0
    for those in lattice.layers:
        passed: list[int] = []
        for item in those:
            ends = [place[each] for each in lattice.down[item]]
            found += sum(len(passed) - bisect_right(passed, end) for end in ends)
            for end in ends:
                insort(passed, end)
    return found


def _sort(those: list[int], joined: Sequence[Sequence[int]], place: list[int]) -> None:
    """Put each at the mean of what it is joined to; what is joined to nothing keeps its place."""
    means = {
        item: sum(place[each] for each in joined[item]) / len(joined[item])
        for item in those
        if joined[item]
    }
    moved = iter(sorted(means, key=means.__getitem__))
    those[:] = [next(moved) if item in means else item for item in those]
    _number(those, place)


def _number(those: Sequence[int], place: list[int]) -> None:
    for index, item in enumerate(those):
        place[item] = index
