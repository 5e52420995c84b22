"""
File changes: in what a file differs from what it was, all of it.

Knows the sorts of files; does not know where the two come from. Where
`capstone_build.asking.contrasting` names the first place, this tells of each.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import Any

from capstone_build.asking.contrasting import (
    LARGEST,
    NOT_READ,
    arrow_table,
    contrast,
    json_differences,
)
from capstone_build.core.artifact_change import Content, JsonChange, OtherChange, TextChange
from capstone_build.core.table_change import Table, compare_tables

_CONTEXT = 3
_ARROW = frozenset({".parquet", ".feather", ".arrow"})
_DELIMITERS = {".csv": ",", ".tsv": "\t"}


def compare_files(path: str, then: Path, now: Path) -> Content:
    """
    Return in what two files differ, which do.

    Args:
        path: What they are called: the suffix tells what they hold.
        then: The earlier one.
        now: The later one.
    """
    suffix = Path(path).suffix.lower()
    ways: list[Callable[[str, Path, Path], Content | None]] = []
    if max(then.stat().st_size, now.stat().st_size) <= LARGEST:
        ways += [_tables] if suffix in _ARROW or suffix in _DELIMITERS else []
        ways += [_json] if suffix == ".json" else []
        ways += [_text]
    for way in ways:
        try:
            found = way(suffix, then, now)
        except NOT_READ:
            continue
        if found is not None:
            return found
    told = contrast(path, then, now)
    values = f": {told.then} -> {told.now}" if told.then or told.now else ""
    return OtherChange(f"{told.what}{values}")


def _json(_suffix: str, then: Path, now: Path) -> Content | None:
    values = tuple(json_differences(then, now))
    return JsonChange(values) if values else None


def _text(_suffix: str, then: Path, now: Path) -> Content | None:
    one, other = (file.read_text(encoding="utf-8") for file in (then, now))
    if "\0" in one or "\0" in other:
        return None
    lines = unified_diff(_lines(one), _lines(other), n=_CONTEXT, lineterm="")
    return TextChange(tuple(lines)[2:]) if one != other else None


def _lines(text: str) -> list[str]:
    *lines, last = text.split("\n")
    return [*lines, f"{last} (no newline)"] if last else lines


def _tables(suffix: str, then: Path, now: Path) -> Content | None:
    read = _read_arrow if suffix in _ARROW else _read_csv
    before, after = read(suffix, then), read(suffix, now)
    if before == after:
        return None  # spelled or laid out in another way
    return compare_tables(before, after)


def _read_arrow(suffix: str, file: Path) -> Table:
    table = arrow_table(suffix, file)
    return Table(
        types={field.name: str(field.type) for field in table.schema},
        columns={name: table.column(name).to_pylist() for name in table.schema.names},
    )


def _read_csv(suffix: str, file: Path) -> Table:
    with file.open(newline="", encoding="utf-8") as lines:
        header, *rows = csv.reader(lines, delimiter=_DELIMITERS[suffix])
    if len(set(header)) != len(header) or any(len(row) != len(header) for row in rows):
        raise ValueError(file)
    columns = dict(
        zip(header, zip(*rows, strict=True) if rows else [()] * len(header), strict=True)
    )
    typed = {name: _typed(values) for name, values in columns.items()}
    return Table(
        types={name: kind for name, (kind, _) in typed.items()},
        columns={name: values for name, (_, values) in typed.items()},
    )


def _typed(texts: Sequence[str]) -> tuple[str, Sequence[Any]]:
    """Return what the texts of a column are, in words, and their values."""
    for kind, read in (("whole numbers", int), ("numbers", float)):
        try:
            return kind, [read(text) if text else None for text in texts]
        except ValueError:
            continue
    return "text", texts
