"""
The report: what a person reads, as data.

Knows the shape of the document and where each part of it comes from; does not
know pages (`capstone_report.report_page`, `capstone_report.report_html`). It names
no time of a build and no machine: the same files and the same summary give the same report.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from capstone_report.alert import Alert
from capstone_report.column_profile import Column
from capstone_report.load_report import LoadedFile, RejectedRow, TypeDrift
from capstone_report.profile import Profile, TableFacts
from capstone_report.provenance import Provenance
from capstone_report.relation import Relations
from capstone_report.summary import Summary

TITLE = "Data report"


class Report(BaseModel):
    """
    A report on a table; the contract of `output/report.json`.

    Attributes:
        version: Of this document's shape.
        title: What it is called.
        dated: When it is from, in the words of whoever has it made; empty for nothing.
        rows: Rows of the table.
        column_count: Columns of the table.
        summary: Headline, findings, quality, questions, who wrote them (a model, by
            name, or `offline summary (no model)`), and what came of checking the figures.
        table: Counts over the whole table.
        alerts: What deserves a look, the most telling first.
        columns: Each column, in the table's order.
        relations: What is known of columns together.
        sources: The files, with what became of their rows and columns.
        rejected: Rows that could not be read; the first 20.
        drifts: Columns whose type differs between files.
        provenance: The bytes of the files, and the programs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    version: Literal[2] = 2
    title: str = TITLE
    dated: str = ""
    rows: int
    column_count: int
    summary: Summary
    table: TableFacts
    alerts: tuple[Alert, ...]
    columns: tuple[Column, ...]
    relations: Relations
    sources: tuple[LoadedFile, ...]
    rejected: tuple[RejectedRow, ...]
    drifts: tuple[TypeDrift, ...]
    provenance: Provenance

    @model_validator(mode="after")
    def _one_count(self) -> Self:
        if (self.rows, self.column_count) != (self.table.rows, self.table.columns):
            raise ValueError("the report counts rows or columns in two ways")
        if len(self.columns) != self.column_count:
            raise ValueError("the report does not describe every column")
        if {each.file for each in self.sources} - {each.file for each in self.provenance.files}:
            raise ValueError("the report does not name the bytes of every file")
        return self


def make_report(
    profile: Profile,
    summary: Summary,
    provenance: Provenance,
    *,
    title: str = TITLE,
    dated: str = "",
) -> Report:
    """
    Put a report together.

    Args:
        profile: What is known of the table.
        summary: What is said of it.
        provenance: The bytes of the files, and the programs.
        title: What it is called.
        dated: When it is from, in the words of whoever has it made.
    """
    return Report(
        title=title,
        dated=dated,
        rows=profile.table.rows,
        column_count=profile.table.columns,
        summary=summary,
        table=profile.table,
        alerts=profile.alerts,
        columns=profile.columns,
        relations=profile.relations,
        sources=profile.sources,
        rejected=profile.rejected,
        drifts=profile.drifts,
        provenance=provenance,
    )
