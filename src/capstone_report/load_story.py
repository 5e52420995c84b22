"""
Load stories: what is seen while files are read, and the report that it makes.

Knows counts, and where the first value stands that another file's type does not
hold; does not decide anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from capstone_report.blocks import blocks_of
from capstone_report.column_type import ColumnType
from capstone_report.evidence import Evidence
from capstone_report.layout import CsvFile, Layout
from capstone_report.load_report import (
    AmbiguousColumn,
    LoadedFile,
    LoadReport,
    RejectedRow,
    TypeDrift,
    TypeInFile,
)
from capstone_report.null_words import without_words_among_values
from capstone_report.resolution import ColumnPlan
from capstone_report.rows import Rows, lines_of, read_rows
from capstone_report.union import Union
from capstone_report.writing import Writing

_VALUE_LENGTH = 40
_LINE_LENGTH = 200
_LINES = 20


@dataclass(slots=True, kw_only=True)
class FileStory:
    """
    What was seen of one file.

    Attributes:
        file: The file.
        layout: How it was read.
        evidences: What its columns have shown.
        read: How many records there are.
        loaded: How many of them are in the table.
        rejected: How many are not.
        footer: Lines below the table.
    """

    file: CsvFile
    layout: Layout
    evidences: dict[str, Evidence]
    read: int = 0
    loaded: int = 0
    rejected: int = 0
    footer: tuple[str, ...] = ()

    def count(self, rows: Rows) -> None:
        """Count the rows of a block."""
        self.read += rows.count
        self.loaded += rows.table.num_rows
        self.rejected += len(rows.misfits)
        self.footer += rows.footer


@dataclass(slots=True, kw_only=True)
class Story:
    """
    What was seen of all files.

    Attributes:
        union: The table that was made.
        files: What was seen of each, in order.
        is_whole: Whether all rows are in the table.
    """

    union: Union
    files: list[FileStory] = field(default_factory=list)
    is_whole: bool = True

    def evidences(self) -> list[Mapping[str, Evidence]]:
        """Return what the columns of each file have shown."""
        return [each.evidences for each in self.files]


def told(
    story: Story,
    plan: Mapping[str, ColumnPlan],
    rejected: tuple[RejectedRow, ...],
    ignored: tuple[str, ...],
) -> LoadReport:
    """Return the report of a load that is complete."""
    return LoadReport(
        files=tuple(_accounts(story)),
        rejected=rejected,
        types={name: each.type for name, each in plan.items()},
        drifts=tuple(_drifts(story, plan)),
        source_column=story.union.source_column,
        styles={name: found for name, each in plan.items() if (found := _styles(each))},
        null_words=_null_words(story, plan),
        ambiguous=tuple(
            AmbiguousColumn(column=name, readings=each.ambiguous)
            for name, each in plan.items()
            if each.ambiguous
        ),
        ignored_files=ignored,
    )


def _styles(plan: ColumnPlan) -> tuple[str, ...]:
    """Return in which ways a column is written, if in any but the plain one."""
    found = dict.fromkeys(each.style for each in plan.writings.values() if each.style)
    return tuple(found)


def _null_words(story: Story, plan: Mapping[str, ColumnPlan]) -> dict[str, dict[str, int]]:
    """Count by column which words stood for a missing value."""
    counts: dict[str, Counter[str]] = {}
    for name, each in plan.items():
        if each.type is ColumnType.TEXT:
            words = story.union.words.get(name, Counter())
        else:
            shown = (file.evidences[name] for file in story.files if name in file.evidences)
            words = sum((evidence.words for evidence in shown), Counter())
        if words:
            counts[name] = words
    return {name: dict(sorted(words.items())) for name, words in counts.items()}


def _accounts(story: Story) -> list[LoadedFile]:
    """Account for the rows and columns of each file."""
    headers = [each.layout.columns for each in story.files if each.layout.columns]
    count = Counter(name for header in headers for name in header)
    usual = {name: None for name, times in count.items() if 2 * times >= len(headers)}
    accounts = []
    for each in story.files:
        layout = each.layout
        own = frozenset(layout.columns)
        accounts.append(
            LoadedFile(
                file=each.file.name,
                rows_read=each.read,
                rows_loaded=each.loaded,
                rows_rejected=each.rejected,
                columns=len(layout.columns),
                missing_columns=tuple(name for name in usual if own and name not in own),
                extra_columns=tuple(name for name in layout.columns if name not in usual),
                renamed_columns=layout.renamed,
                encoding=layout.encoding,
                compression=each.file.compression.value,
                delimiter=layout.marks.delimiter,
                quote=layout.marks.quote,
                escape=layout.marks.escape,
                header_rows=layout.header_rows,
                lines_above=_shown(layout.skipped),
                lines_below=_shown(each.footer),
            )
        )
    return accounts


def _shown(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line[:_LINE_LENGTH] for line in lines[:_LINES])


def _drifts(story: Story, plan: Mapping[str, ColumnPlan]) -> list[TypeDrift]:
    """Describe the columns whose type differs between files."""
    narrowest: dict[str, Writing] = {}
    for name, each in plan.items():
        own = [w for w in each.own.values() if w.type is not ColumnType.EMPTY]
        if len({w.type for w in own}) > 1:
            narrowest[name] = min(own, key=lambda w: list(ColumnType).index(w.type))
    misfits = {
        i: _first_misfits(
            each,
            {
                name: writing
                for name, writing in narrowest.items()
                if name in each.evidences
                and plan[name].own[i].type not in {ColumnType.EMPTY, writing.type}
            },
        )
        for i, each in enumerate(story.files)
    }
    return [
        TypeDrift(
            column=name,
            type=plan[name].type,
            files=tuple(
                TypeInFile(
                    file=story.files[i].file.name,
                    type=writing.type,
                    line=misfits[i][name][0] if name in misfits[i] else None,
                    value=misfits[i][name][1][:_VALUE_LENGTH] if name in misfits[i] else None,
                )
                for i, writing in plan[name].own.items()
                if writing.type is not ColumnType.EMPTY
            ),
        )
        for name in narrowest
    ]


def _first_misfits(story: FileStory, wanted: Mapping[str, Writing]) -> dict[str, tuple[int, str]]:
    """Find for each column the first value that is not written as wanted, and its line."""
    open_columns = dict(wanted)
    found: dict[str, tuple[int, str]] = {}
    if not open_columns:
        return found
    dialect = story.file.dialect
    for block in blocks_of(story.file, story.layout):
        rows = read_rows(block, story.layout, dialect.null_words or ())
        lines: list[int] = []
        for name, writing in list(open_columns.items()):
            cells = rows.table.column(name).chunk(0)
            row = first_misfit(cells, writing, listed=dialect.null_words is not None)
            if row is not None:
                lines = lines or lines_of(block, story.layout)
                found[name] = (lines[row], cells[row].as_py())
                del open_columns[name]
        if not open_columns:
            break
    return found


def first_misfit(cells: pa.Array, writing: Writing, *, listed: bool = False) -> int | None:
    """Return the index of the first of *cells* that is not written so; None if all are."""
    distinct = pc.unique(cells).drop_null()

    def fits(some: pa.Array) -> bool:
        cleaned, _ = without_words_among_values(some, listed=listed)
        return writing.read(cleaned) is not None

    if fits(distinct):
        return None
    # `unique` keeps the order of first appearance, so halving finds the first.
    low, high = 0, len(distinct) - 1
    while low < high:
        middle = (low + high) // 2
        if fits(distinct[: middle + 1]):
            low = middle + 1
        else:
            high = middle
    return int(pc.index(cells, distinct[low]).as_py())
