"""
Row samples: the rows in which columns are compared with each other.

Knows how many rows there are and how much work may be done; does not know what
is in them. Rows are picked by a digest of their number: spread like chance over
the table, and the same each time on every machine.
"""

from __future__ import annotations

import numpy as np

from capstone_report.arrays import Array

MOST_ROWS = 100_000
MOST_CELLS = 10_000_000
FEWEST_ROWS = 1_000


def sampled_rows(rows: int, columns: int) -> Array | None:
    """
    Pick rows; None for all of them.

    Args:
        rows: Of the table.
        columns: Of the table.

    Returns:
        Numbers of at most 100,000 rows, ascending, fewer where the table is wide: of ten
        million cells in all, and no fewer than 1,000 rows.
    """
    most = min(MOST_ROWS, max(FEWEST_ROWS, MOST_CELLS // max(columns, 1)))
    if rows <= most:
        return None
    digests = np.arange(rows, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    digests ^= digests >> np.uint64(30)
    digests *= np.uint64(0xBF58476D1CE4E5B9)
    digests ^= digests >> np.uint64(27)
    digests *= np.uint64(0x94D049BB133111EB)
    digests ^= digests >> np.uint64(31)
    return np.sort(np.argpartition(digests, most)[:most])
