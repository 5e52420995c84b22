"""
The ground of a build: all that it looked at, as it was, to tell what has moved since.

Knows paths, states and names in folders; does not know what follows from a move.
What the build itself put in place has not moved. Where a build could not begin,
its ground is every file of the project.
"""

# All that a build looked at is asked for its state: pathlib costs several times that.
# ruff: noqa: PTH112, PTH116, PTH118, PTH120

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from capstone_build.authoring.parameters import CONFIGURATION
from capstone_build.authoring.project_place import PIPELINE_FILE
from capstone_build.core.artifact import MEMORY_FOLDER, parents
from capstone_build.looking.session import Session
from capstone_build.storage.looks import FOLDER, State, digest_held, held_in, state_of

_NOBODYS = frozenset({MEMORY_FOLDER, "__pycache__", "node_modules", "site-packages"})
_DECLARING = (PIPELINE_FILE, "pyproject.toml", CONFIGURATION)
_MOVED: State = (-1, -1, -1, -1)
"""A state in which no file is."""


class Ground:
    """
    What a build looked at.

    Args:
        states: For each path, the state it was in.
        listed: For each folder that was listed, the digest of what it held.
    """

    def __init__(self, states: Mapping[str, State], listed: Mapping[str, str]) -> None:
        self._states = states
        self._listed = listed
        self._concerned = {*states, *listed}
        for path in [*self._concerned]:
            folder = os.path.dirname(path)
            while folder not in self._concerned:
                self._concerned.add(folder)
                folder = os.path.dirname(folder)

    @classmethod
    def of(cls, session: Session, declared: Mapping[str, State]) -> Ground:
        """
        Return the ground of a build that is through.

        What was seen in two states counts as moved: which of them was used, nobody knows.

        Args:
            session: The session of the build.
            declared: The states of files that say where the project is, before the build.
        """
        world = session.world
        world.looks.stop()
        root = os.path.join(session.project.root, "")
        published = [root + path for path in world.files.published()]
        made = {
            *published,
            *(root + up for path in world.files.published() for up in parents(path)),
        }
        states: dict[str, State] = {**declared}
        for path, seen in world.looks.states.items():
            now = _now(path)
            is_own = now and world.files.is_published(path.removeprefix(root), now)
            is_made = path in made and now == FOLDER
            states[path] = now if is_own or is_made else _only([*seen])
        listed: dict[str, str] = {}
        for path, held in world.looks.listed.items():
            there = held_in(path)
            strange = frozenset[str]().union(*(there ^ each for each in held))
            is_made = all(os.path.join(path, name.rstrip("/")) in made for name in strange)
            listed[path] = digest_held(there if is_made else held[0]) * (is_made or len(held) == 1)
        load: Mapping[str, Any] = session.host.greeting.get("rests on", {})
        for path, then in load.get("states", {}).items():
            states.setdefault(path, _only([_as_state(state) for state, _ in then]))
        for path, digests in load.get("listed", {}).items():
            listed.setdefault(path, digests[0] * (len(digests) == 1))
        passed = (os.path.join(world.memory_folder, ""), "/proc/", "/sys/", "/dev/")
        states = {path: state for path, state in states.items() if not path.startswith(passed)}
        return cls(states, listed)

    @classmethod
    def around(cls, root: str, began_ns: int) -> Ground:
        """
        Return every file in *root* as the ground of a build that could not begin.

        What has changed since it *began_ns*, by the clock of the file system,
        counts as moved.
        """
        states: dict[str, State] = {}
        listed: dict[str, str] = {}
        for folder, files in _folders(root):
            listed[folder] = digest_held(held_in(folder))
            for path in files:
                state = _now(path)
                states[path] = _MOVED if state and max(state[1:3]) >= began_ns else state
        return cls(states, listed)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Ground:
        """Read what `as_record` returned."""
        states = {path: _as_state(state) for path, state in record["states"].items()}
        return cls(states, record["listed"])

    def as_record(self) -> dict[str, Any]:
        """Return it as JSON can say it."""
        return {"states": self._states, "listed": self._listed}

    def moved(self) -> list[str]:
        """Return what is not as it was; folders that hold other names end with a separator."""
        found = [path for path, state in self._states.items() if _now(path) != state]
        found += [
            os.path.join(path, "")
            for path, held in self._listed.items()
            if digest_held(held_in(path)) != held
        ]
        return sorted(found)

    def concerns(self, paths: Iterable[str]) -> bool:
        """Tell whether one of *paths*, of which something is told, may be of the ground."""
        return any(
            path in self._concerned or os.path.dirname(path) in self._listed for path in paths
        )

    def folders(self, root: str) -> frozenset[str]:
        """Return where a move would be told of all the ground, but for what is above *root*."""
        found = {path for path in self._listed if os.path.isdir(path)}
        asked = {
            os.path.dirname(path)
            for path, state in self._states.items()
            if state != FOLDER or path.startswith(os.path.join(root, ""))
        }
        for path in asked - found:
            folder = path
            while not os.path.isdir(folder):
                folder = os.path.dirname(folder)
            found.add(folder)
        return frozenset(found)


def _folders(root: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the folders of a project with the files in each, but for what is nobody's work."""
    for folder, inside, files in os.walk(root, followlinks=False):
        if folder != root and "pyvenv.cfg" in files:
            inside.clear()
            continue
        inside[:] = [n for n in inside if n not in _NOBODYS and not n.startswith(".")]
        yield folder, [os.path.join(folder, name) for name in files]


def declaring(root: str) -> dict[str, State]:
    """Return the states of the files that say where a project is and what its settings are."""
    return {path: _now(path) for path in (os.path.join(root, name) for name in _DECLARING)}


def _only(seen: list[State]) -> State:
    return seen[0] if len(seen) == 1 else _MOVED


def _as_state(state: list[int] | None) -> State:
    return FOLDER if state == [] else None if state is None else tuple(state)


def _now(path: str) -> State:
    try:
        return state_of(os.stat(path))
    except (OSError, ValueError):
        return None
