"""
Discovery: what a run read that its stage does not declare.

Knows what was seen while it ran, and tells what follows: parts that join its
trace and invalidate it from now on, and a warning for whoever wrote the stage.
Does not run anything, and orders nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from capstone_build.core.digest import Digest
from capstone_build.core.event import ReadUndeclared
from capstone_build.core.fingerprint import ABSENT, UNSETTLED, Aspect, Part
from capstone_build.core.stage import Stage
from capstone_build.execution.notes import Note, Sight
from capstone_build.looking.taken import Taken
from capstone_build.looking.world import World
from capstone_build.storage.file_state import FileState


@dataclass(slots=True)
class Discovered:
    """
    What a run turned out to read.

    Attributes:
        parts: What joins its trace.
        places: Which line of the project's source read each of these, where it is known.
        said: What a person would call the value of some of them.
        undeclared: What is to be told of it.
        moved: A file that changed after the run had read it, and not by its hand; empty if none.
    """

    parts: dict[Part, Digest] = field(default_factory=dict)
    places: dict[Part, str] = field(default_factory=dict)
    said: dict[Part, str] = field(default_factory=dict)
    undeclared: tuple[ReadUndeclared, ...] = ()
    moved: str = ""


class Discovery:
    """
    What the run of one stage read.

    Args:
        world: The files as they are now that it ended.
        stage: The stage that ran.
        notes: What was seen of it, in order.
        began_ns: When it began, by the clock of files, in nanoseconds.
        settles: Whether this is the last try: what moves again is recorded as unsettled.
    """

    def __init__(
        self, world: World, stage: Stage, notes: Sequence[Note], began_ns: int, settles: bool
    ) -> None:
        self._world = world
        self._stage = stage
        self._taken: Taken = world.fingerprints.of(stage)
        self._began_ns = began_ns
        self._settles = settles
        self._notes = [*notes, *self._named_by_programs(notes)]
        self._wrote = {note.name for note in notes if note.sight is Sight.WROTE}
        self.found = Discovered()
        self._gather()
        self.found.undeclared = tuple(_grouped(self._tell()))

    def _named_by_programs(self, notes: Iterable[Note]) -> Iterator[Note]:
        """Yield the files that programs name that were started, in case they take no notes."""
        for program in dict.fromkeys(note.name for note in notes if note.sight is Sight.RAN):
            for note in self._world.named_by(program):
                if note.state is None or FileState(*note.state).ctime_ns < self._began_ns:
                    yield note

    def _gather(self) -> None:
        made: set[str] = set()
        for note in self._notes:
            if note.sight is Sight.WROTE:
                made.add(note.name)
            part = self._world.fingerprints.counting.part(
                note, self._stage, self._taken.code, self._taken.read
            )
            known = part is None or part in self._taken.fingerprint or part in self.found.parts
            if part is None or known or note.name in made or self._is_scratch(note):
                continue
            if note.sight is Sight.NAMED and self._world.has_moved(note.name, note.state):
                continue  # named to be written
            if note.sight is Sight.MISSED and not self._stays_missed(note):
                continue
            self.found.places[part] = note.by
            self.found.parts[part] = self._digest(part, note)

    def _is_scratch(self, note: Note) -> bool:
        """Tell whether a file came and went with the run: not all that writes files is seen."""
        return (
            note.sight in {Sight.READ, Sight.USED}
            and note.state is not None
            and FileState(*note.state).ctime_ns >= self._began_ns
            and not self._world.has_moved(note.name, None)
        )

    def _stays_missed(self, note: Note) -> bool:
        """Tell whether what was not there is not there yet, or came by another stage's hand."""
        return self._world.is_made(note.name) or not self._world.has_moved(note.name, None)

    def _digest(self, part: Part, note: Note) -> Digest:
        match note.sight:
            case Sight.MISSED:
                return ABSENT
            case Sight.READ | Sight.USED | Sight.NAMED:
                return self._file(note)
            case Sight.LISTED:
                folder = part[1].removeprefix("./")
                own = {
                    path.removeprefix(folder).partition("/")[0]
                    for path in self._wrote
                    if path.startswith(folder)
                }
                standing = own.intersection(self._world.files.tree.names_in(folder.strip("/")))
                names = standing.union(set(note.names) - own)
                self.found.said[part] = self._world.listings.spell(part[1], names)
                return self._world.listings.digest(part[1], names)
            case Sight.SEARCHED:  # with what the command itself left there
                self.found.said[part] = self._world.listings.spell(part[1])
                return self._world.look(part)
            case _:
                return self._world.look(part)

    def _file(self, note: Note) -> Digest:
        """Return the digest of a file that was read, as it was read."""
        # Where the stage wrote it itself, what it left is what it will find.
        is_own = note.sight in {Sight.USED, Sight.NAMED} or note.name in self._wrote
        if not is_own and self._world.has_moved(note.name, note.state):
            self.found.moved = self.found.moved or note.name
            if self._settles:
                return UNSETTLED
        return self._world.look((Aspect.READ, note.name))

    def _tell(self) -> Iterator[ReadUndeclared]:
        """Yield what is told of a run: what it could have declared, and did not read before."""
        last = self._world.last(self._stage.name)
        told = {**last.fingerprint, **last.discovered} if last is not None else {}
        for part, by in {**self._taken.unasked, **self.found.places}.items():
            if part in told:
                continue
            if part[1] in self._wrote:
                continue  # it knows that file, having made it
            digest = self.found.parts.get(part) or self._taken.fingerprint.get(part)
            if part[0] is Aspect.READ and (digest == ABSENT or part[1].endswith("/")):
                continue  # nothing that could be declared as an input
            if part[0] is Aspect.READ and self._real(part[1]) in self._declared:
                continue  # an input by the name that its link leads to
            yield ReadUndeclared(self._stage.name, part[0], (part[1],), by)

    @cached_property
    def _declared(self) -> frozenset[str]:
        """Where the declared inputs lie, past all links."""
        inputs = (self._world.files.contents(each) for each in self._stage.reads)
        return frozenset(self._real(path) for paths in inputs for path in paths)

    def _real(self, path: str) -> str:
        with self._world.looks.as_artifacts():
            return os.path.realpath(self._world.project.root / path)


def _grouped(told: Iterable[ReadUndeclared]) -> Iterator[ReadUndeclared]:
    """Put together what differs only in the file of a folder that was read."""
    groups: dict[tuple[Aspect, str], ReadUndeclared] = {}
    for each in told:
        name = each.names[0]
        folder, _, file = name.rpartition("/")
        key = (each.aspect, f"{folder}/*.{file.rpartition('.')[2]}")
        if each.aspect is not Aspect.READ:
            key = (each.aspect, name)
        known = groups.get(key)
        groups[key] = replace(known, names=(*known.names, name)) if known else each
    yield from groups.values()
