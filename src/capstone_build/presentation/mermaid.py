"""
Mermaid: the picture of a pipeline as text that Markdown viewers draw.

Knows Mermaid's flowcharts; does not know who draws them. Labels reach a page,
so every character that Mermaid, Markdown or HTML could read is an entity.
"""

from __future__ import annotations

from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.mark import FILE_FILL, MARKS
from capstone_build.presentation.picture import Box, Kind, Picture


def draw(picture: Picture) -> str:
    """Return *picture* as a Mermaid flowchart, each stage in the colour of its state."""
    lines = ["flowchart TD"]
    lines += [f"  n{number}{_looks(box)}" for number, box in enumerate(picture.boxes)]
    lines += [f"  n{start} --> n{end}" for start, end in picture.links()]
    lines += [
        f"  classDef {_class(mark.state)} fill:{mark.fill},stroke:#555,color:#111" for mark in MARKS
    ]
    if any(box.kind is not Kind.STAGE for box in picture.boxes):
        lines.append(f"  classDef {_FILE} fill:{FILE_FILL},stroke:#999,color:#111")
    return "\n".join(lines) + "\n"


def _looks(box: Box) -> str:
    if box.kind is not Kind.STAGE or box.mark is None:
        return f'(["{_label(box.title())}"]):::{_FILE}'
    return f'["{_label(box.title())}<br/>{_label(box.word)}"]:::{_class(box.mark.state)}'


_FILE = "file"


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
