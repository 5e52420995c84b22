"""
Excerpts: the line of the source that an error is about, with what is at fault underlined.

Knows the text of a file, a line of it and what the error says; does not know where the
file is. What an error names in quotes is looked for from that line to the end of what is
declared there; where it is not found, the line itself is shown.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from capstone_build.presentation.cells import cells
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.style import Style, paint

ReadSource = Callable[[str], str | None]
"""Returns the text of a source file, named from the project's root; None if there is none."""

_PLACE = re.compile(r"(?<![\w./])([^\s:,'\"]+\.py):(\d+)(?::(\d+))?\b")
_QUOTED = re.compile(r"'([^'\n]+)'|\"([^\"\n]+)\"")
_MOST = 4
"""So many places of one error are shown."""

_LONGEST = 96
_BEFORE = 40
"""Of a line that is too long so much is shown, and so much before what is underlined."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """What is underlined: a *line* counted from 1, and from which column to which."""

    file: str
    line: int
    start: int
    end: int


def excerpts(problem: str, facts: list[str], read: ReadSource, colour: bool) -> list[str]:
    """
    Return the lines that show the places that an error names; none if it names none.

    Args:
        problem: What is wrong.
        facts: What else is told, with places as `file:line` or `file:line:column`.
        read: Reads the source.
        colour: Whether the lines may hold colours.
    """
    sources: dict[str, str | None] = {}
    spots: dict[tuple[str, int], tuple[_Spot, str]] = {}
    for fact in facts:
        for place in _PLACE.findall(fact):
            file = place[0]
            text = sources[file] if file in sources else sources.setdefault(file, read(file))
            if text is not None:
                named = [*_quoted(fact), *reversed(_quoted(problem))]
                spot = _found(text, place, named)
                if spot is not None:
                    spots.setdefault((file, spot.line), (spot, text.splitlines()[spot.line - 1]))
    shown = list(spots.values())[:_MOST]
    gutter = max((len(str(spot.line)) for spot, _ in shown), default=0)
    return [line for spot, text in shown for line in _drawn(spot, text, gutter, colour)]


def _quoted(text: str) -> list[str]:
    return [one or other for one, other in _QUOTED.findall(text)]


def _found(text: str, place: tuple[str, str, str], named: list[str]) -> _Spot | None:
    """Return where the first of the *named* stands, or else the whole line of the *place*."""
    file, line, column, lines = place[0], int(place[1]), int(place[2] or 0), text.splitlines()
    if not 0 < line <= len(lines):
        return None
    if column:
        start = min(column, len(lines[line - 1])) - 1
        return _Spot(file, line, max(0, start), max(1, start + 1))
    declared = range(line, min(_last_line(text, line), len(lines)) + 1)
    for name in named:
        literal = f"[\"']{re.escape(name)}[\"']"
        word = rf"(?<![\w.]){re.escape(name)}(?![\w.])"
        for pattern in (literal, word):
            for number in declared:
                if (at := re.search(pattern, lines[number - 1])) is not None:
                    return _Spot(file, number, at.start(), at.end())
    whole = lines[line - 1]
    start = len(whole) - len(whole.lstrip())
    return _Spot(file, line, start, max(start + 1, len(whole.rstrip())))


def _last_line(text: str, line: int) -> int:
    """Return where the declaration that begins at *line* ends; of a function only its head."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return line
    found = line
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            last = node.body[0].lineno - 1 if node.body[0].lineno > node.lineno else node.lineno
        elif isinstance(node, ast.stmt):
            first, last = node.lineno, node.end_lineno or node.lineno
        else:
            continue
        if first <= line <= last:
            found = max(found, last) if first == line else found
    return found


def _drawn(spot: _Spot, text: str, gutter: int, colour: bool) -> Iterator[str]:
    start = max(0, spot.start - _BEFORE) if len(text) > _LONGEST else 0
    shown = text[start : start + _LONGEST].rstrip()
    before = for_terminal(text[start : spot.start].replace("\t", " "))
    marked = for_terminal(text[spot.start : min(spot.end, start + _LONGEST)].replace("\t", " "))
    shown = for_terminal(shown.replace("\t", " "))
    cut_before, cut_after = (
        ("..." if start else ""),
        ("..." if len(text) > start + _LONGEST else ""),
    )
    bar = paint("|", Style.DIM, colour)
    number = paint(f"{spot.line:>{gutter}}", Style.DIM, colour)
    yield f"{'':{gutter}}{paint('-->', Style.DIM, colour)} {for_terminal(spot.file)}:{spot.line}"
    yield f"{number} {bar} {cut_before}{shown}{cut_after}".rstrip()
    arrows = paint("^" * max(1, cells(marked)), Style.BAD, colour)
    yield f"{'':{gutter}} {bar} {' ' * (len(cut_before) + cells(before))}{arrows}"
