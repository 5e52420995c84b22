"""
Dependencies and keys: which columns tell others, and which tell rows apart.

Knows the codes of columns, row by row; does not know values. What a sample
refutes is refuted; what it does not is counted in all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from capstone_report.arrays import Array
from capstone_report.column_sample import ColumnSample
from capstone_report.column_type import ColumnType
from capstone_report.relation import Dependency
from capstone_report.wording import counted

Codes = Callable[[str], Array]
"""Returns the codes of a column in all rows."""

MOST_WORK = 200_000_000
"""How many cells may be compared to find dependencies."""
MOST_PAIRS = 300
"""How many pairs of columns may be tried as keys."""
MOST_SHOWN = 200
MOST_COUNTED = 40
"""How many dependencies are counted in all rows where those are more than the sample."""
_FEWEST_ROWS = 20
_DOUBT = 0.05
"""The share of neighbours that may differ at a first look."""
_TOLD = 0.99
"""How much better than the most frequent value the determinant must tell (lambda)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    rows: int
    exceptions: int
    told: float


def dependencies_of(
    columns: Sequence[ColumnSample], rows: int, codes: Codes, limits: list[str]
) -> tuple[Dependency, ...]:
    """
    Find which columns tell which others.

    A column is a determinant if its values stand at least twice in the mean, and tells
    another one if Goodman and Kruskal's lambda is at least 0.99: so a column that is nearly
    constant, or one that is nearly unique, says nothing.

    Args:
        columns: In the sampled rows.
        rows: Rows of the whole table.
        codes: For a column in all of them.
        limits: Gets a sentence for what was left out.
    """
    able = [each for each in columns if 2 <= each.distinct <= (rows - each.nulls) / 2]
    sampled = len(columns[0].codes) if columns else 0
    most = int((MOST_WORK / max(sampled, 1)) ** 0.5)
    if len(able) > most:
        limits.append(
            f"Dependencies were looked for among the first {counted(most, 'column')} "
            f"of {len(able):,} that may have any."
        )
        able = able[:most]
    found: dict[tuple[str, str], _Count] = {}
    for determinant, dependent in _candidates(able):
        count = _count(determinant.codes, dependent.codes)
        if count is not None:
            found[determinant.name, dependent.name] = count
    if sampled < rows:
        if len(found) > MOST_COUNTED:
            limits.append(
                f"Of {counted(len(found), 'dependency', 'dependencies')} that the sample "
                f"suggests, {MOST_COUNTED} were looked at in all rows."
            )
            found = dict(list(found.items())[:MOST_COUNTED])
        found = dict(_verified(found, codes))
    if len(found) > MOST_SHOWN:
        limits.append(f"Of {len(found):,} dependencies, {MOST_SHOWN} are told.")
    return tuple(_told(found))[:MOST_SHOWN]


def keys_of(
    columns: Sequence[ColumnSample], rows: int, codes: Codes, limits: list[str]
) -> tuple[tuple[str, ...], ...]:
    """
    Find columns that tell every row apart, or where there are none, pairs of them.

    Decimals measure, and tell rows apart by chance: they are no keys.

    Args:
        columns: In the sampled rows.
        rows: Rows of the whole table, of which no two are alike.
        codes: For a column in all of them.
        limits: Gets a sentence for what was left out.
    """
    named = [each for each in columns if each.kind is not ColumnType.FLOAT]
    if single := [(each.name,) for each in named if each.unique]:
        return tuple(single)
    able = [each for each in named if not each.nulls and each.distinct > 1]
    pairs = [pair for pair in combinations(able, 2) if pair[0].distinct * pair[1].distinct >= rows]
    if len(pairs) > MOST_PAIRS:
        limits.append(
            f"Of {len(pairs):,} pairs of columns that may be a key, {MOST_PAIRS} were tried."
        )
    found = []
    for one, other in pairs[:MOST_PAIRS]:
        if _tell_apart(one.codes, other.codes) and (
            len(one.codes) == rows or _tell_apart(codes(one.name), codes(other.name))
        ):
            found.append((one.name, other.name))
    return tuple(found)


def _candidates(able: Sequence[ColumnSample]) -> Iterator[tuple[ColumnSample, ColumnSample]]:
    """Yield the pairs of which neighbours, rows alike in one column, are alike in the other."""
    if len(able) < 2:
        return
    codes = np.stack([each.codes for each in able])
    distinct = np.array([each.distinct for each in able])
    for place, determinant in enumerate(able):
        others = np.flatnonzero(
            (distinct <= determinant.distinct) & (np.arange(len(able)) != place)
        )
        order = np.argsort(determinant.codes, kind="stable")
        ordered = determinant.codes[order]
        alike = np.flatnonzero((ordered[1:] == ordered[:-1]) & (ordered[1:] >= 0))
        one, two = order[alike], order[alike + 1]
        for other in others:
            first, second = codes[other][one], codes[other][two]
            both = (first >= 0) & (second >= 0)
            pairs = np.count_nonzero(both)
            if pairs and np.count_nonzero((first != second) & both) <= _DOUBT * pairs:
                yield determinant, able[int(other)]


def _count(determinant: Array, dependent: Array) -> _Count | None:
    """Count the exceptions; None if the one does not tell the other."""
    both = (determinant >= 0) & (dependent >= 0)
    first, second = determinant[both].astype(np.int64), dependent[both].astype(np.int64)
    if len(first) < _FEWEST_ROWS:
        return None
    pairs, counts = np.unique(first * (int(second.max()) + 1) + second, return_counts=True)
    groups = pairs // (int(second.max()) + 1)
    starts = np.flatnonzero(np.append(True, groups[1:] != groups[:-1]))
    exceptions = len(first) - int(np.maximum.reduceat(counts, starts).sum())
    unforeseen = len(first) - int(np.bincount(second).max())
    if not unforeseen or len(starts) > len(first) / 2:
        return None
    told = 1 - exceptions / unforeseen
    return _Count(rows=len(first), exceptions=exceptions, told=told) if told >= _TOLD else None


def _verified(
    found: dict[tuple[str, str], _Count], codes: Codes
) -> Iterator[tuple[tuple[str, str], _Count]]:
    """Count in all rows what a sample suggests, a determinant at a time."""
    determinant, known = "", np.zeros(0, np.int32)
    for names in found:
        if names[0] != determinant:
            determinant, known = names[0], codes(names[0])
        if (count := _count(known, codes(names[1]))) is not None:
            yield names, count


def _told(found: dict[tuple[str, str], _Count]) -> Iterator[Dependency]:
    """Tell each once: of two that tell each other without exception, the first tells."""
    exact = {names for names, count in found.items() if not count.exceptions}
    told = set()
    for (determinant, dependent), count in found.items():
        mutual = {(determinant, dependent), (dependent, determinant)} <= exact
        if (dependent, determinant) in told and mutual:
            continue
        told.add((determinant, dependent))
        yield Dependency(
            determinant=determinant,
            dependent=dependent,
            rows=count.rows,
            exceptions=count.exceptions,
            mutual=mutual,
        )


def _tell_apart(first: Array, second: Array) -> bool:
    """Tell whether no two rows have both codes alike."""
    both = np.sort(first.astype(np.int64) * (int(second.max()) + 1) + second)
    return bool((both[1:] != both[:-1]).all())
