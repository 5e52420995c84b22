"""
Loading: several files become one table, typed, with the story of how.

Knows the order of things; does not know how one file is read, nor how values
are written. The first block of each file says which types the columns have.
All blocks are then read, judged and written at once; only where one of them
shows that a type was too narrow is all read a second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from capstone_report.blocks import BLOCK_SIZE, Block, blocks_of
from capstone_report.dialect import Dialect, Dialects
from capstone_report.errors import TableError
from capstone_report.evidence import Evidence
from capstone_report.family import (
    is_named_as_table,
    is_prose,
    named_files,
    refuse_empty,
    refuse_strangers,
)
from capstone_report.layout import CsvFile, Layout
from capstone_report.load_report import METADATA_KEY, LoadReport
from capstone_report.load_story import FileStory, Story, told
from capstone_report.quoting import with_quotes_of_all
from capstone_report.rejection import Rejections, refuse_rejected
from capstone_report.resolution import ColumnPlan, resolve
from capstone_report.rows import DoubtError, QuoteDoubtError, Rows, read_rows
from capstone_report.sniffing import find_layout, with_encoding_of_all
from capstone_report.table_sink import MemorySink, TableSink
from capstone_report.union import Readings, Union
from capstone_report.writing import Writing

SOURCE_COLUMN = "_source"
"""
Name of the column that says from which file a row comes; `_` is added while it is taken.

It stands last in the table and is not one of the columns that are profiled.
"""
_KEPT_BYTES = 32 << 20
"""So many bytes of first blocks are kept, and not read a second time."""
_GLANCE = 1 << 18
"""So many bytes of each file are looked at beforehand, where there are too many to keep."""
_PASSES = 4


class _FileDoubtError(Exception):
    """What was found out about a file does not hold."""

    def __init__(self, file: int, doubt: DoubtError) -> None:
        super().__init__(file)
        self.file = file
        self.doubt = doubt


def load_table(paths: Sequence[Path], dialect: Dialect, max_rejected: int) -> pa.Table:
    """
    Read *paths* as partitions of one table, in memory.

    Args:
        paths: CSV files.
        dialect: How they are written, as far as that is declared.
        max_rejected: How many rows at most may fail to fit, over all files.

    Returns:
        A table of (rows of all files) x (columns of all files, and `_source`),
        with its `LoadReport` in the metadata.

    Raises:
        TableError: As `load_files`.
    """
    sink = MemorySink()
    rejections = Rejections(limit=max_rejected)
    load_files(paths, Dialects(usual=dialect, special={}), sink, rejections)
    refuse_rejected(rejections)
    return sink.table


def load_files(
    paths: Sequence[Path], dialects: Dialects, sink: TableSink, rejections: Rejections
) -> LoadReport:
    """
    Read *paths* as partitions of one table, block by block.

    Columns are united by name, in the order in which the files bring them. Rows
    keep the order of the files and of their lines.

    Args:
        paths: CSV files.
        dialects: How they are written, as far as that is declared.
        sink: Where the table goes, with its `LoadReport` in the metadata.
        rejections: Where the rows go that do not fit.

    Raises:
        TableError: A file is not readable, there is no row in any, or the files
            are not of one table.
    """
    files = named_files(paths, dialects)
    ignored = [each.name for each in files if not is_named_as_table(each.path)]
    files = [each for each in files if each.name not in ignored] or files
    layouts = _layouts(files)
    ignored += [
        file.name
        for file, each in zip(files, layouts, strict=True)
        if is_prose(file, each, layouts)
    ]
    kept = [(f, each) for f, each in zip(files, layouts, strict=True) if f.name not in ignored]
    loading = _Loading([f for f, _ in kept], [each for _, each in kept], sink, rejections)
    report = loading.run(tuple(ignored))
    sink.end({METADATA_KEY: report.model_dump_json().encode()})
    return report


def _layouts(files: Sequence[CsvFile]) -> list[Layout]:
    """Find out how every file is written; report all of which that cannot be told at once."""
    layouts, problems = [], []
    for file in files:
        try:
            layouts.append(find_layout(file))
        except TableError as error:
            problems.append(error)
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise TableError(
            f"{len(problems)} of {len(files)} files are not readable",
            facts={each.facts["file"]: str(each) for each in problems},
            hint=problems[0].hint,
        )
    return layouts


@dataclass(slots=True)
class _Loading:
    """Files on their way into a table."""

    files: Sequence[CsvFile]
    layouts: list[Layout]
    sink: TableSink
    rejections: Rejections
    _kept: dict[int, Rows] = field(default_factory=dict)

    def run(self, ignored: tuple[str, ...]) -> LoadReport:
        """Read all; begin again where what was found out about a file does not hold."""
        while True:
            refuse_empty(self.files, self.layouts)
            refuse_strangers(self.files, self.layouts)
            try:
                return self._load(ignored)
            except _FileDoubtError as doubt:
                file, layout = self.files[doubt.file], self.layouts[doubt.file]
                revise = (
                    with_quotes_of_all
                    if isinstance(doubt.doubt, QuoteDoubtError)
                    else with_encoding_of_all
                )
                self.layouts[doubt.file] = revise(file, layout)
                self._kept.pop(doubt.file, None)

    def _load(self, ignored: tuple[str, ...]) -> LoadReport:
        names = list(dict.fromkeys(name for each in self.layouts for name in each.columns))
        plan = resolve(names, self._first_evidences())
        ambiguous: dict[str, bool] = {}
        for _ in range(_PASSES):
            story = self._pass(plan, ambiguous)
            found = resolve(names, story.evidences())
            if story.is_whole and all(plan[name].loads_as(found[name]) for name in names):
                return told(story, found, tuple(self.rejections.rows), ignored)
            plan = found
        raise AssertionError("the types of the columns do not settle")

    def _first_evidences(self) -> list[dict[str, Evidence]]:
        """Look at the first block of each file; keep its rows where they are few."""
        room = _KEPT_BYTES
        found = []
        for i, (file, layout) in enumerate(zip(self.files, self.layouts, strict=True)):
            evidences = self._no_evidence(i)
            if layout.columns:
                block = next(blocks_of(file, layout, BLOCK_SIZE if room > 0 else _GLANCE))
                rows = self._rows(i, block)
                for name, evidence in evidences.items():
                    evidence.take(_cells(rows, name))
                room -= len(block.data)
                if block.is_last and room > 0:
                    self._kept[i] = rows
            found.append(evidences)
        return found

    def _no_evidence(self, i: int) -> dict[str, Evidence]:
        file, layout = self.files[i], self.layouts[i]
        in_commas = layout.marks.delimiter == ","
        return {
            name: Evidence(dialect=file.dialect, in_commas=in_commas) for name in layout.columns
        }

    def _pass(self, plan: dict[str, ColumnPlan], ambiguous: dict[str, bool]) -> Story:
        """Read all files and write what fits the plan, as long as all does."""
        self.rejections.begin()
        source_column = SOURCE_COLUMN
        while source_column in plan:
            source_column += "_"
        union = Union(
            plan,
            source_column,
            [each.name for each in self.files],
            frozenset(i for i, f in enumerate(self.files) if f.dialect.null_words is not None),
            is_ambiguous_null=ambiguous,
        )
        self.sink.begin(union.schema)
        story = Story(union=union)
        for i, (file, layout) in enumerate(zip(self.files, self.layouts, strict=True)):
            this = FileStory(file=file, layout=layout, evidences=self._no_evidence(i))
            story.files.append(this)
            for rows in self._blocks(i):
                this.count(rows)
                self.rejections.take(file.name, rows)
                readings = {
                    name: _reading(evidence, _cells(rows, name))
                    for name, evidence in this.evidences.items()
                }
                self._write(story, i, rows, readings)
        return story

    def _write(self, story: Story, i: int, rows: Rows, readings: Readings) -> None:
        if not story.is_whole or not rows.table.num_rows:
            return
        united = story.union.rows(i, rows.table, readings)
        if united is None:
            story.is_whole = False
            self.sink.begin(story.union.schema)
        else:
            self.sink.write(united)

    def _blocks(self, i: int) -> Iterator[Rows]:
        if not self.layouts[i].columns:
            return
        if i in self._kept:
            yield self._kept[i]
            return
        for block in blocks_of(self.files[i], self.layouts[i]):
            yield self._rows(i, block)

    def _rows(self, i: int, block: Block) -> Rows:
        try:
            return read_rows(block, self.layouts[i], self.files[i].dialect.null_words or ())
        except DoubtError as doubt:
            raise _FileDoubtError(i, doubt) from None


def _cells(rows: Rows, name: str) -> pa.Array:
    return rows.table.column(rows.table.schema.get_field_index(name)).chunk(0)


def _reading(evidence: Evidence, cells: pa.Array) -> dict[Writing, pa.Array] | None:
    found = evidence.take(cells)
    return None if evidence.is_empty() else found
