"""
Correlations: how far two columns go together.

Knows numbers and codes of two columns, row by row; does not know tables.
"""

from __future__ import annotations

import math

import numpy as np

from capstone_report.arrays import Array


def pearson(first: Array, second: Array) -> float | None:
    """
    Return the correlation of two columns of numbers; None without spread.

    Pearson's product-moment coefficient; both have as many numbers, finite and without gaps.
    """
    if len(first) < 2:
        return None
    one, other = _centred(first), _centred(second)
    if one is None or other is None:
        return None
    spread = math.sqrt(float((one * one).sum()) * float((other * other).sum()))
    product = float((one * other).sum()) / spread
    return round(min(1.0, max(-1.0, product)), 6) + 0.0


def spearman(first: Array, second: Array) -> float | None:
    """Return Pearson's coefficient of the ranks; equal numbers share the mean of their ranks."""
    return pearson(ranks(first), ranks(second))


def ranks(numbers: Array) -> Array:
    """Rank numbers from 1; equal ones share the mean of their ranks."""
    order = np.argsort(numbers)
    ordered = numbers[order]
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    ends = np.append(starts[1:], len(ordered))
    ranked = np.empty(len(ordered))
    ranked[order] = np.repeat((starts + ends + 1) / 2, ends - starts)
    return ranked


def cramers_v(first: Array, second: Array) -> float | None:
    """
    Return how far one code tells the other; None if either has one value only.

    Cramér's V with Bergsma's correction ("A bias-correction for Cramér's V and
    Tschuprow's T", Journal of the Korean Statistical Society 42, 2013).

    Args:
        first: A code from 0 in each row.
        second: Another one; as many.
    """
    n = len(first)
    if n < 2:
        return None
    width = int(second.max()) + 1
    table = np.bincount(first.astype(np.int64) * width + second, minlength=0)
    table = np.append(table, np.zeros(-len(table) % width, np.int64)).reshape(-1, width)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    table, rows, columns = table[rows > 0][:, columns > 0], rows[rows > 0], columns[columns > 0]
    r, c = table.shape
    if min(r, c) < 2:
        return None
    expected = np.outer(rows, columns) / n
    square = float(((table - expected) ** 2 / expected).sum()) / n
    corrected = max(0.0, square - (r - 1) * (c - 1) / (n - 1))
    r_corrected = r - (r - 1) ** 2 / (n - 1)
    c_corrected = c - (c - 1) ** 2 / (n - 1)
    least = min(r_corrected, c_corrected) - 1
    if least <= 0:
        return None
    return round(min(1.0, math.sqrt(corrected / least)), 6) + 0.0


def _centred(numbers: Array) -> Array | None:
    """Return distances from the mean in a scale that no square leaves; None without spread."""
    exponent = math.frexp(float(np.abs(numbers).max()))[1]
    scaled = np.ldexp(numbers.astype(np.float64), -exponent)
    centred: Array = scaled - scaled.mean()
    greatest = float(np.abs(centred).max())
    if bool((numbers == numbers[0]).all()) or not greatest:
        return None
    return np.ldexp(centred, -math.frexp(greatest)[1])
