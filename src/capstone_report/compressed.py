"""
The compressed input: all that a model is told of a table, within a budget.

Knows the shape of the document; does not know how it is made to fit. It is
written without spaces, since each of them costs, and without what is None. Unless
that is turned off, no personal data is in it: values that seem to be are masked.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt, ValidationError

from capstone_report.alert import Alert
from capstone_report.column_figure import Timeline
from capstone_report.token_count import token_counter


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class CompressedColumn(_Fact):
    """
    What a model is told of a column.

    Attributes:
        name: Its name.
        type: What its values are; None where detail was dropped.
        means: What they seem to stand for: `country code`, `money`, ...
        missing: Cells without a value; None if there are none.
        distinct: Different values.
        range: The least and the greatest: numbers, or dates as text.
        mean: Arithmetic mean.
        median: The middle.
        quartiles: The first and the third.
        std: Standard deviation.
        zeros: How many are 0; None if none is.
        negatives: How many are below 0; None if none is.
        outliers: How many lie beyond Tukey's fences; None if none does.
        true: How many are true.
        top: The most frequent values with their counts.
        rare: Values that hardly ever stand, the rarest first, with their counts.
        timeline: Rows in each period.
        personal: What kind of personal data it seems to hold.
        note: What else: the rhythm of dates.
    """

    name: str
    type: str | None = None
    means: str | None = None
    missing: NonNegativeInt | None = None
    distinct: NonNegativeInt | None = None
    range: tuple[int | float | str, int | float | str] | None = None
    mean: float | None = None
    median: float | None = None
    quartiles: tuple[float, float] | None = None
    std: float | None = None
    zeros: NonNegativeInt | None = None
    negatives: NonNegativeInt | None = None
    outliers: NonNegativeInt | None = None
    true: NonNegativeInt | None = None
    top: tuple[tuple[str, int], ...] | None = None
    rare: tuple[tuple[str, int], ...] | None = None
    timeline: Timeline | None = None
    personal: str | None = None
    note: str | None = None


class CompressedTable(_Fact):
    """
    Counts over the whole table; the first fields are those of `TableFacts`.

    Attributes:
        alerts: How many there are of each severity, told or not.
    """

    rows: NonNegativeInt
    columns: NonNegativeInt
    missing_cells: NonNegativeInt
    duplicate_rows: NonNegativeInt
    rows_rejected: NonNegativeInt
    files: PositiveInt
    alerts: dict[str, NonNegativeInt] = {}


class CompressedRelations(_Fact):
    """
    What columns have in common, each a few words.

    Attributes:
        keys: Columns that tell every row apart.
        together: Pairs of columns with how far they go together, the strongest first.
        tells: Columns of which one tells the other, but for so many rows.
    """

    keys: tuple[tuple[str, ...], ...] = ()
    together: tuple[tuple[str, str, float], ...] = ()
    tells: tuple[tuple[str, str, int], ...] = ()


class Budget(_Fact):
    """
    What the document may cost and does cost.

    Attributes:
        tokens: Of the whole document as it is written, this figure included; at most.
        limit: At most so many.
        counted_as: How tokens are counted, in words.
        tokenizer: The path of the tokenizer that counts them; empty for bytes.
    """

    tokens: NonNegativeInt
    limit: PositiveInt
    counted_as: str
    tokenizer: str = ""


class Compressed(_Fact):
    """
    All that a model is told of a table; the contract of `output/compressed_input.json`.

    Attributes:
        version: Of this document's shape.
        budget: What it costs.
        masked: Whether values that seem to be personal are masked.
        dropped: What was left out to fit, in the order in which it went.
        table: Counts over the whole table.
        files: Name and rows of each file; empty if dropped.
        alerts: What deserves a look, the most telling first.
        relations: What columns have in common.
        columns: The columns.
        other_columns: How many more there are, by type.
        sample_columns: Names over the cells of the sample.
        sample: Rows from evenly spaced places of the table, cells as text.
    """

    version: Literal[2] = 2
    budget: Budget
    masked: bool = True
    dropped: tuple[str, ...] = ()
    table: CompressedTable
    files: tuple[tuple[str, int], ...] = ()
    alerts: tuple[Alert, ...] = ()
    relations: CompressedRelations = CompressedRelations()
    columns: tuple[CompressedColumn, ...] = ()
    other_columns: dict[str, NonNegativeInt] = {}
    sample_columns: tuple[str, ...] = ()
    sample: tuple[tuple[str | None, ...], ...] = ()

    def written(self) -> str:
        """
        Return the document as it is written.

        `<` is spelled as an escape, so that no cell can close the fence in which
        a model finds the document.
        """
        document = self.model_dump(mode="json", exclude_none=True)
        # In a sample, None is a cell: keep what leaving out None would take away.
        document["sample"] = [list(row) for row in self.sample]
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.replace("<", "\\u003c") + "\n"


def check_compressed(compressed_input: Path) -> list[str]:
    """List how the document at a path breaks its promises; the contract of stage `compress`."""
    text = compressed_input.read_text(encoding="utf-8")
    try:
        budget = Compressed.model_validate_json(text).budget
    except ValidationError as error:
        return [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
    found = []
    if (tokens := token_counter(budget.tokenizer).count(text)) > budget.tokens:
        found.append(f"it says that it takes {budget.tokens} tokens, but it takes {tokens}")
    if budget.tokens > budget.limit:
        found.append(f"it takes {budget.tokens} tokens, and at most {budget.limit} are allowed")
    return found
