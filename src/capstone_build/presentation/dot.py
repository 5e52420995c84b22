"""
DOT: the picture of a pipeline as text for Graphviz.

Knows the DOT language; does not know who draws it.
"""

from __future__ import annotations

from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.mark import FILE_FILL
from capstone_build.presentation.picture import Box, Kind, Picture


def draw(picture: Picture) -> str:
    """Return *picture* as a DOT digraph, each stage in the colour of its state."""
    lines = [
        "digraph pipeline {",
        "  rankdir=TB;",
        '  node [shape=box, style="rounded,filled", fontname="sans-serif"];',
    ]
    lines += [f"  n{number} [{_looks(box)}];" for number, box in enumerate(picture.boxes)]
    lines += [f"  n{start} -> n{end};" for start, end in picture.links()]
    return "\n".join([*lines, "}"]) + "\n"


def _looks(box: Box) -> str:
    if box.kind is not Kind.STAGE:
        looks = f"label={_quoted(box.title())}, shape=note, style=filled"
        return f"{looks}, fillcolor={_quoted(FILE_FILL)}"
    looks = f"label={_quoted(box.title(), box.word)}, tooltip={_quoted(box.says)}"
    return f"{looks}, fillcolor={_quoted(box.mark.fill)}" if box.mark else looks


def _quoted(*lines: str) -> str:
    r"""
    Return *lines* as one quoted string.

    A backslash is doubled, since Graphviz replaces `\N` and `\G` in labels; an
    ampersand is spelled out, since it reads entities.
    """
    shown = (for_terminal(line).replace("\\", r"\\").replace('"', r"\"") for line in lines)
    return '"' + r"\n".join(line.replace("&", "&amp;") for line in shown) + '"'
