"""
Titles: what stands above a table, in the first lines of its file.

Knows comments, blank lines and rows that are too short for the table; does not
know delimiters.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from capstone_report.header import header_rows_of
from capstone_report.records import Marks, cells_of

_COMMENTS = ("#", "//")
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadRecord:
    """A record of the head: the line on which it begins and ends, counted from 0, and its cells."""

    start: int
    end: int
    cells: list[str]

    def filled(self) -> int:
        """Count the cells that have something in them."""
        return sum(1 for each in self.cells if each.strip())


def first_line(lines: list[str], delimiter: str | None) -> tuple[int, str | None]:
    """Return the first line that is no comment, blank or of Excel's `sep=;`; and that mark."""
    first = 0
    if lines and (found := _SEPARATOR_LINE.fullmatch(lines[0])):
        first, delimiter = 1, delimiter or found[1]
    start = first
    while first < len(lines) and (
        not lines[first].strip() or lines[first].lstrip().startswith(_COMMENTS)
    ):
        first += 1
    if first == len(lines):  # nothing but comments: then they are none
        first = start
    while first < len(lines) and not lines[first].strip():
        first += 1
    return first, delimiter


def usual_width(records: list[HeadRecord]) -> int:
    """Return how many fields most records have; the more, among equals."""
    widths = Counter(len(each.cells) for each in records)
    return max(widths, key=lambda width: (widths[width], width))


def without_title(records: list[HeadRecord]) -> list[HeadRecord]:
    """Leave out what stands above the table: records that are too short for it, or nearly empty."""
    width = usual_width(records) if records else 0
    if width < 2:
        return records
    for index, each in enumerate(records[:50]):
        if len(each.cells) >= width and (each.filled() > 1 or width < 3):
            return records[index:]
        if 1 < len(each.cells) == width - 1 and each.filled() > 1:
            # A header that lacks a name, unless there is one below it.
            below = [one.cells for one in records[index + 1 :] if len(one.cells) == width]
            if not header_rows_of(below):
                return records[index:]
    return records


def with_commented_header(
    records: list[HeadRecord], lines: list[str], marks: Marks, declared: int | None
) -> list[HeadRecord]:
    """Put a header back that stands in the last comment, as `#id,name`."""
    if not records or declared == 0 or not records[0].start:
        return records
    width = usual_width(records)
    line = records[0].start - 1
    mark = next((each for each in _COMMENTS if lines[line].lstrip().startswith(each)), None)
    if mark is None or width < 2:
        return records
    cells = cells_of(lines[line].lstrip().removeprefix(mark), marks)
    rows = [each.cells for each in records if len(each.cells) == width]
    if len(cells) == width and header_rows_of([cells, *rows]) and not header_rows_of(rows):
        cells[0] = cells[0].strip()
        return [HeadRecord(start=line, end=line + 1, cells=cells), *records]
    return records
