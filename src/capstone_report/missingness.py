"""
Missingness: which columns are missing in the same rows.

Knows where columns have no value; does not know the values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from capstone_report.column_sample import ColumnSample
from capstone_report.relation import MissingTogether
from capstone_report.wording import counted

MOST_COLUMNS = 1_000
MOST_SHOWN = 50
_LEAST = 0.5
"""The least phi that is told, whatever its sign."""
_FEWEST = 5
"""In so many sampled rows at least a column must be missing, and be there, for a phi of it."""


def missing_together(
    columns: Sequence[ColumnSample], rows: int, limits: list[str]
) -> tuple[MissingTogether, ...]:
    """
    Find columns whose missing cells go together.

    Args:
        columns: In the sampled rows.
        rows: Rows of the whole table.
        limits: Gets a sentence for what was left out.
    """
    partly = [each for each in columns if 0 < each.nulls < rows]
    groups: dict[bytes, list[ColumnSample]] = {}
    for each in partly:
        groups.setdefault(each.missing, []).append(each)
    found = [
        MissingTogether(columns=tuple(each.name for each in group), rows=group[0].nulls, phi=1.0)
        for group in groups.values()
        if len(group) > 1
    ]
    # Of columns that are missing in exactly the same rows, the first stands for all.
    firsts = [group[0] for group in groups.values()]
    if len(firsts) > MOST_COLUMNS:
        limits.append(
            f"Pairs that are missing together were looked for among the first {MOST_COLUMNS:,} "
            f"of {counted(len(firsts), 'column')} with gaps."
        )
        firsts = firsts[:MOST_COLUMNS]
    found += _pairs(firsts)
    found.sort(key=lambda each: -abs(each.phi))
    if len(found) > MOST_SHOWN:
        limits.append(f"Of {len(found):,} groups that are missing together, {MOST_SHOWN} are told.")
    return tuple(found[:MOST_SHOWN])


def _pairs(columns: Sequence[ColumnSample]) -> Iterator[MissingTogether]:
    """Yield the pairs whose phi coefficient is far from 0, as counted in the sampled rows."""
    if len(columns) < 2:
        return
    # Counts up to the size of a sample are exact as 32-bit decimals.
    gaps = np.stack([each.codes < 0 for each in columns]).astype(np.float32)
    n = gaps.shape[1]
    both = (gaps @ gaps.T).astype(np.float64)
    single = np.diag(both)
    enough = (single >= _FEWEST) & (n - single >= _FEWEST)
    spread = np.sqrt(single * (n - single))
    with np.errstate(divide="ignore", invalid="ignore"):
        phi = np.round((n * both - np.outer(single, single)) / np.outer(spread, spread), 6)
    telling = (np.abs(phi) >= _LEAST) & enough & enough[:, None]
    for i, j in np.argwhere(np.triu(telling, 1)):
        yield MissingTogether(
            columns=(columns[i].name, columns[j].name),
            rows=int(both[i, j]),
            phi=float(phi[i, j]) + 0.0,
        )
