"""
Evidence: what the cells of one column of one file have shown so far.

Knows which writings fit every cell that it was given, block by block; does not
know other files, nor which of several writings is chosen in the end.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from capstone_report.column_type import ColumnType
from capstone_report.date_writing import answer_writings, date_writings
from capstone_report.dialect import Dialect
from capstone_report.null_words import ALWAYS, AMBIGUOUS, without_words_among_values
from capstone_report.number_writing import number_writings
from capstone_report.writing import DATE, FLOAT, INTEGER, PLAIN, TIMESTAMP, Reading, Writing

_SAMPLE = 50


@dataclass(slots=True, kw_only=True)
class Evidence:
    """
    What a column of a file has shown.

    Attributes:
        dialect: How its numbers are declared to be written, if they are.
        in_commas: Whether commas stand between the fields of its file.
        live: Writings that fit all of its cells, but for text; None before the first value.
        facts: What was seen that speaks for a writing.
        words: Null words that were passed over, and how often.
        needs_nanoseconds: Whether some time has more than six digits after the second.
    """

    dialect: Dialect
    in_commas: bool
    live: list[Writing] | None = None
    facts: dict[Writing, set[str]] = field(default_factory=dict)
    words: Counter[str] = field(default_factory=Counter)
    needs_nanoseconds: bool = False

    def take(self, cells: pa.Array) -> dict[Writing, pa.Array]:
        """
        Take a block of cells in.

        Args:
            cells: Text, null for a cell that is empty.

        Returns:
            The values of the block in each writing that fits all cells so far.
        """
        if len(cells) == cells.null_count or self.live == []:
            return {}
        block = _Block(cells, self.dialect)
        if self.live is None:
            if block.is_empty():
                self.words += block.words
                return {}
            self.live = self._candidates(block.cleaned())
        found: dict[Writing, pa.Array] = {}
        is_inexact = False
        for writing in self.live:
            if implied := _implied(writing, found):
                found[writing] = implied
                continue
            reading = block.read(writing)
            if reading is not None:
                found[writing] = reading.values
                is_inexact |= reading.is_inexact
                self._note(writing, reading)
        if is_inexact:  # doubles would not hold these integers
            found = {w: values for w, values in found.items() if w.type is not ColumnType.FLOAT}
        self.live = list(found)
        self.words += block.words if block.was_cleaned and found else Counter()
        return found

    def is_empty(self) -> bool:
        """Tell whether there was no value yet."""
        return self.live is None

    def has_only_doubtful_words(self) -> bool:
        """Tell whether there was nothing but words, and one that may be a value."""
        return self.live is None and bool(self.words.keys() - {*ALWAYS, AMBIGUOUS})

    def _candidates(self, cells: pa.Array) -> list[Writing]:
        """Choose the writings that a few of *cells* allow."""
        some = pc.unique(cells).drop_null()[:_SAMPLE]
        texts = some.to_pylist()
        plain = [each for each in PLAIN if each.read(some) is not None]
        numbers = list(number_writings(texts, in_commas=self.in_commas))
        if (decimal := self.dialect.decimal) is not None:
            plain = [each for each in plain if decimal == "." or each is not FLOAT]
            numbers = [each for each in numbers if each.decimal == decimal]
        if (thousands := self.dialect.thousands) is not None:
            numbers = [each for each in numbers if each.thousands == thousands]
        dates = [] if {DATE, TIMESTAMP} & set(plain) else date_writings(texts)
        return [*plain, *numbers, *dates, *answer_writings(texts)]

    def _note(self, writing: Writing, reading: Reading) -> None:
        self.facts.setdefault(writing, set()).update(reading.facts)
        kind = reading.values.type
        self.needs_nanoseconds |= pa.types.is_timestamp(kind) and kind.unit == "ns"


@dataclass(slots=True)
class _Block:
    """A block of cells; trimmed and rid of null words once, where that is needed."""

    cells: pa.Array
    dialect: Dialect
    words: Counter[str] = field(default_factory=Counter)
    was_cleaned: bool = False
    _cleaned: pa.Array | None = None

    def cleaned(self) -> pa.Array:
        if self._cleaned is None:
            listed = self.dialect.null_words is not None
            self._cleaned, self.words = without_words_among_values(self.cells, listed=listed)
        return self._cleaned

    def is_empty(self) -> bool:
        return bool(len(self.cleaned()) == self.cleaned().null_count)

    def read(self, writing: Writing) -> Reading | None:
        """Read the block; as it stands if that will do."""
        reading = writing.read(self.cells) if writing in PLAIN else None
        if reading is None:
            reading = writing.read(self.cleaned())
            self.was_cleaned |= reading is not None
        return reading


def _implied(writing: Writing, found: dict[Writing, pa.Array]) -> pa.Array | None:
    """Return the values in *writing* if they are known from those in a narrower one."""
    if INTEGER in found and writing.holds_integers:
        return found[INTEGER].cast(pa.float64(), safe=False)
    if DATE in found and writing is TIMESTAMP:
        return found[DATE].cast(pa.timestamp("us"))
    return None
