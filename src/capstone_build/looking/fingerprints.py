"""
Taking the fingerprints of a project's stages.

Knows the source code, the packages, the environment and what the import of the
pipeline read; does not know what the stages read and left (`capstone_build.looking.world`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from capstone_build.core.declared_parts import declared_parts
from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import Aspect, Fingerprint, Part, digest_fingerprint
from capstone_build.core.graph import StageGraph
from capstone_build.core.stage import Stage, StageName, Symbol
from capstone_build.core.trace import Trace
from capstone_build.core.variable import is_secret
from capstone_build.execution.notes import Note, Sight
from capstone_build.looking.counting import Counting
from capstone_build.looking.stage_code import StageCode
from capstone_build.looking.taken import Taken
from capstone_build.storage.files import Files

if TYPE_CHECKING:
    from capstone_build.analysis import Closure, ProjectCode


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

    Attributes:
        counting: Tells what follows for fingerprints from what is seen.
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
        self.counting = Counting(root, self._stage_code)
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
            # What is kept of inputs, to be shown, is no code, and may have moved.
            code = {
                file: digest
                for file, digest in trace.sources.items()
                if file not in trace.inputs or known[file] is not None
            }
            stands = all(known[file] == digest for file, digest in code.items())
            return code if stands else self._sources(closure())

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
            part = self.counting.part(note, stage, closure.parts, lambda: closure)
            if part is not None:
                yield part, note.by
