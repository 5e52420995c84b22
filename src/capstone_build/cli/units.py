"""
Units on the command line: how long, and how much room.

Knows how people write them; does not know what they bound.
"""

from __future__ import annotations

import re

import click

_SECONDS = {"m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}
_BYTES = {
    "": 1,
    "k": 10**3,
    "m": 10**6,
    "g": 10**9,
    "t": 10**12,
    "ki": 2**10,
    "mi": 2**20,
    "gi": 2**30,
    "ti": 2**40,
}
_NUMBER = r"(\d+(?:\.\d+)?)"


def read_time(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> float | None:
    """Read a time such as `30d`, `12h` or `2w`, in seconds; to be the callback of an option."""
    if text is None:
        return None
    found = re.fullmatch(rf"{_NUMBER}\s*([mhdw])", text.strip().lower())
    if found is None:
        raise click.BadParameter(f"{text!r} is no time: write 30d, 12h or 2w.")
    return float(found[1]) * _SECONDS[found[2]]


def read_size(_context: click.Context, _parameter: click.Parameter, text: str | None) -> int | None:
    """Read a size such as `5GB` or `10GiB`, in bytes; to be the callback of an option."""
    if text is None:
        return None
    found = re.fullmatch(rf"{_NUMBER}\s*([kmgt]?i?)b?", text.strip().lower())
    if found is None or found[2] not in _BYTES:
        raise click.BadParameter(f"{text!r} is no size: write 5GB, 500MB or 10GiB.")
    return int(float(found[1]) * _BYTES[found[2]])
