"""
The history of a pipeline's builds, as it is kept in the manifest.

Knows its tables; does not know what is done with it. It explains and decides
nothing: a row that cannot be read is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.digest import Digest
from capstone_build.core.history import Left, PastBuild, PastStage
from capstone_build.core.report import Outcome
from capstone_build.core.stage import StageName
from capstone_build.storage.database import Database
from capstone_build.storage.trace_record import differences_as_text, differences_from_text

_BUILDS = "SELECT build, at, seconds, interrupted, up_to_date FROM builds WHERE pipeline = ? "
_STAGES = (
    "SELECT stage, outcome, at, seconds, because, message, memory, outputs "
    "FROM past_stages WHERE pipeline = ? AND build = ? ORDER BY at, rowid"
)


class History:
    """
    What builds of one pipeline did.

    Args:
        database: The manifest's.
        pipeline: Which of the project's pipelines it is, by its module.
    """

    def __init__(self, database: Database, pipeline: str) -> None:
        self._database = database
        self._pipeline = pipeline

    def write(self, build: PastBuild) -> None:
        """Add what *build* has come to since it was last written, the stages to those before."""
        with self._database.transaction() as writing:
            writing.execute(
                "INSERT OR REPLACE INTO builds VALUES (?, ?, ?, ?, ?, ?)",
                (
                    build.build,
                    self._pipeline,
                    build.at,
                    build.seconds,
                    build.interrupted,
                    build.up_to_date,
                ),
            )
            writing.executemany(
                "INSERT OR REPLACE INTO past_stages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(build.build, self._pipeline, *_row(each)) for each in build.stages],
            )
            writing.executemany(
                "INSERT OR REPLACE INTO past_artifacts VALUES (?, ?, ?, ?)",
                [
                    (path, self._pipeline, build.build, left.digest)
                    for each in build.stages
                    for path, left in each.outputs.items()
                ],
            )

    def latest(self, count: int) -> list[PastBuild]:
        """Return the latest builds, at most *count*, the oldest first."""
        query = f"{_BUILDS} ORDER BY at DESC, build DESC LIMIT ?"
        rows = self._database.rows(query, self._pipeline, str(count))
        return [self._build(row) for row in reversed(rows)]

    def backwards(self) -> Iterator[PastBuild]:
        """Yield the builds, the latest first; each is read when it is asked for."""
        for row in self._database.rows(f"{_BUILDS} ORDER BY at DESC, build DESC", self._pipeline):
            yield self._build(row)

    def named(self, name: str) -> list[PastBuild]:
        """Return the builds whose identifiers begin with *name*, the oldest first."""
        query = f"{_BUILDS} AND substr(build, 1, length(?)) = ? ORDER BY at, build"
        return [self._build(row) for row in self._database.rows(query, self._pipeline, name, name)]

    def artifacts(self) -> list[ArtifactPath]:
        """Return every path at which a build left something."""
        query = "SELECT DISTINCT path FROM past_artifacts WHERE pipeline = ? ORDER BY path"
        return [ArtifactPath(path) for (path,) in self._database.rows(query, self._pipeline)]

    def versions(self, path: str) -> list[tuple[str, float, Digest]]:
        """Return each build that left something at *path*: when it began and what it left."""
        query = (
            "SELECT a.build, b.at, a.digest FROM past_artifacts a JOIN builds b "
            "ON b.build = a.build AND b.pipeline = a.pipeline "
            "WHERE a.path = ? AND a.pipeline = ? ORDER BY b.at, a.build"
        )
        rows = self._database.rows(query, path, self._pipeline)
        return [(build, at, Digest(digest)) for build, at, digest in rows]

    def _build(self, row: Iterable[Any]) -> PastBuild:
        build, at, seconds, interrupted, up_to_date = row
        rows = self._database.rows(_STAGES, self._pipeline, build)
        return PastBuild(
            build=build,
            at=at,
            seconds=seconds,
            interrupted=interrupted,
            up_to_date=up_to_date,
            stages=tuple(_stages(rows)),
        )


def _row(past: PastStage) -> tuple[object, ...]:
    outputs = {path: [left.digest, left.size] for path, left in past.outputs.items()}
    return (
        past.stage,
        past.outcome.value,
        past.at,
        past.seconds,
        differences_as_text(past.because),
        past.message,
        past.memory,
        json.dumps(outputs, separators=(",", ":")),
    )


def _stages(rows: Iterable[tuple[Any, ...]]) -> Iterator[PastStage]:
    for stage, outcome, at, seconds, because, message, memory, outputs in rows:
        try:
            yield PastStage(
                stage=StageName(stage),
                outcome=Outcome(outcome),
                at=at,
                seconds=seconds,
                because=differences_from_text(because),
                message=message,
                memory=memory,
                outputs={
                    path: Left(digest, size) for path, (digest, size) in json.loads(outputs).items()
                },
            )
        except (ValueError, TypeError, AttributeError):
            continue  # damaged: as if it had never been
