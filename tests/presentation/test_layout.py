"""A layout shows each box once, in layers along the links, with room around it."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from capstone_build.presentation.layout.lattice import lattice_of
from capstone_build.presentation.layout.layering import generations, layers_of
from capstone_build.presentation.layout.layout import HEIGHT, Layout, lay_out
from capstone_build.presentation.layout.ordering import crossings, put_in_order
from capstone_build.presentation.layout.placement import positions

Above = list[list[int]]


@st.composite
def webs(draw: st.DrawFn, most: int = 30) -> Above:
    """Any links without cycles: each box is led to by some of those before it."""
    count = draw(st.integers(0, most))
    return [
        sorted(draw(st.sets(st.integers(0, box - 1), max_size=4))) if box else []
        for box in range(count)
    ]


def laid_out(above: Above) -> Layout:
    """Lay out boxes of different widths."""
    return lay_out([60.0 + 7 * (box % 9) for box in range(len(above))], above, range(len(above)))


def renumbered(above: Above, seed: int) -> tuple[list[int], Above]:
    """Return the boxes in another order in which each comes after those above it."""
    choose = random.Random(seed)  # noqa: S311 (no secret)
    waits = [len(those) for those in above]
    ready = [box for box, count in enumerate(waits) if not count]
    order: list[int] = []
    while ready:
        box = ready.pop(choose.randrange(len(ready)))
        order.append(box)
        for lower, those in enumerate(above):
            waits[lower] -= box in those
            if box in those and not waits[lower]:
                ready.append(lower)
    number = {box: index for index, box in enumerate(order)}
    return order, [sorted(number[each] for each in above[box]) for box in order]


@settings(max_examples=50)
@given(webs())
def test_layers_hold_each_box_once_and_grow_along_links(above: Above) -> None:
    """What leads to a box is in an earlier layer, and so left of it."""
    layers = layers_of(above, range(len(above)))
    layer = {box: number for number, those in enumerate(layers) for box in those}

    assert sorted(box for those in layers for box in those) == list(range(len(above)))
    assert all(layer[each] < layer[box] for box, those in enumerate(above) for each in those)
    assert all(len(those) <= max(12, 2 * len(above) ** 0.5 + 1) for those in layers)
    places = laid_out(above).places
    assert all(
        places[each].right < places[box].left for box, those in enumerate(above) for each in those
    )


@settings(max_examples=50)
@given(webs())
def test_nothing_overlaps(above: Above) -> None:
    """Boxes of a layer stand clear of each other and of the lines that pass, all in the picture."""
    layout = laid_out(above)
    columns = defaultdict(list)
    for number, place in enumerate(layout.places):
        half = HEIGHT / 2 if number < len(above) else 0
        columns[place.layer].append((place.y - half, place.y + half))
        assert 0 <= place.y - half < place.y + half <= layout.height or not half
        assert 0 <= place.left <= place.right <= layout.width
    for spans in columns.values():
        spans.sort()
        assert all(one[1] + 9 < other[0] for one, other in pairwise(spans))


@settings(max_examples=50)
@given(webs())
def test_every_link_has_a_way_from_box_to_box(above: Above) -> None:
    """Each way begins and ends where its link does, and passes the layers between one by one."""
    layout = laid_out(above)

    assert [(way.start, way.end) for way in layout.ways] == [
        (each, box) for box, those in enumerate(above) for each in those
    ]
    for way in layout.ways:
        layers = [layout.places[item].layer for item in way.stops]
        assert layers == list(range(layers[0], layers[-1] + 1))


@settings(max_examples=50)
@given(webs(), st.integers(0, 99))
def test_the_order_in_which_boxes_are_given_changes_nothing(above: Above, seed: int) -> None:
    """The same boxes, links and ranks make the same picture, and the same one each time."""
    order, turned = renumbered(above, seed)
    widths = [60.0 + 7 * (box % 9) for box in order]
    one, other = laid_out(above), lay_out(widths, turned, order)

    assert [one.places[box] for box in order] == list(other.places[: len(order)])
    assert (one.width, one.height) == (other.width, other.height)
    assert laid_out(above) == one


@settings(max_examples=50)
@given(webs())
def test_ordering_never_adds_crossings(above: Above) -> None:
    """The best order that was seen is kept, the first one among them."""
    lattice = lattice_of(layers_of(above, range(len(above))), above)

    def crossed() -> int:
        place = [0] * len(lattice.up)
        for those in lattice.layers:
            for index, item in enumerate(those):
                place[item] = index
        return crossings(lattice, place)

    before = crossed()
    items = sorted(item for those in lattice.layers for item in those)
    put_in_order(lattice)

    assert crossed() <= before
    assert sorted(item for those in lattice.layers for item in those) == items


def test_a_tree_is_drawn_without_crossings() -> None:
    """Where no line has to cross another, none does."""
    above = [[], [0], [0], [0], *([1 + number % 3] for number in range(9))]
    rank = [0, 1, 2, 3, *random.Random(3).sample(range(4, 13), 9)]  # noqa: S311
    lattice = lattice_of(layers_of(above, rank), above)
    put_in_order(lattice)
    place = {item: index for those in lattice.layers for index, item in enumerate(those)}

    assert crossings(lattice, [place[item] for item in range(len(place))]) == 0


def test_a_chain_and_a_long_line_are_straight() -> None:
    """A chain is a straight line, and so is the line that goes past it all the way."""
    above: Above = [[], *([box] for box in range(8)), [0, 8]]
    layout = laid_out(above)
    long = next(way for way in layout.ways if (way.start, way.end) == (0, 9))

    assert len({layout.places[item].y for item in long.through}) == 1
    assert len(long.through) == 8
    assert len({layout.places[box].y for box in range(1, 9)}) == 1


def test_lines_out_of_one_box_and_into_one_run_together() -> None:
    """A hundred boxes between two need no hundred lines past each other."""
    above: Above = [[], *([0] for _ in range(100)), list(range(1, 101))]
    layout = laid_out(above)
    layers = max(place.layer for place in layout.places) + 1

    assert len(layout.places) - len(above) <= 2 * layers


def test_a_long_layer_is_broken() -> None:
    """A thousand boxes that nothing joins make a picture about as wide as high."""
    layout = laid_out([[] for _ in range(1000)])

    assert 1 / 3 < layout.width / layout.height < 3


def test_thousands_of_boxes_are_laid_out() -> None:
    """Deep and wide pipelines take a number of points that their size bounds."""
    choose = random.Random(4)  # noqa: S311
    above = [
        sorted({choose.randrange(max(0, box - 400), box) for _ in range(2)}) if box else []
        for box in range(3_000)
    ]
    lattice = lattice_of(layers_of(above, range(len(above))), above)
    put_in_order(lattice)
    along = positions(lattice, [4.0] * len(lattice.up), 10)

    assert len(along) < 3 * len(above) + 1001
    assert generations(above)[0] == 0
