"""
Contrasting: in what two files differ, in the terms of what they hold.

Knows text, JSON, CSV, Parquet and bytes; does not know where the files come from.
It names the first difference: where two runs of a stage part, there is the cause.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from capstone_build.core.rebuilt import Contrast

LARGEST = 64 << 20
"""Larger files are compared as bytes, in bytes."""

NOT_READ = (
    *(OSError, ValueError, csv.Error, RecursionError),
    *(ArithmeticError, LookupError, NotImplementedError),  # pyarrow: values that Python has not
    ImportError,
)
"""What is raised where a file is not what its suffix says, or nothing here reads it."""

_PIECE = 1 << 20
_GZIP = b"\x1f\x8b"
_MISSING = object()


def contrast(path: str, then: Path, now: Path) -> Contrast:
    """
    Say in what two files differ.

    Args:
        path: What the file is called, from the project's root.
        then: Where the earlier one is.
        now: Where the later one is; they differ.
    """
    suffix = Path(path).suffix.lower()
    ways: list[Callable[[Path, Path], tuple[str, str, str] | None]] = [_text, _bytes]
    if suffix in {".parquet", ".feather", ".arrow"}:
        ways.insert(0, partial(_table, suffix))
    elif max(then.stat().st_size, now.stat().st_size) > LARGEST:
        ways = [_bytes]
    elif suffix == ".json":
        ways.insert(0, _json)
    elif suffix in {".csv", ".tsv"}:
        ways.insert(0, partial(_csv, suffix))
    for way in ways:
        try:
            found = way(then, now)
        except NOT_READ:
            continue
        if found is not None:
            what, before, after = found
            return Contrast(path=path, what=what, then=before, now=after)
    return Contrast(path=path, what="only whether it can be run")


def _json(then: Path, now: Path) -> tuple[str, str, str] | None:
    found = next(json_differences(then, now), None)
    if found is None:
        what = "the same values, in another order of keys or with other spaces"
        place, before, after = _text(then, now) or ("", "", "")
        return f"{what}, from {place} on" if place else what, before, after
    return found


def json_differences(then: Path, now: Path) -> Iterator[tuple[str, str, str]]:
    """
    Yield each place at which two files of JSON differ, with both values.

    Raises:
        ValueError: If one of them is none.
    """
    for place, before, after in _json_differences(_loaded(then), _loaded(now), "$"):
        yield place, _spelled(before), _spelled(after)


def _loaded(file: Path) -> Any:
    return json.loads(file.read_bytes())


def _json_differences(then: Any, now: Any, place: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(then, dict) and isinstance(now, dict):
        for key in [*then, *(key for key in now if key not in then)]:
            inner = f"{place}.{key}" if key.isidentifier() else f"{place}[{json.dumps(key)}]"
            yield from _json_differences(then.get(key, _MISSING), now.get(key, _MISSING), inner)
    elif isinstance(then, list) and isinstance(now, list):
        for index, (one, other) in enumerate(zip_longest(then, now, fillvalue=_MISSING)):
            yield from _json_differences(one, other, f"{place}[{index}]")
    elif type(then) is not type(now) or (then != now and _spelled(then) != _spelled(now)):
        yield place, then, now  # but a NaN is what it was


def _spelled(value: Any) -> str:
    return "nothing" if value is _MISSING else json.dumps(value, ensure_ascii=False)


def _csv(suffix: str, then: Path, now: Path) -> tuple[str, str, str] | None:
    delimiter = "\t" if suffix == ".tsv" else ","
    with (
        then.open(newline="", encoding="utf-8") as one,
        now.open(newline="", encoding="utf-8") as two,
    ):
        rows = zip_longest(
            csv.reader(one, delimiter=delimiter), csv.reader(two, delimiter=delimiter)
        )
        header: list[str] = []
        found: tuple[str, str, str] | None = None
        counts = [0, 0]
        for number, (before, after) in enumerate(rows):
            counts[0] += before is not None
            counts[1] += after is not None
            header = before or [] if number == 0 else header
            if found is None and before != after:
                found = _row_difference(number, before, after, header)
    if found is None:
        return None  # spelled in another way: the lines tell
    what, *values = found
    if counts[0] != counts[1]:
        what += f" ({counts[0]} lines then, {counts[1]} now)"
    return what, values[0], values[1]


def _row_difference(
    number: int, before: list[str] | None, after: list[str] | None, header: list[str]
) -> tuple[str, str, str]:
    if number == 0:
        return "the header", ", ".join(before or []), ", ".join(after or [])
    if before is None or after is None:
        return f"row {number}", ",".join(before or ["nothing"]), ",".join(after or ["nothing"])
    pairs = enumerate(zip_longest(before, after, fillvalue="nothing"))
    column, (one, other) = next((i, pair) for i, pair in pairs if pair[0] != pair[1])
    name = repr(header[column]) if column < len(header) else str(column + 1)
    return f"row {number}, column {name}", one, other


def _table(suffix: str, then: Path, now: Path) -> tuple[str, str, str] | None:
    before, after = (arrow_table(suffix, file) for file in (then, now))
    if before.schema.names != after.schema.names:
        return "the columns", ", ".join(before.schema.names), ", ".join(after.schema.names)
    for name in before.schema.names:
        one, other = before.schema.field(name).type, after.schema.field(name).type
        if one != other:
            return f"the type of column {name!r}", str(one), str(other)
    if before.num_rows != after.num_rows:
        return "the number of rows", str(before.num_rows), str(after.num_rows)
    found = [each for name in before.schema.names if (each := _in_column(name, before, after))]
    if not found:
        return "the same table, laid out or described in another way", "", ""
    row, name, one, other = min(found)
    more = f" ({len(found)} of {len(before.schema.names)} columns differ)" if len(found) > 1 else ""
    return f"row {row + 1}, column {name!r}{more}", one, other


def _in_column(name: str, before: Any, after: Any) -> tuple[int, str, str, str] | None:
    """Return the first row in which a column differs, and both values."""
    one, other = before.column(name), after.column(name)
    if one.equals(other):
        return None
    start = 0
    while start < len(one):
        pair = (one.slice(start, _PIECE).to_pylist(), other.slice(start, _PIECE).to_pylist())
        for index, (then, now) in enumerate(zip(*pair, strict=True)):
            if repr(then) != repr(now):  # a NaN is what it was
                return start + index, name, repr(then), repr(now)
        start += _PIECE
    return None


def arrow_table(suffix: str, file: Path) -> Any:
    """
    Read the table in a *file* of this suffix, in lower case.

    Raises:
        ValueError: If it is none.
        ImportError: If pyarrow is not installed.
    """
    if suffix == ".parquet":
        from pyarrow import parquet

        return parquet.read_table(file)
    from pyarrow import feather

    return feather.read_table(file)


def _text(then: Path, now: Path) -> tuple[str, str, str] | None:
    with (
        then.open(encoding="utf-8", newline="") as one,
        now.open(encoding="utf-8", newline="") as two,
    ):
        for number, (before, after) in enumerate(zip_longest(one, two), start=1):
            if "\0" in (before or "") or "\0" in (after or ""):
                return None
            if before != after:
                return f"line {number}", _line(before), _line(after)
    return None


def _line(line: str | None) -> str:
    if line is None:
        return "nothing"
    return line.rstrip("\n") if line.endswith("\n") else f"{line} (no newline)"


def _bytes(then: Path, now: Path) -> tuple[str, str, str] | None:
    sizes = (then.stat().st_size, now.stat().st_size)
    said = f"{sizes[0]} bytes then, {sizes[1]} now" if sizes[0] != sizes[1] else f"of {sizes[0]}"
    offset = 0
    with then.open("rb") as one, now.open("rb") as two:
        while True:
            before, after = one.read(_PIECE), two.read(_PIECE)
            if before == after and before:
                offset += len(before)
                continue
            if before == after:
                return None
            pairs = enumerate(zip_longest(before, after))
            at = offset + next(i for i, (a, b) in pairs if a != b)
            break
    with then.open("rb") as one:
        is_gzip = one.read(2) == _GZIP
    if is_gzip and 4 <= at < 8:
        return "the time in the header of gzip (gzip -n, or mtime=0, leaves it out)", "", ""
    return f"byte {at} ({said})", "", ""
