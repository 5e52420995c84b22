"""
The footing of a build: all that it looked at, by which a next one finds nothing to do.

Knows paths, states and digests, and how they lie on disk; does not know what
was concluded from them. A file of it is read at the start of every build, so
this module imports next to nothing and the file holds arrays, not objects. It
is data: what is damaged in it, or is of another version, is no footing at all.
"""

# What is imported here, every build waits for: no dataclasses, typing, json, re or pathlib.
# ruff: noqa: PTH103, PTH105, PTH108, PTH118, PTH123

from __future__ import annotations

import os
import zlib
from array import array

import xxhash

from capstone_build.storage.surroundings import machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from capstone_build.storage.looks import State

_MAGIC = b"capstone footing 3\n"
_COUNTS = 8 * 7
"""How many bytes tell how long the parts are: the numbers, and six lists of names."""

_MOST_KEPT = 24
"""How many commands of one project are remembered: the oldest goes."""

PLACE = "footings"
"""The folder of the engine's memory in which footings are."""


class Footing:
    """
    What a build, in which everything came to be up to date, rests on.

    Attributes:
        name: Of the folder and the command line: what `name_of` returns.
        stages: How many stages it brought up to date.
        is_bundled: Whether the pipeline is the one that comes with capstone.
        outline: Which outline tells of these stages; empty if none does.
        artifacts:
            How many of the files, the first ones, are what stages read or wrote and nothing
            else: what is in them is no code, and no declaration hangs on it.
        free: How many of these, the first, may also be gone: nobody else asked for them at all.
        machine: On which machine, and with which Python and capstone, it was taken.
        variables: Names and digests of environment variables, one after the other.
        absent: Paths of what is not there.
        folders: Paths of folders.
        listed: Paths of folders, and digests of what they hold, one after the other.
        files: Paths of files. Those in the project are from its root, others absolute.
        held: For each folder listed, the four numbers of the state that vouches for it.
        states: Four numbers for each file.
    """

    __slots__ = (
        "_known",
        "absent",
        "artifacts",
        "files",
        "folders",
        "free",
        "held",
        "is_bundled",
        "listed",
        "machine",
        "name",
        "outline",
        "stages",
        "states",
        "variables",
    )

    name: str
    stages: int
    is_bundled: bool
    outline: str
    artifacts: int
    free: int
    machine: list[str]
    variables: list[str]
    absent: list[str]
    folders: list[str]
    listed: list[str]
    files: list[str]
    held: array[int]
    states: array[int]
    _known: dict[str, int] | None

    @classmethod
    def taken(  # noqa: PLR0917 (no dataclass, and made in one place)
        cls,
        name: str,
        stages: int,
        is_bundled: bool,
        variables: Mapping[str, str],
        states: Mapping[str, State],
        artifacts: Collection[str],
        sought: Collection[str],
        listed: Mapping[str, tuple[str, Sequence[int]]],
    ) -> Footing:
        """
        Put together what was looked at.

        Args:
            name: What `name_of` returns.
            stages: How many stages were brought up to date.
            is_bundled: Whether the pipeline is the one that comes with capstone.
            variables: Digests of environment variables.
            states: Of files and folders, by path: from the root, or absolute.
            artifacts: Those of the paths that are artifacts and nothing else.
            sought: Those of which somebody else asked whether they are there.
            listed: Of folders, what they hold as a digest, and the state that vouches for it.
        """
        self = cls()
        self._known = None
        self.name, self.stages, self.is_bundled, self.outline = name, stages, is_bundled, ""
        self.machine = machine()
        self.variables = [each for pair in variables.items() for each in pair]
        self.absent = [path for path, state in states.items() if state is None]
        self.folders = [path for path, state in states.items() if state == ()]
        self.listed = [each for path, (held, _) in listed.items() for each in (path, held)]
        there = [path for path, state in states.items() if state]
        first = [path for path in there if path in artifacts and path not in sought]
        second = [path for path in there if path in artifacts and path in sought]
        self.free, self.artifacts = len(first), len(first) + len(second)
        self.files = first + second + [path for path in there if path not in artifacts]
        self.held, self.states = array("q"), array("q")
        for _, state in listed.values():
            self.held.extend(state)
        for path in self.files:
            self.states.extend(states[path] or ())
        return self

    @classmethod
    def kept(cls, path: str) -> Footing:
        """
        Read one.

        Raises:
            OSError: If there is none.
            ValueError: If it is damaged, as is TypeError.
        """
        with open(path, "rb") as file:
            content = file.read()
        body = memoryview(content)[len(_MAGIC) + 8 :]
        head = b"%s%08x" % (_MAGIC, zlib.crc32(body))
        if not content.startswith(head):
            raise ValueError(path)
        counts = array("q", body[:_COUNTS].tobytes())
        names = os.fsdecode(bytes(body[_COUNTS + 8 * counts[0] :])).split("\0")
        groups = []
        begin = 0
        for count in counts[1:]:
            groups.append(names[begin : begin + count])
            begin += count
        self = cls()
        self._known = None
        (self.name, self.outline, *told), *others = groups
        bundled, stages, artifacts, free, *self.machine = told
        self.is_bundled, self.stages = bool(bundled), int(stages)
        self.artifacts, self.free = int(artifacts), int(free)
        self.variables, self.absent, self.folders, self.listed, self.files = others
        middle = _COUNTS + 16 * len(self.listed)
        self.held = array("q", body[_COUNTS:middle].tobytes())
        self.states = array("q", body[middle : _COUNTS + 8 * counts[0]].tobytes())
        return self

    def keep(self, memory: str) -> None:
        """
        Write it down.

        Args:
            memory: The engine's own folder.

        Raises:
            OSError: If it cannot be written.
        """
        head = [self.name, self.outline, "bundled" * self.is_bundled]
        counts_known = map(str, (self.stages, self.artifacts, self.free))
        groups = (
            [*head, *counts_known, *self.machine],
            self.variables,
            self.absent,
            self.folders,
            self.listed,
            self.files,
        )
        counts = array("q", [len(self.held) + len(self.states), *map(len, groups)])
        names = "\0".join(each for group in groups for each in group)
        numbers = (counts.tobytes(), self.held.tobytes(), self.states.tobytes())
        body = b"".join((*numbers, os.fsencode(names)))
        place = os.path.join(memory, PLACE)
        os.makedirs(place, exist_ok=True)
        path = os.path.join(place, self.name)
        beside = f"{path}.{os.getpid()}.tmp"
        with open(beside, "wb") as file:
            file.write(_MAGIC + b"%08x" % zlib.crc32(body) + body)
        os.replace(beside, path)
        bound(place, _MOST_KEPT)

    @property
    def _places(self) -> dict[str, int]:
        """Where each file is in the arrays."""
        if self._known is None:
            self._known = {path: place for place, path in enumerate(self.files)}
        return self._known

    def artifacts_among(self, paths: Iterable[str]) -> bool:
        """Tell whether one of *paths* is an artifact and nothing else, as far as is known."""
        return any(self._places.get(path, self.artifacts) < self.artifacts for path in paths)

    def state(self, path: str) -> State:
        """Return the state of a file; None if no file of this name is known."""
        place = self._places.get(path)
        return None if place is None else tuple(self.states[4 * place : 4 * place + 4])

    def put(self, states: Mapping[str, State]) -> bool:
        """
        Let artifacts be in other *states*, or let there be more that was looked at.

        Returns:
            Whether that could be done: where something else moved, or what was not there
            is there, or is no more, more may follow from it than is known here.
        """
        absent, folders = set(self.absent), set(self.folders)
        for path, state in states.items():
            place = self._places.get(path)
            if state and place is not None:
                if place >= self.artifacts and self.state(path) != state:
                    return False
                self.note(path, state)
            elif path in (absent if state is None else folders) and not state:
                continue
            elif place is not None or path in absent or path in folders:
                return False
            else:
                self.note(path, state)
        return True

    def note(self, path: str, state: State) -> None:
        """Let a file, or what was not there before, be in this *state*, whatever follows."""
        place = self._places.get(path)
        if state and place is not None:
            self.states[4 * place : 4 * place + 4] = array("q", state)
        elif state:
            self._places[path] = len(self.files)
            self.files.append(path)
            self.states.extend(state)
        elif path not in self.absent:
            (self.absent if state is None else self.folders).append(path)

    def put_listed(self, listed: Mapping[str, tuple[str, Sequence[int]]]) -> bool:
        """Let folders hold the same as before, in other states, or be listed besides."""
        index = {path: place for place, path in enumerate(self.listed[::2])}
        for path, (held, state) in listed.items():
            place = index.get(path)
            if place is None:
                self.listed += [path, held]
                self.held.extend(state)
            elif self.listed[2 * place + 1] != held:
                return False
            else:
                self.held[4 * place : 4 * place + 4] = array("q", state)
        return True


def name_of(folder: str, words: Sequence[str]) -> str:
    """
    Return the name of the file for a command line, as it is given in *folder*.

    The command line itself is not kept: a value in it may be a key.
    """
    text = "\0".join((folder, *words))
    return xxhash.xxh3_128_hexdigest(text.encode("utf-8", "surrogateescape"))


def bound(place: str, most: int) -> None:
    """Leave no more than *most* files, the youngest; other builds may do the same."""
    with os.scandir(place) as entries:
        kept = [(each.stat().st_mtime_ns, each.path) for each in entries]
    for _, path in sorted(kept)[: max(0, len(kept) - most)]:
        try:
            os.unlink(path)
        except FileNotFoundError:
            continue
