"""
The manifest: traces and file states that persist between builds, in SQLite.

Knows how they are kept; does not judge them (`capstone_build.core.plan`). The
manifest may be lost at any time: where it cannot be read, a new one begins.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.digest import Digest, digest_mapping
from capstone_build.core.fingerprint import digest_fingerprint
from capstone_build.core.plan import Difference
from capstone_build.core.stage import StageName
from capstone_build.core.trace import Trace
from capstone_build.storage.database import Database
from capstone_build.storage.file_state import FileState, KnownFile
from capstone_build.storage.history import History
from capstone_build.storage.schema import SCHEMA, SCHEMA_VERSION
from capstone_build.storage.summaries import Summaries
from capstone_build.storage.trace_record import (
    differences_as_text,
    differences_from_text,
    trace_as_text,
    trace_from_text,
    trace_name,
)

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """
    How a stage came to be as it is.

    Attributes:
        trace: The run that its outputs are of.
        previous: The run that they were of before; None if there was none.
        how: "built", "restored" or "accepted".
        at: When that was, in seconds since the epoch.
        because: How the world departed from the previous run.
    """

    trace: Trace
    previous: Trace | None
    how: str
    at: float
    because: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """
    A file that a stage left at its final path.

    Attributes:
        digest: Of its content, as the stage left it.
        stage: The stage that made it.
    """

    digest: Digest
    stage: StageName


class Manifest:
    """
    What is remembered between builds.

    Args:
        path: The database; made when there is something to remember.
        pipeline:
            Which of the project's pipelines this is, by its module: stages of
            one name in two of them are two stages.
        is_known: Whether it is surely what was left there: it is not checked then.

    Attributes:
        problem: Why what was there could not be read; empty if it could.
    """

    def __init__(self, path: Path, pipeline: str, is_known: bool = False) -> None:
        self._pipeline = pipeline
        self._database = Database(path, SCHEMA, SCHEMA_VERSION, is_known)
        self.problem = self._database.problem

    # Traces.

    def last(self, stage: StageName) -> Trace | None:
        """Return the trace of the latest run of *stage* that succeeded."""
        rows = self._database.rows(
            "SELECT t.record FROM latest l JOIN traces t ON t.number = l.number "
            "WHERE l.pipeline = ? AND l.stage = ?",
            self._pipeline,
            stage,
        )
        trace = next(_traces(rows), None)
        is_other = trace is not None and trace.stage != stage
        return replace(trace, stage=stage) if trace is not None and is_other else trace

    def latest(self, stage: StageName) -> Latest | None:
        """Return how *stage* came to be as it is; None if it never ran."""
        rows = self._database.rows(
            "SELECT t.record, p.record, l.how, l.at, l.because FROM latest l "
            "JOIN traces t ON t.number = l.number LEFT JOIN traces p ON p.number = l.previous "
            "WHERE l.pipeline = ? AND l.stage = ?",
            self._pipeline,
            stage,
        )
        for record, previous, how, at, because in rows:
            trace = next(_traces([(record,)]), None)
            before = next(_traces([(previous,)]), None)
            if trace is not None:
                reasons = _readable(differences_from_text, because) or ()
                return Latest(trace=trace, previous=before, how=how, at=at, because=reasons)
        return None

    def recall(self, key: Digest) -> Iterator[Trace]:
        """Yield the traces of this *key*."""
        rows = self._database.rows("SELECT record FROM traces WHERE key = ?", key)
        return (trace for trace in _traces(rows) if trace.key == key)

    def traces(self, fingerprint: Digest) -> Iterator[Trace]:
        """Yield the traces of a fingerprint of this digest."""
        return _traces(
            self._database.rows("SELECT record FROM traces WHERE fingerprint = ?", fingerprint)
        )

    def discovering(self, among: Iterable[StageName] | None = None) -> Iterator[Trace]:
        """
        Yield the latest trace of each stage that was seen to read what it does not declare.

        Args:
            among: The stages to ask for; None for all.
        """
        if among is not None:
            last = (self.last(stage) for stage in among)
            yield from (trace for trace in last if trace is not None and trace.discovered)
            return
        rows = self._database.rows(
            "SELECT l.stage FROM latest l JOIN traces t ON t.number = l.number "
            "WHERE l.pipeline = ? AND t.discovered != ?",
            self._pipeline,
            digest_mapping({}),
        )
        yield from (trace for (stage,) in rows if (trace := self.last(stage)) is not None)

    def is_unfinished(self, stage: StageName) -> bool:
        """Tell whether a run of *stage* began and did not end well."""
        query = "SELECT 1 FROM unfinished WHERE pipeline = ? AND stage = ?"
        return bool(self._database.rows(query, self._pipeline, stage))

    def begin(self, stage: StageName, build: str) -> None:
        """Note, before it starts, that a run of *stage* is under way."""
        with self._database.transaction() as writing:
            row = (self._pipeline, stage, build)
            writing.execute("INSERT OR REPLACE INTO unfinished VALUES (?, ?, ?)", row)

    def record(
        self,
        trace: Trace,
        owned: Iterable[str],
        states: Mapping[str, KnownFile],
        how: str = "built",
        because: Iterable[Difference] = (),
    ) -> None:
        """
        Remember a run that succeeded, and that its outputs are in place.

        Args:
            trace: What it saw and left.
            owned: The paths that it declares to write: what was there is replaced.
            states: What was learned of files meanwhile.
            how: How the outputs got there: "built", "restored" or "accepted".
            because: How the world departed from the run before.
        """
        name = (self._pipeline, trace.stage)
        with self._database.transaction() as writing:
            found = _write_trace(writing, trace)
            writing.execute(
                "INSERT INTO latest SELECT ?, ?, number, NULL, ?, ?, ? FROM traces "
                "WHERE key = ? AND discovered = ? ON CONFLICT (pipeline, stage) DO UPDATE SET "
                "previous = number, number = excluded.number, how = excluded.how, "
                "at = excluded.at, because = excluded.because",
                (*name, how, time.time(), differences_as_text(because), *found),
            )
            writing.execute("DELETE FROM unfinished WHERE pipeline = ? AND stage = ?", name)
            writing.executemany(
                "DELETE FROM made WHERE path = ? OR path > ? || '/' AND path < ? || '0'",
                [(path, path, path) for path in owned],
            )
            writing.executemany(
                "INSERT OR REPLACE INTO made VALUES (?, ?, ?, ?)",
                [(path, digest, *name) for path, digest in trace.outputs.items()],
            )
            _write_states(writing, states)

    def amend(self, trace: Trace) -> None:
        """Let *trace*, which differs in what was discovered, be that of the stage's latest run."""
        with self._database.transaction() as writing:
            found = _write_trace(writing, trace)
            writing.execute(
                "UPDATE latest SET number = (SELECT number FROM traces "
                "WHERE key = ? AND discovered = ?) WHERE pipeline = ? AND stage = ?",
                (*found, self._pipeline, trace.stage),
            )

    # Files.

    def file(self, path: str) -> KnownFile | None:
        """Return what is known of the file at *path*."""
        query = (
            "SELECT size, mtime_ns, ctime_ns, inode, digest, looked_ns, boot "
            "FROM files WHERE path = ?"
        )
        for *state, digest, looked_ns, boot in self._database.rows(query, path):
            return KnownFile(FileState(*state), digest, looked_ns, boot)
        return None

    def remember_files(self, states: Mapping[str, KnownFile]) -> None:
        """Remember what was learned of files; nothing is written where there is nothing."""
        if states:
            with self._database.transaction() as writing:
                _write_states(writing, states)

    def made(self) -> dict[ArtifactPath, Made]:
        """Return every file that a stage of this pipeline, declared or not, left in place."""
        query = "SELECT path, digest, stage FROM made WHERE pipeline = ?"
        rows = self._database.rows(query, self._pipeline)
        return {path: Made(digest, stage) for path, digest, stage in rows}

    def made_at(self, path: str) -> Made | None:
        """Return what a stage, of whichever pipeline, left at *path*."""
        rows = self._database.rows("SELECT digest, stage FROM made WHERE path = ?", path)
        return next((Made(*row) for row in rows), None)

    def summaries(self) -> Summaries:
        """Return the memory of what was read in source files."""
        return Summaries(self._database)

    def history(self) -> History:
        """Return the memory of what builds did."""
        return History(self._database, self._pipeline)

    def sync(self) -> None:
        """See that all that is remembered is on disk, and outlives the machine's memory."""
        self._database.sync()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


def _write_trace(writing: sqlite3.Connection, trace: Trace) -> tuple[Digest, Digest]:
    """Write a trace down; return by what it is found again."""
    name, record = trace_name(trace), trace_as_text(trace)
    writing.execute(
        "INSERT INTO traces (key, discovered, fingerprint, record, used) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET record = excluded.record, used = excluded.used",
        (*name, digest_fingerprint(trace.fingerprint), record, time.time()),
    )
    return name


def _write_states(writing: sqlite3.Connection, states: Mapping[str, KnownFile]) -> None:
    rows: Iterable[tuple[object, ...]] = (
        (
            path,
            known.state.size,
            known.state.mtime_ns,
            known.state.ctime_ns,
            known.state.inode,
            known.digest,
            known.looked_ns,
            known.boot,
        )
        for path, known in states.items()
    )
    writing.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _traces(rows: Iterable[tuple[str | None]]) -> Iterator[Trace]:
    """Read traces; a damaged one is passed over, as if it had never been."""
    for (record,) in rows:
        if record is not None and (trace := _readable(trace_from_text, record)) is not None:
            yield trace


def _readable(read: Callable[[str], _Read], text: str) -> _Read | None:
    try:
        return read(text)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
