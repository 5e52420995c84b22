"""
Row digests: which rows of a table repeat an earlier one, a column at a time.

Knows values as bits; does not know what they mean. Rows are told apart by 128
bits mixed from all their cells, so that no two columns need be in memory at
once: among a billion different rows, the chance that two are taken for one is
below 1 in 10**20.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from capstone_report.arrays import Array
from capstone_report.cells import Cells

_BLOCK = 1 << 15
_STEP = 0x9E3779B97F4A7C15
_ROUNDS = (
    (0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93),
    (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53, 0xA0761D6478BD642F),
)
"""For each half of a digest: two odd factors that mix a cell, and one that mixes it in."""
_MASK = (1 << 64) - 1


class RowDigest:
    """
    Digests of all rows of a table, as far as its columns were added.

    Args:
        rows: How many rows the table has.
    """

    def __init__(self, rows: int) -> None:
        self._halves = [np.zeros(rows, np.uint64) for _ in _ROUNDS]
        self._columns = 0

    def add(self, cells: Cells) -> None:
        """Mix in one more column."""
        self._columns += 1
        for half, (first, second, factor) in zip(self._halves, _ROUNDS, strict=True):
            seed = np.uint64(self._columns * _STEP & _MASK)
            missing = np.uint64((self._columns + first) * second & _MASK)
            for start in range(0, len(half), _BLOCK):
                end = start + _BLOCK
                mixed = _mixed(_bits(cells.data[start:end]) + seed, first, second)
                if cells.valid is not None:
                    mixed[~cells.valid[start:end]] = missing
                half[start:end] *= np.uint64(factor)
                half[start:end] += mixed

    def repetitions(self) -> tuple[int, int]:
        """Count rows that repeat an earlier one, and different rows that stand more than once."""
        counts = _group_sizes(self._halves)
        repeated = counts[counts > 1]
        return int(repeated.sum()) - len(repeated), len(repeated)


def _bits(data: Array) -> Array:
    """Return values as numbers of 64 bits, different ones as different ones."""
    return data.view(np.uint64) if data.itemsize == 8 else data.astype(np.int64).view(np.uint64)


def _mixed(bits: Array, first: int, second: int) -> Array:
    """Spread every bit over all 64 (the finaliser of SplitMix64: Steele et al., 2014)."""
    bits ^= bits >> np.uint64(30)
    bits *= np.uint64(first)
    bits ^= bits >> np.uint64(27)
    bits *= np.uint64(second)
    bits ^= bits >> np.uint64(31)
    return bits


def _group_sizes(halves: Sequence[Array]) -> Array:
    """Return how many rows have each digest that more than one has in its first half."""
    ordered = np.sort(halves[0])
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(twice):
        return np.zeros(0, np.int64)
    places = np.minimum(np.searchsorted(twice, halves[0]), len(twice) - 1)
    chosen = twice[places] == halves[0]
    pairs = np.stack([each[chosen] for each in halves], axis=1)
    found: Array = np.unique(pairs, axis=0, return_counts=True)[1]
    return found
