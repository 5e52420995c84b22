"""
The sweep: whether anything that the last such build looked at has moved since.

Knows the footing that a build left; does not know what a stage is. Where all
stands as it stood, the build is over: nothing of the user's, nor of the rest of
the engine, is imported. It is the first that a build does, so it imports next
to nothing, and is written for that.
"""

# ruff: noqa: PTH109, PTH110, PTH112, PTH116, PTH118 (see the footing)

from __future__ import annotations

import gc
import os
from itertools import islice

from capstone_build.storage.footing import Kept, machine, name_of, variable_now
from capstone_build.storage.looks import digest_held, full_state, held_in

_MEMORY = ".cache"


def at_rest(words: list[str]) -> Kept | None:
    """
    Return what is remembered of the build that *words* ask for, if nothing has moved since.

    Args:
        words: The command line, without the program's name; for the current folder.
    """
    try:
        here = os.getcwd()
    except OSError:
        return None
    root, folder = here, ""
    while True:
        path = os.path.join(root, _MEMORY, "footings", name_of(folder, words))
        try:
            kept = Kept(path)
        except (OSError, ValueError, TypeError):
            pass
        else:
            return kept if kept.words == words and _stands(kept, root) else None
        above, name = os.path.split(root)
        if above == root:
            return None
        root, folder = above, f"{name}/{folder}" if folder else name


def _stands(kept: Kept, root: str) -> bool:
    """Tell whether all that *kept* rests on is as it was; paths in it start at *root*."""
    if kept.machine != machine():
        return False
    variables = iter(kept.variables)
    for name, digest in zip(variables, variables, strict=True):
        if variable_now(name) != digest:
            return False
    was_on = gc.isenabled()
    gc.disable()  # so many states, and none of them garbage
    here = os.getcwd()
    os.chdir(root)
    try:
        return _files_stand(kept) and _others_stand(kept)
    finally:
        os.chdir(here)
        if was_on:
            gc.enable()


def _files_stand(kept: Kept) -> bool:
    stat = os.stat
    numbers = islice(kept.numbers, 2 * len(kept.listed), None)
    try:
        for path, size, mtime_ns, ctime_ns, inode in zip(
            kept.files, numbers, numbers, numbers, numbers, strict=True
        ):
            now = stat(path)
            if (
                now.st_mtime_ns != mtime_ns
                or now.st_ctime_ns != ctime_ns
                or now.st_size != size
                or now.st_ino != inode
            ):
                return False
    except (OSError, ValueError):
        return False
    return True


def _others_stand(kept: Kept) -> bool:
    for path in kept.absent:
        if os.path.exists(path):
            return False
    for path in kept.folders:
        if not os.path.isdir(path):
            return False
    numbers = iter(kept.numbers)
    listed = iter(kept.listed)
    for path, held in zip(listed, listed, strict=True):
        then = (next(numbers), next(numbers), next(numbers), next(numbers))
        try:
            now = full_state(os.stat(path))
        except OSError:
            now = (0, 0, 0, 0)
        if now != then and digest_held(held_in(path)) != held:
            return False
    return True
