"""
Missing: what declarations name and is not there.

Knows the world and what stages read; does not know targets, nor what a build would do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from capstone_build.core.artifact import Artifact, Kind
from capstone_build.core.graph import StageGraph
from capstone_build.core.stage import Stage, StageName
from capstone_build.errors import MissingSourceError, PipelineError
from capstone_build.looking.world import World


def missing_sources(
    world: World,
    sources: Mapping[StageName, Sequence[Artifact]],
    stages: Sequence[Stage],
    graph: StageGraph | None = None,
) -> Iterator[PipelineError]:
    """
    Find inputs that no stage writes and that do not exist.

    Args:
        world: What is there.
        sources: For each stage, what it reads and no stage writes.
        stages: The stages to check.
        graph: The whole pipeline, if it could be linked: what stages that are
            gone left is not there.
    """
    with world.looks.as_artifacts():
        # All at once: large ones are read at the same time.
        named = (each for stage in stages for each in sources[stage.name])
        there = world.files.digests(each.location for each in named if each.kind is Kind.FILE)
    for stage in stages:
        for artifact in sources[stage.name]:
            found = {artifact.location: there.get(artifact.location)}
            if found[artifact.location] is None:
                with world.looks.as_artifacts():
                    found = world.files.contents(artifact)
            if graph:
                world.orphans.leave_out(found, artifact, graph)
            if not found or None in found.values():
                yield MissingSourceError(
                    artifact.path,
                    stage.name,
                    str(stage.location),
                    _nearest(world, artifact.location, stages),
                )


def wrong_names(
    world: World, stages: Iterable[Stage], pipeline: Sequence[Stage]
) -> Iterator[PipelineError]:
    """Find what *stages*, some of the *pipeline*, name as code and may not."""
    from capstone_build.looking.named_code import NamedCode  # (reads code, as below)

    named = NamedCode(world.fingerprints.code, world.files, lambda path: _nearest(world, path, ()))
    for stage in stages:
        yield from named.problems(stage, pipeline)


def _nearest(world: World, path: str, stages: Sequence[Stage]) -> list[str]:
    """Return existing or declared paths that *path* may be a slip for."""
    from difflib import get_close_matches

    folder, _, name = path.rpartition("/")
    beside = world.files.tree.names_in(folder)
    prefix = f"{folder}/" if folder else ""
    close = [f"{prefix}{each}" for each in get_close_matches(name, beside, n=2)]
    declared = {artifact.path for stage in stages for artifact in stage.writes}
    known = [*declared, *world.files.tree.names_in("")]
    return list(dict.fromkeys([*close, *get_close_matches(path, known, n=2)]))[:3]
