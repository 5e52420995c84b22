"""
SVG: the picture of a pipeline as an image that browsers and documents show.

Knows SVG; does not know who shows it, nor where boxes stand (`layout`). Every text
of it is escaped, and the image fetches nothing and runs nothing. A state has a sign
of its own besides a colour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from capstone_build.presentation.cells import cells
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.layout.layout import HEIGHT, Layout, Place, lay_out
from capstone_build.presentation.mark import FILE_FILL, MARKS, Mark
from capstone_build.presentation.picture import Box, Kind, Picture

_LONGEST = 30
"""A name is cut to so many cells; the whole is told by the pointer over it."""

_CELL = 7.9
"""As wide as a character of 13 pixels is at most, but for the capitals of some fonts."""

_SIDES = 40.0
_LEGEND = 34.0
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INK = "#24292f"
_LINE = "#8a9199"

_HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" \
viewBox="0 0 {width} {height}" role="img" font-size="13" font-family="system-ui, \
-apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif">"""
_ARROW = f"""\
<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" \
orient="auto"><path d="M0 0.5l7 3.5l-7 3.5z" fill="{_LINE}"/></marker>"""

SIGNS = {
    "up-to-date": "M3.5 8.5l3 3 6-7",
    "may-run": "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11zM8 2.5v11M8 5h4M8 8h5.5M8 11h4",
    "can-restore": "M3.2 5.2A5.5 5.5 0 1 1 2.5 8M3 2v3.5h3.5",
    "must-run": "M4 2.5l9 5.5l-9 5.5z",
}
"""What each state has for a sign, drawn with a pen in a square of 16 pixels."""


def draw(picture: Picture) -> str:
    """Return *picture* as an SVG document: layers of boxes from left to right, and a key."""
    layout = lay_out(widths(picture), picture.above, picture.rank)
    states = [mark for mark in MARKS if any(mark.state in box.states for box in picture.boxes)]
    width = max(layout.width, 150.0 * len(states) + 48)
    height = layout.height + (_LEGEND if states else 0)
    return "\n".join(
        [
            _HEAD.format(width=f"{width:.0f}", height=f"{height:.0f}"),
            f"<title>Pipeline: {_text(_counted(picture))}</title>",
            '<rect width="100%" height="100%" fill="#ffffff"/>',
            f"<defs>{_ARROW}",
            *_signs(),
            "</defs>",
            f'<g fill="none" stroke="{_LINE}" stroke-width="1.3">',
            *_lines(layout, len(picture.boxes)),
            "</g>",
            *(_box(box, place) for box, place in zip(picture.boxes, layout.places, strict=False)),
            *_legend(states, picture, layout.height),
            "</svg>\n",
        ]
    )


def size_of(image: str) -> tuple[int, int]:
    """Return the width and height, in pixels, of what `draw` returned."""
    found = re.search(r'width="(\d+)" height="(\d+)"', image)
    return (int(found[1]), int(found[2])) if found else (1, 1)


def widths(picture: Picture) -> list[float]:
    """Return how wide each box must be for its name."""
    return [cells(shown(box)) * _CELL + _SIDES for box in picture.boxes]


def shown(box: Box) -> str:
    """Return the name of a box, cut in the middle where it is long: the ends tell names apart."""
    title = for_terminal(box.title())
    if box.count > 1:
        title = f"{_short(title, _LONGEST)} ({box.count:,})"
    return _short(title, _LONGEST + 9)


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest // 2]}…{text[-(longest // 2) :]}"


def _counted(picture: Picture) -> str:
    """Say how many stages there are in which state."""
    found = {mark: sum(box.states.get(mark.state, 0) for box in picture.boxes) for mark in MARKS}
    return (
        ", ".join(f"{count} {mark.word}" for mark, count in found.items() if count) or "no stages"
    )


def _signs() -> Iterator[str]:
    for state, path in SIGNS.items():
        yield (
            f'<symbol id="{state}" viewBox="0 0 16 16"><path d="{path}" fill="none"'
            ' stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/></symbol>'
        )


def _lines(layout: Layout, boxes: int) -> Iterator[str]:
    for start, end in layout.steps():
        one, other = layout.places[start], layout.places[end]
        half = (one.right + other.left) / 2
        path = (
            f"M{one.right:.1f} {one.y:.1f}C{half:.1f} {one.y:.1f} {half:.1f} {other.y:.1f}"
            f" {other.left:.1f} {other.y:.1f}"
        )
        if end < boxes:
            yield f'<path d="{path}" marker-end="url(#arrow)"/>'
        else:
            yield f'<path d="{path}H{other.right:.1f}"/>'


def _box(box: Box, place: Place) -> str:
    top = place.y - HEIGHT / 2
    tip = for_terminal(box.title()) + (f": {box.says}" if box.says else "")
    mark = box.mark
    fill, line = (mark.fill, mark.line) if mark else (FILE_FILL, _LINE)
    wide = place.right - place.left
    radius = 7 if box.kind is Kind.STAGE else 18
    parts = [f"<g><title>{_text(tip)}</title>"]
    if box.count > 1:
        parts.append(
            f'<rect x="{place.left + 4:.1f}" y="{top + 4:.1f}" width="{wide:.1f}"'
            f' height="{HEIGHT:.0f}" rx="{radius}" fill="{fill}" stroke="{line}" stroke-width="1"/>'
        )
    parts.append(
        f'<rect x="{place.left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{HEIGHT:.0f}"'
        f' rx="{radius}" fill="{fill}" stroke="{line}" stroke-width="1.4"/>'
    )
    if mark:
        parts.append(_sign(mark, place.left + 9, place.y - 8))
    left = place.left + (31 if mark else 16)
    parts.append(
        f'<text x="{left:.1f}" y="{place.y + 4.5:.1f}" fill="{_INK}">{_text(shown(box))}</text>'
    )
    return "".join(parts) + "</g>"


def _sign(mark: Mark, left: float, top: float) -> str:
    return (
        f'<use href="#{mark.state}" x="{left:.1f}" y="{top:.1f}" width="16" height="16"'
        f' stroke="{mark.line}"/>'
    )


def _legend(states: list[Mark], picture: Picture, top: float) -> Iterator[str]:
    """Yield the key to the signs, with how many stages are in each state."""
    left = 24.0
    for mark in states:
        count = sum(box.states.get(mark.state, 0) for box in picture.boxes)
        words = f"{count:,} {mark.word}"
        yield _sign(mark, left, top - 8)
        yield f'<text x="{left + 22:.1f}" y="{top + 4.5:.1f}" fill="{_INK}">{_text(words)}</text>'
        left += cells(words) * _CELL + 48


def _text(text: str) -> str:
    """Return *text* as XML can hold it: what it cannot hold at all is spelled out before."""
    return escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text))
