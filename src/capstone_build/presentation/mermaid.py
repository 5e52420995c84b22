"""
Mermaid: the graph of stages as text that Markdown viewers draw.

Knows Mermaid's flowcharts; does not know who draws them. Labels reach a page,
so every character that Mermaid, Markdown or HTML could read is an entity.
"""

from __future__ import annotations

from capstone_build.core.graph import StageGraph
from capstone_build.core.plan import Plan
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.mark import MARKS, mark_of


def draw(graph: StageGraph, plan: Plan) -> str:
    """Return *graph* as a Mermaid flowchart, each stage in the colour of its verdict."""
    ids = {name: f"n{index}" for index, name in enumerate(graph.stages)}
    lines = ["flowchart TD"]
    lines += [
        f'  {ids[name]}["{_label(name)}<br/>{mark_of(plan[name]).word}"]'
        f":::{_class(mark_of(plan[name]).state)}"
        for name in graph.stages
    ]
    lines += [
        f"  {ids[name]} --> {ids[following]}"
        for name in graph.stages
        for following in sorted(graph.downstream(name), key=lambda each: int(ids[each][1:]))
    ]
    lines += [
        f"  classDef {_class(mark.state)} fill:{mark.fill},stroke:#555,color:#111" for mark in MARKS
    ]
    return "\n".join(lines) + "\n"


def _class(state: str) -> str:
    return state.replace("-", "")


def _label(text: str) -> str:
    """Escape *text*: all but letters, digits and a few harmless marks become entities."""
    shown = for_terminal(text)
    harmless = "".join(c if c.isalnum() or c in " _-./" else f"#{ord(c)};" for c in shown)
    # A label that begins like an item of a list would be read as one.
    if harmless and not harmless[0].isalpha() and harmless[0] not in "#_":
        harmless = f"#{ord(harmless[0])};{harmless[1:]}"
    return harmless
