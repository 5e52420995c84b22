"""
Outlining: what a later build has to know of a pipeline to look at a part of it only.

Knows the stages of a session that came to rest, and what was asked of the file
system; does not know what a later build makes of it (`capstone_build.resting.reach`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence

from capstone_build.core.artifact import parents
from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import Aspect, digest_fingerprint
from capstone_build.core.graph import StageGraph
from capstone_build.core.stage import StageName
from capstone_build.looking.session import Session
from capstone_build.storage.outline import INVOLVED, PLAIN, UNWANTED, Drawn, draw

_CODE = (".py", ".ipynb", ".so", ".pyd")


def is_code(path: str) -> bool:
    """Tell whether a file may be imported by the next look, though it was not by this."""
    return path.endswith(_CODE)


def outlined(session: Session, wanted: StageGraph, otherwise: Collection[str], name: str) -> str:
    """
    Write the outline of a session at rest down.

    Args:
        session: The session.
        wanted: The stages that were brought up to date.
        otherwise: Paths that were asked for in another way than as artifacts.
        name: Of the footing.

    Returns:
        What the footing has to say of it; empty if there is none.
    """
    greeting = session.host.greeting
    orphans = session.world.orphans.of(session.graph)
    facts = {
        "greeting": {name: greeting[name] for name in ("environment", "compiled", "notes")},
        "orphans": dict(orphans),
    }
    try:
        return draw(
            str(session.world.memory_folder),
            name,
            facts,
            _drawn(session, wanted, otherwise),
            session.graph.links(),
            _found(session),
        )
    except (OSError, ValueError, sqlite3.Error):
        return ""  # the next build looks at all of it, as this one did


def _drawn(session: Session, wanted: StageGraph, otherwise: Collection[str]) -> Iterator[Drawn]:
    """Yield each stage with how it stands."""
    fingerprints = session.world.fingerprints
    involved = {place for path in otherwise for place in (path, *parents(path))}
    for rank, stage in enumerate(session.graph):
        standing, fingerprint = UNWANTED, Digest("")
        named: Sequence[str] = ()
        if stage.name in wanted.stages:
            taken = fingerprints.of(stage)
            parts = {**taken.fingerprint, **fingerprints.files(stage)}
            fingerprint, named = digest_fingerprint(parts), taken.named
            writes = (each.location for each in stage.writes)
            is_involved = any(place in involved or is_code(place) for place in writes)
            standing = INVOLVED if is_involved or not taken.is_settled else PLAIN
        yield Drawn(rank=rank, stage=stage, standing=standing, fingerprint=fingerprint, named=named)


def _found(session: Session) -> Iterator[tuple[StageName, str]]:
    """Yield each stage with what it was seen to read, folders too."""
    for trace in session.world.discovering():
        if trace.stage in session.graph.stages:
            for aspect, name in trace.discovered:
                if aspect is Aspect.READ:
                    yield trace.stage, name
