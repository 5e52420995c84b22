"""
Folding: boxes that are alike, drawn as one.

Knows when boxes are alike; does not know how they are drawn. Boxes of a layer whose
names differ in numbers only are alike, and so are those that are declared in one
place, read from the same and are read by the same. What is alike one after the
other, with nothing that branches off, is folded as well. Nothing is lost: a box that
stands for several says for how many, from which to which, and what state they are in.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from capstone_build.presentation.layout.layering import generations
from capstone_build.presentation.mark import MARKS
from capstone_build.presentation.picture import Box, Kind, Picture, by_name

_FEWEST = 3
"""So many at least are folded: two are drawn as they are."""

_NUMBER = re.compile(r"[0-9]+")


def folded(picture: Picture, most: int) -> Picture:
    """Return *picture*, or if it has more than *most* boxes, one in which like boxes are one."""
    if len(picture.boxes) <= most:
        return picture
    return _chains_folded(_layers_folded(picture))


def _layers_folded(picture: Picture) -> Picture:
    layer = generations(picture.above)
    keys: list[Hashable] = [
        (layer[number], box.kind, _pattern(box)) for number, box in enumerate(picture.boxes)
    ]
    group = _grouped(keys)
    twins: list[Hashable] = [
        (
            layer[number],
            box.kind,
            box.made,
            frozenset(group[each] for each in picture.above[number]),
            frozenset(group[each] for each in picture.below[number]),
        )
        for number, box in enumerate(picture.boxes)
    ]
    lonely = Counter(group)
    for number, twin in enumerate(twins):
        if lonely[group[number]] == 1:
            keys[number] = twin
    return _merged(picture, _grouped(keys), layer)


def _grouped(keys: Sequence[Hashable]) -> list[int]:
    """Number the groups of those with the same key; too few to be folded are each its own."""
    counts = Counter(keys)
    numbers: dict[Hashable, int] = {}
    return [
        numbers.setdefault(key if counts[key] >= _FEWEST else (key, index), len(numbers))
        for index, key in enumerate(keys)
    ]


def _chains_folded(picture: Picture) -> Picture:
    group = list(range(len(picture.boxes)))
    for number, box in enumerate(picture.boxes):
        those = picture.above[number]
        if len(those) == 1 and len(picture.below[those[0]]) == 1:
            before = picture.boxes[those[0]]
            if (before.kind, _pattern(before)) == (box.kind, _pattern(box)):
                group[number] = group[those[0]]
    counts = Counter(group)
    keys = [each if counts[each] >= _FEWEST else ~index for index, each in enumerate(group)]
    return _merged(picture, keys, generations(picture.above))


def _merged(picture: Picture, group: Sequence[int], layer: Sequence[int]) -> Picture:
    """Make one box of each *group*, in the order of their first layers."""
    members: dict[int, list[int]] = defaultdict(list)
    for number, each in enumerate(group):
        members[each].append(number)
    order = sorted(members, key=lambda each: (layer[members[each][0]], members[each][0]))
    number_of = {each: number for number, each in enumerate(order)}
    above = []
    for each in order:
        found = {number_of[group[upper]] for one in members[each] for upper in picture.above[one]}
        above.append(tuple(sorted(found - {number_of[each]})))
    boxes = [_one([picture.boxes[one] for one in members[each]]) for each in order]
    return Picture(tuple(boxes), tuple(above))


def _one(boxes: Sequence[Box]) -> Box:
    """Return the box that stands for all of *boxes*."""
    if len(boxes) == 1:
        return boxes[0]
    names = sorted((name for box in boxes for name in box.names), key=by_name)
    count = sum(box.count for box in boxes)
    states = Counter[str]()
    for box in boxes:
        states.update(box.states)
    worst = max((box.mark for box in boxes if box.mark), key=MARKS.index, default=None)
    noun = "stages" if boxes[0].kind is Kind.STAGE else "files"
    said = f"{count} {noun}"
    if worst is not None:
        said += f", {_states(states, count)}"
    return replace(
        boxes[0],
        names=(names[0], names[-1]),
        count=count,
        mark=worst,
        word=said,
        says=said,
        because="",
        reads=(),
        writes=(),
        states=dict(states),
    )


def _states(counts: Counter[str], count: int) -> str:
    """Say how many are in which state, the most urgent first; all of them, if it is one state."""
    words = {mark.state: mark.word for mark in MARKS}
    if len(counts) == 1:
        return f"all {words[next(iter(counts))]}" if count > 1 else ""
    urgent: Iterable[str] = reversed([mark.state for mark in MARKS[1:] if counts[mark.state]])
    return ", ".join(f"{counts[state]} {words[state]}" for state in urgent)


def _pattern(box: Box) -> str:
    """Return what names that differ in numbers only have in common."""
    return _NUMBER.sub("#", box.names[0])
