"""
The outline of a pipeline at rest: its stages as they were declared, and what reaches which.

Knows stages, by their rank in the graph, the places that they read and write, and
what they were seen to read; does not judge them. It is asked for the few stages that
something which moved may concern, so that the others need not be read at all.

It belongs to a footing, which names the state in which its file is: in another
state, it is not the one that was written.
"""

# It is asked before anything runs: pathlib costs several times that.
# ruff: noqa: PTH103, PTH105, PTH116, PTH118

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from capstone_build.core.artifact import ArtifactPath, Kind, fixed_prefix, parents
from capstone_build.core.digest import Digest
from capstone_build.core.stage import Stage, StageName
from capstone_build.core.stage_record import stage_as_record, stage_from_record
from capstone_build.errors import MemoryFailedError
from capstone_build.storage.footing import bound
from capstone_build.storage.looks import full_state

PLACE = "outlines"
"""The folder of the engine's memory in which outlines are."""

_MOST_KEPT = 4
"""How many are kept: they are large where pipelines are."""

_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE stages (
    rank INTEGER PRIMARY KEY, name TEXT NOT NULL, record TEXT NOT NULL, standing TEXT NOT NULL,
    fingerprint TEXT NOT NULL, named TEXT NOT NULL
);
CREATE TABLE links (upper INTEGER, lower INTEGER, PRIMARY KEY (upper, lower)) WITHOUT ROWID;
CREATE TABLE reads (place TEXT, rank INTEGER, PRIMARY KEY (place, rank)) WITHOUT ROWID;
CREATE TABLE writes (place TEXT PRIMARY KEY, rank INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE found (rank INTEGER, path TEXT, PRIMARY KEY (rank, path)) WITHOUT ROWID;
CREATE INDEX found_by_path ON found (path);
"""

UNWANTED, PLAIN, INVOLVED = "unwanted", "plain", "involved"
"""
How a stage stands: nobody asked for it; it may be judged apart from the others; or
it may not, for what it writes, or what writes its code, concerns more than declarations tell.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """
    A stage as the outline has it.

    Attributes:
        rank: Its place in the order in which stages can be built.
        stage: What it declares, its parameters set.
        standing: How it stands: `UNWANTED`, `PLAIN` or `INVOLVED`.
        fingerprint: The digest of the fingerprint that it had.
        named: What may be paths of files, in its code or command, and is no code itself.
    """

    rank: int
    stage: Stage
    standing: str
    fingerprint: Digest
    named: Sequence[str]


class Outline:
    """
    An outline, open.

    Args:
        memory: The engine's own folder.
        name: Of its footing.
        state: What the footing says of it.

    Attributes:
        facts: What else the footing's build knew of the pipeline as a whole.

    Raises:
        MemoryFailedError: If it is not the one that the footing means; so do all methods
            raise where it cannot be read.
    """

    def __init__(self, memory: str, name: str, state: str) -> None:
        path = os.path.join(memory, PLACE, name)
        self._path = path
        if not state or _state(path) != state:
            raise self._failed("it is not the one that was written")
        try:
            self._connection = sqlite3.connect(
                f"file:{path.replace('%', '%25').replace('?', '%3f').replace('#', '%23')}"
                "?mode=ro&immutable=1",
                uri=True,
            )
        except sqlite3.Error as error:
            raise self._failed(str(error)) from None
        rows = self._rows("SELECT name, text FROM facts")
        self.facts: dict[str, Any] = {name: json.loads(text) for name, text in rows}

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def reached_by(self, path: str) -> set[int]:
        """Return the stages that may read or write *path*: surely all that do."""
        places = [path, *parents(path), ""]
        marks = ", ".join("?" * len(places))
        query = (
            f"SELECT rank FROM reads WHERE place IN ({marks}) "  # noqa: S608 (marks only)
            f"UNION SELECT rank FROM writes WHERE place IN ({marks}) "
            "UNION SELECT rank FROM found WHERE path = ?"
        )
        return {rank for (rank,) in self._rows(query, *places, *places, path)}

    def below(self, ranks: Collection[int]) -> set[int]:
        """Return *ranks*, and all stages that what these leave leads to."""
        found, waiting = set(ranks), list(ranks)
        while waiting:
            fresh = set(self.lower(waiting.pop())) - found
            found |= fresh
            waiting += fresh
        return found

    def finding(self) -> set[int]:
        """Return the stages that were seen to read what they do not declare."""
        return {rank for (rank,) in self._rows("SELECT DISTINCT rank FROM found")}

    def found_by(self, rank: int) -> set[str]:
        """Return the files that a stage was seen to read and does not declare."""
        rows = self._rows("SELECT path FROM found WHERE rank = ?", rank)
        return {path for (path,) in rows}

    def drawn(self, ranks: Iterable[int]) -> list[Drawn]:
        """Return these stages, in the order of the graph."""
        query = "SELECT record, standing, fingerprint, named FROM stages WHERE rank = ?"
        found = []
        for rank in sorted(ranks):
            [(record, standing, fingerprint, named)] = self._rows(query, rank)
            drawn = Drawn(
                rank=rank,
                stage=stage_from_record(json.loads(record)),
                standing=standing,
                fingerprint=fingerprint,
                named=json.loads(named),
            )
            found.append(drawn)
        return found

    def lower(self, rank: int) -> list[int]:
        """Return the stages that read what a stage writes."""
        return [lower for (lower,) in self._rows("SELECT lower FROM links WHERE upper = ?", rank)]

    def writer(self, place: str) -> StageName | None:
        """Return the stage that declares to write *place*, of all that there are."""
        query = "SELECT name FROM writes JOIN stages USING (rank) WHERE place = ?"
        return next((StageName(name) for (name,) in self._rows(query, place)), None)

    def is_made(self, path: str) -> bool:
        """Tell whether a stage declares to write *path*, or something in it."""
        query = (
            "SELECT 1 FROM writes WHERE place = ? OR place > ? || '/' AND place < ? || '0' LIMIT 1"
        )
        return bool(self._rows(query, path, path, path))

    def _rows(self, query: str, *values: object) -> list[Any]:
        try:
            return self._connection.execute(query, values).fetchall()
        except (sqlite3.Error, UnicodeError) as error:
            raise self._failed(str(error)) from None

    def _failed(self, why: str) -> MemoryFailedError:
        return MemoryFailedError(
            f"the outline {self._path!r} failed: {why}",
            hint="Build again: without it, all of the pipeline is looked at.",
        )


def draw(  # noqa: PLR0917 (made in one place)
    memory: str,
    name: str,
    facts: Mapping[str, object],
    stages: Iterable[Drawn],
    links: Iterable[tuple[StageName, StageName]],
    found: Iterable[tuple[StageName, str]],
) -> str:
    """
    Write an outline down.

    Args:
        memory: The engine's own folder.
        name: Of its footing.
        facts: What is to be known of the pipeline as a whole, as JSON can say it.
        stages: All stages, in the order of the graph.
        links: Each stage with each that reads what it writes.
        found: Each stage with each file that it was seen to read and does not declare.

    Returns:
        What the footing has to say of it.

    Raises:
        OSError: If it cannot be written, as is `sqlite3.Error`.
    """
    place = os.path.join(memory, PLACE)
    os.makedirs(place, exist_ok=True)
    path = os.path.join(place, name)
    beside = f"{path}.{os.getpid()}.tmp"
    if os.path.exists(beside):  # noqa: PTH110 (as above)
        os.unlink(beside)  # noqa: PTH108 (as above)
    with closing(sqlite3.connect(beside, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(f"BEGIN; {_SCHEMA}")
        connection.executemany(
            "INSERT INTO facts VALUES (?, ?)",
            [(key, json.dumps(value)) for key, value in facts.items()],
        )
        ranks: dict[StageName, int] = {}
        reads: set[tuple[str, int]] = set()
        writes: list[tuple[ArtifactPath, int]] = []
        for drawn in stages:
            rank, stage = drawn.rank, drawn.stage
            ranks[stage.name] = rank
            text = json.dumps(stage_as_record(stage), separators=(",", ":"))
            named = json.dumps(drawn.named)
            row = (rank, stage.name, text, drawn.standing, drawn.fingerprint, named)
            connection.execute("INSERT INTO stages VALUES (?, ?, ?, ?, ?, ?)", row)
            for each in stage.reads:
                is_pattern = each.kind is Kind.PATTERN
                reads.add((fixed_prefix(each.path) if is_pattern else each.location, rank))
            writes += [(each.location, rank) for each in stage.writes]
        connection.executemany("INSERT INTO reads VALUES (?, ?)", sorted(reads))
        connection.executemany("INSERT INTO writes VALUES (?, ?)", sorted(writes))
        connection.executemany(
            "INSERT INTO links VALUES (?, ?)", sorted((ranks[u], ranks[w]) for u, w in links)
        )
        connection.executemany(
            "INSERT INTO found VALUES (?, ?)", {(ranks[n], path) for n, path in found}
        )
        connection.execute("COMMIT")
    os.replace(beside, path)
    bound(place, _MOST_KEPT)
    return _state(path)


def _state(path: str) -> str:
    """Spell the state of a file; empty if it is not there."""
    try:
        return " ".join(map(str, full_state(os.stat(path))))
    except OSError:
        return ""
