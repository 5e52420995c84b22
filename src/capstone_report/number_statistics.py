"""
Number statistics: numbers in, their figures out.

Knows numbers; does not know what they count. Everything is read off the sorted
numbers, so no figure hangs on the order of the rows. `docs/profile.md` names the
source of each definition.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

from capstone_report.arrays import Array
from capstone_report.cells import Tally
from capstone_report.column_figure import Histogram, Order, Outliers, Quantiles, TopValue
from capstone_report.moments import moments, rounded

BINS = 20
_QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
_FENCE = 1.5
_LOOK = 100
_PLACEHOLDERS = frozenset(
    sign * value
    for value in (99, 999, 9999, 99999, 999999, 9999999, 99999999, 999999999)
    for sign in (1, -1)
) | {-1, -9, -88, -888}
"""What people write for a missing number."""
_FEWEST_BESIDE = 3
"""How many other values there must be for one to be suspect."""


def order_of(values: Array) -> Order | None:
    """Say how *values* follow each other, in the order of the rows."""
    if len(values) < 2:
        return None
    # Most columns are in no order, and a few values tell.
    for part in (values[:_LOOK], values):
        before, after = part[:-1], part[1:]
        rising, falling = bool((before <= after).all()), bool((before >= after).all())
        if rising == falling and (not rising or part is values):
            return None  # in no order, or all the same
    direction: Order = "ascending" if rising else "descending"
    if (before == after).any():
        return direction
    return "strictly ascending" if rising else "strictly descending"


def number_facts(present: Array, tally: Tally) -> dict[str, Any]:
    """
    Describe numbers.

    Args:
        present: The numbers in the order of their rows; at least one is finite.
        tally: The different ones.
    """
    ordered = tally.ordered
    finite = _finite(ordered)
    least, greatest = finite[0].item(), finite[-1].item()
    below, above = np.searchsorted(finite, 0, "left"), np.searchsorted(finite, 0, "right")
    found = {name: quantile(finite, share) for name, share in _QUANTILES.items()}
    return {
        "min": least,
        "max": greatest,
        **moments(finite),
        "mad": rounded(_median_distance(finite, found["q50"])),
        "quantiles": Quantiles(**{name: rounded(each) for name, each in found.items()}),
        "zeros": int(above - below),
        "negatives": int(below),
        "infinite": len(ordered) - len(finite),
        "suspect": _suspect(tally),
        "order": order_of(present),
        "outliers": _outliers(finite, found["q25"], found["q75"]),
        "histogram": _histogram(finite),
    }


def quantile(ordered: Array, share: float) -> float:
    """Return the value below which *share* of *ordered* lies; linear between neighbours."""
    place = share * (len(ordered) - 1)
    index = min(int(place), len(ordered) - 1)
    rest = place - index
    low = ordered[index].item()
    if not rest:
        return float(low)
    high = ordered[index + 1].item()
    step = high - low
    return float(low + rest * step if math.isfinite(step) else low * (1 - rest) + high * rest)


def _suspect(tally: Tally) -> TopValue | None:
    """Look at both ends for a value that stands for a missing one."""
    for end, beside, other in ((0, 1, -1), (-1, -2, 0)):
        if len(tally.values) < _FEWEST_BESIDE + 1 or tally.counts[end] < 2:
            continue
        value, nearest = tally.values[end].item(), tally.values[beside].item()
        if value not in _PLACEHOLDERS:
            continue
        only_negative = value < 0 <= nearest and value == -1
        apart = abs(value - nearest) > abs(tally.values[other].item() - nearest)
        if only_negative or apart:
            return TopValue(value=str(value), count=int(tally.counts[end]))
    return None


def _finite(ordered: Array) -> Array:
    if ordered.dtype.kind != "f":
        return ordered
    start = np.searchsorted(ordered, -np.inf, "right")
    return ordered[start : np.searchsorted(ordered, np.inf, "left")]


def _median_distance(ordered: Array, middle: float) -> float:
    """Return the median of the distances from *middle*."""
    with np.errstate(over="ignore"):
        distances = np.abs(ordered.astype(np.float64) - middle)
    half = (len(distances) - 1) // 2
    distances.partition([half, len(distances) // 2])
    found = distances[half] / 2 + distances[len(distances) // 2] / 2
    return float(min(found, np.finfo(np.float64).max))


def _outliers(ordered: Array, low_quartile: float, high_quartile: float) -> Outliers | None:
    """Count what lies beyond the fences."""
    reach = _FENCE * (high_quartile - low_quartile)
    if not reach > 0 or not math.isfinite(high_quartile + 2 * reach - (low_quartile - 2 * reach)):
        return None
    low, high = rounded(low_quartile - reach), rounded(high_quartile + reach)
    far = np.searchsorted(ordered, low_quartile - 2 * reach, "left")
    far += len(ordered) - np.searchsorted(ordered, high_quartile + 2 * reach, "right")
    return Outliers(
        low=low,
        high=high,
        below=int(np.searchsorted(ordered, low, "left")),
        above=int(len(ordered) - np.searchsorted(ordered, high, "right")),
        far=int(far),
    )


def _histogram(ordered: Array) -> Histogram | None:
    """Count numbers in ranges of equal width; None where there is no width, or an infinite one."""
    least, greatest = float(ordered[0]), float(ordered[-1])
    width = (greatest - least) / BINS
    if not 0 < width < math.inf:
        return None
    edges = [least, *(rounded(least + i * width) for i in range(1, BINS)), greatest]
    if any(low >= high for low, high in pairwise(edges)):
        return None  # so narrow that twelve digits do not tell the edges apart
    places = [0, *np.searchsorted(ordered, edges[1:-1], "left").tolist(), len(ordered)]
    counts = tuple(b - a for a, b in pairwise(places))
    return Histogram(edges=tuple(edges), counts=counts)
