"""
Status: what a build would do, a line a stage.

Knows a plan; does not know how it was made, and promises no more than it says:
a stage that may run is not counted as one that does.
"""

from __future__ import annotations

from collections import Counter

from capstone_build.core.graph import StageGraph
from capstone_build.core.plan import Plan, UpToDate
from capstone_build.presentation.cells import cells, cut, padded
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.mark import MARKS, mark_of
from capstone_build.presentation.sentence import verdict_line
from capstone_build.presentation.style import Style, paint

_WIDEST_NAME = 32


def status_lines(graph: StageGraph, plan: Plan, colour: bool, width: int) -> list[str]:
    """
    Return the status of a pipeline: stages that are not up to date, counts, the verdict.

    Args:
        graph: The stages, in the order in which they are listed.
        plan: A verdict for each of them.
        colour: Whether the lines may hold colours.
        width: The most cells in a line; 0 for no limit.
    """
    stale = [stage.name for stage in graph if not isinstance(plan[stage.name], UpToDate)]
    column = min(_WIDEST_NAME, max((cells(for_terminal(name)) for name in stale), default=0))
    lines = []
    for name in stale:
        text = f"{padded(for_terminal(name), column)}  "
        word = mark_of(plan[name]).word
        line = cut(text + verdict_line(plan[name]), width)
        tail = line[len(text) + len(word) :]
        lines.append(
            line[: len(text)]
            + paint(line[len(text) : len(line) - len(tail)], mark_of(plan[name]).style, colour)
            + tail
        )
    total = len(graph)
    stages = "1 stage" if total == 1 else f"{total} stages"
    lines.append(cut(f"{total - len(stale)} of {stages} up to date", width))
    verdict = plan_verdict(plan)
    lines.append(paint(cut(verdict, width), Style.HEAD if stale else Style.GOOD, colour))
    return lines


def plan_verdict(plan: Plan) -> str:
    """Return the whole of *plan* in one line."""
    counts = Counter(mark_of(verdict).word for verdict in plan.values())
    words = [mark.word for mark in reversed(MARKS[1:]) if counts[mark.word]]
    order = sorted(words, key=["must run", "may run", "can be restored"].index)
    return ", ".join(f"{counts[word]} {word}" for word in order) or "nothing to do"
