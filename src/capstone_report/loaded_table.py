"""
The loaded table: what `load` left, read a column at a time.

Knows where columns are read from; does not know what is in them. A column is
in memory only while it is looked at, so a table may be larger than memory as
long as each of its columns is not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pyarrow as pa
from pyarrow import parquet

from capstone_report.load_report import LoadReport, report_in


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedTable:
    """
    A table that `load_table` made.

    Attributes:
        rows: Number of rows.
        load: How the files became the table.
        column: Reads the column of a name: (rows) cells.
    """

    rows: int
    load: LoadReport
    column: Callable[[str], pa.ChunkedArray]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, without the one that names the file of a row."""
        return tuple(self.load.types)

    @classmethod
    def in_memory(cls, table: pa.Table) -> Self:
        """Look at *table*."""
        return cls(rows=table.num_rows, load=report_in(table), column=table.column)

    @classmethod
    def on_disk(cls, path: Path) -> Self:
        """
        Look at the table in the Parquet file at *path*.

        Raises:
            ValueError: The table carries no load report.
        """
        file = parquet.ParquetFile(path, memory_map=True)

        def column(name: str) -> pa.ChunkedArray:
            # A name that another one begins with, up to a dot, brings both.
            return file.read([name], use_threads=False).column(name)

        load = report_in(file.schema_arrow.empty_table())
        return cls(rows=file.metadata.num_rows, load=load, column=column)
