"""
The inventory: all that is remembered of a project, of each of its pipelines.

Knows the whole manifest, row by row, for those that look after it
(`capstone_build.tending`); does not know the pipelines themselves, so that none of the
user's code has to run for it. Builds use `capstone_build.storage.manifest`, which sees one
pipeline.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from capstone_build.core.fingerprint import digest_fingerprint
from capstone_build.core.stage import StageName
from capstone_build.core.trace import Trace
from capstone_build.errors import MemoryFailedError
from capstone_build.storage.database import Database
from capstone_build.storage.file_state import FileState, KnownFile
from capstone_build.storage.schema import SCHEMA, SCHEMA_VERSION
from capstone_build.storage.trace_record import trace_from_text, trace_name

_AT_ONCE = "256"
"""So many traces are read at a time: all of them may be much."""

_MUCH_AIR = 0.2
"""A database is compacted that is emptier than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    One trace as it is kept.

    Attributes:
        number: What others in the manifest call it.
        used: When its outputs were last put in place, in seconds since the epoch.
        trace: What it says; None if it cannot be read.
        is_sound: Whether it is kept under the name that follows from what it says.
    """

    number: int
    used: float
    trace: Trace | None
    is_sound: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """
    A stage whose outputs are, or were, in place.

    Attributes:
        pipeline: Which of the project's pipelines it is of, by its module.
        stage: Its name there.
        number: Of the trace of its latest run.
        previous: Of the one before; None if there was none.
        is_current:
            Whether anything in the project is still known to be its work. Of a
            stage whose outputs another one has taken over, nothing is.
    """

    pipeline: str
    stage: StageName
    number: int
    previous: int | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class Maker:
    """A *stage* of one of the project's pipelines."""

    pipeline: str
    stage: StageName


class Inventory:
    """
    A manifest, seen as a whole; to be closed after use.

    Args:
        path: The database.

    Attributes:
        is_there: Whether there is one.
        problem: Why it cannot be read; empty if it can.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.is_there = path.exists()
        self._database = Database(path, SCHEMA, SCHEMA_VERSION)
        self.problem = self._database.problem

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    # Looking.

    def damage(self) -> list[str]:
        """Return what SQLite finds wrong with the file, after reading all of it."""
        try:
            found = self._database.rows("PRAGMA integrity_check(20)")
        except MemoryFailedError as error:
            return [error.problem]
        return [line for (line,) in found if line != "ok"]

    def entries(self) -> Iterator[Entry]:
        """Go through all traces, the oldest first."""
        last = 0
        while rows := self._database.rows(
            "SELECT number, key, discovered, fingerprint, record, used FROM traces "
            "WHERE number > CAST(? AS INTEGER) ORDER BY number LIMIT CAST(? AS INTEGER)",
            str(last),
            _AT_ONCE,
        ):
            for number, key, discovered, fingerprint, record, used in rows:
                trace = _read(record)
                is_sound = trace is not None and (key, discovered, fingerprint) == (
                    *trace_name(trace),
                    digest_fingerprint(trace.fingerprint),
                )
                yield Entry(number=number, used=used, trace=trace, is_sound=is_sound)
            last = rows[-1][0]

    def standing(self) -> list[Standing]:
        """Return every stage that ever ran well, with its latest runs."""
        rows = self._database.rows(
            "SELECT pipeline, stage, number, previous, EXISTS (SELECT 1 FROM made m "
            "WHERE m.pipeline = l.pipeline AND m.stage = l.stage) FROM latest l"
        )
        return [
            Standing(
                pipeline=pipeline,
                stage=StageName(stage),
                number=number,
                previous=previous,
                is_current=bool(is_current),
            )
            for pipeline, stage, number, previous, is_current in rows
        ]

    def files(self) -> Iterator[tuple[str, KnownFile]]:
        """Go through the files whose content is trusted as long as their states hold."""
        for path, *state, digest, looked_ns, boot in self._database.rows(
            "SELECT path, size, mtime_ns, ctime_ns, inode, digest, looked_ns, boot FROM files"
        ):
            yield path, KnownFile(FileState(*state), digest, looked_ns, boot)

    def made(self) -> dict[str, Maker]:
        """Return which stage, of whichever pipeline, left what is in place."""
        rows = self._database.rows("SELECT path, pipeline, stage FROM made")
        return {path: Maker(pipeline, StageName(stage)) for path, pipeline, stage in rows}

    # Tidying; under the lock.

    def forget_traces(self, numbers: Iterable[int]) -> None:
        """Forget traces, and that any stage is as one of them left it: all at once or not."""
        with self._database.transaction() as writing:
            writing.executemany("DELETE FROM traces WHERE number = ?", [(n,) for n in numbers])
            # Numbers are given again: none may be left pointing at what is gone.
            writing.execute("DELETE FROM latest WHERE number NOT IN (SELECT number FROM traces)")
            writing.execute(
                "UPDATE latest SET previous = NULL WHERE previous IS NOT NULL "
                "AND previous NOT IN (SELECT number FROM traces)"
            )

    def forget_files(self, paths: Iterable[str]) -> None:
        """Trust the states of these files no more: the next look reads them."""
        with self._database.transaction() as writing:
            writing.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in paths])

    def forget_made(self, paths: Iterable[str]) -> None:
        """Forget that any stage left something at these paths."""
        with self._database.transaction() as writing:
            writing.executemany("DELETE FROM made WHERE path = ?", [(path,) for path in paths])

    def forget_summaries(self) -> None:
        """Forget what was read in source files that no known file holds any more."""
        with self._database.transaction() as writing:
            writing.execute(
                "DELETE FROM summaries WHERE substr(key, -37) NOT IN (SELECT digest FROM files)"
            )

    def forget_builds(self, before: float) -> None:
        """Forget the history of builds that began *before* then, in seconds since the epoch."""
        with self._database.transaction() as writing:
            writing.execute("DELETE FROM builds WHERE at < ?", (before,))
            for table in ("past_stages", "past_artifacts"):
                writing.execute(
                    f"DELETE FROM {table} WHERE (build, pipeline) NOT IN "  # noqa: S608 (ours)
                    "(SELECT build, pipeline FROM builds)"
                )

    def set_aside(self) -> None:
        """Move the file to where the next build does not find it, and begins anew."""
        self._database.close()
        for suffix in ("", "-wal", "-shm"):
            file = self._path.with_name(self._path.name + suffix)
            with suppress(FileNotFoundError):
                file.replace(file.with_name(f"{file.name}.unreadable"))

    def compact(self) -> None:
        """Give the room of what was forgotten back to the disk, where it is worth it."""
        with suppress(MemoryFailedError):  # somebody looks, or there is no room: another time
            ((free,),) = self._database.rows("PRAGMA freelist_count")
            ((pages,),) = self._database.rows("PRAGMA page_count")
            if free > _MUCH_AIR * pages:
                self._database.rows("VACUUM")
            self._database.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def size(self) -> int:
        """Return how many bytes it takes on disk."""
        total = 0
        for suffix in ("", "-wal"):
            with suppress(OSError):
                total += self._path.with_name(self._path.name + suffix).stat().st_size
        return total


def _read(record: str) -> Trace | None:
    with suppress(ValueError, TypeError, KeyError, AttributeError, RecursionError, sqlite3.Error):
        return trace_from_text(record)
    return None
