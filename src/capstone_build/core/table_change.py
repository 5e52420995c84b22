"""
Table changes: in what one table differs from another, as data.

Knows columns of values; does not know what files they come from, nor how a
change is shown. Rows are told apart by a key, a column whose values are all
different, where there is one; else by their place, if there are as many as
before; else only as what they hold.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

_EXAMPLES = 5
"""So many values and rows are named of each sort; all are counted."""

_ENOUGH_ALIKE = 0.5
"""A column whose values are so rarely the same in both tables is no key of them."""

_COARSE = (bool, float)
"""Values of these types are measured or judged, and name no row."""


@dataclass(frozen=True, slots=True)
class Table:
    """
    A table in memory.

    Attributes:
        types: Of each column, in their order, what its values are, in words.
        columns: The values of each column; all are of one length.
    """

    types: Mapping[str, str]
    columns: Mapping[str, Sequence[Any]]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.columns.values()), ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """
    How the numbers of a column lie.

    Attributes:
        missing: How many values are not there.
        least: The smallest; None if there is none.
        mean: Their mean.
        most: The largest.
    """

    missing: int
    least: float | None
    mean: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A value that is another one: in which *row*, and both."""

    row: str
    then: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChange:
    """
    In what a column that is in both tables differs.

    Attributes:
        name: Its name.
        types: What its values were and are, in words.
        changed: How many values differ, in rows that are in both.
        examples: The first of them.
        drift: Of numbers, how they lay and lie; None for what are none.
    """

    name: str
    types: tuple[str, str]
    changed: int
    examples: tuple[ValueChange, ...]
    drift: tuple[Spread, Spread] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChange:
    """
    In what a table differs from what it was.

    Attributes:
        rows: How many there were, and are.
        key: The column that tells rows apart; empty if there is none.
        added: Of rows that were not there: how many.
        removed: Of rows that are gone: how many.
        added_rows: The first of them, by their key or what they hold.
        removed_rows: The same, of those that are gone.
        added_columns: Names.
        removed_columns: Names.
        is_reordered: Whether columns that are in both stand in another order.
        columns: Those that differ.
    """

    rows: tuple[int, int]
    key: str
    added: int
    removed: int
    added_rows: tuple[str, ...]
    removed_rows: tuple[str, ...]
    added_columns: tuple[str, ...]
    removed_columns: tuple[str, ...]
    is_reordered: bool
    columns: tuple[ColumnChange, ...]


def compare_tables(then: Table, now: Table) -> TableChange:
    """Return in what *now* differs from *then*."""
    common = [name for name in then.columns if name in now.columns]
    key = _key(then, now, common)
    is_by_place = not key and then.rows == now.rows
    if key:
        pairs, removed, added = _by_key(then.columns[key], now.columns[key])
    elif is_by_place:
        pairs, removed, added = [(i, i, str(i + 1)) for i in range(then.rows)], [], []
    else:
        pairs, removed, added = [], *_by_content(then, now, common)
    changes = (_column(name, then, now, pairs) for name in common)
    return TableChange(
        rows=(then.rows, now.rows),
        key=key,
        added=len(added),
        removed=len(removed),
        added_rows=tuple(added[:_EXAMPLES]),
        removed_rows=tuple(removed[:_EXAMPLES]),
        added_columns=tuple(name for name in now.columns if name not in then.columns),
        removed_columns=tuple(name for name in then.columns if name not in now.columns),
        is_reordered=common != [name for name in now.columns if name in then.columns],
        columns=tuple(each for each in changes if each is not None),
    )


def _key(then: Table, now: Table, common: Iterable[str]) -> str:
    """Return the column that tells rows apart best; empty if none does."""
    best, most = "", 0.0
    for name in common:
        if then.types[name] == now.types[name]:
            one, other = _distinct(then.columns[name]), _distinct(now.columns[name])
            alike = len(one & other) / max(1, min(len(one), len(other)))
            if one and other and alike >= _ENOUGH_ALIKE and alike > most:
                best, most = name, alike
    return best


def _distinct(values: Sequence[Any]) -> set[Any]:
    """Return *values* if they may name rows; nothing if they are not all different."""
    try:
        found = set(values)
    except TypeError:
        return set()  # lists, say
    is_name = not any(value is None or isinstance(value, _COARSE) for value in found)
    return found if is_name and len(found) == len(values) else set()


def _by_key(
    then: Sequence[Any], now: Sequence[Any]
) -> tuple[list[tuple[int, int, str]], list[str], list[str]]:
    """Return the rows that are in both, with their names, and the names of the others."""
    places = {value: index for index, value in enumerate(now)}
    known = set(then)
    pairs = [(index, places[v], str(v)) for index, v in enumerate(then) if v in places]
    removed = [str(value) for value in then if value not in places]
    return pairs, removed, [str(value) for value in now if value not in known]


def _by_content(then: Table, now: Table, common: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the rows that are gone, and those that are new, by what they hold."""
    one, other = Counter(_spelled_rows(then, common)), Counter(_spelled_rows(now, common))
    return [*(one - other).elements()], [*(other - one).elements()]


def _spelled_rows(table: Table, names: Sequence[str]) -> Iterator[str]:
    for row in zip(*(table.columns[name] for name in names), strict=True):
        yield ", ".join(map(_spelled, row))


def _column(
    name: str, then: Table, now: Table, pairs: Sequence[tuple[int, int, str]]
) -> ColumnChange | None:
    """Return in what a column differs; None if in nothing."""
    one, other = then.columns[name], now.columns[name]
    changed = 0
    examples: list[ValueChange] = []
    for before, after, row in pairs:
        if not _are_equal(one[before], other[after]):
            changed += 1
            if len(examples) < _EXAMPLES:
                examples.append(ValueChange(row, _spelled(one[before]), _spelled(other[after])))
    types = (then.types[name], now.types[name])
    spreads = (_spread(one), _spread(other))
    drift = None if None in spreads or spreads[0] == spreads[1] else spreads
    if not changed and types[0] == types[1] and drift is None:
        return None
    return ColumnChange(
        name=name,
        types=types,
        changed=changed,
        examples=tuple(examples),
        drift=drift,  # type: ignore[arg-type]  # neither is None, see above
    )


def _are_equal(one: Any, other: Any) -> bool:
    """Tell whether two values are the same; a NaN is what it was."""
    return bool(one == other) or (one != one and other != other)  # noqa: PLR0124 (so it is told)


def _spread(values: Sequence[Any]) -> Spread | None:
    """Return how numbers lie; None for what are none."""
    numbers = [value for value in values if not _is_missing(value)]
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in numbers):
        return None
    missing = len(values) - len(numbers)
    if not numbers:
        return Spread(missing=missing, least=None, mean=None, most=None)
    return Spread(missing=missing, least=min(numbers), mean=_mean(numbers), most=max(numbers))


def _mean(numbers: Sequence[float]) -> float | None:
    """Return the mean of those that are finite; None for none, and where it is too large to say."""
    try:
        finite = [float(value) for value in numbers if math.isfinite(value)]
        return fmean(finite) if finite else None
    except OverflowError:
        return None


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _spelled(value: Any) -> str:
    return "nothing" if value is None else str(value)
