"""
The world as a project's stages see it: files, source code, environment, memory.

Knows how to look, and where what was seen is kept; does not decide
(`capstone_build.core.plan`) nor change anything (`capstone_build.build`).
"""

from __future__ import annotations

import posixpath
from collections.abc import (
    Callable,
    Collection,
    Container,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import astuple
from typing import TYPE_CHECKING

from capstone_build.authoring.project_place import ProjectPlace
from capstone_build.core.artifact import MEMORY_FOLDER, Artifact, ArtifactPath, Kind, parents
from capstone_build.core.digest import Digest
from capstone_build.core.event import OrphanAdopted, OrphanIgnored
from capstone_build.core.fingerprint import ABSENT, Aspect, Part
from capstone_build.core.graph import StageGraph
from capstone_build.core.observation import Observation
from capstone_build.core.stage import PythonCall, Stage, StageName
from capstone_build.core.trace import Trace
from capstone_build.errors import CapstoneError
from capstone_build.execution.notes import Note, Sight
from capstone_build.looking.fingerprints import Fingerprints
from capstone_build.looking.listings import Listings
from capstone_build.looking.orphans import Orphans
from capstone_build.storage.file_state import FileState
from capstone_build.storage.files import Files
from capstone_build.storage.known_links import KnownLinks
from capstone_build.storage.looks import Looks
from capstone_build.storage.manifest import Manifest
from capstone_build.storage.source_files import SourceFiles
from capstone_build.storage.store import Store

if TYPE_CHECKING:
    from capstone_build.analysis import ProjectCode


class World:
    """
    What is there and what is remembered, for one build or one look.

    Args:
        project: Whose.
        variable: Gives the digest of an environment variable, as stages see it.
        seen: What was seen to be read while the pipeline was imported.
        is_known: Whether the manifest is surely what the last build left: it is not checked then.
    """

    def __init__(
        self,
        project: ProjectPlace,
        variable: Callable[[str], Digest],
        seen: Sequence[Note],
        is_known: bool = False,
    ) -> None:
        self.project = project
        self.memory_folder = project.root / MEMORY_FOLDER
        path = self.memory_folder / "manifest.sqlite3"
        self.manifest = Manifest(path, project.module, is_known)
        self._variable = variable
        self.variables: set[str] = set()
        """The environment variables that were asked for."""
        self._seen = seen
        # What the kernel tells of processes is no file, and the engine's own business.
        self.looks = Looks(str(self.memory_folder), "/proc")
        self.looks.start()
        self.store = Store(self.memory_folder / "objects")
        self.known_links = KnownLinks(self.memory_folder, project.module)
        self.files = Files(project.root, self.manifest.file)
        self._summaries = self.manifest.summaries()
        self._made: Container[str] = frozenset()
        self._among: Collection[StageName] | None = None
        self._sources = SourceFiles(self.manifest.file)
        self.fingerprints = Fingerprints(
            project.root, self._read_code, self.files, seen, self.look, known=self._sources.known
        )
        self.listings = Listings(self.files, self.manifest.made)
        self.orphans = Orphans(self.manifest)

    def close(self) -> None:
        """Let go of the memory."""
        self.looks.stop()
        self.manifest.close()

    # Looking.

    def observe(self, stage: Stage, graph: StageGraph) -> Observation:
        """
        Return what *stage* would see if it ran now, and what it left.

        Args:
            stage: The stage.
            graph: The whole pipeline: what no stage of it writes is an orphan.
        """
        taken = self.fingerprints.of(stage)
        files = self.fingerprints.files(stage)
        outputs: dict[ArtifactPath, Digest | None] = {}
        with self.looks.as_artifacts():
            for artifact in stage.writes:
                outputs |= self.files.contents(artifact)
        return Observation(
            fingerprint={**taken.fingerprint, **files} if files else taken.fingerprint,
            inputs=self.inputs(stage, graph),
            outputs=outputs,
            look=self.look,
            unignored=lambda: self.fingerprints.unignored(stage),
            identify=taken.identify,
            say=lambda part: self._say(part) or taken.say(part),
        )

    def named(self, stage: Stage) -> list[Note]:
        """Take the files that the code or a command names for read, there or not."""
        return self._named(self.fingerprints.of(stage).named)

    def named_by(self, program: str) -> list[Note]:
        """Take the files that a *program* in Python names for read, there or not."""
        return self._named(self.fingerprints.code.script(self.project.root / program).named)

    def _named(self, names: Collection[str]) -> list[Note]:
        inside = {
            path: None
            for path in map(posixpath.normpath, (n for n in names if not n.endswith("/")))
            if not path.startswith(("/", "../")) and path not in self._made
        }
        folders = [name.rstrip("/") for name in names if name.endswith("/")]
        listed = [Note(Sight.SEARCHED, "" if each == "." else each) for each in folders]
        with self.looks.as_artifacts():  # what counts of them joins the trace as read
            return listed + [
                Note(Sight.NAMED, name, state=None if state is None else astuple(state))
                for name, state in self.files.states(inside).items()
                if state is None or self.files.tree.is_file(name)
            ]

    def know(self, graph: StageGraph) -> None:
        """Take note of what the stages of the whole pipeline make: it is in no folder's names."""
        places = [artifact.location for stage in graph for artifact in stage.writes]
        made = frozenset([*places, *(each for place in places for each in parents(place))])
        self._know(graph, made)

    def know_part(
        self,
        graph: StageGraph,
        made: Container[str],
        orphans: Mapping[ArtifactPath, StageName],
    ) -> None:
        """
        Take note of a part of the pipeline: of the other stages nothing is to be asked.

        Args:
            graph: These stages, and the writers of all there are.
            made: What the stages of the whole pipeline make, and the folders that it is in.
            orphans: What stages that are gone left.
        """
        self._among = graph.stages.keys()
        self.orphans.know(orphans)
        self._know(graph, made)

    def _know(self, graph: StageGraph, made: Container[str]) -> None:
        self.fingerprints.know(graph)
        self._made = made
        self.listings.know(made)

    def is_made(self, path: str) -> bool:
        """Tell whether *path* is an output of a stage, or a folder of one."""
        return path in self._made

    def look(self, part: Part) -> Digest:
        """Return the digest of what was, or may be, read without being declared."""
        aspect, name = part
        match aspect:
            case Aspect.ENVIRONMENT:
                self.variables.add(name)
                return self._variable(name)
            case Aspect.IMPORTED:
                return self.fingerprints.imported(name)
            case _ if name.endswith("/"):
                return self.listings.digest(name)
            case _:
                try:
                    with self.looks.as_artifacts():
                        return self.files.digest(name) or ABSENT
                except CapstoneError:
                    return ABSENT  # what cannot be read is not there for a stage either

    def _say(self, part: Part) -> str:
        """Spell out what a later build may tell of what was read undeclared: names in folders."""
        is_listing = part[0] is Aspect.READ and part[1].endswith("/")
        return self.listings.spell(part[1]) if is_listing else ""

    def moved_since_import(self) -> str | None:
        """Return a file that was changed since the pipeline read it when it was imported."""
        states = {note.name: note.state for note in self._seen if note.sight is Sight.READ}
        return next((name for name, then in states.items() if self.has_moved(name, then)), None)

    def states(self, paths: Iterable[str]) -> dict[str, FileState | None]:
        """Return the state of each of *paths*, what stages read or write, as it is now."""
        with self.looks.as_artifacts():
            return self.files.states(paths)

    def has_moved(self, path: str, then: tuple[int, int, int, int] | None) -> bool:
        """Tell whether a file is in another state than *then*."""
        return self.states([path])[path] != (None if then is None else FileState(*then))

    def inputs(self, stage: Stage, graph: StageGraph) -> dict[ArtifactPath, Digest | None]:
        """Return the files that the inputs of *stage* stand for, with their digests."""
        found: dict[ArtifactPath, Digest | None] = {}
        for artifact in stage.reads:
            found |= self.stands_for(artifact, graph)
        return found

    def paths(self, stage: Stage, graph: StageGraph) -> dict[str, tuple[str, ...]]:
        """Return, for each input's name, the paths that it stands for."""
        return {
            each.name: tuple(
                path
                for artifact in each.artifacts
                for path in (
                    self.stands_for(artifact, graph)
                    if artifact.kind is Kind.PATTERN
                    else [artifact.location]
                )
            )
            for each in stage.inputs
        }

    def orphans_met(self) -> Iterator[OrphanIgnored | OrphanAdopted]:
        """Tell of what stages that are gone left, and other stages came upon, if it is there."""
        for event in self.orphans.met():
            if (self.project.root / event.artifact).exists():
                yield event

    # Remembering; see `capstone_build.core.plan.Memory`.

    def last(self, stage: StageName) -> Trace | None:
        """Return the trace of the latest run of *stage* that succeeded."""
        return self.manifest.last(stage)

    def took(self, stage: StageName) -> float | None:
        """Return how many seconds the latest run of *stage* took; None if it never ran."""
        return last.seconds if (last := self.last(stage)) is not None else None

    def is_unfinished(self, stage: StageName) -> bool:
        """Tell whether a run of *stage* began since and did not end well."""
        return self.manifest.is_unfinished(stage)

    def recall(self, key: Digest) -> Iterable[Trace]:
        """Return all runs of this key."""
        return self.manifest.recall(key)

    def traces(self, fingerprint: Digest) -> Iterable[Trace]:
        """Return all runs of a fingerprint of this digest."""
        return self.manifest.traces(fingerprint)

    def discovering(self) -> Iterable[Trace]:
        """Return the latest trace of each stage that was seen to read what it does not declare."""
        return self.manifest.discovering(self._among)

    def holds(self, content: Digest) -> bool:
        """Tell whether *content* can be brought back."""
        return self.store.holds(content)

    def read_late(self, stage: Stage) -> list[str]:
        """Return the source files that are read only while *stage* runs: those of a command."""
        if isinstance(stage.action, PythonCall):
            return []  # loaded with the pipeline, and compared with what was fingerprinted
        closure = self.fingerprints.of(stage).closure
        files = [name for aspect, name in closure.parts if aspect is Aspect.FILE]
        return [*closure.extent.files, *files]

    def remember(self) -> None:
        """Write what was learned of files, source and links."""
        self.known_links.write()
        self.manifest.remember_files(self.files.take_fresh() | self._sources.take_fresh())
        self.fingerprints.remember()
        self._summaries.write()

    def _read_code(self) -> ProjectCode:
        from capstone_build.analysis import ProjectCode  # (35 ms, where no code is to be read)

        return ProjectCode(self.project.source_roots, self._summaries, self._sources)

    def stands_for(
        self, artifact: Artifact, graph: StageGraph
    ) -> dict[ArtifactPath, Digest | None]:
        """Return what *artifact* stands for, without what stages that are gone left there."""
        with self.looks.as_artifacts():
            found = self.files.contents(artifact)
        self.orphans.leave_out(found, artifact, graph)
        return found
