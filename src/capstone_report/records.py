"""
Records: lines of text as the cells that they hold.

Knows delimiters and quotes (RFC 4180, lenient where it can be), by way of
Python's reader; does not know files or columns.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

_CELL_LIMIT = 1 << 27
"""How many characters a cell may have; Python's default of 128 KiB is too few for prose."""
_UNEXPECTED_END = "unexpected end"  # in what Python's reader says of a quote that is not closed


class Marks(NamedTuple):
    """
    What parts the cells of a record.

    Attributes:
        delimiter: Between the fields.
        quote: Around a field; empty if quotes are text like any other.
        escape: Before a quote inside of a field, where it is not doubled; else empty.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""


def records_of(lines: Iterable[str], marks: Marks) -> Iterator[tuple[int, list[str]]]:
    """Yield how many of *lines* were read when a record ends, and its cells."""
    reader = csv.reader(iter(lines), **_options(marks))
    with _long_cells():
        for cells in reader:
            yield reader.line_num, cells


def cells_of(line: str, marks: Marks) -> list[str]:
    """Return the cells of the record that *line* is."""
    return next((cells for _, cells in records_of([line], marks)), [])


def is_open(lines: Iterable[str], marks: Marks) -> bool:
    """Tell whether the record that *lines* are ends inside of a quote."""
    return _UNEXPECTED_END in _fault(lines, marks)


def is_sound(lines: Iterable[str], marks: Marks, *, cut: bool = False) -> bool:
    """Tell whether *lines* are records beyond doubt; *cut*: the last may lack its end."""
    fault = _fault(lines, marks)
    return not fault or (cut and _UNEXPECTED_END in fault)


def _fault(lines: Iterable[str], marks: Marks) -> str:
    """Return what is wrong with the quotes of *lines*; empty if nothing is."""
    if not marks.quote:
        return ""
    try:
        with _long_cells():
            for _ in csv.reader(iter(lines), strict=True, **_options(marks)):
                pass
    except csv.Error as error:
        return str(error)
    return ""


def _options(marks: Marks) -> dict[str, Any]:
    return {
        "delimiter": marks.delimiter,
        "quotechar": marks.quote or '"',
        "quoting": csv.QUOTE_MINIMAL if marks.quote else csv.QUOTE_NONE,
        "escapechar": marks.escape or None,
    }


@contextmanager
def _long_cells() -> Iterator[None]:
    limit = csv.field_size_limit(_CELL_LIMIT)
    try:
        yield
    finally:
        csv.field_size_limit(limit)
