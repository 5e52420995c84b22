"""
In what artifacts differ, in lines for a terminal, and as JSON for other programs.

Knows changes, and how much of one is too much; does not know how they were
found. The JSON is documented and stable:

    {"format": 1,
     "artifacts": [                     those that differ
       {"path": "output/top.csv",
        "then": {"build": "20260501T101500-4711", "digest": "xxh3:..."},   null if not there
        "now": {"build": "", "digest": "xxh3:..."},    no build: edited by hand; null if not there
        "kind": "table",                or "text", "json", "other"; null where one is not there
        "change": {...}}]}              of a text `lines`, of JSON `values` (place, then, now),
                                        of a table the fields of `core.table_change.TableChange`,
                                        else `what`
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from capstone_build.core.artifact_change import (
    ArtifactChange,
    Content,
    JsonChange,
    OtherChange,
    TextChange,
    Version,
)
from capstone_build.core.digest import JsonValue
from capstone_build.core.table_change import ColumnChange, Spread, TableChange
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.style import Style, paint

FORMAT = 1
USUAL_LINES = 80
"""So many lines are shown of one artifact, unless all are asked for."""

_KINDS = {TextChange: "text", JsonChange: "json", TableChange: "table", OtherChange: "other"}


def change_lines(change: ArtifactChange, most: int | None, colour: bool) -> Iterator[str]:
    """
    Yield the lines that tell of one artifact.

    Args:
        change: In what it differs.
        most: How many lines to show of what it holds; None for all.
        colour: Whether the lines may hold colours.
    """
    head = paint(for_terminal(change.path), Style.HEAD, colour)
    yield f"{head}  {_version(change.then)} -> {_version(change.now)}"
    if change.content is None:
        return
    lines = list(content_lines(change.content))
    for line in lines[:most]:
        style = {"-": Style.BAD, "+": Style.GOOD}.get(line[:1])
        text = for_terminal(line)
        yield f"  {paint(text, style, colour) if style else text}".rstrip()
    if most is not None and len(lines) > most:
        yield f"  ... {len(lines) - most} more lines: --all shows them"


def changes_json(changes: Sequence[ArtifactChange]) -> str:
    """Return changes as JSON: plain ASCII, indented."""
    return json.dumps(changes_record(changes), indent=2) + "\n"


def changes_record(changes: Sequence[ArtifactChange]) -> dict[str, JsonValue]:
    """Return changes as JSON says them, above."""
    told: list[JsonValue] = [
        {
            "path": each.path,
            "then": None if each.then is None else asdict(each.then),
            "now": None if each.now is None else asdict(each.now),
            **(
                {"kind": None, "change": None}
                if each.content is None
                else content_record(each.content)
            ),
        }
        for each in changes
    ]
    return {"format": FORMAT, "artifacts": told}


def _content_or_none(content: Content | None) -> dict[str, JsonValue]:
    return {"kind": None, "change": None} if content is None else content_record(content)


def content_record(content: Content) -> dict[str, JsonValue]:
    """Return in what a file differs, and of which kind that is, as JSON says it, above."""
    return {"kind": _KINDS[type(content)], "change": _finite(asdict(content))}


def _version(version: Version | None) -> str:
    if version is None:
        return "not there"
    return version.build or "as no build left it"


def content_lines(content: Content) -> Iterator[str]:
    """Yield in what a file differs; of a text the lines of a unified diff."""
    match content:
        case TextChange(lines):
            yield from lines
        case JsonChange(values):
            for place, then, now in values:
                yield f"{place}: {then} -> {now}"
        case OtherChange(what):
            yield what
        case TableChange():
            yield from _table(content)


def _table(table: TableChange) -> Iterator[str]:
    for sign, names in (("-", table.removed_columns), ("+", table.added_columns)):
        yield from (f"{sign} column {name!r}" for name in names)
    if table.is_reordered:
        yield "columns stand in another order"
    then, now = table.rows
    if then != now:
        yield f"rows: {then} -> {now}"
    named = f"{table.key} " if table.key else ""
    for sign, word, count, rows in (
        ("-", "gone", table.removed, table.removed_rows),
        ("+", "new", table.added, table.added_rows),
    ):
        yield from (f"{sign} row {named}{row}" for row in rows)
        if count > len(rows):
            yield f"{sign} and {count - len(rows)} more that are {word}"
    for column in table.columns:
        yield from _column(column, table.key or "row")
    columns = (table.added_columns, table.removed_columns, table.columns, table.is_reordered)
    if not any((*columns, table.added, table.removed)):
        yield "the same rows in another order"


def _column(column: ColumnChange, key: str) -> Iterator[str]:
    types = "" if column.types[0] == column.types[1] else f"  {' -> '.join(column.types)}"
    values = f"  {column.changed} values differ" if column.changed != 1 else "  1 value differs"
    yield f"column {column.name!r}{types}{values if column.changed else ''}"
    if column.drift is not None:
        then, now = column.drift
        for word in ("least", "mean", "most", "missing"):
            one, other = getattr(then, word), getattr(now, word)
            if one != other:
                yield f"  {word}: {_number(one)} -> {_number(other)}{_share(word, then, now)}"
    for each in column.examples:
        yield f"  {key} {each.row}: {each.then} -> {each.now}"
    if column.changed > len(column.examples):
        yield f"  and {column.changed - len(column.examples)} more"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _share(word: str, then: Spread, now: Spread) -> str:
    """Return by how much a mean moved, in percent of what it was."""
    if word != "mean" or not then.mean or now.mean is None:
        return ""
    return f" ({(now.mean - then.mean) / abs(then.mean):+.2%})"


def _finite(value: Any) -> Any:
    """Return *value* with null for the numbers that JSON cannot say."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
