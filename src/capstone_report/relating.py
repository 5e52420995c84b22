"""
Relating: columns in, what is known of them together out.

Knows which columns are compared and how far the work may go; does not know how
two of them are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from capstone_report.arrays import Array
from capstone_report.column_sample import ColumnSample
from capstone_report.correlation import cramers_v, pearson, ranks
from capstone_report.dependency import Codes, dependencies_of, keys_of
from capstone_report.missingness import missing_together
from capstone_report.relation import Correlation, Relations
from capstone_report.wording import counted

MOST_NUMBERS = 1_000
"""Among how many columns of numbers correlations are looked for."""
MOST_WORK = 100_000_000
"""How many cells may be compared for the associations of columns of few values."""
MOST_SHOWN = 300
FEWEST_ROWS = 10
FEW_VALUES = 50


def relate(
    columns: Sequence[ColumnSample], rows: int, codes: Codes, *, repeated: bool
) -> Relations:
    """
    Compare the columns of a table.

    Args:
        columns: In the sampled rows.
        rows: Rows of the whole table.
        codes: For a column in all of them.
        repeated: Whether some row repeats another one, so that there can be no key.
    """
    limits: list[str] = []
    sampled = len(columns[0].codes) if columns else 0
    if sampled < rows:
        limits.append(
            f"Columns were compared in {sampled:,} of {counted(rows, 'row')}, spread over all of "
            "the table; keys and dependencies were then counted in all rows."
        )
    return Relations(
        rows=sampled,
        keys=() if repeated else keys_of(columns, rows, codes, limits),
        correlations=tuple(_correlations(columns, limits)),
        dependencies=dependencies_of(columns, rows, codes, limits),
        missing_together=missing_together(columns, rows, limits),
        limits=tuple(limits),
    )


def _correlations(columns: Sequence[ColumnSample], limits: list[str]) -> list[Correlation]:
    """Return the strongest correlations, the strongest first."""
    place = {each.name: index for index, each in enumerate(columns)}
    found = [*_of_numbers(columns, limits), *_of_codes(columns, limits)]
    found.sort(key=lambda each: (-each.strength(), [place[name] for name in each.columns]))
    if len(found) > MOST_SHOWN:
        limits.append(f"Of {len(found):,} correlations, the {MOST_SHOWN} strongest are told.")
    return found[:MOST_SHOWN]


def _of_numbers(columns: Sequence[ColumnSample], limits: list[str]) -> Iterator[Correlation]:
    able = [
        (each.name, each.numbers)
        for each in columns
        if each.numbers is not None and each.distinct > 1
    ]
    if len(able) > MOST_NUMBERS:
        limits.append(
            f"Correlations were looked for among the first {MOST_NUMBERS:,} of "
            f"{counted(len(able), 'column')} of numbers."
        )
        able = able[:MOST_NUMBERS]
    pairs = list(combinations(range(len(able)), 2))
    if len(pairs) > MOST_SHOWN:
        limits.append(
            f"Of {len(pairs):,} pairs of columns of numbers, the {MOST_SHOWN} that correlate "
            "the most are told."
        )
        pairs = _strongest([numbers for _, numbers in able])
    ranked: dict[int, Array] = {}  # of columns without gaps
    for i, j in pairs:
        first, second = able[i][1], able[j][1]
        both = ~(np.isnan(first) | np.isnan(second))
        count = int(np.count_nonzero(both))
        if count < FEWEST_ROWS:
            continue
        if count == len(both):
            for k, numbers in ((i, first), (j, second)):
                if k not in ranked:
                    ranked[k] = ranks(numbers)
            rho = pearson(ranked[i], ranked[j])
        else:
            first, second = first[both], second[both]
            rho = pearson(ranks(first), ranks(second))
        r = pearson(first, second)
        if r is not None or rho is not None:
            names = (able[i][0], able[j][0])
            yield Correlation(columns=names, rows=count, pearson=r, spearman=rho)


def _strongest(columns: Sequence[Array]) -> list[tuple[int, int]]:
    """Choose pairs by a look at all of them at once: gaps count as the mean."""
    strength = np.zeros((len(columns), len(columns)))
    for ranking in (False, True):
        rows = np.stack([_standardised(each, ranking=ranking) for each in columns])
        strength = np.maximum(strength, np.abs(rows @ rows.T))
    strength = np.round(np.triu(strength, 1), 4)
    order = np.argsort(-strength, axis=None, kind="stable")[:MOST_SHOWN]
    return [divmod(int(k), len(columns)) for k in order if strength.flat[k] > 0]


def _standardised(numbers: Array, *, ranking: bool) -> Array:
    """Return *numbers*, or their ranks, with mean 0 and length 1, and 0 where there is none."""
    there = ~np.isnan(numbers)
    result = np.zeros(len(numbers))
    if not there.any():
        return result
    seen = ranks(numbers[there]) if ranking else numbers[there]
    greatest = float(np.abs(seen).max())
    seen = seen / greatest if greatest else seen
    seen = seen - seen.mean()
    length = float(np.sqrt((seen * seen).sum()))
    result[there] = seen / length if length else 0.0
    return result


def _of_codes(columns: Sequence[ColumnSample], limits: list[str]) -> Iterator[Correlation]:
    """Yield the associations of columns of few values; two of numbers have a correlation."""
    able = [each for each in columns if 2 <= each.distinct <= FEW_VALUES]
    sampled = len(columns[0].codes) if columns else 0
    most = max(2, int((2 * MOST_WORK / max(sampled, 1)) ** 0.5))
    if len(able) > most:
        limits.append(
            f"Associations were looked for among the first {most} of "
            f"{counted(len(able), 'column')} of few values."
        )
        able = able[:most]
    for one, other in combinations(able, 2):
        if one.numbers is not None and other.numbers is not None:
            continue
        both = (one.codes >= 0) & (other.codes >= 0)
        count = int(np.count_nonzero(both))
        if count < FEWEST_ROWS:
            continue
        v = cramers_v(one.codes[both], other.codes[both])
        if v is not None:
            yield Correlation(columns=(one.name, other.name), rows=count, cramers_v=v)
