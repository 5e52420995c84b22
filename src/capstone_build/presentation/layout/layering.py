"""
Layers: how far down the flow each box of a picture stands.

Knows links and counts; does not know sizes, nor where in its layer a box stands
(`ordering`, `placement`).

The first of the three steps of Sugiyama, Tagawa and Toda, "Methods for Visual
Understanding of Hierarchical System Structures" (IEEE Transactions on Systems,
Man, and Cybernetics 11, 1981).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

_NARROWEST = 12
"""No layer of so many boxes is broken, however few there are in all."""


def generations(above: Sequence[Sequence[int]]) -> list[int]:
    """
    Return for each box how many others the longest way to it leads through.

    Args:
        above: For each box those that lead to it, all with smaller numbers.
    """
    layer: list[int] = []
    for those in above:
        layer.append(1 + max((layer[each] for each in those), default=-1))
    return layer


def layers_of(above: Sequence[Sequence[int]], rank: Sequence[int]) -> list[list[int]]:
    """
    Return the boxes of each layer; each link leads from one layer to a later one.

    A box from which more links go out than come in stands as late as it can, so
    that lines are short. A layer that is too long to look at is broken into
    several: the picture of a thousand boxes that nothing joins is no thin strip.

    Args:
        above: For each box those that lead to it, all with smaller numbers.
        rank: In which order boxes of one layer come.
    """
    layer = generations(above)
    below: list[list[int]] = [[] for _ in above]
    for box, those in enumerate(above):
        for each in those:
            below[each].append(box)
    for box in reversed(range(len(above))):
        if len(below[box]) > len(above[box]):
            layer[box] = min(layer[each] for each in below[box]) - 1
    found: dict[int, list[int]] = defaultdict(list)
    for box in sorted(range(len(above)), key=rank.__getitem__):
        found[layer[box]].append(box)
    longest = max(_NARROWEST, math.ceil(2 * math.sqrt(len(above))))
    return [part for number in sorted(found) for part in _broken(found[number], longest)]


def _broken(boxes: list[int], longest: int) -> list[list[int]]:
    """Break *boxes* into as few parts of about the same length as are no longer than *longest*."""
    parts = math.ceil(len(boxes) / longest)
    length = math.ceil(len(boxes) / parts)
    return [boxes[start : start + length] for start in range(0, len(boxes), length)]
