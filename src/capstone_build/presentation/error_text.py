"""
Errors of a pipeline's author, laid out for a terminal.

Knows problem, facts and hint; does not know how they came about, nor the exit
code that follows.
"""

from __future__ import annotations

from collections.abc import Iterator

from capstone_build.errors import CapstoneError, InvalidPipelineError
from capstone_build.presentation.cells import cells, padded
from capstone_build.presentation.escaping import block_for_terminal, for_terminal
from capstone_build.presentation.excerpt import ReadSource, excerpts
from capstone_build.presentation.style import Style, paint


def error_text(error: CapstoneError, colour: bool, read: ReadSource = lambda _: None) -> str:
    """
    Return *error* as lines for a person; several problems with a blank line between.

    Args:
        error: What is wrong.
        colour: Whether the lines may hold colours.
        read: Reads the source, of which the lines at fault are shown.
    """
    problems = error.problems if isinstance(error, InvalidPipelineError) else (error,)
    return "\n\n".join("\n".join(_lines(problem, colour, read)) for problem in problems)


def _lines(error: CapstoneError, colour: bool, read: ReadSource) -> Iterator[str]:
    yield paint(for_terminal(error.problem), Style.BAD, colour)
    facts = {for_terminal(f"{label}:"): value for label, value in error.facts.items()}
    width = max(map(cells, facts), default=0)
    shown = excerpts(error.problem, list(error.facts.values()), read, colour)
    for label, value in facts.items():
        first, *more = block_for_terminal(value).split("\n")
        yield f"  {paint(padded(label, width), Style.DIM, colour)} {first}"
        for line in () if label == "at:" and shown else more:  # it is shown below
            yield f"  {'':<{width}} {line}"
    yield from shown
    if error.hint:
        yield f"{paint('hint:', Style.BUSY, colour)} {for_terminal(error.hint)}"
