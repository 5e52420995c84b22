"""
The manifest: traces and file states that persist between builds, in SQLite.

Knows how they are kept; does not judge them (`capstone_build.core.plan`). The
manifest may be lost at any time: where it cannot be read, a new one begins.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import Aspect, Fingerprint, Part, digest_fingerprint
from capstone_build.core.stage import StageName
from capstone_build.core.trace import Trace
from capstone_build.storage.database import Database
from capstone_build.storage.file_state import FileState, KnownFile
from capstone_build.storage.summaries import Summaries

SCHEMA_VERSION = 1
"""Another version on disk is read as no manifest at all."""

_SCHEMA = """
CREATE TABLE traces (
    key TEXT PRIMARY KEY, stage TEXT NOT NULL, fingerprint TEXT NOT NULL, parts TEXT NOT NULL,
    inputs TEXT NOT NULL, outputs TEXT NOT NULL, seconds REAL NOT NULL, said TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX traces_by_fingerprint ON traces (fingerprint);
CREATE TABLE latest (
    pipeline TEXT, stage TEXT, key TEXT NOT NULL, PRIMARY KEY (pipeline, stage)
) WITHOUT ROWID;
CREATE TABLE unfinished (
    pipeline TEXT, stage TEXT, build TEXT NOT NULL, PRIMARY KEY (pipeline, stage)
) WITHOUT ROWID;
CREATE TABLE files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL, inode INTEGER NOT NULL, digest TEXT NOT NULL,
    looked_ns INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE made (
    path TEXT PRIMARY KEY, digest TEXT NOT NULL, pipeline TEXT NOT NULL, stage TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE summaries (key TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
"""


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

    Attributes:
        problem: Why what was there could not be read; empty if it could.
    """

    def __init__(self, path: Path, pipeline: str) -> None:
        self._pipeline = pipeline
        self._database = Database(path, _SCHEMA, SCHEMA_VERSION)
        self.problem = self._database.problem

    # Traces.

    def last(self, stage: StageName) -> Trace | None:
        """Return the trace of the latest run of *stage* that succeeded."""
        rows = self._database.rows(
            "SELECT t.* FROM latest l JOIN traces t ON t.key = l.key "
            "WHERE l.pipeline = ? AND l.stage = ?",
            self._pipeline,
            stage,
        )
        return next(_traces(rows, stage), None)

    def recall(self, key: Digest) -> Trace | None:
        """Return the trace of this *key*."""
        return next(_traces(self._database.rows("SELECT * FROM traces WHERE key = ?", key)), None)

    def traces(self, fingerprint: Digest) -> Iterator[Trace]:
        """Yield the traces of a fingerprint of this digest."""
        return _traces(
            self._database.rows("SELECT * FROM traces WHERE fingerprint = ?", fingerprint)
        )

    def is_unfinished(self, stage: StageName) -> bool:
        """Tell whether a run of *stage* began and did not end well."""
        query = "SELECT 1 FROM unfinished WHERE pipeline = ? AND stage = ?"
        return bool(self._database.rows(query, self._pipeline, stage))

    def begin(self, stage: StageName, build: str) -> None:
        """Note, before it starts, that a run of *stage* is under way."""
        with self._database.transaction() as writing:
            row = (self._pipeline, stage, build)
            writing.execute("INSERT OR REPLACE INTO unfinished VALUES (?, ?, ?)", row)

    def record(self, trace: Trace, owned: Iterable[str], states: Mapping[str, KnownFile]) -> None:
        """
        Remember a run that succeeded, and that its outputs are in place.

        Args:
            trace: What it saw and left.
            owned: The paths that it declares to write: what was there is replaced.
            states: What was learned of files meanwhile.
        """
        row = (
            trace.key,
            trace.stage,
            digest_fingerprint(trace.fingerprint),
            json.dumps([[a.value, name, d] for (a, name), d in trace.fingerprint.items()]),
            json.dumps(dict(trace.inputs)),
            json.dumps(dict(trace.outputs)),
            trace.seconds,
            json.dumps([[a.value, name, text] for (a, name), text in trace.said.items()]),
        )
        with self._database.transaction() as writing:
            writing.execute("INSERT OR REPLACE INTO traces VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
            name = (self._pipeline, trace.stage)
            writing.execute("INSERT OR REPLACE INTO latest VALUES (?, ?, ?)", (*name, trace.key))
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

    # Files.

    def file(self, path: str) -> KnownFile | None:
        """Return what is known of the file at *path*."""
        query = (
            "SELECT size, mtime_ns, ctime_ns, inode, digest, looked_ns FROM files WHERE path = ?"
        )
        for size, mtime_ns, ctime_ns, inode, digest, looked_ns in self._database.rows(query, path):
            return KnownFile(FileState(size, mtime_ns, ctime_ns, inode), digest, looked_ns)
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

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


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
        )
        for path, known in states.items()
    )
    writing.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def _traces(rows: Iterable[tuple[Any, ...]], stage: StageName | None = None) -> Iterator[Trace]:
    """Read traces; a damaged one is passed over, as if it had never been."""
    for row in rows:
        try:
            yield _trace(row, stage)
        except (ValueError, TypeError, KeyError, AttributeError):
            continue


def _trace(row: tuple[Any, ...], stage: StageName | None = None) -> Trace:
    _, made_by, _, parts, inputs, outputs, seconds, said = row
    fingerprint: Fingerprint = {(Aspect(a), name): Digest(d) for a, name, d in json.loads(parts)}
    spoken: dict[Part, str] = {(Aspect(a), name): text for a, name, text in json.loads(said)}
    return Trace(
        stage=StageName(made_by) if stage is None else stage,
        fingerprint=fingerprint,
        inputs=json.loads(inputs),
        outputs=json.loads(outputs),
        seconds=seconds,
        said=spoken,
    )
