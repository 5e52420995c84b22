"""
The report: what a person reads, as data.

Knows the shape of the document and where each part of it comes from; does not
know pages (`capstone_report.report_page`). It names no time and no machine:
the same files and the same summary give the same report.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from capstone_report.alert import Alert
from capstone_report.column_profile import Column
from capstone_report.load_report import LoadedFile, RejectedRow, TypeDrift
from capstone_report.profile import Profile, TableFacts
from capstone_report.summary import Summary


class Report(BaseModel):
    """
    A report on a table; the contract of `output/report.json`.

    Attributes:
        version: Of this document's shape.
        rows: Rows of the table.
        column_count: Columns of the table.
        summary: Headline, findings, quality, questions, and who wrote them: a
            model, by name, or `offline summary (no model)`.
        table: Counts over the whole table.
        alerts: What deserves a look, the most telling first.
        columns: Each column, in the table's order.
        sources: The files, with what became of their rows and columns.
        rejected: Rows that could not be read; the first 20.
        drifts: Columns whose type differs between files.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    version: Literal[1] = 1
    rows: int
    column_count: int
    summary: Summary
    table: TableFacts
    alerts: tuple[Alert, ...]
    columns: tuple[Column, ...]
    sources: tuple[LoadedFile, ...]
    rejected: tuple[RejectedRow, ...]
    drifts: tuple[TypeDrift, ...]

    @model_validator(mode="after")
    def _one_count(self) -> Self:
        if (self.rows, self.column_count) != (self.table.rows, self.table.columns):
            raise ValueError("the report counts rows or columns in two ways")
        if len(self.columns) != self.column_count:
            raise ValueError("the report does not describe every column")
        return self


def make_report(profile: Profile, summary: Summary) -> Report:
    """Put a report together."""
    return Report(
        rows=profile.table.rows,
        column_count=profile.table.columns,
        summary=summary,
        table=profile.table,
        alerts=profile.alerts,
        columns=profile.columns,
        sources=profile.sources,
        rejected=profile.rejected,
        drifts=profile.drifts,
    )
