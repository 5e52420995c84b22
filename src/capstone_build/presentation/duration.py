"""
Durations, as people say them.

Knows seconds; does not know what they were spent on.
"""

from __future__ import annotations

_MINUTE = 60
_HOUR = 60 * _MINUTE


def spelled(seconds: float) -> str:
    """Return *seconds* with as many digits as matter."""
    if seconds < 0.005:
        return "<0.01 s"
    if seconds < 0.095:
        return f"{seconds:.2f} s"
    if seconds < _MINUTE - 0.05:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02d} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02d} min"
