"""
PNG: the picture of a pipeline as an image for where SVG is not shown.

Knows that it is drawn from the SVG, and by which library; does not know what is in it.
"""

from __future__ import annotations

from capstone_build.errors import MissingExtraError
from capstone_build.presentation import svg
from capstone_build.presentation.picture import Picture

_SCALE = 2.0
"""So that it is sharp on today's screens."""

_MOST_PIXELS = 30_000_000
"""Of a picture of thousands of stages: beyond it, viewers give up; it is drawn smaller."""


def draw(picture: Picture) -> bytes:
    """
    Return *picture* as a PNG.

    Raises:
        MissingExtraError: If the library that draws it is not installed.
    """
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise MissingExtraError("resvg-py", "a picture as PNG", "png") from None
    text = svg.draw(picture)
    width, height = svg.size_of(text)
    scale = min(_SCALE, (_MOST_PIXELS / (width * height)) ** 0.5)
    return svg_to_bytes(svg_string=text, width=max(1, int(width * scale)))
