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
import sys
import zlib
from array import array

import xxhash

from capstone_build.storage.uptime import boot_id
from capstone_build.version import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from capstone_build.storage.looks import State

_MAGIC = b"capstone footing 1\n"
_COUNTS = 8 * 7
"""How many bytes tell how long the parts are: the numbers, and six lists of names."""

_MOST_KEPT = 24
"""How many commands of one project are remembered: the oldest goes."""


class Footing:
    """
    What a build, in which everything came to be up to date, rests on.

    Args:
        words: The command line that asked for it.
        stages: How many stages it brought up to date.
        is_bundled: Whether the pipeline is the one that comes with capstone.
        variables: Digests of environment variables.
        states: Of files and folders, by path: from the root, or absolute.
        listed: Of folders, what they hold as a digest, and the state that vouches for it.
    """

    __slots__ = ("is_bundled", "listed", "stages", "states", "variables", "words")

    def __init__(  # noqa: PLR0917 (no dataclass, and made in one place)
        self,
        words: Sequence[str],
        stages: int,
        is_bundled: bool,
        variables: Mapping[str, str],
        states: dict[str, State],
        listed: Mapping[str, tuple[str, Sequence[int]]],
    ) -> None:
        self.words = words
        self.stages = stages
        self.is_bundled = is_bundled
        self.variables = variables
        self.states = states
        self.listed = listed

    def keep(self, memory: str, folder: str) -> None:
        """
        Write it down.

        Args:
            memory: The engine's own folder.
            folder: The current one, from the root.

        Raises:
            OSError: If it cannot be written.
        """
        name = name_of(folder, self.words)
        files = [path for path, state in self.states.items() if state]
        groups = (
            [name, str(self.stages), "bundled" * self.is_bundled, *machine()],
            [each for pair in self.variables.items() for each in pair],
            [path for path, state in self.states.items() if state is None],
            [path for path, state in self.states.items() if state == ()],
            [each for path, (held, _) in self.listed.items() for each in (path, held)],
            files,
        )
        numbers = array("q")
        for _, state in self.listed.values():
            numbers.extend(state)
        for path in files:
            numbers.extend(self.states[path] or ())
        counts = array("q", [len(numbers), *map(len, groups)])
        names = "\0".join(each for group in groups for each in group)
        body = b"".join((counts.tobytes(), numbers.tobytes(), os.fsencode(names)))
        place = os.path.join(memory, "footings")
        os.makedirs(place, exist_ok=True)
        path = os.path.join(place, name)
        beside = f"{path}.{os.getpid()}.tmp"
        with open(beside, "wb") as file:
            file.write(_MAGIC + b"%08x" % zlib.crc32(body) + body)
        os.replace(beside, path)
        _bound(place)


class Kept:
    """
    A footing as it was kept, still in arrays.

    Args:
        path: The file.

    Attributes:
        stages: How many stages are up to date.
        is_bundled: Whether the pipeline is the one that comes with capstone.
        machine: On which machine, and with which Python and capstone, it was taken.
        name: Of the folder and the command line: what `name_of` returns.
        variables: Names and digests, one after the other.
        absent: Paths of what is not there.
        folders: Paths of folders.
        listed: Paths of folders, and digests of what they hold, one after the other.
        files: Paths of files.
        numbers: Four for each that is listed, then for each file.

    Raises:
        OSError: If there is none.
        ValueError: If it is damaged.
    """

    __slots__ = (
        "absent",
        "files",
        "folders",
        "is_bundled",
        "listed",
        "machine",
        "name",
        "numbers",
        "stages",
        "variables",
    )

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            content = file.read()
        body = memoryview(content)[len(_MAGIC) + 8 :]
        head = b"%s%08x" % (_MAGIC, zlib.crc32(body))
        if not content.startswith(head):
            raise ValueError(path)
        counts = array("q", body[:_COUNTS].tobytes())
        end = _COUNTS + 8 * counts[0]
        self.numbers = array("q", body[_COUNTS:end].tobytes())
        names = os.fsdecode(bytes(body[end:])).split("\0")
        groups = []
        begin = 0
        for count in counts[1:]:
            groups.append(names[begin : begin + count])
            begin += count
        (self.name, stages, bundled, *self.machine), *others = groups
        self.stages = int(stages)
        self.is_bundled = bool(bundled)
        self.variables, self.absent, self.folders, self.listed, self.files = others


def name_of(folder: str, words: Sequence[str]) -> str:
    """
    Return the name of the file for a command line, as it is given in *folder*.

    The command line itself is not kept: a value in it may be a key.
    """
    text = "\0".join((folder, *words))
    return xxhash.xxh3_128_hexdigest(text.encode("utf-8", "surrogateescape"))


def machine() -> list[str]:
    """Return what a build depends on that is neither a file nor a variable."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = os.uname() if hasattr(os, "uname") else sys.getwindowsversion()  # type: ignore[attr-defined]  # there it is
    user = os.getuid() if hasattr(os, "getuid") else os.getlogin()
    path = os.pathsep.join(sys.path[1:])
    # Not where the machine stopped meanwhile: what was written may have gone with it.
    run = boot_id()
    return [VERSION, sys.version, sys.prefix, str(system), str(user), str(cores), path, run]


def variable_now(name: str) -> str:
    """
    Return the digest of an environment variable.

    Of one that is spelled with a `?`, only whether it is set: it may be a key,
    which is not to be kept, even as a digest.
    """
    value = os.environ.get(name.removeprefix("?"))
    text = "unset" if value is None else "set" if name.startswith("?") else f"set {value}"
    return xxhash.xxh3_128_hexdigest(text.encode("utf-8", "surrogateescape"))


def _bound(place: str) -> None:
    """Leave no more than so many; other builds may do the same."""
    with os.scandir(place) as entries:
        kept = [(each.stat().st_mtime_ns, each.path) for each in entries]
    for _, path in sorted(kept)[: max(0, len(kept) - _MOST_KEPT)]:
        try:
            os.unlink(path)
        except FileNotFoundError:
            continue
