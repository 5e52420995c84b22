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

import pyarrow as pa
import pyarrow.compute as pc
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
            empty or not the first of its kind.
    """

    file: str
    rows_read: NonNegativeInt
    rows_loaded: NonNegativeInt
    rows_rejected: NonNegativeInt
    columns: NonNegativeInt
    missing_columns: tuple[str, ...] = ()
    extra_columns: tuple[str, ...] = ()
    renamed_columns: dict[str, str] = {}


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


class LoadReport(_Fact):
    """
    How the files became one table.

    Attributes:
        files: Each file, in the order of the table's rows.
        rejected: Every row that is not in the table, by file and line.
        types: Type of each column of the table, in order, without the origin column.
        drifts: Columns whose type differs between files.
        source_column: Name of the column that says from which file a row comes.
    """

    files: tuple[LoadedFile, ...]
    rejected: tuple[RejectedRow, ...] = ()
    types: dict[str, ColumnType]
    drifts: tuple[TypeDrift, ...] = ()
    source_column: str

    def row_ranges(self) -> dict[str, tuple[int, int]]:
        """Return the first row of each file and the row after its last, counted from 0."""
        ends = [0]
        for each in self.files:
            ends.append(ends[-1] + each.rows_loaded)
        return {each.file: span for each, span in zip(self.files, pairwise(ends), strict=True)}


def with_report(table: pa.Table, report: LoadReport) -> pa.Table:
    """Return *table* with *report* in the metadata of its schema."""
    return table.replace_schema_metadata({METADATA_KEY: report.model_dump_json().encode()})


def report_in(table: pa.Table) -> LoadReport:
    """
    Return the report that *table* carries.

    Raises:
        ValueError: It carries none, or one that does not fit.
    """
    written = (table.schema.metadata or {}).get(METADATA_KEY)
    if written is None:
        raise ValueError("the table carries no load report")
    return LoadReport.model_validate_json(written)


def check_loaded(loaded: pa.Table) -> list[str]:
    """
    List how a loaded table breaks its promises; the contract of stage `load`.

    Rows in are rows out and rows named as rejected, for each file and in all;
    each column has the type that the report names.
    """
    try:
        report = report_in(loaded)
    except (ValidationError, ValueError) as error:
        return [f"no readable load report: {error}"]
    found = [*_lost_rows(report, loaded), *_wrong_columns(report, loaded)]
    if not report.files:
        found.append("no file was loaded")
    return found


def _lost_rows(report: LoadReport, table: pa.Table) -> list[str]:
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
    if (total := sum(each.rows_loaded for each in report.files)) != table.num_rows:
        found.append(f"{total} rows loaded from the files, but {table.num_rows} in the table")
    elif report.source_column in table.column_names:
        origins = table[report.source_column]
        for name, (start, end) in report.row_ranges().items():
            block = pc.unique(origins.slice(start, end - start)).to_pylist()
            if block not in ([name], []):
                found.append(f"{name}: rows {start} to {end} say that they come from {block}")
    return found


def _wrong_columns(report: LoadReport, table: pa.Table) -> list[str]:
    """List where the table's columns are not those that the report names."""
    expected = [*report.types, report.source_column]
    if table.column_names != expected:
        return [f"columns {table.column_names}, but the load report names {expected}"]
    return [
        f"column {name!r} is {table.schema.field(name).type}, but the load report says {wanted}"
        for name, wanted in report.types.items()
        if wanted is not ColumnType.EMPTY and type_of(table.schema.field(name).type) is not wanted
    ]
