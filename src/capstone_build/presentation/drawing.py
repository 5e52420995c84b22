"""
The graph of stages, drawn for a terminal: a stage a row, in build order.

Knows symbols, columns and colours; does not know the terminal. Fits the width
that it is given: rails too many for it are folded, texts too long are cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from capstone_build.core.artifact import Artifact
from capstone_build.core.graph import StageGraph
from capstone_build.core.plan import CanRestore, MayRun, MustRun, Plan, Verdict
from capstone_build.presentation.cells import cells, cut, padded
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.mark import MARKS, Mark, mark_of
from capstone_build.presentation.rails import Cell, Row, rows
from capstone_build.presentation.sentence import listed, reason
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
)


def draw(
    graph: StageGraph,
    plan: Plan,
    *,
    colour: bool = False,
    ascii_only: bool = False,
    width: int = 80,
) -> str:
    """
    Return *graph* as text: rails, name, verdict, sources and outputs, reason.

    Args:
        graph: The stages.
        plan: A verdict for each of them.
        colour: Whether the text may hold colours; it says the same without.
        ascii_only: Whether to do without other characters.
        width: The most cells in a line; 0 for no limit. Less than 10 is taken as 10.
    """
    if not graph.stages:
        return "no stages\n"
    width = max(width, 10) if width else UNLIMITED
    pen = _Pen(ASCII if ascii_only else UNICODE, colour)
    laid = list(rows(graph, shown=min(width // 6, _MOST_COLUMNS)))
    columns = max(len(row.cells) for row in laid)
    room = width - 2 * columns
    names = pen.names(graph, room)
    words = max(len(_word(verdict)) for verdict in plan.values()) if room >= _ROOMY else 0
    lines = []
    for row in laid:
        stage, verdict = graph.stages[row.stage], plan[row.stage]
        word = padded(_word(verdict), words) + "  " if words else ""
        files = f"{pen.files(graph.sources[row.stage], stage.writes)}{_because(verdict)}"
        rest = pen.cut(word + files, max(0, room - names - 2))
        name = padded(pen.cut(row.stage, names), names if rest else 0)
        lines.append(
            f"{pen.rails(row, columns, mark_of(verdict))} {paint(name, Style.HEAD, colour)}"
            + ("  " if rest else "")
            + paint(rest[: len(word)], mark_of(verdict).style, colour)
            + rest[len(word) :]
        )
    return "\n".join([*lines, "", *pen.legend(plan, width)]) + "\n"


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

    def names(self, graph: StageGraph, room: int) -> int:
        """Return the width of the column of names: that of the widest, if there is *room*."""
        widest = max(cells(self.cut(name, UNLIMITED)) for name in graph.stages)
        return max(1, min(widest, room if room < _ROOMY // 2 else max(12, room * 2 // 5)))

    def files(self, read: Iterable[Artifact], written: Iterable[Artifact]) -> str:
        """Say what a stage reads that no stage writes, and what it writes."""
        before, after = (listed((each.path for each in some), 2) for some in (read, written))
        return f"{before} {self._alphabet.arrow} {after}".lstrip()

    def rails(self, row: Row, columns: int, mark: Mark) -> str:
        """Draw the rails beside a stage, as wide as *columns* are."""
        pieces: list[str] = []
        for index, cell in enumerate(row.cells):
            if index:
                pieces.append(self._alphabet.line if row.first < index <= row.last else " ")
            pieces.append(self._symbol(mark) if cell is Cell.MARK else self._alphabet.lines[cell])
        if row.column >= len(row.cells):
            # Its column is folded away: the mark stands at the edge, and a sign before it.
            pieces[-2:] = [self._alphabet.folded, self._symbol(mark)][-len(pieces) :]
        return "".join(pieces) + "  " * (columns - len(row.cells))

    def legend(self, plan: Plan, width: int) -> list[str]:
        """Count the stages of each state, with its symbol: the key to the drawing as well."""
        counts = Counter(mark_of(verdict) for verdict in plan.values())
        lines: list[str] = []
        used = UNLIMITED
        for mark in MARKS:
            if counts[mark]:
                text = cut(f" {counts[mark]} {mark.word}", width - 1)
                piece = self._symbol(mark) + text
                used += 3 + len(text)
                if used > width:
                    lines.append(piece)
                    used = 1 + len(text)
                else:
                    lines[-1] += f"  {piece}"
        return lines

    def _symbol(self, mark: Mark) -> str:
        symbol = mark.ascii_symbol if self._alphabet is ASCII else mark.symbol
        return paint(symbol, mark.style, self._colour)


def _word(verdict: Verdict) -> str:
    return mark_of(verdict).word


def _because(verdict: Verdict) -> str:
    if isinstance(verdict, MustRun | CanRestore):
        return f"  ({reason(verdict.because)})"
    if isinstance(verdict, MayRun):
        return f"  (waits for {listed(verdict.waits_for)})"
    return ""
