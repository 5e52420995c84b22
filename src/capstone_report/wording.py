"""
Wording: how counts, shares and lists read in a sentence.

Knows English; does not know what is counted.
"""

from __future__ import annotations

from collections.abc import Sequence

_NAMES_SHOWN = 5


def counted(count: int, noun: str, plural: str = "") -> str:
    """Spell a count with its noun: `1 row`, `2,940 rows`."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def share(part: int, whole: int) -> str:
    """Spell a share as a percentage that is 0 % or 100 % only if it is exactly that."""
    percent = 100 * part / whole if whole else 0.0
    if 0 < percent < 0.1:
        return "under 0.1 %"
    if 99.9 < percent < 100:
        return "over 99.9 %"
    return f"{percent:.3g} %"


def listed(names: Sequence[str]) -> str:
    """Name the first few, and count the others."""
    shown = ", ".join(names[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown


def figure(number: float | None) -> str:
    """Spell a number as it is read: whole ones in full, others with six digits that count."""
    if number is None:
        return ""
    if isinstance(number, int) or (number == int(number) and abs(number) < 1e15):
        return f"{int(number):,}" if abs(number) >= 10_000 else str(int(number))
    return f"{number:,.2f}" if 10_000 <= abs(number) < 1e12 else f"{number:.6g}"
