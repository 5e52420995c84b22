"""
What the first `pipeline.py` of a project came to, as lines for a person.

Knows what was written and what was not carried over as plain values; does not
know how it was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from capstone_build.presentation.cells import cells, padded
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.style import Style, paint


class Written(NamedTuple):
    """
    A file that was written, or left as it is.

    Attributes:
        word: What was done with it.
        path: The file.
        about: What is in it now.
    """

    word: str
    path: str
    about: str


class Told(NamedTuple):
    """
    Something about a line of another file.

    Attributes:
        where: The line.
        text: What.
    """

    where: str
    text: str


def written_lines(written: Sequence[Written], colour: bool) -> Iterator[str]:
    """Yield a line for each file."""
    width = max((cells(for_terminal(each.path)) for each in written), default=0)
    for word, path, about in written:
        name = padded(for_terminal(path), width)
        yield f"{paint(f'{word:<8}', Style.GOOD, colour)}  {name}  {about}"


def told_lines(heading: str, told: Iterable[Told], colour: bool) -> Iterator[str]:
    """Yield a heading and what stands below it; nothing if there is nothing."""
    told = list(told)
    if told:
        yield ""
        yield paint(heading, Style.HEAD, colour)
        for where, text in told:
            yield f"  {paint(for_terminal(where), Style.DIM, colour)}  {for_terminal(text)}"
