"""
Table sinks: where the rows of a loaded table go, block by block.

Knows Parquet, and tables in memory; does not know files or types. The load
report is complete only when the last row is written, and travels in the
metadata of the schema, so it is put there at the end.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Protocol

import pyarrow as pa
from pyarrow import parquet

ROW_GROUP_BYTES = 64 << 20
"""So much of a table, as it is in memory, makes a row group."""
_STORED_SCHEMA = (
    "ARROW:schema"  # where Arrow keeps, in a Parquet file, what Parquet has no types for
)


class TableSink(Protocol):
    """Takes a table in, block by block."""

    def begin(self, schema: pa.Schema) -> None:
        """Begin a table; what was written before is dropped."""

    def write(self, rows: pa.Table) -> None:
        """Take rows in."""

    def end(self, metadata: dict[bytes, bytes]) -> None:
        """Complete the table, with *metadata* in its schema."""


class ParquetSink:
    """
    A Parquet file.

    Args:
        path: Where it goes.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._schema: pa.Schema | None = None
        self._writer: parquet.ParquetWriter | None = None
        self._held: list[pa.Table] = []
        self._size = 0

    def begin(self, schema: pa.Schema) -> None:
        """Begin the file anew."""
        if self._writer is not None:
            self._writer.close()
        self._schema, self._held, self._size = schema, [], 0
        self._writer = parquet.ParquetWriter(self._path, schema, store_schema=False)

    def write(self, rows: pa.Table) -> None:
        """Hold rows back until they are a row group."""
        self._held.append(rows)
        self._size += rows.nbytes
        if self._size >= ROW_GROUP_BYTES:
            self._flush()

    def end(self, metadata: dict[bytes, bytes]) -> None:
        """Write what is held back, and the schema."""
        if self._writer is None or self._schema is None:
            raise RuntimeError("no table was begun")
        self._flush()
        schema = self._schema.with_metadata(metadata).serialize().to_pybytes()
        self._writer.add_key_value_metadata({_STORED_SCHEMA: base64.b64encode(schema).decode()})
        self._writer.close()
        self._writer = None

    def _flush(self) -> None:
        if self._held and self._writer is not None:
            table = pa.concat_tables(self._held)
            self._writer.write_table(table, row_group_size=max(table.num_rows, 1))
        self._held, self._size = [], 0


class MemorySink:
    """A table in memory, which is in `table` when it is complete."""

    def __init__(self) -> None:
        self.table: pa.Table | None = None
        self._schema: pa.Schema | None = None
        self._held: list[pa.Table] = []

    def begin(self, schema: pa.Schema) -> None:
        """Begin the table anew."""
        self._schema, self._held = schema, []

    def write(self, rows: pa.Table) -> None:
        """Keep rows."""
        self._held.append(rows)

    def end(self, metadata: dict[bytes, bytes]) -> None:
        """Put the table together."""
        if self._schema is None:
            raise RuntimeError("no table was begun")
        held = self._held or [self._schema.empty_table()]
        self.table = pa.concat_tables(held).replace_schema_metadata(metadata)
