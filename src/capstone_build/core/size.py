"""
Sizes in bytes, as people write and read them: `2GB`, `1.5 GiB`.

Decimal prefixes stand for powers of 1000, binary ones (`Ki`, `Mi`, ...) for
powers of 1024, as the standard has it (IEC 80000-13).
"""

from __future__ import annotations

import re

_UNITS = {
    "": 1,
    **{prefix: 1000 ** (power + 1) for power, prefix in enumerate("KMGT")},
    **{f"{prefix}i": 1024 ** (power + 1) for power, prefix in enumerate("KMGT")},
}
_BY_SPELLING = {unit.lower(): factor for unit, factor in _UNITS.items()}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]i?)?b?", re.IGNORECASE | re.ASCII)


def read_size(text: str) -> int | None:
    """Return how many bytes *text* says; None if it is no size, or none at all."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        return None
    number, unit = match.groups("")
    return int(float(number) * _BY_SPELLING[unit.lower()]) or None


def spell_size(size: int) -> str:
    """Return a number of bytes with the unit that makes it short, to two or three figures."""
    number, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if number < 999.5:
            break
        number, unit = number / 1000, larger
    if unit == "bytes":
        return f"{size} byte" if size == 1 else f"{size} bytes"
    return f"{number:.1f} {unit}" if number < 99.95 else f"{number:.0f} {unit}"
