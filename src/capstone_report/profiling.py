"""
Profiling: a loaded table in, its profile out.

Knows which figures a profile is put together from, and that only one column at
a time is in memory; does not know files, nor how a figure is found.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pyarrow as pa

from capstone_report.alert import Alert
from capstone_report.alert_rules import alerts_of
from capstone_report.arrays import Array
from capstone_report.cells import cells_of, tally_of
from capstone_report.column_profile import Column
from capstone_report.column_sample import ColumnSample, codes_of, sample_of
from capstone_report.column_statistics import describe
from capstone_report.file_drift import FileDrift
from capstone_report.load_report import TypeDrift
from capstone_report.loaded_table import LoadedTable
from capstone_report.profile import REJECTED_SHOWN, Profile, TableFacts
from capstone_report.relating import relate
from capstone_report.row_digest import RowDigest
from capstone_report.row_sample import sampled_rows


def profile_table(loaded: pa.Table) -> Profile:
    """
    Describe a table that `load_table` made.

    Args:
        loaded: (rows) x (columns, and the one that names the file of each row).

    Raises:
        ValueError: The table carries no load report.
    """
    return _profile(LoadedTable.in_memory(loaded))


def profile_file(path: Path) -> Profile:
    """
    Describe a table that `load_table` made, as it is on disk, a column at a time.

    Args:
        path: A Parquet file.

    Raises:
        ValueError: The table carries no load report.
    """
    return _profile(LoadedTable.on_disk(path))


def _profile(table: LoadedTable) -> Profile:
    """Look at each column once, and then at what they have in common."""
    columns: list[Column] = []
    samples: list[ColumnSample] = []
    shifts: list[Alert] = []
    rows = sampled_rows(table.rows, len(table.names))
    digest = RowDigest(table.rows)
    drift = FileDrift(table.load)
    for position, name in enumerate(table.names, start=1):
        cells = cells_of(table.column(name))
        tally = tally_of(cells)
        columns.append(describe(name, position, cells, tally))
        samples.append(sample_of(name, cells, tally, rows))
        shifts += drift.alerts(columns[-1], cells)
        digest.add(cells)
        del cells, tally  # before the next column is read
    duplicate_rows, repeated_rows = digest.repetitions() if columns else (0, 0)
    facts = TableFacts(
        rows=table.rows,
        columns=len(columns),
        cells=table.rows * len(columns),
        bytes=sum(each.bytes for each in columns),
        missing_cells=sum(each.nulls for each in columns),
        duplicate_rows=duplicate_rows,
        repeated_rows=repeated_rows,
        rows_read=sum(each.rows_read for each in table.load.files),
        rows_rejected=sum(each.rows_rejected for each in table.load.files),
    )

    def codes(name: str) -> Array:
        return codes_of(cells_of(table.column(name)))

    relations = relate(samples, table.rows, codes, repeated=bool(duplicate_rows))
    if drift.limit:
        limits = (*relations.limits, drift.limit)
        relations = relations.model_copy(update={"limits": limits})
    return Profile(
        table=facts,
        columns=tuple(columns),
        relations=relations,
        alerts=alerts_of(facts, columns, relations, table.load, shifts),
        sources=table.load.files,
        rejected=tuple(islice(table.load.rejected, REJECTED_SHOWN)),
        drifts=tuple(_discreet(each, columns) for each in table.load.drifts),
    )


def _discreet(drift: TypeDrift, columns: list[Column]) -> TypeDrift:
    """Take the values out of what is said of a personal column."""
    if not any(each.name == drift.column and each.personal for each in columns):
        return drift
    files = tuple(each.model_copy(update={"value": None}) for each in drift.files)
    return drift.model_copy(update={"files": files})
