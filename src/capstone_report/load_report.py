"""
The load report: how the files became one table, and what did not fit.

Knows what happened to every row and column of every file; does not know how
files are read. The report travels inside the table it describes, as JSON in
the schema's metadata, so that whoever has the table has its story.

It deliberately holds no size, date or digest of a file: a file that changed
without changing the table (a blank line at its end) leaves equal bytes, and
spares every stage below.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet
from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt, ValidationError

from capstone_report.column_type import ColumnType, type_of

METADATA_KEY = b"capstone.load_report"
"""Under which the report is kept in the metadata of the table's schema."""


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LoadedFile(_Fact):
    """
    What became of one file.

    Attributes:
        file: Its path from the project's root.
        rows_read: Records below the header, blank lines not counted.
        rows_loaded: Those that are in the table; they stand together, in order.
        rows_rejected: Those that are not; each is named in the report.
        columns: Number of columns in its header; 0 for an empty file.
        missing_columns: Columns that at least half of the files have, and it has not.
        extra_columns: Columns that it has, and fewer than half of the files have.
        renamed_columns: Name in the table to name in the header, where that was
            empty, not the first of its kind, or had white space around it.
        encoding: By the name that Python knows it by.
        compression: How it is packed: `gzip`, `zstd`, `bz2`; empty if it is not.
        delimiter: Between its fields.
        quote: Around them; empty if quotes are text there.
        escape: Before a quote inside of a field, where it is not doubled; else empty.
        header_rows: How many rows name its columns.
        lines_above: The first of the lines above the header, cut at 200 characters.
        lines_below: The same of those below the table.
    """

    file: str
    rows_read: NonNegativeInt
    rows_loaded: NonNegativeInt
    rows_rejected: NonNegativeInt
    columns: NonNegativeInt
    missing_columns: tuple[str, ...] = ()
    extra_columns: tuple[str, ...] = ()
    renamed_columns: dict[str, str] = {}
    encoding: str = "utf-8"
    compression: str = ""
    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    header_rows: NonNegativeInt = 1
    lines_above: tuple[str, ...] = ()
    lines_below: tuple[str, ...] = ()


class RejectedRow(_Fact):
    """
    A record that is not in the table.

    Attributes:
        file: Where it stands.
        line: The line on which it begins, counted from 1.
        reason: Why it does not fit, as one clause.
    """

    file: str
    line: PositiveInt
    reason: str


class TypeInFile(_Fact):
    """
    The type that a column would have if there were only one file.

    Attributes:
        file: The file.
        type: The narrowest type for its values there.
        line: Where the first value stands that the narrowest type among all files
            cannot hold, counted from 1; None where there is none.
        value: That value as written, cut at 40 characters.
    """

    file: str
    type: ColumnType
    line: PositiveInt | None = None
    value: str | None = None


class TypeDrift(_Fact):
    """
    A column whose values have different types in different files.

    Attributes:
        column: Its name.
        type: The type that holds the values of all files.
        files: The type in each file that has values of it.
    """

    column: str
    type: ColumnType
    files: tuple[TypeInFile, ...]


class AmbiguousColumn(_Fact):
    """
    A column of dates that could be read in several ways, and so stays text.

    Attributes:
        column: Its name.
        readings: The ways, such as `%d/%m/%Y` and `%m/%d/%Y`.
    """

    column: str
    readings: tuple[str, ...]


class LoadReport(_Fact):
    """
    How the files became one table.

    Attributes:
        files: Each file, in the order of the table's rows.
        rejected: Every row that is not in the table, by file and line.
        types: Type of each column of the table, in order, without the origin column.
        drifts: Columns whose type differs between files.
        source_column: Name of the column that says from which file a row comes.
        styles: By column, how its values are written, if not in the plain way: `%d/%m/%Y`,
            `1,234.5`, `%`, `$`, `yes/no`. Percent are the number before the sign.
        null_words: By column, words that stood for a missing value, and how often.
        ambiguous: Columns whose dates could be read in several ways.
        ignored_files: Texts beside the tables, which were not loaded.
    """

    files: tuple[LoadedFile, ...]
    rejected: tuple[RejectedRow, ...] = ()
    types: dict[str, ColumnType]
    drifts: tuple[TypeDrift, ...] = ()
    source_column: str
    styles: dict[str, tuple[str, ...]] = {}
    null_words: dict[str, dict[str, int]] = {}
    ambiguous: tuple[AmbiguousColumn, ...] = ()
    ignored_files: tuple[str, ...] = ()

    def row_ranges(self) -> dict[str, tuple[int, int]]:
        """Return the first row of each file and the row after its last, counted from 0."""
        ends = [0]
        for each in self.files:
            ends.append(ends[-1] + each.rows_loaded)
        return {each.file: span for each, span in zip(self.files, pairwise(ends), strict=True)}


def with_report(table: pa.Table, report: LoadReport) -> pa.Table:
    """Return *table* with *report* in the metadata of its schema."""
    return table.replace_schema_metadata({METADATA_KEY: report.model_dump_json().encode()})


def report_in(table: pa.Table | pa.Schema) -> LoadReport:
    """
    Return the report that *table* carries, or its schema.

    Raises:
        ValueError: It carries none, or one that does not fit.
    """
    schema = table if isinstance(table, pa.Schema) else table.schema
    written = (schema.metadata or {}).get(METADATA_KEY)
    if written is None:
        raise ValueError("the table carries no load report")
    return LoadReport.model_validate_json(written)


def check_loaded(loaded: Path) -> list[str]:
    """
    List how a loaded table breaks its promises; the contract of stage `load`.

    Rows in are rows out and rows named as rejected, for each file and in all;
    each column has the type that the report names. Of the rows only the column of
    their origin is read, block by block.

    Args:
        loaded: The Parquet file.
    """
    with parquet.ParquetFile(loaded) as file:
        schema = file.schema_arrow
        try:
            report = report_in(schema)
        except (ValidationError, ValueError) as error:
            return [f"no readable load report: {error}"]
        found = [*_lost_rows(report, file), *_wrong_columns(report, schema)]
    if not report.files:
        found.append("no file was loaded")
    return found


def _lost_rows(report: LoadReport, file: parquet.ParquetFile) -> list[str]:
    """List where the rows read are not the rows loaded and the rows named."""
    found = []
    named = Counter(row.file for row in report.rejected)
    for each in report.files:
        if each.rows_read != each.rows_loaded + each.rows_rejected:
            found.append(
                f"{each.file}: {each.rows_read} rows in, but {each.rows_loaded} loaded "
                f"and {each.rows_rejected} rejected"
            )
        if named[each.file] != each.rows_rejected:
            found.append(
                f"{each.file}: {each.rows_rejected} rows rejected, but {named[each.file]} named"
            )
    rows = file.metadata.num_rows
    if (total := sum(each.rows_loaded for each in report.files)) != rows:
        found.append(f"{total} rows loaded from the files, but {rows} in the table")
    elif report.source_column in file.schema_arrow.names:
        found += _wrong_origins(report, file)
    return found


def _wrong_origins(report: LoadReport, file: parquet.ParquetFile) -> list[str]:
    """List where rows say that they come from another file than the report has there."""
    expected = [[each.file, each.rows_loaded] for each in report.files if each.rows_loaded]
    for batch in file.iter_batches(columns=[report.source_column]):
        origins = pc.run_end_encode(batch.column(0).cast(pa.string()))
        lengths = [end - start for start, end in pairwise([0, *origins.run_ends.to_pylist()])]
        for name, length in zip(origins.values.to_pylist(), lengths, strict=True):
            if not expected or expected[0][0] != name or expected[0][1] < length:
                whose = expected[0][0] if expected else "no file"
                return [
                    f"{length} rows that should come from {whose} say that they come from {name}"
                ]
            expected[0][1] -= length
            expected = expected[expected[0][1] == 0 :]
    return []


def _wrong_columns(report: LoadReport, schema: pa.Schema) -> list[str]:
    """List where the table's columns are not those that the report names."""
    expected = [*report.types, report.source_column]
    if schema.names != expected:
        return [f"columns {schema.names}, but the load report names {expected}"]
    return [
        f"column {name!r} is {schema.field(name).type}, but the load report says {wanted}"
        for name, wanted in report.types.items()
        if wanted is not ColumnType.EMPTY and type_of(schema.field(name).type) is not wanted
    ]
