"""
Coming to rest: the footing of a build that left everything up to date.

Knows what the engine and the host looked at; does not know what they concluded.
The next build with the same words compares it first (`capstone_build.sweep`),
and only where something moved does it look closer.

It is taken only where it is sure: where each file and folder is still as it was
looked at, or is what the build itself put there, and no file is so young that
it may yet be another of the same state.
"""

# All files of a project are asked for their states: pathlib costs several times that.
# ruff: noqa: PTH116, PTH118

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from capstone_build.authoring.parameters import CONFIGURATION
from capstone_build.authoring.project_place import PIPELINE_FILE
from capstone_build.core.artifact import parents, spellable
from capstone_build.core.graph import StageGraph
from capstone_build.core.stage import StageName
from capstone_build.core.variable import is_secret, secrets_in
from capstone_build.looking.session import Session
from capstone_build.resting.outlining import is_code, outlined
from capstone_build.resting.reach import Reach
from capstone_build.storage.file_state import FileState
from capstone_build.storage.footing import Footing, name_of
from capstone_build.storage.looks import (
    State,
    digest_held,
    full_state,
    held_in,
    state_of,
)
from capstone_build.storage.surroundings import variable_now

_ALWAYS = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LANG", "LC_ALL", "TZ", "HOME")
"""Variables that decide what Python finds and says, whoever asks."""

_NOTHING: dict[str, Any] = {"elsewhere": (), "states": {}, "listed": {}, "variables": ()}
"""What the load of a pipeline rests on that was not loaded."""

_PATIENCE = 0.03
"""How long to wait for a file to be old enough that its state vouches for it, in seconds."""


class Rest:
    """
    Takes the footing of a session that came to rest.

    Args:
        session: The session, with nothing left to do.
        folder: The current folder.
    """

    def __init__(self, session: Session, folder: Path) -> None:
        self._session = session
        self._world = session.world
        self._root = str(session.project.root)
        self._prefix = os.path.join(self._root, "")
        self._folder = folder
        self._keys = [
            key
            for stage in session.graph
            for name, value in stage.parameters.items()
            for key in secrets_in(value, name)
        ]
        """Words of commands that may have been asked for as files, and are not to be kept."""
        self._load: dict[str, Any] = {} if isinstance(session, Reach) else session.host.greeting
        self._rests_on: dict[str, Any] = self._load.get("rests on", _NOTHING)
        files = self._world.files
        self._made = {*files.published(), *(p for each in files.published() for p in parents(each))}

    def footing(self, words: Sequence[str], wanted: StageGraph) -> Footing | None:
        """
        Return what the build rests on; None if that cannot be told.

        Args:
            words: The command line that asked for it.
            wanted: The stages that it brought up to date.
        """
        self._world.looks.stop()
        if self._rests_on["elsewhere"] or self._is_of_the_moment():
            return None
        self._let_settle(os.path.join(self._root, each) for each in self._made)
        states = self._states()
        listed = self._listed() if states is not None else None
        if states is None or listed is None:
            return None
        names = {*_ALWAYS, *self._world.variables}
        read = self._rests_on["variables"]
        names |= {f"?{name}" if is_secret(name) else name for name in read}
        variables = {name: variable_now(name) for name in sorted(names)}
        declaring = dict.fromkeys(self._declaring())
        otherwise = {
            self._name(path)
            for path in (*self._world.looks.otherwise, *self._rests_on["states"], *declaring)
        }
        states |= {self._name(path): _now(path) for path in declaring}
        artifacts = {path for path in states.keys() - otherwise if _is_plain(path)}
        is_bundled = self._session.project.is_bundled
        name = name_of(self._here, words)
        sought = set(map(self._name, self._world.looks.sought))
        footing = Footing.taken(
            name, len(wanted), is_bundled, variables, states, artifacts, sought, listed
        )
        if not self._keys:
            footing.outline = outlined(self._session, wanted, otherwise, name)
        return footing

    def renewed(self, reach: Reach, ran: Iterable[StageName]) -> Footing | None:
        """
        Return what a build rests on that looked at a part of the pipeline; None if it is unsure.

        Args:
            reach: The session, the same as this one's.
            ran: The stages of it that ran, or whose outputs were brought back.
        """
        self._world.looks.stop()
        if not all(map(reach.is_as_drawn, ran)):
            return None
        self._let_settle(os.path.join(self._root, each) for each in self._made)
        states = self._states()
        listed = self._listed() if states is not None else None
        files = self._world.files.published()
        footing = reach.footing
        known = footing.artifacts_among(self._name(path) for path in self._world.looks.otherwise)
        can_be_run = any(os.access(os.path.join(self._root, each), os.X_OK) for each in files)
        if states is None or listed is None or known or can_be_run:
            return None
        now = time.time_ns()
        for folder in self._made.intersection(footing.listed[::2]):
            state, held = _full(os.path.join(self._root, folder)), digest_held(held_in(folder))
            if _vouches(state, now):
                listed.setdefault(folder, (held, state))
        if not (footing.put(states) and footing.put_listed(listed)):
            return None
        for name in sorted(self._world.variables.difference(footing.variables[::2])):
            footing.variables += [name, variable_now(name)]
        return footing

    @property
    def _here(self) -> str:
        here = self._folder.relative_to(self._root).as_posix()
        return "" if here == "." else here

    def _is_of_the_moment(self) -> bool:
        from capstone_build.analysis.file.moment import is_of_the_moment  # (not for a part)

        sources = []
        for file in self._load["compiled"]:
            with suppress(OSError):
                sources.append(Path(file).read_bytes())
        return is_of_the_moment(sources)

    def _states(self) -> dict[str, State] | None:
        """Return the state of every file; None where one is not what was looked at."""
        found: dict[str, State] = {}
        young: list[str] = []
        looked = self._world.looks.states
        for path, seen in looked.items():
            state = _now(path)
            if set(seen) != {state} and not self._is_made(path, state):
                return None
            if state and not _vouches(state, seen.get(state, 0)):
                young.append(path)
            if not any(key in path for key in self._keys):
                found[self._name(path)] = state
            elif state is not None:
                return None
        for path, seen_then in self._rests_on["states"].items():
            state = _now(path)
            [(then, looked_ns), *others] = seen_then
            if others or then != (None if state is None else list(state)):
                return None
            if state and not _vouches(state, looked_ns):
                return None
            found[self._name(path)] = state
        self._let_settle(young)
        return found if all(self._world.files.confirm(self._name(p)) for p in young) else None

    def _is_made(self, path: str, state: State) -> bool:
        """Tell whether it is what the build itself put there, and nothing that is imported."""
        name = self._name(path)
        if state == ():
            return name in self._made
        is_published = state is not None and self._world.files.is_published(name, state)
        return is_published and not is_code(name)

    def _let_settle(self, paths: Iterable[str]) -> None:
        """Wait until what is at *paths* is old enough to be sure of, if that is soon."""
        states = [_full(path) for path in paths]
        youngest = max((FileState(*state).settled_ns for state in states), default=0)
        wait = (youngest - time.time_ns()) / 1e9
        if 0 < wait < _PATIENCE:
            time.sleep(wait + 0.001)

    def _listed(self) -> dict[str, tuple[str, tuple[int, ...]]] | None:
        """Return what every folder that was listed holds; None where it is not what was seen."""
        found: dict[str, tuple[str, tuple[int, ...]]] = {}
        now = time.time_ns()
        for path, seen in self._world.looks.listed.items():
            state, held = _full(path), held_in(path)
            strange = frozenset[str]().union(*(held ^ each for each in seen))
            if any(not self._is_put(path, name) for name in strange):
                return None
            found[self._name(path)] = (digest_held(held), state)
        for path, before in self._rests_on["listed"].items():
            state, held = _full(path), held_in(path)
            if [digest_held(held)] != before:
                return None
            found[self._name(path)] = (digest_held(held), state)
        return found if all(_vouches(state, now) for _, state in found.values()) else None

    def _is_put(self, folder: str, name: str) -> bool:
        path = self._name(os.path.join(folder, name.rstrip("/")))
        return path in self._made and not is_code(name)

    def _name(self, path: str) -> str:
        """Return *path* from the root where it lies there, else as it is."""
        if path.startswith(self._prefix):
            return path[len(self._prefix) :] or "."
        return "." if path == self._root else path

    def _declaring(self) -> Iterator[str]:
        """Yield the files that say where the project is, and what its parameters are."""
        folder = self._folder
        while True:
            yield from (str(folder / name) for name in (PIPELINE_FILE, "pyproject.toml"))
            if str(folder) == self._root or folder == folder.parent:
                break
            folder = folder.parent
        yield os.path.join(self._root, CONFIGURATION)


def keep(footing: Footing, memory: Path) -> None:
    """
    Write *footing* down, with the state of the manifest, which is closed by now.

    Args:
        footing: What a build rests on.
        memory: The engine's own folder.
    """
    for suffix in ("", "-wal"):
        name = f"manifest.sqlite3{suffix}"
        footing.note(f"{memory.name}/{name}", _now(str(memory / name)))
    with suppress(OSError):
        footing.keep(str(memory))


def _is_plain(path: str) -> bool:
    """Tell whether a file is inside, has the name that a trace gives it, and is no code."""
    return not path.startswith("/") and spellable(path) == path and not is_code(path)


def _now(path: str) -> State:
    try:
        return state_of(os.stat(path))
    except OSError:
        return None


def _full(path: str) -> tuple[int, int, int, int]:
    try:
        return full_state(os.stat(path))
    except OSError:
        return 0, 0, 0, 0


def _vouches(state: Sequence[int], looked_ns: int) -> bool:
    return FileState(*state).settled_ns < looked_ns
