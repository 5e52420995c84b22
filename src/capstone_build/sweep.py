"""
The sweep: what has moved since the last such build looked.

Knows the footing that a build left; does not know what a stage is. Where all
stands as it stood, the build is over: nothing of the user's, nor of the rest of
the engine, is imported. It is the first that a build does, so it imports next
to nothing, and is written for that.
"""

# ruff: noqa: PTH109, PTH110, PTH112, PTH116, PTH118 (see the footing)

from __future__ import annotations

import gc
import os
from stat import S_ISREG

from capstone_build.storage.footing import PLACE, Footing, name_of
from capstone_build.storage.looks import digest_held, full_state, held_in
from capstone_build.storage.surroundings import machine, variable_now

_MEMORY = ".cache"

_CAN_BE_RUN = 0o111
"""What can be run may be code to somebody."""

_MOST_MOVED = 1000
"""Where more has moved, nothing is gained by looking at what that concerns only."""


class Swept:
    """
    What a build rests on, and what has moved of it since.

    Attributes:
        root: The project's root.
        footing: What the last build of the same words rested on.
        moved: Files that are in other states, or gone: each an artifact, and nothing else.
            All else that the footing names is as it was.
    """

    __slots__ = ("footing", "moved", "root")

    def __init__(self, root: str, footing: Footing, moved: list[str]) -> None:
        self.root = root
        self.footing = footing
        self.moved = moved


def swept(words: list[str]) -> Swept | None:
    """
    Compare what is remembered of the build that *words* ask for with what is there.

    Args:
        words: The command line, without the program's name; for the current folder.

    Returns:
        None where nothing is remembered, or something else than artifacts has moved.
    """
    try:
        here = os.getcwd()
    except OSError:
        return None
    root, folder = here, ""
    while True:
        name = name_of(folder, words)
        path = os.path.join(root, _MEMORY, PLACE, name)
        try:
            footing = Footing.kept(path)
        except (OSError, ValueError, TypeError):
            pass
        else:
            moved = _moved(footing, root) if footing.name == name else None
            return None if moved is None else Swept(root, footing, moved)
        above, last = os.path.split(root)
        if above == root:
            return None
        root, folder = above, f"{last}/{folder}" if folder else last


def _moved(footing: Footing, root: str) -> list[str] | None:
    """Return the artifacts that moved; None if all else does not stand. Paths start at *root*."""
    if footing.machine != machine():
        return None
    variables = iter(footing.variables)
    for name, digest in zip(variables, variables, strict=True):
        if variable_now(name) != digest:
            return None
    was_on = gc.isenabled()
    gc.disable()  # so many states, and none of them garbage
    here = os.getcwd()
    os.chdir(root)
    try:
        moved = _moved_files(footing)
        return moved if moved is not None and _others_stand(footing) else None
    finally:
        os.chdir(here)
        if was_on:
            gc.enable()


def _moved_files(footing: Footing) -> list[str] | None:
    stat = os.stat
    numbers = iter(footing.states)
    moved: list[str] = []
    gone: list[str] = []
    for path, size, mtime_ns, ctime_ns, inode in zip(
        footing.files, numbers, numbers, numbers, numbers, strict=True
    ):
        try:
            now = stat(path)
            if (
                now.st_mtime_ns == mtime_ns
                and now.st_ctime_ns == ctime_ns
                and now.st_size == size
                and now.st_ino == inode
            ):
                continue
        except (FileNotFoundError, NotADirectoryError):
            gone.append(path)
        except (OSError, ValueError):
            return None
        else:
            if not S_ISREG(now.st_mode) or now.st_mode & _CAN_BE_RUN:
                return None
        moved.append(path)
        if len(moved) > _MOST_MOVED:
            return None
    if not moved:
        return moved
    artifacts = set(footing.files[: footing.artifacts])
    free = set(footing.files[: footing.free]) if gone else artifacts
    is_known = footing.outline and artifacts.issuperset(moved) and free.issuperset(gone)
    return moved if is_known else None


def _others_stand(footing: Footing) -> bool:
    for path in footing.absent:
        if os.path.exists(path):
            return False
    for path in footing.folders:
        if not os.path.isdir(path):
            return False
    states = iter(footing.held)
    listed = iter(footing.listed)
    for path, held in zip(listed, listed, strict=True):
        then = (next(states), next(states), next(states), next(states))
        try:
            now = full_state(os.stat(path))
        except OSError:
            now = (0, 0, 0, 0)
        if now != then and digest_held(held_in(path)) != held:
            return False
    return True
