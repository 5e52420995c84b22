"""
Unions: blocks of different files as rows of one table.

Knows the plan of each column, and cells that are given in their writings; does
not know how the plan was made. What `NA` means in a column of text is decided
where it is first seen, and stays so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from capstone_report.arrow_values import repeated, text_array, text_scalar
from capstone_report.column_type import ColumnType
from capstone_report.null_words import AMBIGUOUS, is_code_among, without_words
from capstone_report.resolution import ColumnPlan
from capstone_report.writing import Writing

Readings = Mapping[str, Mapping[Writing, pa.Array] | None]
"""By column, the values of a block in each writing that fits; None before the first value."""


@dataclass
class Union:
    """
    The table that is being made.

    Attributes:
        plan: How each column is loaded, in the order of the table's columns.
        source_column: The one that says from which file a row comes.
        sources: The names of the files.
        listed: The files whose null words the user listed, by position.
        words: Null words that became missing values in columns of text, and how often.
        is_ambiguous_null: What `NA` means, by column; for those in which it was seen.
    """

    plan: Mapping[str, ColumnPlan]
    source_column: str
    sources: Sequence[str]
    listed: frozenset[int]
    words: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    is_ambiguous_null: dict[str, bool] = field(default_factory=dict)

    @cached_property
    def schema(self) -> pa.Schema:
        """The schema of the table."""
        fields = [pa.field(name, each.arrow_type) for name, each in self.plan.items()]
        origin = pa.dictionary(pa.int32(), pa.string())
        return pa.schema([*fields, pa.field(self.source_column, origin)])

    def rows(self, file: int, table: pa.Table, readings: Readings) -> pa.Table | None:
        """
        Return a block of a file as rows of the table.

        Args:
            file: Its position.
            table: The block, all text.
            readings: What its cells can be read as.

        Returns:
            As many rows; None if the plan is too narrow for some column.
        """
        columns = []
        for name, plan in self.plan.items():
            column = self._column(file, name, plan, table, readings.get(name, {}))
            if column is None:
                return None
            columns.append(column)
        origin = pa.DictionaryArray.from_arrays(
            repeated(file, table.num_rows),
            text_array(self.sources),
        )
        return pa.Table.from_arrays([*columns, origin], schema=self.schema)

    def _column(
        self,
        file: int,
        name: str,
        plan: ColumnPlan,
        table: pa.Table,
        readings: Mapping[Writing, pa.Array] | None,
    ) -> pa.Array | None:
        position = table.schema.get_field_index(name)
        cells = None if position < 0 else table.column(position).chunk(0)
        if cells is None or cells.null_count == len(cells):
            return pa.nulls(table.num_rows, plan.arrow_type)
        if plan.type is ColumnType.TEXT:
            return self._text(file, name, cells)
        if readings is None:  # nothing but null words so far
            return pa.nulls(table.num_rows, plan.arrow_type)
        values = readings.get(plan.writings[file])
        if values is None or values.type == plan.arrow_type:
            return values
        if pa.types.is_timestamp(values.type) and values.type.unit == "ns":
            return None
        return values.cast(plan.arrow_type)

    def _text(self, file: int, name: str, cells: pa.Array) -> pa.Array:
        """Return cells as they stand, but for null words."""
        if file in self.listed:
            return cells
        is_null = self.is_ambiguous_null.get(name)
        if is_null is None and pc.any(pc.equal(cells, text_scalar(AMBIGUOUS))).as_py():
            is_null = not is_code_among(pc.unique(cells).drop_null().to_pylist())
            self.is_ambiguous_null[name] = is_null
        found, words = without_words(cells, ambiguous=bool(is_null))
        self.words[name] += words
        return found
