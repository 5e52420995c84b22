"""
Moments: sum, mean, standard deviation, skewness and kurtosis of sorted numbers.

Knows how to add up many numbers; does not know what they count. Sums of integers
are exact, sums of decimals rounded once (`math.fsum`). Higher moments are taken
of numbers that were shifted and scaled first, so that none overflows and none
drowns in rounding. Numbers are copied a block at a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import numpy as np

from capstone_report.arrays import Array

_BLOCK = 1 << 16
_LOW_HALF = np.uint64(0xFFFFFFFF)


def rounded(figure: float) -> float:
    """Keep 12 significant digits: as many as do not depend on the order of summation."""
    return float(f"{figure:.12g}")


def moments(ordered: Array) -> dict[str, Any]:
    """
    Return `sum`, `mean`, `std`, `skewness` and `kurtosis`; None for what is not defined.

    Args:
        ordered: Integers of 64 bits or finite decimals, ascending; at least one.
    """
    n = len(ordered)
    shifted, total, mean, centre, exponent = _summed(ordered)
    figures: dict[str, Any] = {
        "sum": total if isinstance(total, int) else _finite(total),
        "mean": rounded(mean),
        "std": None,
        "skewness": None,
        "kurtosis": None,
    }
    ends = np.abs(shifted(ordered[[0, -1]]) - centre)
    if n < 2:
        return figures
    if ordered[0] == ordered[-1] or not ends.max():
        return figures | {"std": 0.0}
    width = math.frexp(float(ends.max()))[1]
    sums: list[tuple[float, ...]] = []
    for block in _blocks(ordered):
        values = np.ldexp(shifted(block) - centre, -width)
        squares = values * values
        sums.append(tuple(float(each.sum()) for each in (squares, squares * values, squares**2)))
    second, third, fourth = (math.fsum(each) / n for each in zip(*sums, strict=True))
    figures["std"] = _finite(_unscaled(math.sqrt(second * n / (n - 1)), exponent + width))
    if n > 2:
        skewness = third / second**1.5 * math.sqrt(n * (n - 1)) / (n - 2)
        figures["skewness"] = _shape(skewness)
    if n > 3:
        excess = fourth / second**2 - 3
        figures["kurtosis"] = _shape(((n + 1) * excess + 6) * (n - 1) / ((n - 2) * (n - 3)))
    return figures


def _summed(
    ordered: Array,
) -> tuple[Callable[[Array], Array], int | float, float, float, int]:
    """
    Add numbers up.

    Returns:
        How numbers are shifted and scaled; their sum and mean; the mean of the shifted
        and scaled ones, and the exponent of 2 by which these were scaled.
    """
    n = len(ordered)
    if ordered.dtype.kind != "f":
        least = ordered[:1].view(np.uint64)

        def distances(block: Array) -> Array:
            # Exact, whatever the size of the numbers.
            return block.view(np.uint64) - least

        spare = 0
        for block in map(distances, _blocks(ordered)):
            spare += int((block >> np.uint64(32)).sum()) << 32
            spare += int((block & _LOW_HALF).sum())
        whole = spare + n * int(ordered[0])
        return lambda block: distances(block).astype(np.float64), whole, whole / n, spare / n, 0
    exponent = math.frexp(max(abs(ordered[0].item()), abs(ordered[-1].item())))[1]

    def scaled(block: Array) -> Array:
        return np.ldexp(block, -exponent)

    total = math.fsum(chain.from_iterable(scaled(each).tolist() for each in _blocks(ordered)))
    mean = total / n
    return scaled, _unscaled(total, exponent), _unscaled(mean, exponent), mean, exponent


def _blocks(ordered: Array) -> Iterator[Array]:
    return (ordered[start : start + _BLOCK] for start in range(0, len(ordered), _BLOCK))


def _shape(figure: float) -> float:
    """Round a figure without a unit: what cancels out is 0, not what is left of rounding."""
    return rounded(round(figure, 9)) + 0.0


def _finite(figure: float) -> float | None:
    return rounded(figure) if math.isfinite(figure) else None


def _unscaled(figure: float, exponent: int) -> float:
    try:
        return math.ldexp(figure, exponent)
    except OverflowError:
        return math.inf
