"""
Profiling: a loaded table in, its profile out.

Knows which figures a profile is put together from; does not know files.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from capstone_report.alert_rules import alerts_of
from capstone_report.column_profile import Column
from capstone_report.column_statistics import profile_column
from capstone_report.load_report import TypeDrift, report_in
from capstone_report.profile import REJECTED_SHOWN, Profile, TableFacts


def profile_table(loaded: pa.Table) -> Profile:
    """
    Describe a table that `load_table` made.

    Args:
        loaded: (rows) x (columns, and the one that names the file of each row).

    Raises:
        ValueError: The table carries no load report.
    """
    load = report_in(loaded)
    table = loaded.select(list(load.types))
    columns = tuple(
        profile_column(name, position, table[name])
        for position, name in enumerate(table.column_names, start=1)
    )
    duplicate_rows, repeated_rows = _count_repetitions(table)
    facts = TableFacts(
        rows=table.num_rows,
        columns=table.num_columns,
        cells=table.num_rows * table.num_columns,
        missing_cells=sum(column.null_count for column in table.columns),
        duplicate_rows=duplicate_rows,
        repeated_rows=repeated_rows,
        rows_read=sum(each.rows_read for each in load.files),
        rows_rejected=sum(each.rows_rejected for each in load.files),
    )
    return Profile(
        table=facts,
        columns=columns,
        alerts=alerts_of(facts, columns, load, table),
        sources=load.files,
        rejected=load.rejected[:REJECTED_SHOWN],
        drifts=tuple(_discreet(each, columns) for each in load.drifts),
    )


def _count_repetitions(table: pa.Table) -> tuple[int, int]:
    """Count rows that repeat an earlier one, and different rows that stand more than once."""
    if not table.num_rows:
        return 0, 0
    groups = table.group_by(table.column_names).aggregate([([], "count_all")])
    repeated = pc.sum(pc.greater(groups["count_all"], 1)).as_py()
    return table.num_rows - groups.num_rows, repeated


def _discreet(drift: TypeDrift, columns: tuple[Column, ...]) -> TypeDrift:
    """Take the values out of what is said of a personal column."""
    if not any(each.name == drift.column and each.personal for each in columns):
        return drift
    files = tuple(each.model_copy(update={"value": None}) for each in drift.files)
    return drift.model_copy(update={"files": files})
