"""
Amounts: how many there are of something, as people say it.

Knows numbers and words; sizes in bytes are said by `capstone_build.core.size`.
"""

from __future__ import annotations


def counted(count: int, what: str) -> str:
    """Return so many of *what*, in the plural where it is not one."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
