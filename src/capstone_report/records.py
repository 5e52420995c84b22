"""
Records: lines of text as the cells that they hold.

Knows delimiters and quotes (RFC 4180, lenient where it can be), by way of
Python's reader; does not know files or columns.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Literal

_CELL_LIMIT = 1 << 27
"""How many characters a cell may have; Python's default of 128 KiB is too few for prose."""


def records_of(lines: Iterable[str], delimiter: str, quote: str) -> Iterator[tuple[int, list[str]]]:
    """Yield how many of *lines* were read when a record ends, and its cells."""
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE
    reader = csv.reader(iter(lines), delimiter=delimiter, quotechar=quote or '"', quoting=quoting)
    with _long_cells():
        for cells in reader:
            yield reader.line_num, cells


def cells_of(line: str, delimiter: str, quote: str) -> list[str]:
    """Return the cells of the record that *line* is."""
    return next((cells for _, cells in records_of([line], delimiter, quote)), [])


def is_open(lines: list[str], delimiter: str, quote: str) -> bool:
    """Tell whether the record that *lines* are ends inside of a quote."""
    fault = _fault(lines, delimiter, quote)
    return fault is not None and "unexpected end" in fault


def is_sound(lines: list[str], delimiter: str, quote: str) -> bool:
    """Tell whether *lines* are whole records, beyond doubt."""
    return _fault(lines, delimiter, quote) is None


def _fault(lines: list[str], delimiter: str, quote: str) -> str | None:
    if not quote:
        return None
    reader = csv.reader(iter(lines), delimiter=delimiter, quotechar=quote, strict=True)
    try:
        with _long_cells():
            list(reader)
    except csv.Error as error:
        return str(error)
    return None


@contextmanager
def _long_cells() -> Iterator[None]:
    limit = csv.field_size_limit(_CELL_LIMIT)
    try:
        yield
    finally:
        csv.field_size_limit(limit)
