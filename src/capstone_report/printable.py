"""
Printable text: what a page can show of text from the world.

Knows which characters steer instead of saying something; does not know pages.
"""

from __future__ import annotations

import re

_STEERING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)


def printable(text: str) -> str:
    """Return *text* on one line, with a mark for each character that would steer."""
    return _STEERING.sub("\ufffd", " ".join(text.split("\n")).replace("\r", " "))
