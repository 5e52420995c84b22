"""
Amounts: how much room something takes, as people say it.

Knows bytes; does not know what they are of.
"""

from __future__ import annotations

_UNITS = ("kB", "MB", "GB", "TB")


def spelled_bytes(count: int) -> str:
    """Return *count* bytes in decimal units, as disks are sold and `ls -h --si` tells."""
    if count < 1000:
        return f"{count} B"
    size = float(count)
    for unit in _UNITS:
        size /= 1000
        if size < 999.5:
            return f"{size:.1f} {unit}" if size < 9.95 else f"{size:.0f} {unit}"
    return f"{size:.0f} {_UNITS[-1]}"


def counted(count: int, what: str) -> str:
    """Return so many of *what*, in the plural where it is not one."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
