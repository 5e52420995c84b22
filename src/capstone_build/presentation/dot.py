"""
DOT: the graph of stages as text for Graphviz.

Knows the DOT language; does not know who draws it.
"""

from __future__ import annotations

from capstone_build.core.graph import StageGraph
from capstone_build.core.plan import Plan
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.mark import mark_of
from capstone_build.presentation.sentence import verdict_line


def draw(graph: StageGraph, plan: Plan) -> str:
    """Return *graph* as a DOT digraph, each stage in the colour of its verdict."""
    ids = {name: index for index, name in enumerate(graph.stages)}
    lines = [
        "digraph pipeline {",
        "  rankdir=TB;",
        '  node [shape=box, style="rounded,filled", fontname="sans-serif"];',
    ]
    lines += [
        f"  n{ids[name]} [label={_quoted(name, mark_of(verdict).word)}, "
        f"tooltip={_quoted(verdict_line(verdict))}, fillcolor={_quoted(mark_of(verdict).fill)}];"
        for name, verdict in ((name, plan[name]) for name in graph.stages)
    ]
    lines += [
        f"  n{ids[name]} -> n{ids[following]};"
        for name in graph.stages
        for following in sorted(graph.downstream(name), key=ids.__getitem__)
    ]
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(*lines: str) -> str:
    r"""
    Return *lines* as one quoted string.

    A backslash is doubled, since Graphviz replaces `\N` and `\G` in labels; an
    ampersand is spelled out, since it reads entities.
    """
    shown = (for_terminal(line).replace("\\", r"\\").replace('"', r"\"") for line in lines)
    return '"' + r"\n".join(line.replace("&", "&amp;") for line in shown) + '"'
