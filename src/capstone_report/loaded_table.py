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

CELLS_AT_ONCE = 2_000_000


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
        file = parquet.ParquetFile(path)
        load = report_in(pa.Table.from_batches([], file.schema_arrow))
        rows = file.metadata.num_rows
        return cls(rows=rows, load=load, column=_Columns(file, tuple(load.types), rows))


class _Columns:
    """
    Columns of a file, read as they are asked for.

    Of a table of few rows several are read at once: to read one takes as long.

    Args:
        file: The file.
        names: Of its columns, in the order in which most of them are asked for.
        rows: Of the table.
    """

    def __init__(self, file: parquet.ParquetFile, names: tuple[str, ...], rows: int) -> None:
        self._file = file
        self._names = names
        self._at_once = max(1, CELLS_AT_ONCE // max(rows, 1))
        self._next = 0
        self._read: dict[str, pa.ChunkedArray] = {}

    def __call__(self, name: str) -> pa.ChunkedArray:
        """Return the column of a name."""
        if name in self._read:
            return self._read[name]
        names: tuple[str, ...] = (name,)
        if self._next < len(self._names) and name == self._names[self._next]:
            names = self._names[self._next : self._next + self._at_once]
            self._next += len(names)
        self._read = {}  # before the next are read: never two blocks in memory
        # A name that another one begins with, up to a dot, brings both.
        table = self._file.read(list(names), use_threads=False)
        self._read = {each: table.column(each) for each in names}
        return self._read[name]
