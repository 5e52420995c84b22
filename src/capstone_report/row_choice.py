"""
The choice of rows that a model is shown, as text, and what is hidden in them.

Knows places in a table; does not know budgets. The same table gives the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from capstone_report.column_statistics import plain
from capstone_report.loaded_table import LoadedTable
from capstone_report.personal_data import masked

MOST_ROWS = 20
CELL_LENGTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenRows:
    """
    Rows from evenly spaced places of a table.

    Attributes:
        names: Of the columns.
        rows: Cells as text; None for a missing one.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]

    def thinned(self, most: int) -> ChosenRows:
        """Return at most so many of the rows, as evenly spaced."""
        count = min(most, len(self.rows))
        rows = tuple(self.rows[i * len(self.rows) // count] for i in range(count))
        return ChosenRows(names=self.names if rows else (), rows=rows)


def choose_rows(
    table: LoadedTable, personal: Mapping[str, str | None], *, is_masked: bool
) -> ChosenRows:
    """
    Choose rows.

    Args:
        table: The table, which is read a column at a time.
        personal: What kind of personal data each column seems to hold.
        is_masked: Whether that is hidden, and addresses in other cells.
    """
    count = min(MOST_ROWS, table.rows)
    places = pa.array([i * table.rows // count for i in range(count)], pa.int64())
    columns = [
        [
            None if cell is None else _shown(plain(cell), personal[name], is_masked)
            for cell in table.column(name).take(places).to_pylist()
        ]
        for name in (table.names if count else ())
    ]
    return ChosenRows(names=table.names if count else (), rows=tuple(zip(*columns, strict=True)))


def _shown(text: str, personal: str | None, is_masked: bool) -> str:
    return (masked(text, personal) if is_masked else text)[:CELL_LENGTH]
