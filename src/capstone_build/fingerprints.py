"""
Taking the fingerprints of a project's stages.

Knows the source code, the packages, the environment and what the import of the
pipeline read; does not know what the stages read and left (`capstone_build.world`).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from capstone_build.core.artifact import Artifact, Kind
from capstone_build.core.declared_parts import declared_parts
from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import CELLS, Aspect, Fingerprint, Part, digest_fingerprint
from capstone_build.core.graph import StageGraph
from capstone_build.core.stage import Stage, StageName, Symbol
from capstone_build.core.trace import Trace
from capstone_build.core.variable import is_secret
from capstone_build.execution.notes import Note, Sight
from capstone_build.stage_code import StageCode
from capstone_build.storage.files import Files

if TYPE_CHECKING:
    from capstone_build.analysis import Closure, ProjectCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """
    The fingerprint of one stage, and what it was taken from.

    Attributes:
        fingerprint: Every part that counts, with its digest.
        code: Which parts count for the code that the stage reaches.
        identify: Tells the identity of that code.
        list_sources: Tells the files that it is in, with their digests.
        read: Reads it.
        said: What a person would call the values of parts that are no code.
        unasked: Parts that nothing declares, each with the place that reads it.
        named: What may be paths of files, in the code or in a command, and is no code itself.
        is_settled: Whether no stage makes any of the code: else it is taken again.
    """

    fingerprint: Fingerprint
    code: Container[Part]
    identify: Callable[[], Digest | None]
    list_sources: Callable[[], Mapping[str, Digest]]
    read: Callable[[], Closure]
    said: Mapping[Part, str]
    unasked: Mapping[Part, str]
    named: tuple[str, ...]
    is_settled: bool

    @property
    def closure(self) -> Closure:
        """The code that the stage reaches."""
        return self.read()

    def say(self, part: Part) -> str:
        """Return what a person would call the value of a part."""
        if part in self.said:
            return self.said[part]
        if part[0] is Aspect.PACKAGE:
            return _version(part[1])
        if part not in self.closure.parts:
            return ""
        where = self.closure.parts[part].where
        return str(where) if where else ""


class Fingerprints:
    """
    Takes fingerprints, each once.

    Args:
        root: The project's folder.
        read: Opens the project's source, as it is at that moment.
        files: The project's files.
        seen: What was seen while the pipeline was imported.
        look: Gives the digest of a file, a folder's names or a variable, as stages see it.
        known: Gives the digest of a source file, by its absolute path, if its state vouches for it.
    """

    def __init__(
        self,
        root: Path,
        read: Callable[[], ProjectCode],
        files: Files,
        seen: Sequence[Note],
        look: Callable[[Part], Digest],
        *,
        known: Callable[[str], Digest | None],
    ) -> None:
        self._root = root
        self._stage_code = StageCode(root, read, files)
        self._known = known
        self._vouched: set[StageName] = set()
        self._seen = seen
        self._look = look
        self._taken: dict[StageName, Taken] = {}
        self._imported: dict[str, Digest] = {}

    @property
    def code(self) -> ProjectCode:
        """The project's source."""
        return self._stage_code.source

    def vouch(self, stage: Stage, trace: Trace, named: Sequence[str]) -> None:
        """
        Take the fingerprint of the last run for that of *stage*: nothing of it has moved.

        Args:
            stage: The stage.
            trace: Its last run, of the fingerprint that it has.
            named: What may be paths of files, in its code or command, and is no code itself.
        """
        closure = cache(lambda: self._take(stage).closure)

        def sources() -> Mapping[str, Digest]:
            known = {file: self._known(str(self._root / file)) for file in trace.sources}
            return trace.sources if known == trace.sources else self._sources(closure())

        self._vouched.add(stage.name)
        self._taken[stage.name] = Taken(
            fingerprint=trace.fingerprint,
            code=trace.fingerprint,
            identify=lambda: trace.identity,
            list_sources=sources,
            read=closure,
            said={part: trace.said.get(part, "") for part in trace.fingerprint},
            unasked={},
            named=tuple(named),
            is_settled=True,
        )

    def of(self, stage: Stage) -> Taken:
        """Return what decides what *stage* does, apart from its inputs."""
        if stage.name in self._taken:
            return self._taken[stage.name]
        taken = self._take(stage)
        if taken.is_settled:
            self._taken[stage.name] = taken
        return taken

    def know(self, graph: StageGraph) -> None:
        """Take note of the whole pipeline."""
        self._stage_code.know(graph)

    def remember(self) -> None:
        """Hand what was learned of the source to the persistent memory."""
        self._stage_code.remember()

    def files(self, stage: Stage) -> Fingerprint:
        """Return the files that *stage* declares as code and that count by content, as of now."""
        return self._stage_code.files(stage)

    def unignored(self, stage: Stage) -> Fingerprint:
        """Return what the code of *stage* would be if it ignored none; empty if it does not."""
        return self._stage_code.unignored(stage)

    def imported(self, name: str) -> Digest:
        """Return the digest of all that is reached from code that was looked up by *name*."""
        if name not in self._imported:
            closure = (
                self.code.script(self._root / name)
                if name.endswith(".py")
                else self.code.closure([Symbol(name)])
            )
            self._imported[name] = digest_fingerprint(closure.fingerprint())
        return self._imported[name]

    def counted(
        self, note: Note, stage: Stage, code: Container[Part], read: Callable[[], Closure]
    ) -> Part | None:
        """
        Return the part that a *note* makes count for *stage*; None if it counts already.

        Args:
            note: What was seen.
            stage: For which stage.
            code: Which parts count for its code.
            read: Reads that.
        """
        part = self._part(note)
        if part is None or part in code or (Aspect.FILE, part[1]) in code:
            return None
        if (Aspect.FILE, f"{part[1]}{CELLS}") in code:
            return None  # what runs a notebook opens it, and does not look at its outputs
        match note.sight:
            case Sight.READ | Sight.USED | Sight.NAMED | Sight.MISSED:
                is_known = (Aspect.FILE, note.name) in self.files(stage) or any(
                    artifact.stands_for(note.name) for artifact in (*stage.reads, *stage.writes)
                )
            case Sight.LISTED | Sight.SEARCHED:
                # What it leaves in folders of its own is looked through when it is done.
                is_known = any(_lists(artifact, note.name) for artifact in stage.reads) or any(
                    artifact.stands_for(note.name) for artifact in stage.writes
                )
            case Sight.LOADED | Sight.RAN:
                is_known = str(self._root / note.name) in read().extent.files
            case Sight.VARIABLE:
                is_known = note.name in stage.environment or is_secret(note.name)
            case _:
                is_known = (Aspect.CODE, note.name) in code
        ignoring = frozenset(stage.ignored)
        if part[0] is Aspect.IMPORTED and ignoring and not is_known:
            is_known = self.code.is_ignored(Symbol(part[1]), ignoring)
        return None if is_known else part

    def _part(self, note: Note) -> Part | None:
        """Return what is called what in a fingerprint; None for what was written."""
        is_python = note.name.endswith(".py")
        match note.sight:
            case Sight.WROTE:
                return None
            case Sight.LISTED | Sight.SEARCHED:
                return Aspect.READ, f"{note.name or '.'}/"
            case Sight.VARIABLE:
                return Aspect.ENVIRONMENT, note.name
            case Sight.LOADED if module := self.code.module_of(self._root / note.name):
                return Aspect.IMPORTED, f"{module}:"
            case Sight.LOADED | Sight.RAN | Sight.LOOKED_UP if is_python or ":" in note.name:
                return Aspect.IMPORTED, note.name
            case _:
                return Aspect.READ, note.name

    def spell(self, file: str) -> str:
        """Return the name of a source file: from the root where it lies inside, else absolute."""
        path = Path(file)
        inside = path.is_relative_to(self._root)
        return (path.relative_to(self._root) if inside else path).as_posix()

    def other_code(self, compiled: Mapping[str, Digest], of: Stage | None = None) -> str | None:
        """
        Return a source file that was read as one thing and *compiled* as another.

        Args:
            compiled: Digest of each file as a process runs it, by its path.
            of: The stage for which it was compiled, if for one.
        """
        if of is not None and of.name in self._vouched and compiled:
            then, now = self._taken[of.name].fingerprint, self._take(of).fingerprint
            if any(then.get(part) != digest for part, digest in now.items()):
                return next(iter(compiled))
        read = self._stage_code.read()
        differing = (f for f, digest in compiled.items() if read.get(f, digest) != digest)
        return next(differing, None)

    def _take(self, stage: Stage) -> Taken:
        code = self._stage_code.of(stage)
        closure = code.closure
        said: dict[Part, str] = {}
        fingerprint: dict[Part, Digest] = dict(closure.fingerprint())
        for part, digest, text in declared_parts(stage):
            fingerprint[part] = digest
            said[part] = text
        unasked = dict(self._unasked(stage, closure))
        for name in stage.environment:
            unasked.pop((Aspect.ENVIRONMENT, name), None)
            fingerprint[Aspect.ENVIRONMENT, name] = self._look((Aspect.ENVIRONMENT, name))
        fingerprint |= {part: self._digest(part) for part in unasked}
        # Never said: the value of a variable, which may be a secret.
        return Taken(
            fingerprint=fingerprint,
            code=closure.parts,
            identify=lambda: closure.identity,
            list_sources=lambda: self._sources(closure),
            read=lambda: closure,
            said=said,
            unasked=unasked,
            named=code.named,
            is_settled=code.is_settled,
        )

    def _sources(self, closure: Closure) -> Mapping[str, Digest]:
        return {self.spell(file): digest for file, digest in closure.extent.files.items()}

    @cached_property
    def _telling(self) -> list[Note]:
        """What was seen of the import, but for modules of which the source tells already."""
        loaded = [note for note in self._seen if note.sight is Sight.LOADED]
        if not loaded:
            return list(self._seen)
        pipeline = Symbol(f"{self.code.module_of(self._root / loaded[0].name)}:")
        known = self.code.closure([pipeline]).extent.files
        expected = {id(note) for note in loaded if str(self._root / note.name) in known}
        return [note for note in self._seen if id(note) not in expected]

    def _digest(self, part: Part) -> Digest:
        return self.imported(part[1]) if part[0] is Aspect.IMPORTED else self._look(part)

    def _unasked(self, stage: Stage, closure: Closure) -> Iterator[tuple[Part, str]]:
        """Find what the code of *stage* reads, and its modules read for it, undeclared."""
        for name, where in closure.undeclared_environment.items():
            if not is_secret(name):
                yield (Aspect.ENVIRONMENT, name), str(where)
        for note in self._telling:
            if not (note.during and closure.extent.holds(*note.during[0])):
                continue  # no statement that this stage needs
            part = self.counted(note, stage, closure.parts, lambda: closure)
            if part is not None:
                yield part, note.by


def _lists(artifact: Artifact, folder: str) -> bool:
    """Tell whether an input says which files of *folder* count."""
    place = artifact.location
    if artifact.kind is Kind.PATTERN:
        return folder == place or folder.startswith(f"{place}/")
    return artifact.stands_for(f"{folder}/")


@cache
def _version(package: str) -> str:
    """Return the version of an installed distribution, or of Python; empty if it has none."""
    import importlib.metadata  # (20 ms, for what is only said of what changed)
    import platform

    if package == "python":
        return platform.python_version()
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""
