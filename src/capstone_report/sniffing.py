"""
Sniffing: how a file is written, told by its first lines.

Knows what tables look like; does not know values beyond that. The delimiter and
the quotes are chosen as van den Burg, Nazabal and Sutton do ("Wrangling messy
CSV files by detecting row and type patterns", 2019): the reading in which rows
are alike and cells look like values. What is chosen is kept in the layout, so
that it can be shown, and overridden.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace
from itertools import islice

from capstone_report.blocks import pieces_of, text_of
from capstone_report.dialect import NO_QUOTE, Dialect
from capstone_report.encoding import UTF_8, encoding_of_all, encoding_of_head
from capstone_report.errors import TableError
from capstone_report.header import header_rows_of, is_value, joined_names, unique_names
from capstone_report.layout import CsvFile, Layout
from capstone_report.records import Marks, is_sound, records_of
from capstone_report.title import (
    HeadRecord,
    first_line,
    usual_width,
    with_commented_header,
    without_title,
)

_HEAD = 1 << 18
_HEADER_LIMIT = 1 << 20
_RECORDS = 400
_COMMON = (",", ";", "\t", "|")
_RARE = ("^", "~", "\x1f", "\x01")
_WORDS = re.compile(r"[\w .&()/:'\u2019@+*!?-]*")
_ALIKE = 0.02
_HALF = 0.5
_FEWEST = 3  # so many rows say more than their header


def find_layout(file: CsvFile, known: Layout | None = None) -> Layout:
    """
    Find out how *file* is written.

    Args:
        file: The file, and what is declared of it.
        known: What was found out before, of which the encoding is kept.

    Raises:
        TableError: What is declared cannot be, or the header does not end.
    """
    encoding, is_sure = _encoding(file) if known is None else (known.encoding, True)
    for size in (_HEAD, _HEADER_LIMIT):
        head, is_whole = _head(file, encoding, size)
        layout = _layout_of(head, file, is_whole)
        if layout is not None:
            break
    else:
        raise TableError(
            f"the header of {file.name} does not end within {_HEADER_LIMIT:,} bytes",
            facts={"file": file.name, "line": "1"},
            hint="Look for a quote in its first line that is never closed.",
        )
    return replace(layout, encoding=encoding, is_encoding_sure=is_sure)


def with_encoding_of_all(file: CsvFile, layout: Layout) -> Layout:
    """Return the layout that *file* has if all of its bytes are asked for their encoding."""
    encoding = encoding_of_all(pieces_of(file))
    return find_layout(file, replace(layout, encoding=encoding))


def _encoding(file: CsvFile) -> tuple[str, bool]:
    """Return the encoding, and whether it is sure."""
    if file.dialect.encoding is not None:
        return file.dialect.encoding, True
    head = next(pieces_of(file, _HEAD), b"")
    found = encoding_of_head(head)
    if found is None:
        return encoding_of_all(pieces_of(file)), True
    return found, found != UTF_8


def _head(file: CsvFile, encoding: str, size: int) -> tuple[str, bool]:
    """Return the first *size* bytes of *file*, as text, and whether that is all."""
    data = b""
    for piece in text_of(pieces_of(file, size), encoding):
        data += piece
        if len(data) >= size:
            break
    return data[:size].decode(UTF_8, "surrogateescape"), len(data) < size


def _layout_of(text: str, file: CsvFile, whole: bool) -> Layout | None:
    """Return the layout of the file that begins with *text*; None if it begins with too little."""
    newline = "\r" if "\r" in text and "\n" not in text else "\n"
    lines = list(io.StringIO(text.replace("\r", "\n") if newline == "\r" else text, newline=""))
    if not whole:
        lines.pop()  # it may be cut
        if len(lines) < 2:
            return None
    dialect = file.dialect
    first = dialect.skip_lines
    declared = dialect.delimiter
    if first is None:
        first, declared = first_line(lines, declared)
    marks = _reading(lines[first:], replace(dialect, delimiter=declared), cut=not whole)
    records = _parsed(lines, first, marks)
    if declared is None and marks.delimiter == "," and _are_decimals(records):
        marks = marks._replace(delimiter=";")
        records = _parsed(lines, first, marks)
    if dialect.skip_lines is None:
        records = without_title(records)
        records = with_commented_header(records, lines, marks, dialect.header_rows)
    if not records:
        return Layout(encoding=UTF_8, marks=marks, newline=newline)
    width = usual_width(records)
    alike = [each.cells for each in records if len(each.cells) == width]
    count = dialect.header_rows
    if count is None:
        count = _header_rows(records, alike, width)
    header = [each.cells for each in records[:count]]
    written = _names(header, records, alike, width)
    names, renamed = unique_names([_as_text(each) for each in written])
    end = records[count - 1].end if count else records[0].start
    skipped = [_as_text(line.strip("\r\n")) for line in lines[: records[0].start] if line.strip()]
    return Layout(
        encoding=UTF_8,
        marks=marks,
        newline=newline,
        skipped=tuple(skipped),
        header_rows=count,
        columns=names,
        renamed=renamed if count else {},
        start=(len("".join(lines[:end]).encode(UTF_8, "surrogateescape")), end + 1),
        is_quote_sure=dialect.quote is not None,
        likeness=len(alike) / len(records),
    )


def _reading(lines: list[str], dialect: Dialect, *, cut: bool) -> Marks:
    """Choose what parts the cells; *cut*: *lines* may end inside of a record."""
    text = "".join(lines)
    usual = Marks(dialect.delimiter or ",", _usual_quote(text, dialect))
    for delimiters in ((dialect.delimiter,),) if dialect.delimiter else (_COMMON, _RARE, " "):
        scores: dict[Marks, float] = {}
        for delimiter in delimiters:
            if delimiter not in text:
                continue
            readings = _quotings(lines, usual._replace(delimiter=delimiter), dialect, cut=cut)
            for marks in readings:
                records = _parsed(lines, 0, marks)
                scores[marks] = _likeness(records, marks)
                is_regular = len({len(each.cells) for each in records}) == 1
                if is_regular and marks.quote and len(readings) == 1 and scores[marks]:
                    # Quotes that are sound and make all rows alike are there for that.
                    scores[marks] += len(lines)
        best = max(scores, key=scores.__getitem__, default=usual)  # among equals, the first
        if scores.get(best):
            return best
    return usual


def _usual_quote(text: str, dialect: Dialect) -> str:
    if dialect.quote is not None or '"' in text:
        return dialect.quote if dialect.quote is not None else '"'
    single = len(re.findall(r"(?:^|[,;\t|])'[^'\r\n]*'(?=[,;\t|\r\n])", text, re.MULTILINE))
    return "'" if single > text.count("\n") // 2 else '"'


def _quotings(lines: list[str], marks: Marks, dialect: Dialect, *, cut: bool) -> list[Marks]:
    """Return what quotes may be: around fields, if nothing speaks against it; else text."""
    plain = marks._replace(escape="")
    if dialect.quote == NO_QUOTE or is_sound(lines, plain, cut=cut):
        return [plain]
    escaped = marks._replace(escape="\\")
    if any("\\" + marks.quote in line for line in lines) and is_sound(lines, escaped, cut=cut):
        return [escaped]
    return [plain] if dialect.quote is not None else [plain, plain._replace(quote=NO_QUOTE)]


def _likeness(records: list[HeadRecord], marks: Marks) -> float:
    """Score a reading: how alike its rows are, times how much its cells look like values."""
    widths = Counter(len(each.cells) for each in records)
    usual = {w: n for w, n in widths.items() if n > _ALIKE * len(records)}
    if not usual or max(usual) < 2:
        return 0.0
    alike = sum(n * (w - 1) / w for w, n in usual.items()) / len(usual)
    others = set(_COMMON) - {marks.delimiter}
    cells = [cell for each in islice(records, 100) for cell in each.cells]
    known = sum(1 for cell in cells if _is_known(cell, others))
    if marks.delimiter == " " and (
        len(widths) > 1 or max(widths) < 3 or _share_of_values(records[1:]) < _HALF
    ):
        return 0.0  # words of a sentence, or a date and a time
    # A delimiter that the first row lacks is more likely one of text, or a decimal mark.
    named = 1.0 if len(records[0].cells) > 1 else 0.5
    return alike * named * max(known / len(cells), 1e-3)


def _share_of_values(records: list[HeadRecord]) -> float:
    cells = [cell for each in records for cell in each.cells]
    return sum(map(is_value, cells)) / max(1, len(cells))


def _is_known(cell: str, others: set[str]) -> bool:
    cell = cell.strip()
    if is_value(cell):
        return True
    if cell[:1] in {'"', "'"} and cell[-1:] == cell[:1]:
        return False  # a quote that was not taken for one
    return _WORDS.fullmatch(cell) is not None or not others & set(cell)


def _parsed(lines: list[str], first: int, marks: Marks) -> list[HeadRecord]:
    """Read the first records from line *first* on; blank lines are none."""
    reader = records_of(lines[first:], marks)
    records = []
    start = first
    for count, cells in islice(reader, _RECORDS):
        end = first + count
        if "".join(cells).strip():
            records.append(HeadRecord(start=start, end=end, cells=cells))
        start = end
    return records


def _are_decimals(records: list[HeadRecord]) -> bool:
    """Tell whether the commas of a file are those of its only column, of decimals below a name."""
    if len(records) < 2 or len(records[0].cells) != 1 or is_value(records[0].cells[0]):
        return False
    return len(records[0].cells[0].split()) <= 3 and all(
        len(each.cells) == 2 and all(map(str.isdecimal, map(_unsigned, each.cells)))
        for each in records[1:]
    )


def _unsigned(cell: str) -> str:
    return cell.strip().removeprefix("-")


def _header_rows(records: list[HeadRecord], alike: list[list[str]], width: int) -> int:
    """Return how many records name the columns."""
    first = records[0].cells
    if len(first) == width:
        return header_rows_of(alike)
    # A header may lack the name of the last column, or of the rows.
    padded = [*first, *[""] * (width - len(first))][:width]
    return min(header_rows_of([padded, *alike]), 1)


def _names(
    header: list[list[str]], records: list[HeadRecord], alike: list[list[str]], width: int
) -> list[str]:
    """Return a name for each column; the header may lack one of those that all rows have."""
    if not header:
        return [""] * len(records[0].cells if len(records) == 1 else alike[0])
    names = joined_names(header) if len({len(each) for each in header}) == 1 else header[0]
    rows = [each.cells for each in records[len(header) :]]
    fitting = sum(1 for cells in rows if len(cells) == len(names) + 1)
    if 1 < len(names) == width - 1 and fitting >= max(_FEWEST, 0.9 * len(rows)):
        ends_with_delimiter = all(not cells[-1].strip() for cells in rows if len(cells) == width)
        return [*names, ""] if ends_with_delimiter else ["", *names]
    return names


def _as_text(cell: str) -> str:
    """Return what can be shown of text with bytes in it that are none."""
    return cell.encode(UTF_8, "surrogateescape").decode(UTF_8, "replace")
