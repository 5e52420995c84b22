"""
What a declaration says of its runs: how long, how much memory, how often.

Knows the form of these values; does not know what comes of a run that goes
beyond them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from capstone_build.authoring.declaration import Declaration
from capstone_build.core.size import read_size


def limit_problems(written: Declaration) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the limits in a declaration, and what to write instead."""
    timeout = written.timeout
    if timeout is not None and not (is_number(timeout) and 0 < timeout < math.inf):
        yield f"timeout={timeout!r} is no number of seconds", "Write timeout=60."
    if written.memory is not None and memory_limit(written) is None:
        yield f"memory={written.memory!r} is no amount of memory", "Write memory='2GB'."
    if not isinstance(written.retries, int) or written.retries < 0:
        yield f"retries={written.retries!r} is no count", "Write retries=2."


def memory_limit(written: Declaration) -> int | None:
    """Return the most memory that a run may use, in bytes; None if that says nothing."""
    limit = written.memory
    if isinstance(limit, str):
        return read_size(limit)
    return limit if isinstance(limit, int) and limit > 0 and not isinstance(limit, bool) else None


def is_number(value: object) -> bool:
    """Tell whether *value* is a number, which a truth value is not."""
    return isinstance(value, int | float) and not isinstance(value, bool)
