"""
The forms in which the graph is drawn for people, and how much each of them holds.

Knows from how many boxes on a form is no longer read; does not know where it goes.
"""

from __future__ import annotations

from capstone_build.presentation.folding import folded
from capstone_build.presentation.picture import Picture

_MOST = {"text": 30, "mermaid": 100, "svg": 200, "png": 200}


def legible(picture: Picture, form: str) -> Picture:
    """Return *picture*, or if it has too many boxes for a *form*, one with like boxes as one."""
    return folded(picture, _MOST[form]) if form in _MOST else picture
