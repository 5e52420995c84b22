"""
Instants, as other programs read them.

Knows seconds since the epoch; does not know what happened then.
"""

from __future__ import annotations

from datetime import datetime


def instant(at: float) -> str:
    """Return seconds since the epoch as ISO 8601 says them, in the local zone."""
    return datetime.fromtimestamp(at).astimezone().isoformat(timespec="milliseconds")
