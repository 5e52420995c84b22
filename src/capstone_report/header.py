"""
Headers: whether the first rows of a table name its columns, and how.

Knows that a name seldom looks like the values below it; does not know files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_VALUE = re.compile(
    r"[-+(]?\s*[$€£¥₹]?\s*[-+]?([0-9][0-9.,' \u00a0\u202f]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*[%€$£)]?"
    r"|[0-9]{1,4}[-/.][0-9a-zA-Z]{1,9}[-/.][0-9]{1,4}([T ].*)?"
    r"|[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"
    r"|[Tt]rue|[Ff]alse|TRUE|FALSE"
)
_NOTHING = {"", "na", "n/a", "null", "none", "nan", "-", "?", ".", "..", "\\n"}
_FEWEST = 0.8
_ROWS = 200
_OFTEN = 3  # a value of the first row comes again in every third column


def header_rows_of(rows: Sequence[Sequence[str]]) -> int:
    """
    Return how many of the first rows name the columns: 0, 1 or 2.

    Args:
        rows: The first rows of a table, all of one width.
    """
    if not rows:
        return 0
    if not _is_header(rows[0], rows[1:]):
        return 0
    if len(rows) > 2 and _is_second_header(rows[0], rows[1], rows[2:]):
        return 2
    return 1


def joined_names(rows: Sequence[Sequence[str]]) -> list[str]:
    """Join the rows of a header: what stands above several columns names them all."""
    if len(rows) == 1:
        return list(rows[0])
    names = []
    above = ""
    for top, bottom in zip(*rows, strict=True):
        above = top.strip() or above
        names.append(" / ".join(each for each in (above, bottom.strip()) if each))
    return names


def unique_names(header: Sequence[str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """
    Give each column a name of its own.

    Those without one are named by position, repeated ones by count; white space
    around a name is not part of it.

    Returns:
        The names, and name to what the file has, where they differ.
    """
    stripped = [each.strip() for each in header]
    reserved = set(stripped)
    taken: set[str] = set()
    names: list[str] = []
    renamed = {}
    for position, (written, own) in enumerate(zip(header, stripped, strict=True), start=1):
        name = base = own or f"column_{position}"
        count = 1
        while name in taken or (name != own and name in reserved):
            count += 1
            name = f"{base}_{count}"
        taken.add(name)
        names.append(name)
        if name != written:
            renamed[name] = written
    return tuple(names), renamed


def is_value(cell: str) -> bool:
    """Tell whether a cell looks like a number, a date, a time or a truth."""
    return _VALUE.fullmatch(cell.strip()) is not None


def _is_header(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Tell whether *first* names the columns of the rows *below*."""
    numbers: dict[str, list[str]] = {}
    repeated = 0
    for position, cell in enumerate(first):
        name = cell.strip()
        column = [row[position].strip() for row in below[:_ROWS] if position < len(row)]
        values = [each for each in column if each.lower() not in _NOTHING]
        if not values:
            continue
        is_valued = _share_of_values(values) >= _FEWEST
        if is_valued and is_value(name):
            numbers[name] = values
        elif name.lower() not in _NOTHING and (
            is_valued or (not _has_figure(name) and all(map(_has_figure, values)))
        ):
            return True
        repeated += bool(name) and name in values
    if numbers:
        return _are_names(numbers)
    if _OFTEN * repeated >= len(first) and repeated:
        return False
    return all(each.strip() for each in first) or not any(is_value(each) for each in first)


def _are_names(numbers: dict[str, list[str]]) -> bool:
    """Tell whether numbers above numbers are names: years, or a count that goes on to the right."""
    if not all(each.isdecimal() for each in numbers):
        return False
    below = [each for values in numbers.values() for each in values]
    if all(map(_is_year, numbers)) and sum(map(_is_year, below)) < len(below) / 2:
        return True
    second = [values[0] for values in numbers.values()]
    return len(numbers) > 2 and _counts_on(list(numbers)) and not _counts_on(second)


def _is_year(cell: str) -> bool:
    return len(cell) == 4 and cell.isdecimal() and cell[:2] in {"17", "18", "19", "20", "21"}


def _is_second_header(
    first: Sequence[str], second: Sequence[str], below: Sequence[Sequence[str]]
) -> bool:
    """Tell whether *second* names columns too: units, or what a wide title is divided into."""
    valued = [
        position
        for position in range(len(second))
        if (
            values := [
                row[position].strip()
                for row in below[:_ROWS]
                if row[position].strip().lower() not in _NOTHING
            ]
        )
        and _share_of_values(values) >= _FEWEST
    ]
    written = [position for position in valued if second[position].strip()]
    words = [
        position
        for position in written
        if not is_value(second[position]) and second[position].strip().lower() not in _NOTHING
    ]
    if not words or len(words) < len(written):
        return False
    divided = sum(
        1 for top, bottom in zip(first, second, strict=True) if not top.strip() and bottom
    )
    return 4 * divided >= len(first) or (len(words) == len(valued) and len(words) > 1)


def _has_figure(cell: str) -> bool:
    return any(map(str.isdecimal, cell))


def _share_of_values(cells: Sequence[str]) -> float:
    return sum(map(is_value, cells)) / len(cells)


def _counts_on(cells: Sequence[str]) -> bool:
    """Tell whether cells are numbers in a row."""
    if not all(each.isdecimal() for each in cells):
        return False
    numbers = list(map(int, cells))
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
