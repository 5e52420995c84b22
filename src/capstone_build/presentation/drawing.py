"""
The picture of a pipeline, drawn for a terminal: a box a row, in build order.

Knows symbols, columns and colours; does not know the terminal. Fits the width
that it is given: rails too many for it are folded, texts too long are cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from capstone_build.presentation.cells import cells, cut, padded
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.mark import MARKS, Mark
from capstone_build.presentation.picture import Box, Picture
from capstone_build.presentation.rails import Cell, Row, rows
from capstone_build.presentation.sentence import listed
from capstone_build.presentation.style import Style, paint

UNLIMITED = 1_000_000
"""A width that nothing reaches."""

_MOST_COLUMNS = 40
_ROOMY = 48
"""With so many cells beside the rails, the verdict has a column of words of its own."""


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The characters of a drawing."""

    lines: Mapping[Cell, str]
    line: str
    folded: str
    ellipsis: str
    arrow: str
    file: str


UNICODE = Alphabet(
    {
        Cell.EMPTY: " ",
        Cell.PASSING: "│",
        Cell.CROSS: "─",
        Cell.JOINT_LEFT: "├",
        Cell.JOINT: "┼",
        Cell.JOINT_RIGHT: "┤",
        Cell.END_LEFT: "╰",
        Cell.END: "┴",
        Cell.END_RIGHT: "╯",
    },
    line="─",
    folded="…",
    ellipsis="…",
    arrow="→",
    file="▫",
)

ASCII = Alphabet(
    {
        Cell.EMPTY: " ",
        Cell.PASSING: "|",
        Cell.CROSS: "-",
        Cell.JOINT_LEFT: "+",
        Cell.JOINT: "+",
        Cell.JOINT_RIGHT: "+",
        Cell.END_LEFT: "`",
        Cell.END: "'",
        Cell.END_RIGHT: "'",
    },
    line="-",
    folded="~",
    ellipsis="...",
    arrow="->",
    file="=",
)


def draw(
    picture: Picture,
    *,
    colour: bool = False,
    ascii_only: bool = False,
    width: int = 80,
) -> str:
    """
    Return *picture* as text: rails, name, state, sources and outputs, reason.

    Args:
        picture: The boxes: a row each.
        colour: Whether the text may hold colours; it says the same without.
        ascii_only: Whether to do without other characters.
        width: The most cells in a line; 0 for no limit. Less than 10 is taken as 10.
    """
    if not picture.boxes:
        return "no stages\n"
    width = max(width, 10) if width else UNLIMITED
    pen = _Pen(ASCII if ascii_only else UNICODE, colour)
    laid = list(rows(picture, shown=min(width // 6, _MOST_COLUMNS)))
    columns = max(len(row.cells) for row in laid)
    room = width - 2 * columns
    names = pen.names(picture, room)
    words = max(len(_word(box)) for box in picture.boxes) if room >= _ROOMY else 0
    lines = []
    for row in laid:
        box = picture.boxes[row.box]
        word = padded(_word(box), words) + "  " if words else ""
        rest = pen.cut(word + pen.facts(box), max(0, room - names - 2)).rstrip()
        name = padded(pen.cut(pen.title(box), names), names if rest else 0)
        head, style = (Style.HEAD, box.mark.style) if box.mark else (Style.DIM, Style.DIM)
        lines.append(
            f"{pen.rails(row, columns, box)} {paint(name, head, colour)}"
            + ("  " if rest else "")
            + paint(rest[: len(word)], style, colour)
            + rest[len(word) :]
        )
    return "\n".join([*lines, "", *pen.legend(picture, width)]) + "\n"


class _Pen:
    """Writes the pieces of a drawing with one alphabet, in colour or not."""

    def __init__(self, alphabet: Alphabet, colour: bool) -> None:
        self._alphabet = alphabet
        self._colour = colour

    def cut(self, text: str, width: int) -> str:
        """Return *text* as the terminal can show it, cut to *width*; nothing if that is 0."""
        shown = for_terminal(text)
        if self._alphabet is ASCII:
            shown = shown.encode("ascii", "backslashreplace").decode("ascii")
        return cut(shown, width, self._alphabet.ellipsis) if width else ""

    def title(self, box: Box) -> str:
        """Return the name of a box."""
        return box.title(self._alphabet.ellipsis)

    def names(self, picture: Picture, room: int) -> int:
        """Return the width of the column of names: that of the widest, if there is *room*."""
        widest = max(cells(self.cut(self.title(box), UNLIMITED)) for box in picture.boxes)
        return max(1, min(widest, room if room < _ROOMY // 2 else max(12, room * 2 // 5)))

    def facts(self, box: Box) -> str:
        """Say what a box reads that no stage writes, what it writes, and why it is as it is."""
        if box.count > 1:
            return f"({box.word})"
        before, after = listed(box.reads, 2), listed(box.writes, 2)
        files = f"{before} {self._alphabet.arrow} {after}".lstrip() if before or after else ""
        return f"{files}  ({box.because})".lstrip() if box.because else files

    def rails(self, row: Row, columns: int, box: Box) -> str:
        """Draw the rails beside a box, as wide as *columns* are."""
        pieces: list[str] = []
        for index, cell in enumerate(row.cells):
            if index:
                pieces.append(self._alphabet.line if row.first < index <= row.last else " ")
            pieces.append(
                self._symbol(box.mark) if cell is Cell.MARK else self._alphabet.lines[cell]
            )
        if row.column >= len(row.cells):
            # Its column is folded away: the mark stands at the edge, and a sign before it.
            pieces[-2:] = [self._alphabet.folded, self._symbol(box.mark)][-len(pieces) :]
        return "".join(pieces) + "  " * (columns - len(row.cells))

    def legend(self, picture: Picture, width: int) -> list[str]:
        """Count the stages of each state, with its symbol: the key to the drawing as well."""
        counts = Counter[str]()
        for box in picture.boxes:
            counts.update(box.states)
        lines: list[str] = []
        used = UNLIMITED
        for mark in MARKS:
            if counts[mark.state]:
                text = cut(f" {counts[mark.state]} {mark.word}", width - 1)
                piece = self._symbol(mark) + text
                used += 3 + len(text)
                if used > width:
                    lines.append(piece)
                    used = 1 + len(text)
                else:
                    lines[-1] += f"  {piece}"
        return lines

    def _symbol(self, mark: Mark | None) -> str:
        if mark is None:
            return paint(self._alphabet.file, Style.DIM, self._colour)
        symbol = mark.ascii_symbol if self._alphabet is ASCII else mark.symbol
        return paint(symbol, mark.style, self._colour)


def _word(box: Box) -> str:
    """Return the state of a box; of several, that of the most urgent."""
    return box.mark.word if box.mark else box.word
