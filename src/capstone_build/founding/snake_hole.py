"""
Holes: places in texts of a loop for the values of its variables.

Knows a variable by its name; does not know what loops go through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from capstone_build.founding.adopted import Hole, Spelling, joined

HOLE = re.compile("\x06(\\w+)\x07")
"""Stands in a text for the value of a loop's variable."""


def hole(name: str) -> str:
    """Return what stands for the variable called *name*."""
    return f"\x06{name}\x07"


def unholed(text: str, values: Mapping[str, str]) -> str:
    """Return *text* with values in its holes."""
    return HOLE.sub(lambda found: values.get(found[1], found[0]), text)


def as_pattern(text: str) -> str:
    """Return *text* with its holes as wildcards."""
    return HOLE.sub(r"{\1}", text)


def spelled_text(text: str) -> Spelling:
    """Return *text* as a spelling."""
    parts = HOLE.split(text)
    return joined([Hole(each) if index % 2 else each for index, each in enumerate(parts)])
