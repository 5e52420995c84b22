"""
The lattice: boxes in layers, and the points through which long lines pass.

Knows layers and what joins them; does not know sizes. A link that passes layers
has a point in each, so that room is kept for its line. Lines that lead out of one
box, or into one, share their points: they run together as far as they can, and
what runs together always has one beginning or one end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_POINTS_FOR_EACH = 2
"""So many points for each box are laid out; the longest lines beyond them take the straight way."""


@dataclass(frozen=True, slots=True)
class Way:
    """
    The way of a link, from box to box.

    Attributes:
        start: The box that it leads from.
        end: The box that it leads to.
        through: The points on its way.
    """

    start: int
    end: int
    through: range = range(0)

    @property
    def stops(self) -> tuple[int, ...]:
        """All that it joins, from its start to its end."""
        return (self.start, *self.through, self.end)


@dataclass(slots=True)
class Lattice:
    """
    Boxes and points in layers.

    Attributes:
        boxes: How many boxes there are; points have the numbers after theirs.
        layers: What is in each layer, boxes and points.
        up: For each of them, those of the layer before that it is joined to.
        down: The same for the layer after.
        up_lines: For each of `up`, how many lines it shares with it.
        down_lines: The same for `down`.
        ways: The way of each link, in the order of the links.
    """

    boxes: int
    layers: list[list[int]]
    up: list[list[int]] = field(default_factory=list)
    down: list[list[int]] = field(default_factory=list)
    up_lines: list[list[int]] = field(default_factory=list)
    down_lines: list[list[int]] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)

    def is_point(self, item: int) -> bool:
        """Tell whether something is a point on a line."""
        return item >= self.boxes


def lattice_of(layers: Sequence[Sequence[int]], above: Sequence[Sequence[int]]) -> Lattice:
    """Join the boxes of *layers*, given for each box those *above* it."""
    layer = [0] * len(above)
    for number, those in enumerate(layers):
        for box in those:
            layer[box] = number
    links = [(start, end) for end, those in enumerate(above) for start in those]
    owners = _owners(links, layer)
    lattice = Lattice(len(above), [list(those) for those in layers])
    begins: dict[tuple[int, bool], tuple[int, int]] = {}
    places: list[int] = []
    for owner, (start, end) in sorted(_reach(owners, layer).items()):
        begins[owner] = (len(above) + len(places), start)
        places += range(start, end)
    passing: list[list[int]] = [[] for _ in layers]
    for point, number in enumerate(places, start=len(above)):
        passing[number].append(point)
    for those, points in zip(lattice.layers, passing, strict=True):
        # In the middle, where nothing draws them elsewhere: what leads past many, leads through.
        middle = len(those) // 2
        those[middle:middle] = points
    for start, end in links:
        found = owners.get((start, end))
        if found is None:
            lattice.ways.append(Way(start, end))
            continue
        first, at = begins[found]
        through = range(first + layer[start] + 1 - at, first + layer[end] - at)
        lattice.ways.append(Way(start, end, through))
    _join(lattice, len(above) + len(places), layer)
    return lattice


def _owners(
    links: Iterable[tuple[int, int]], layer: Sequence[int]
) -> dict[tuple[int, int], tuple[int, bool]]:
    """Return whose points each long link shares: a box, and whether it is the link's start."""
    long = [link for link in links if layer[link[1]] - layer[link[0]] > 1]
    out = Counter(start for start, _ in long)
    into = Counter(end for _, end in long)
    owners: dict[tuple[int, int], tuple[int, bool]] = {}
    for start, end in long:
        is_start = out[start] >= into[end]
        owners[start, end] = (start if is_start else end, is_start)
    reach = _reach(owners, layer)
    room = _POINTS_FOR_EACH * len(layer) + 1000
    kept = set()
    for owner in sorted(reach, key=lambda each: (reach[each][1] - reach[each][0], each)):
        room -= reach[owner][1] - reach[owner][0]
        if room < 0:
            break
        kept.add(owner)
    return {link: owner for link, owner in owners.items() if owner in kept}


def _reach(
    owners: dict[tuple[int, int], tuple[int, bool]], layer: Sequence[int]
) -> dict[tuple[int, bool], tuple[int, int]]:
    """Return for each owner of points the first layer that needs one, and the first after it."""
    starts: dict[tuple[int, bool], list[int]] = defaultdict(list)
    ends: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for (start, end), owner in owners.items():
        starts[owner].append(layer[start] + 1)
        ends[owner].append(layer[end])
    return {owner: (min(starts[owner]), max(ends[owner])) for owner in starts}


def _join(lattice: Lattice, items: int, layer: Sequence[int]) -> None:
    """Join what lines join, each two once; a line that takes the straight way joins nothing."""
    carried = Counter[tuple[int, int]]()
    for way in lattice.ways:
        if way.through or layer[way.end] - layer[way.start] == 1:
            carried.update(pairwise(way.stops))
    lattice.up = [[] for _ in range(items)]
    lattice.down = [[] for _ in range(items)]
    lattice.up_lines = [[] for _ in range(items)]
    lattice.down_lines = [[] for _ in range(items)]
    for (start, end), lines in carried.items():
        lattice.down[start].append(end)
        lattice.up[end].append(start)
        lattice.down_lines[start].append(lines)
        lattice.up_lines[end].append(lines)
