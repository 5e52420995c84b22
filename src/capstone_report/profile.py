"""
The profile: what a table holds, column by column, as one JSON document.

Knows the shape of the document and which of its counts must add up; does not
know how the figures are found. Derived figures (mean, quantiles) are kept to 12
significant digits, so that the same table gives the same bytes; counts,
minima and maxima are exact. Its JSON Schema is docs/profile.schema.json.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import NonNegativeInt, model_validator

from capstone_report.alert import Alert
from capstone_report.column_figure import Fact
from capstone_report.column_profile import Column
from capstone_report.load_report import LoadedFile, RejectedRow, TypeDrift
from capstone_report.relation import Relations

REJECTED_SHOWN = 20
"""How many rejected rows a profile names; the load report names all."""


class TableFacts(Fact):
    """
    Counts over the whole table.

    Attributes:
        rows: Rows.
        columns: Columns, without the one that names the file of a row.
        cells: Rows times columns.
        bytes: Size of the values, uncompressed; the sum of those of the columns.
        missing_cells: Those without a value.
        duplicate_rows: Rows that repeat an earlier one; what would go if each row
            were kept once.
        repeated_rows: Different rows that stand more than once.
        rows_read: Records in the files.
        rows_rejected: Those that are not in the table.
    """

    rows: NonNegativeInt
    columns: NonNegativeInt
    cells: NonNegativeInt
    bytes: NonNegativeInt
    missing_cells: NonNegativeInt
    duplicate_rows: NonNegativeInt
    repeated_rows: NonNegativeInt
    rows_read: NonNegativeInt
    rows_rejected: NonNegativeInt


class Profile(Fact):
    """
    What a table holds; the contract of `output/profile.json`.

    Attributes:
        version: Of this document's shape.
        table: Counts over the whole table.
        columns: Each column, in the table's order.
        relations: What is known of columns together.
        alerts: What deserves a look, the most telling first.
        sources: The files, in the order of the rows, with what became of their rows.
        rejected: Rows that are not in the table; the first 20.
        drifts: Columns whose type differs between files.
    """

    version: Literal[2] = 2
    table: TableFacts
    columns: tuple[Column, ...]
    relations: Relations
    alerts: tuple[Alert, ...]
    sources: tuple[LoadedFile, ...]
    rejected: tuple[RejectedRow, ...]
    drifts: tuple[TypeDrift, ...]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        """Hold every count against the table's."""
        table = self.table
        sums = {
            "columns": (len(self.columns), table.columns),
            "cells": (table.rows * table.columns, table.cells),
            "bytes": (sum(each.bytes for each in self.columns), table.bytes),
            "missing cells": (sum(each.nulls for each in self.columns), table.missing_cells),
            "rows loaded": (sum(each.rows_loaded for each in self.sources), table.rows),
            "rows read": (table.rows + table.rows_rejected, table.rows_read),
            "rejected rows": (
                min(table.rows_rejected, REJECTED_SHOWN),
                len(self.rejected),
            ),
        }
        sums |= {
            f"cells of column {each.name!r}": (each.count + each.nulls, table.rows)
            for each in self.columns
        }
        wrong = [f"{what}: {a} is not {b}" for what, (a, b) in sums.items() if a != b]
        if wrong:
            raise ValueError("counts do not add up: " + "; ".join(wrong))
        return self
