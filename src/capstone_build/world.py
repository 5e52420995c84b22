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
from capstone_build.core.digest import Digest, digest_fields, digest_value, spell_value
from capstone_build.core.fingerprint import Aspect, Fingerprint, Part
from capstone_build.core.graph import StageGraph
from capstone_build.core.plan import Observation
from capstone_build.core.stage import PythonCall, Stage, StageName, Symbol
from capstone_build.core.template import places
from capstone_build.core.trace import Trace
from capstone_build.errors import MissingSourceError, PipelineError
from capstone_build.storage.files import Files
from capstone_build.storage.manifest import Manifest
from capstone_build.storage.store import Store

VALUE_FORMAT = "1"
"""Counts in every Python stage; raised when a value of the same form is written otherwise."""


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
        self._code = ProjectCode(_source_roots(project), self._summaries)
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

    def missing_sources(
        self, sources: Mapping[StageName, Sequence[Artifact]], graph: Iterable[Stage]
    ) -> Iterator[PipelineError]:
        """
        Find inputs that no stage writes and that do not exist.

        Args:
            sources: For each stage, what it reads and no stage writes.
            graph: The stages to check.
        """
        stages = list(graph)
        for stage in stages:
            for artifact in sources[stage.name]:
                found = self.files.contents(artifact)
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
        self.manifest.remember_files(self.files.take_fresh())
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
        yield from _declared_parts(stage)
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


def _declared_parts(stage: Stage) -> Iterator[tuple[Part, Digest, str]]:
    """List what is declared in the pipeline itself, whatever the surroundings."""
    forms: Mapping[str, str] = {}
    if isinstance(stage.action, PythonCall):
        forms = stage.action.forms
        yield (Aspect.DECLARATION, "format of values"), digest_fields(VALUE_FORMAT), VALUE_FORMAT
        yield (Aspect.DECLARATION, "function"), digest_fields(stage.action.function), ""
        if form := forms.get("return"):
            yield (Aspect.DECLARATION, "returned value"), digest_fields(form), form
    else:
        text = stage.action.text
        words = [text] if isinstance(text, str) else list(text)
        kind = "line" if isinstance(text, str) else "list"
        yield (Aspect.COMMAND, "command"), digest_fields(kind, *words), " ".join(words)
    for group, names in _orders(stage).items():
        yield (Aspect.DECLARATION, f"order of {group}"), digest_fields(*names), ", ".join(names)
    for each in stage.inputs:
        paths = [artifact.path for artifact in each.artifacts]
        form = forms.get(each.name, "")
        kind = "list" if each.is_list else "one"
        yield (
            (Aspect.DECLARATION, f"input {each.name}"),
            digest_fields(kind, form, *paths),
            f"{', '.join(paths)} as {form}" if form else ", ".join(paths),
        )
    for output in stage.outputs:
        yield (
            (Aspect.DECLARATION, f"output {output.name}"),
            digest_fields(forms.get(output.name, ""), output.artifact.path),
            output.artifact.path,
        )
    for name, value in stage.parameters.items():
        yield (Aspect.PARAMETER, name), digest_value(value), spell_value(value)
    for name, text in stage.captured.items():
        yield (Aspect.DECLARATION, f"captured {name}"), digest_fields(text), text


def _orders(stage: Stage) -> dict[str, list[str]]:
    """Return the names whose order matters to *stage*: those it is given, or gives, as a row."""
    names = {
        "inputs": [each.name for each in stage.inputs],
        "outputs": [each.name for each in stage.outputs],
        "params": list(stage.parameters),
    }
    if isinstance(stage.action, PythonCall):
        returned = [name for name in names["outputs"] if name not in stage.action.forms]
        return {"returned values": returned} if len(returned) > 1 else {}
    as_row = {group for group, name in places(stage.action.text) if name is None}
    return {group: names[group] for group in sorted(as_row)}


def _source_roots(project: Project) -> list[Path]:
    """Return the folders whose modules are the project's own code."""
    if not project.is_bundled:
        return [project.root]
    package = Symbol(project.module).partition(".")[0]
    return [project.root, Path(__file__).parents[1] / package]
