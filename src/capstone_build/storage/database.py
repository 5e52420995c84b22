"""
The database under the manifest: one SQLite file of a known schema.

Knows how it is opened, judged, made and written; does not know what is in it.
What cannot be read is treated as absent, and is moved away when a new one is
made: by a build, under its lock, and never by somebody who only looks.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from capstone_build.disk import disk_failed
from capstone_build.errors import MemoryFailedError

_TABLES = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"

_KIND = 0xFF
"""Of a code of SQLite for an error, what tells its kind."""

_IN_USE = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_NO_DAMAGE = _IN_USE | {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOMEM,
}
"""Errors of the disk and the machine, which say nothing of what is in the file."""


class Database:
    """
    An SQLite file, open.

    Args:
        path: The file; made at the first transaction.
        schema: The statements that make its tables.
        version: Of the schema; a file of another version is not read.
        is_known: Whether it is surely what was left there: it is not checked then.

    Attributes:
        problem: Why what was there could not be read; empty if it could.
    """

    def __init__(self, path: Path, schema: str, version: int, is_known: bool = False) -> None:
        self._path = path
        self._is_known = is_known
        self._schema = schema
        self._version = version
        self.problem = ""
        self._only_reads = False
        self._connection = self._opened()

    def rows(self, query: str, *values: str) -> list[Any]:
        """
        Return the rows that answer a query; none if there is no database.

        Raises:
            MemoryFailedError: If it cannot be read.
        """
        if self._connection is None:
            return []
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._failed(error) from None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """
        Give a connection on which all is written or nothing.

        Raises:
            MemoryFailedError: If it cannot be written.
        """
        try:
            if self._connection is None:
                self._connection = self._made()
            elif self._only_reads:
                self._connection.close()
                self._connection, self._only_reads = _connected(self._path), False
            connection = self._connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        except (OSError, sqlite3.Error) as error:
            raise self._failed(error) from None

    def sync(self) -> None:
        """
        See that all that was written is on disk.

        Raises:
            MemoryFailedError: If it cannot be written.
        """
        if self._connection is not None:
            try:
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            except sqlite3.Error as error:
                raise self._failed(error) from None

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()

    def _opened(self) -> sqlite3.Connection | None:
        """Open what is there; None if nothing is, or nothing that can be read."""
        if not self._path.exists():
            return None
        try:
            return self._sound(_frozen if self._is_frozen() else _connected)
        except sqlite3.Error as error:
            if error.sqlite_errorcode & _KIND not in _NO_DAMAGE or not self._path.is_file():
                self.problem = str(error)
                return None
            if error.sqlite_errorcode & _KIND in _IN_USE or not self._is_merged():
                raise self._failed(error) from None
        try:
            return self._sound(_frozen)  # no room, say, for what SQLite keeps beside it
        except sqlite3.Error as error:
            raise self._failed(error) from None

    def _sound(self, connect: Callable[[Path], sqlite3.Connection]) -> sqlite3.Connection | None:
        """Open what is there; None, and the problem is known, if it is no manifest."""
        connection = connect(self._path)
        try:
            self.problem = self._judged(connection)
        except BaseException:
            connection.close()
            raise
        if self.problem:
            connection.close()
            return None
        self._only_reads = connect is _frozen
        return connection

    def _is_frozen(self) -> bool:
        """
        Tell whether it lies where nothing can be written, and nothing is left to be merged.

        SQLite keeps a file beside it while it reads, and fails where it cannot.
        """
        return self._is_merged() and not os.access(self._path.parent, os.W_OK)

    def _is_merged(self) -> bool:
        """Tell whether all that was written is in the file itself, and nothing in its log."""
        log = self._path.with_name(f"{self._path.name}-wal")
        return not log.exists() or log.stat().st_size == 0

    def _judged(self, connection: sqlite3.Connection) -> str:
        """Say what is wrong with an open database; empty if nothing is."""
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version != self._version:
            return f"it is of version {version}, this is {self._version}"
        if self._is_known:
            return ""  # to read all of it takes the longer the more there is
        with closing(sqlite3.connect(":memory:")) as sample:
            sample.executescript(self._schema)
            expected = sample.execute(_TABLES).fetchall()
        if connection.execute(_TABLES).fetchall() != expected:
            return "its tables are not those of a manifest"
        sound: str = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        return "" if sound == "ok" else sound

    def _made(self) -> sqlite3.Connection:
        """Make a new database, and move away what is there and cannot be read."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        for suffix in ("", "-wal", "-shm"):
            file = self._path.with_name(self._path.name + suffix)
            if file.exists():
                file.replace(file.with_name(f"{file.name}.unreadable"))
        connection = _connected(self._path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(
            f"BEGIN; {self._schema} PRAGMA user_version = {self._version}; COMMIT;"
        )
        return connection

    def _failed(self, error: OSError | sqlite3.Error) -> MemoryFailedError:
        if isinstance(error, OSError):
            return disk_failed(self._path, error)
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            return disk_failed(self._path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
        return MemoryFailedError(
            f"the manifest {str(self._path)!r} failed: {error}",
            hint="See that the disk has room and the folder can be written; what is built stands.",
        )


def _connected(path: Path) -> sqlite3.Connection:
    return _set_up(sqlite3.connect(path, timeout=60, isolation_level=None))


def _frozen(path: Path) -> sqlite3.Connection:
    """Open what nobody can write to, without the file that keeps writers apart."""
    name = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    return _set_up(sqlite3.connect(name, uri=True, isolation_level=None))


def _set_up(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.text_factory = _lenient
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _lenient(text: bytes) -> str:
    """Read what is no UTF-8, in a damaged row, as something that no reader will accept."""
    return text.decode("utf-8", "replace")
