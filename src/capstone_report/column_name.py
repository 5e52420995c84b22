"""
Column names: the words in them.

Knows how names are put together (`customerEmail`, `e_mail`, `First Name`); does
not know what the words mean.
"""

from __future__ import annotations

import re
from itertools import pairwise


def words_of(name: str) -> frozenset[str]:
    """Return the parts of *name*, two parts that stand together, and all of it as one word."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    parts = [part for part in re.split(r"[^a-z0-9]+", spaced.lower()) if part]
    return frozenset({*parts, *(a + b for a, b in pairwise(parts)), "".join(parts)})
