"""
Rows: a block of a file as a table of text, and the records of it that do not fit.

Knows fields, quotes and line ends; does not know types or other blocks. A
well-formed block is read by Arrow. Its lines are counted a second time, by
another way; where the counts differ, or a record does not fit, the block is
read again by a reader that knows the line of each record.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from capstone_report.blocks import Block, count_line_ends, decoded
from capstone_report.encoding import BAD
from capstone_report.footer import without_footer
from capstone_report.layout import Layout
from capstone_report.null_words import without_blanks
from capstone_report.records import is_open, is_sound, records_of

_FITS = 0.9


class DoubtError(Exception):
    """A block does not fit what was found out about its file from the beginning."""


class EncodingDoubtError(DoubtError):
    """There are bytes that are no text in the encoding."""


class QuoteDoubtError(DoubtError):
    """Quotes may be text like any other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    r"""
    A record that is not in the table.

    Attributes:
        line: Where it begins, counted from 1.
        reason: Why it does not fit, as one clause.
        record: It, as it stands; `\\ufffd` for what is no text.
    """

    line: int
    reason: str
    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """
    The records of a block.

    Attributes:
        table: Those that fit, all text, null for an empty cell or a null word of the user's.
        misfits: The others, by line.
        count: How many there are, counted apart from these two.
        footer: Lines at the end of the file that are no records, as they stand.
    """

    table: pa.Table
    misfits: tuple[Misfit, ...] = ()
    count: int
    footer: tuple[str, ...] = ()


def read_rows(block: Block, layout: Layout, null_words: Sequence[str]) -> Rows:
    """
    Read the records of a block.

    Raises:
        DoubtError: Something is not sure in *layout*, and seems to be wrong.
    """
    data, footer = without_footer(block, layout)
    if not data.strip(b"\r\n"):
        arrays = [pa.nulls(0, pa.string())] * len(layout.columns)
        return Rows(table=pa.table(arrays, names=layout.columns), count=0, footer=footer)
    nulls = ["", *null_words]
    count = count_line_ends(data) + (not data.endswith((b"\n", b"\r")))
    table = _read_fast(data, layout, nulls)
    if table is None or not _is_accounted_for(table, data, count, layout):
        found = _read_exactly(Block(data=data, line=block.line, is_last=block.is_last), layout)
        table, misfits, count = found.table(layout, set(nulls)), tuple(found.misfits), found.count
    else:
        misfits, count = (), table.num_rows
    columns = [_one_chunk(column) for column in table.columns]
    table = pa.table([without_blanks(each) for each in columns], names=layout.columns)
    return Rows(table=table, misfits=misfits, count=count, footer=footer)


def lines_of(block: Block, layout: Layout) -> list[int]:
    """Return the line on which each row begins that `read_rows` gives."""
    data, _ = without_footer(block, layout)
    return _read_exactly(Block(data=data, line=block.line, is_last=block.is_last), layout).lines


def has_quoted_column(table: pa.Table, quote: str) -> bool:
    """Tell whether most cells of some column begin and end with *quote*."""
    return any(
        2 * (pc.sum(pc.and_(pc.starts_with(c, quote), pc.ends_with(c, quote))).as_py() or 0)
        > len(c) - c.null_count
        for c in table.columns
    )


def _one_chunk(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)


def _read_fast(data: bytes, layout: Layout, nulls: list[str]) -> pa.Table | None:
    """Read well-formed records with Arrow; None if some record is not, or nobody can tell."""
    if not layout.marks.delimiter.isascii() or not layout.marks.quote.isascii():
        return None
    try:
        return pacsv.read_csv(
            pa.py_buffer(data),
            # A block is read at once: chunks of a record that is cut would be out of step.
            read_options=pacsv.ReadOptions(
                column_names=layout.columns, block_size=max(len(data) + 1, 1 << 10)
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=layout.marks.delimiter,
                quote_char=layout.marks.quote or False,
                escape_char=layout.marks.escape or False,
                newlines_in_values=bool(layout.marks.quote) and layout.marks.quote.encode() in data,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(layout.columns, pa.string()),
                null_values=nulls,
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid:
        return None


def _is_accounted_for(table: pa.Table, data: bytes, lines: int, layout: Layout) -> bool:
    """Tell whether each line of *data* is a record, or inside of a cell that may hold it."""
    quote = layout.marks.quote.encode()
    if quote and quote in data and data.rfind(quote) > data.rfind(b"\n", 0, len(data) - 1):
        # A quote that is never closed would be in the last record, and Arrow would not say.
        last = data[data.rfind(b"\n", 0, len(data) - 1) + 1 :]
        if last.count(quote) % 2 or table.num_rows != lines:
            return False
    if table.num_rows == lines:
        return True
    if not quote or quote not in data:
        blank = sum(1 for line in data.splitlines() if not line)
        return bool(table.num_rows + blank == lines)
    inner = 0
    for position, column in enumerate(table.columns):
        broken = pc.filter(column, pc.match_substring_regex(column, "[\r\n]"))
        for cell in broken.to_pylist():
            inner += len(re.findall("\r\n|\r|\n", cell))
            if _may_hold_records(cell, position, layout):
                return False
    return bool(table.num_rows + inner == lines)


def _may_hold_records(cell: str, position: int, layout: Layout) -> bool:
    """Tell whether a cell holds the rest of a record, whole ones, and the beginning of one."""
    between = len(layout.columns) - 1
    counts = [each.count(layout.marks.delimiter) for each in re.split("\r\n|\r|\n", cell)]
    if not between or (counts[0], counts[-1]) != (between - position, position):
        return False
    middle = counts[1:-1]
    return middle.count(between) >= _FITS * len(middle)


@dataclass(slots=True, kw_only=True)
class _Exact:
    """What a reader found that knows the line of each record."""

    kept: list[list[str]]
    lines: list[int]
    misfits: list[Misfit]
    count: int = 0

    def table(self, layout: Layout, nulls: set[str]) -> pa.Table:
        columns = list(zip(*self.kept, strict=True)) or [()] * len(layout.columns)
        arrays = [
            pa.array([None if cell in nulls else cell for cell in cells], pa.string())
            for cells in columns
        ]
        return pa.table(arrays, names=layout.columns)


def _read_exactly(block: Block, layout: Layout) -> _Exact:
    """Read record by record; set those aside that do not have a cell for each column."""
    text = decoded(block.data)
    if BAD in text and not layout.is_encoding_sure:
        raise EncodingDoubtError
    found = _Exact(kept=[], lines=[], misfits=[])
    lines = list(io.StringIO(text, newline=""))
    at = 0
    while at < len(lines):
        at = _read_from(at, lines, block, layout, found)
    return found


def _read_from(at: int, lines: list[str], block: Block, layout: Layout, found: _Exact) -> int:
    """Read records from line *at* on, up to one that opens a quote and does not close it."""
    width = len(layout.columns)
    for start, end, cells in _records(at, lines, layout):
        if not cells or (len(cells) == 1 < width and not cells[0].strip()):
            continue  # a blank line
        record = "".join(lines[start:end])
        never_closed = (
            block.is_last and end == len(lines) and is_open(lines[start:end], layout.marks)
        )
        is_swallowed = end - start > 1 and _are_records(lines[start:end], layout)
        if (never_closed or is_swallowed) and not layout.is_quote_sure:
            raise QuoteDoubtError
        found.count += 1
        if is_swallowed:
            record, reason = lines[start], "a quote opened here is not closed on its line"
        elif never_closed:
            reason = "a quote opened here is never closed, and takes in the rest of the file"
        elif BAD in record:
            reason = f"it holds bytes that are no {layout.encoding.upper()} text"
        elif len(cells) != width:
            whose = "header" if layout.header_rows else "first row"
            reason = f"{_fields(len(cells))} where the {whose} has {width}"
        else:
            found.kept.append(cells)
            found.lines.append(block.line + start)
            continue
        shown = record.rstrip("\r\n").replace(BAD, "\ufffd")
        found.misfits.append(Misfit(line=block.line + start, reason=reason, record=shown))
        if is_swallowed:
            return start + 1
    return len(lines)


def _records(at: int, lines: list[str], layout: Layout) -> Iterator[tuple[int, int, list[str]]]:
    """Yield the first line of each record, the line after its last, and its cells."""
    start = at
    for count, cells in records_of(lines[at:], layout.marks):
        yield start, at + count, cells
        start = at + count


def _are_records(lines: list[str], layout: Layout) -> bool:
    """Tell whether the lines of a record are records each, that a quote took in."""
    between = len(layout.columns) - 1
    fitting = sum(1 for line in lines if line.count(layout.marks.delimiter) == between)
    if not between or fitting < _FITS * len(lines):
        return False
    # Two lines of few fields may look so by chance. Of a cell that was meant to have
    # several lines, the quote at its end stands at the end of a field.
    few = len(lines) < 3 or between < 2
    return not few or not is_sound(lines, layout.marks)


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count} fields"
