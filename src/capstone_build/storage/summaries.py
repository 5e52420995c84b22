"""
Summaries: what was read in source files, kept by content.

Knows keys and texts; does not know what they say (`capstone_build.analysis`).
"""

from __future__ import annotations

from capstone_build.storage.database import Database


class Summaries:
    """
    What was read in source files, by key.

    Args:
        database: That of the manifest.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._fresh: dict[str, str] = {}

    def get(self, key: str, /) -> str | None:
        """Return what was kept under this *key*; None if nothing was."""
        if key in self._fresh:
            return self._fresh[key]
        rows = self._database.rows("SELECT text FROM summaries WHERE key = ?", key)
        return rows[0][0] if rows else None

    def __setitem__(self, key: str, text: str, /) -> None:
        """Keep *text*, from the next `write` on for good."""
        self._fresh[key] = text

    def write(self) -> None:
        """Put what was set into the manifest; nothing is written where there is nothing."""
        if self._fresh:
            with self._database.transaction() as writing:
                writing.executemany(
                    "INSERT OR REPLACE INTO summaries VALUES (?, ?)", self._fresh.items()
                )
            self._fresh = {}
