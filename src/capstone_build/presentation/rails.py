"""
Rails: the lines beside a list of boxes that show which leads to which.

Knows columns and the lines in them; does not know what stands beside them, nor
how a line looks (`capstone_build.presentation.drawing`).

Each box has a row, in build order, and opens a rail in a column: a line down
to the row of the last box that it leads to. A row reads so:

* A box with no line from the left is fed by the column that it stands in, and
  by the lines that reach it from the right.
* A box with a line from the left is fed by what that line touches.

To keep both true, a box stands in the column of its leftmost feeder where that
rail ends, else right of it; and nothing but a reader stands right below a box.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from capstone_build.presentation.picture import Picture


class Cell(Enum):
    """What a row shows in one column."""

    EMPTY = "nothing"
    MARK = "the box"
    PASSING = "a rail, untouched by this row, or crossed"
    CROSS = "the row's line alone"
    JOINT_LEFT = "a rail that goes on, left end of the row's line"
    JOINT = "a rail that goes on, touched by the row's line"
    JOINT_RIGHT = "a rail that goes on, right end of the row's line"
    END_LEFT = "a rail that ends, left end of the row's line"
    END = "a rail that ends in the row's line"
    END_RIGHT = "a rail that ends, right end of the row's line"


@dataclass(frozen=True, slots=True)
class Row:
    """
    One box and the rails beside it.

    Attributes:
        box: The number of the box.
        column: Where its mark stands.
        cells: What to show in each column, as far as columns are shown.
        first: The column in which the row's line begins.
        last: The column in which it ends; the same where there is no line.
    """

    box: int
    column: int
    cells: tuple[Cell, ...]
    first: int
    last: int


def rows(picture: Picture, shown: int) -> Iterator[Row]:
    """
    Lay out *picture*, a row a box.

    Takes time in proportion to boxes, links and *shown*, the most columns shown.
    """
    readers = [len(those) for those in picture.below]
    columns = _Columns()
    for box, upstream in enumerate(picture.above):
        for each in upstream:
            readers[each] -= 1
        feeders = sorted(columns.of[each] for each in upstream)
        ending = {columns.of[each] for each in upstream if not readers[each]}
        column = columns.place(feeders, ending)
        touched = [column, *feeders]
        yield Row(
            box=box,
            column=column,
            cells=_cells(column, feeders, ending, columns.width_of(column, shown), columns.taken),
            first=min(touched),
            last=max(touched),
        )
        columns.advance(box, column, ending, has_readers=readers[box] > 0)


class _Columns:
    """Which columns hold a rail, and which may be taken."""

    def __init__(self) -> None:
        self.of: dict[int, int] = {}
        self.taken: set[int] = set()
        self._end = 0
        self._free: list[int] = []
        self._resting: int | None = None

    def place(self, feeders: list[int], ending: set[int]) -> int:
        """Choose a column for a box with these *feeders*, of which some are *ending*."""
        if feeders and feeders[0] in ending:
            return feeders[0]
        index = bisect_right(self._free, feeders[0]) if feeders else 0
        return self._free.pop(index) if index < len(self._free) else self._end

    def width_of(self, column: int, shown: int) -> int:
        """Return how many columns a row has whose box stands in *column*."""
        return min(shown, max(self._end, column + 1))

    def advance(self, box: int, column: int, ending: set[int], *, has_readers: bool) -> None:
        """Go on to the next row: close the rails that are *ending* and open that of *box*."""
        self.taken -= ending
        for each in ending - {column}:
            insort(self._free, each)
        if self._resting is not None:
            insort(self._free, self._resting)
        # Right below a box that nobody reads, another would seem to: it rests for a row.
        self._resting = None if has_readers else column
        self._end = max(self._end, column + 1)
        if has_readers:
            self.of[box] = column
            self.taken.add(column)


def _cells(
    column: int, feeders: list[int], ending: set[int], width: int, taken: set[int]
) -> tuple[Cell, ...]:
    """Return what a row shows in its first *width* columns."""
    touched = {column, *feeders}
    first, last = min(touched), max(touched)

    def cell(index: int) -> Cell:
        if index == column:
            return Cell.MARK
        if index in touched:
            return _TOUCHED[index in ending][(index > first) + (index == last)]
        if index in taken:
            return Cell.PASSING
        return Cell.CROSS if first < index < last else Cell.EMPTY

    return tuple(map(cell, range(width)))


_TOUCHED = {
    False: (Cell.JOINT_LEFT, Cell.JOINT, Cell.JOINT_RIGHT),
    True: (Cell.END_LEFT, Cell.END, Cell.END_RIGHT),
}
"""What a rail looks like where the row's line begins, goes on and ends, by whether it ends."""
