"""
The world as a project's stages see it: files, source code, environment, memory.

Knows how to look, and where what was seen is kept; does not decide
(`capstone_build.core.plan`) nor change anything (`capstone_build.build`).
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from capstone_build.analysis.project import ProjectCode
from capstone_build.authoring.project import Project
from capstone_build.core.artifact import MEMORY_FOLDER, Artifact, ArtifactPath, Kind
from capstone_build.core.declared_parts import declared_parts
from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import Aspect, Fingerprint, Part
from capstone_build.core.graph import StageGraph
from capstone_build.core.plan import Observation
from capstone_build.core.report import OrphanAdopted, OrphanIgnored
from capstone_build.core.stage import Stage, StageName, Symbol
from capstone_build.core.trace import Trace
from capstone_build.errors import MissingSourceError, PipelineError
from capstone_build.storage.files import Files
from capstone_build.storage.manifest import Manifest
from capstone_build.storage.source_files import SourceFiles
from capstone_build.storage.store import Store


class World:
    """
    What is there and what is remembered, for one build or one look.

    Args:
        project: Whose.
        environment: Digest of each declared environment variable, as stages see it.
    """

    def __init__(self, project: Project, environment: Mapping[str, Digest]) -> None:
        self.project = project
        self.memory_folder = project.root / MEMORY_FOLDER
        self.manifest = Manifest(self.memory_folder / "manifest.sqlite3", project.module)
        self._environment = environment
        self.store = Store(self.memory_folder / "objects")
        self.files = Files(project.root, self.manifest.file)
        self._summaries = self.manifest.summaries()
        self._sources = SourceFiles(self.manifest.file)
        self._code = ProjectCode(_source_roots(project), self._summaries, self._sources)
        self._fingerprints: dict[StageName, tuple[Fingerprint, Callable[[Part], str]]] = {}
        self._orphans: dict[ArtifactPath, StageName] | None = None
        self.ignored: dict[ArtifactPath, StageName] = {}
        """Files left by stages that are gone, which a pattern or folder would have matched."""
        self.adopted: dict[ArtifactPath, StageName] = {}
        """Files left by stages that are gone, which other stages name and read as sources."""

    def close(self) -> None:
        """Let go of the memory."""
        self.manifest.close()

    def clear_the_way(self) -> None:
        """Move aside what stands in the memory where a folder of the engine's has to be."""
        for name in ("objects", "staging", "kept", "logs"):
            place = self.memory_folder / name
            if os.path.lexists(place) and not place.is_dir():
                place.rename(place.with_name(f"{name}.in-the-way"))

    # Looking.

    def observe(self, stage: Stage, graph: StageGraph) -> Observation:
        """
        Return what *stage* would see if it ran now, and what it left.

        Args:
            stage: The stage.
            graph: The whole pipeline: what no stage of it writes is an orphan.
        """
        fingerprint, say = self.fingerprint(stage)
        outputs: dict[ArtifactPath, Digest | None] = {}
        for artifact in stage.writes:
            outputs |= self.files.contents(artifact)
        return Observation(
            fingerprint=fingerprint, inputs=self.inputs(stage, graph), outputs=outputs, say=say
        )

    def inputs(self, stage: Stage, graph: StageGraph) -> dict[ArtifactPath, Digest | None]:
        """Return the files that the inputs of *stage* stand for, with their digests."""
        found: dict[ArtifactPath, Digest | None] = {}
        for artifact in stage.reads:
            found |= self._read(artifact, graph)
        return found

    def paths(self, stage: Stage, graph: StageGraph) -> dict[str, tuple[str, ...]]:
        """Return, for each input's name, the paths that it stands for."""
        return {
            each.name: tuple(
                path
                for artifact in each.artifacts
                for path in (
                    self._read(artifact, graph)
                    if artifact.kind is Kind.PATTERN
                    else [artifact.location]
                )
            )
            for each in stage.inputs
        }

    def orphans_inside(self, stage: Stage) -> list[ArtifactPath]:
        """Return what stages that are gone left in folders that *stage* reads as a whole."""
        folders = [a.location for a in stage.reads if a.kind is not Kind.PATTERN]
        return [
            path
            for path in self.ignored
            if any(path.startswith(f"{folder}/") for folder in folders)
        ]

    def orphans_met(self) -> Iterator[OrphanIgnored | OrphanAdopted]:
        """Tell of what stages that are gone left, and other stages came upon."""
        for path, stage in self.ignored.items():
            if (self.project.root / path).exists():
                yield OrphanIgnored(stage, path)
        for path, stage in self.adopted.items():
            yield OrphanAdopted(stage, path)

    def missing_sources(
        self,
        sources: Mapping[StageName, Sequence[Artifact]],
        stages: Sequence[Stage],
        graph: StageGraph | None = None,
    ) -> Iterator[PipelineError]:
        """
        Find inputs that no stage writes and that do not exist.

        Args:
            sources: For each stage, what it reads and no stage writes.
            stages: The stages to check.
            graph: The whole pipeline, if it could be linked: what stages that are
                gone left is not there.
        """
        for stage in stages:
            for artifact in sources[stage.name]:
                found = self._read(artifact, graph) if graph else self.files.contents(artifact)
                if not found or None in found.values():
                    yield MissingSourceError(
                        artifact.path,
                        stage.name,
                        str(stage.location),
                        self._nearest(artifact.location, stages),
                    )

    def fingerprint(self, stage: Stage) -> tuple[Fingerprint, Callable[[Part], str]]:
        """Return all that decides what *stage* does apart from its inputs, and who tells of it."""
        if stage.name not in self._fingerprints:
            closure = self._code.closure(stage.code)
            declared = {part: (digest, said) for part, digest, said in self._declared(stage)}

            def say(part: Part) -> str:
                if part in declared:
                    return declared[part][1]
                if part[0] is Aspect.PACKAGE:
                    return _version(part[1])
                where = closure.parts[part].where
                return str(where) if where else ""

            fingerprint = {**closure.fingerprint(), **{p: d for p, (d, _) in declared.items()}}
            self._fingerprints[stage.name] = fingerprint, say
        return self._fingerprints[stage.name]

    def other_code(self, compiled: Mapping[str, Digest]) -> str | None:
        """
        Return a source file that was read as one thing and *compiled* as another.

        Args:
            compiled: Digest of each file as a process runs it, by its path.
        """
        read = self._code.read()
        differing = (f for f, digest in compiled.items() if read.get(f, digest) != digest)
        return next(differing, None)

    # Remembering; see `capstone_build.core.plan.Memory`.

    def last(self, stage: StageName) -> Trace | None:
        """Return the trace of the latest run of *stage* that succeeded."""
        return self.manifest.last(stage)

    def is_unfinished(self, stage: StageName) -> bool:
        """Tell whether a run of *stage* began since and did not end well."""
        return self.manifest.is_unfinished(stage)

    def recall(self, key: Digest) -> Trace | None:
        """Return a run of this key."""
        return self.manifest.recall(key)

    def traces(self, fingerprint: Digest) -> Iterable[Trace]:
        """Return all runs of a fingerprint of this digest."""
        return self.manifest.traces(fingerprint)

    def holds(self, content: Digest) -> bool:
        """Tell whether *content* can be brought back."""
        return self.store.holds(content)

    def remember(self) -> None:
        """Write what was learned of files and source to the manifest."""
        self.manifest.remember_files(self.files.take_fresh() | self._sources.take_fresh())
        self._summaries.write()

    def _read(self, artifact: Artifact, graph: StageGraph) -> dict[ArtifactPath, Digest | None]:
        """Return what *artifact* stands for, without what stages that are gone left there."""
        found = self.files.contents(artifact)
        is_named = artifact.kind is Kind.FILE and found.keys() == {artifact.location}
        orphans = self._orphans_of(graph)
        for path in found.keys() & orphans.keys():
            made = self.manifest.made_at(path)
            if made is None or made.digest != found[path]:
                continue  # it was edited: a source now
            if is_named:
                self.adopted[path] = orphans[path]
            else:
                self.ignored[path] = orphans[path]
                del found[path]
        return found

    def _orphans_of(self, graph: StageGraph) -> dict[ArtifactPath, StageName]:
        """Return the files that stages left which no stage of *graph* writes."""
        if self._orphans is None:
            self._orphans = {
                path: made.stage
                for path, made in self.manifest.made().items()
                if graph.writer_of(path) is None
            }
        return self._orphans

    def _declared(self, stage: Stage) -> Iterator[tuple[Part, Digest, str]]:
        """List what the declaration of *stage* contributes: part, digest, and how it is said."""
        yield from declared_parts(stage)
        for name in stage.environment:
            # Never said: it may be a secret.
            yield (Aspect.ENVIRONMENT, name), self._environment[name], ""

    def _nearest(self, path: str, stages: Sequence[Stage]) -> list[str]:
        """Return existing or declared paths that *path* may be a slip for."""
        folder, _, name = path.rpartition("/")
        beside = self.files.names_in(folder)
        prefix = f"{folder}/" if folder else ""
        close = [f"{prefix}{each}" for each in get_close_matches(name, beside, n=2)]
        declared = {artifact.path for stage in stages for artifact in stage.writes}
        known = [*declared, *self.files.names_in("")]
        return list(dict.fromkeys([*close, *get_close_matches(path, known, n=2)]))[:3]


@cache
def _version(package: str) -> str:
    """Return the version of an installed distribution, or of Python; empty if it has none."""
    if package == "python":
        return platform.python_version()
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _source_roots(project: Project) -> list[Path]:
    """Return the folders whose modules are the project's own code."""
    if not project.is_bundled:
        return [project.root]
    package = Symbol(project.module).partition(".")[0]
    return [project.root, Path(__file__).parents[1] / package]
