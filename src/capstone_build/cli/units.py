"""
Units on the command line: how long, and how much room.

Knows how people write them; does not know what they bound.
"""

from __future__ import annotations

import re

import click

from capstone_build.core.size import read_size as size_of

_SECONDS = {"m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}
_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*([mhdw])", re.IGNORECASE | re.ASCII)


def read_time(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> float | None:
    """Read a time such as `30d`, `12h` or `2w`, in seconds; to be the callback of an option."""
    if text is None:
        return None
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise click.BadParameter(f"{text!r} is no time: write 30d, 12h or 2w.")
    return float(found[1]) * _SECONDS[found[2].lower()]


def read_size(_context: click.Context, _parameter: click.Parameter, text: str | None) -> int | None:
    """Read a size such as `5GB` or `10GiB`, in bytes; to be the callback of an option."""
    if text is None:
        return None
    size = size_of(text)
    if size is None:
        raise click.BadParameter(f"{text!r} is no size: write 5GB, 500MB or 10GiB.")
    return size
