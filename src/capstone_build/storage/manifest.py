"""
The manifest: traces and file states that persist between builds, in SQLite.

Knows how they are kept; does not judge them (`capstone_build.core.plan`). The
manifest is a cache: where it cannot be read it is set aside, and a new one
begins.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import Aspect, Fingerprint, Part, digest_fingerprint
from capstone_build.core.stage import StageName
from capstone_build.core.trace import Trace
from capstone_build.errors import MemoryFailedError
from capstone_build.storage.files import FileState, KnownFile

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
        self._path = path
        self._pipeline = pipeline
        self.problem = ""
        self._connection = self._opened()

    # Traces.

    def last(self, stage: StageName) -> Trace | None:
        """Return the trace of the latest run of *stage* that succeeded."""
        rows = self._rows(
            "SELECT t.* FROM latest l JOIN traces t ON t.key = l.key "
            "WHERE l.pipeline = ? AND l.stage = ?",
            self._pipeline,
            stage,
        )
        return next(_traces(rows, stage), None)

    def recall(self, key: Digest) -> Trace | None:
        """Return the trace of this *key*."""
        return next(_traces(self._rows("SELECT * FROM traces WHERE key = ?", key)), None)

    def traces(self, fingerprint: Digest) -> Iterator[Trace]:
        """Yield the traces of a fingerprint of this digest."""
        return _traces(self._rows("SELECT * FROM traces WHERE fingerprint = ?", fingerprint))

    def is_unfinished(self, stage: StageName) -> bool:
        """Tell whether a run of *stage* began and did not end well."""
        query = "SELECT 1 FROM unfinished WHERE pipeline = ? AND stage = ?"
        return bool(self._rows(query, self._pipeline, stage))

    def begin(self, stage: StageName, build: str) -> None:
        """Note, before it starts, that a run of *stage* is under way."""
        with self._transaction() as writing:
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
        with self._transaction() as writing:
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
        for size, mtime_ns, ctime_ns, inode, digest, looked_ns in self._rows(query, path):
            return KnownFile(FileState(size, mtime_ns, ctime_ns, inode), digest, looked_ns)
        return None

    def remember_files(self, states: Mapping[str, KnownFile]) -> None:
        """Remember what was learned of files; nothing is written where there is nothing."""
        if states:
            with self._transaction() as writing:
                _write_states(writing, states)

    def made(self) -> dict[ArtifactPath, Made]:
        """Return every file that a stage of this pipeline, declared or not, left in place."""
        query = "SELECT path, digest, stage FROM made WHERE pipeline = ?"
        rows = self._rows(query, self._pipeline)
        return {path: Made(digest, stage) for path, digest, stage in rows}

    def made_at(self, path: str) -> Made | None:
        """Return what a stage, of whichever pipeline, left at *path*."""
        rows = self._rows("SELECT digest, stage FROM made WHERE path = ?", path)
        return next((Made(*row) for row in rows), None)

    def summaries(self) -> Summaries:
        """Return the memory of what was read in source files."""
        return Summaries(self)

    def close(self) -> None:
        """Let go of the database."""
        if self._connection is not None:
            self._connection.close()

    # The database.

    def _opened(self) -> sqlite3.Connection | None:
        """Open what is there; None if nothing is, or nothing that can be read."""
        if not self._path.exists():
            return None
        try:
            connection = _connected(self._path)
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version != SCHEMA_VERSION:
                connection.close()
                self._set_aside(f"it is of version {version}, this is {SCHEMA_VERSION}")
                return None
            schema = [row[0] for row in connection.execute(_SCHEMA_QUERY)]
            if schema != _expected_schema():
                connection.close()
                self._set_aside("its tables are not those of a manifest")
                return None
            sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if sound != "ok":
                connection.close()
                self._set_aside(str(sound))
                return None
        except sqlite3.DatabaseError as error:
            self._set_aside(str(error))
            return None
        return connection

    def _set_aside(self, problem: str) -> None:
        """Move an unreadable database away, for whoever wants to look at it."""
        self.problem = problem
        for suffix in ("", "-wal", "-shm"):
            file = self._path.with_name(self._path.name + suffix)
            try:
                file.replace(file.with_name(f"{file.name}.unreadable"))
            except FileNotFoundError:
                continue
            except OSError as error:
                raise MemoryFailedError(
                    f"{str(file)!r} cannot be read ({problem}) nor moved away: {error.strerror}",
                    hint="Remove it: it holds nothing that a build cannot make again.",
                ) from None

    def _rows(self, query: str, *values: str) -> list[Any]:
        if self._connection is None:
            return []
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._failed(error) from None

    def _transaction(self) -> _Transaction:
        """Return a context in which all is written or nothing; makes the database at need."""
        try:
            if self._connection is None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._connection = _connected(self._path)
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.executescript(
                    f"BEGIN; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
                )
        except (OSError, sqlite3.Error) as error:
            raise self._failed(error) from None
        return _Transaction(self._connection, self._failed)

    def _failed(self, error: Exception) -> MemoryFailedError:
        return MemoryFailedError(
            f"the manifest {str(self._path)!r} failed: {error}",
            hint="See that the disk has room and the folder can be written; what is built stands.",
        )


class Summaries(MutableMapping[str, str]):
    """What was read in source files, by key; see `capstone_build.analysis`."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._fresh: dict[str, str] = {}

    def __getitem__(self, key: str) -> str:
        """Return what was read under this *key*."""
        if key in self._fresh:
            return self._fresh[key]
        rows = self._manifest._rows("SELECT text FROM summaries WHERE key = ?", key)  # noqa: SLF001
        if not rows:
            raise KeyError(key)
        text: str = rows[0][0]
        return text

    def __setitem__(self, key: str, text: str) -> None:
        """Remember *text* at the next `write`."""
        self._fresh[key] = text

    def __delitem__(self, key: str) -> None:
        """Forget what was set since the last `write`."""
        del self._fresh[key]

    def __iter__(self) -> Iterator[str]:
        """List the keys that were set since the last `write`."""
        return iter(self._fresh)

    def __len__(self) -> int:
        """Count them."""
        return len(self._fresh)

    def write(self) -> None:
        """Put what was set into the manifest; nothing is written where there is nothing."""
        if self._fresh:
            with self._manifest._transaction() as writing:  # noqa: SLF001 (one noun, two classes)
                writing.executemany(
                    "INSERT OR REPLACE INTO summaries VALUES (?, ?)", self._fresh.items()
                )
            self._fresh = {}


class _Transaction:
    def __init__(self, connection: sqlite3.Connection, failed: Any) -> None:
        self._connection = connection
        self._failed = failed

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise self._failed(error) from None
        return self._connection

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            self._connection.execute("ROLLBACK" if error else "COMMIT")
        except sqlite3.Error as failure:
            raise self._failed(failure) from None
        if isinstance(error, sqlite3.Error):
            raise self._failed(error) from None


_SCHEMA_QUERY = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"


@cache
def _expected_schema() -> list[str]:
    """Return what a manifest's tables are, as SQLite itself spells them."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(_SCHEMA)
        return [row[0] for row in connection.execute(_SCHEMA_QUERY)]


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=60, isolation_level=None)
    connection.text_factory = _lenient
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _lenient(text: bytes) -> str:
    """Read what is no UTF-8, in a damaged row, as something that no reader will accept."""
    return text.decode("utf-8", "replace")


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
