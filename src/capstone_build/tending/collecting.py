"""
Collecting: the engine's memory is kept within bounds.

Knows what current outputs need, and since when nothing else was used; knows no
pipeline, so that none of the user's code runs. It works under the lock of builds:
what a build just stored, and has not yet written the trace of, is never taken for
what nobody needs. A trace goes before the objects that it names, so that a kill at
any moment leaves no promise that cannot be kept.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from capstone_build.core.artifact import MEMORY_FOLDER
from capstone_build.core.collection import Bounds, Collection, Room
from capstone_build.core.digest import EMPTY_FOLDER, Digest
from capstone_build.core.trace import Trace
from capstone_build.errors import MemoryFailedError
from capstone_build.storage.inventory import Inventory
from capstone_build.storage.lock import locked
from capstone_build.storage.object_files import ObjectFile, ObjectFiles
from capstone_build.tending.scratch import dead_scratches

_BUILD = re.compile(r"\d{8}T\d{6}-\d+")
"""How builds are called, and so the folders of their logs and of what they set aside."""


def collect(
    root: Path, bounds: Bounds, wait: Callable[[int | None], None], *, dry_run: bool
) -> Collection:
    """
    Let go of what is beyond *bounds*.

    Args:
        root: The project's root.
        bounds: How much of the past stays.
        wait: Told whom it waits for, should a build be at work.
        dry_run: Only tell what would go.

    Raises:
        MemoryFailedError: If the memory cannot be read or written.
    """
    memory = root / MEMORY_FOLDER
    if not memory.is_dir():
        return Collection()
    if dry_run:
        return _Collecting(root, bounds, dry_run=True).run()
    with locked(memory, wait):
        return _Collecting(root, bounds, dry_run=False).run()


@dataclass(slots=True)
class _Choice:
    """
    What stays of the store and of the traces.

    Attributes:
        needed: What current outputs need.
        recent: What else stays.
        numbers: The traces that go.
        runs_go: How many runs can no longer be brought back.
        runs_stay: How many that do not stand can be.
    """

    needed: set[Digest] = field(default_factory=set)
    recent: set[Digest] = field(default_factory=set)
    numbers: list[int] = field(default_factory=list)
    runs_go: int = 0
    runs_stay: int = 0


class _Collecting:
    """One collection."""

    def __init__(self, root: Path, bounds: Bounds, *, dry_run: bool) -> None:
        self._root = root
        self._memory = root / MEMORY_FOLDER
        self._bounds = bounds
        self._dry_run = dry_run
        self._now = time.time()

    def run(self) -> Collection:
        """Choose, and let go; the traces first."""
        inventory = Inventory(self._memory / "manifest.sqlite3")
        try:
            if inventory.problem:
                raise MemoryFailedError(
                    f"what is needed cannot be told: {inventory.problem}",
                    hint="`capstone build` begins the manifest anew; nothing was removed.",
                )
            before = inventory.size()
            files = ObjectFiles(self._memory / "objects")
            objects = {each.digest: each for each in files}
            choice = self._chosen(inventory, objects)
            if not self._dry_run:
                self._tidy(inventory, choice)
            going = [
                each
                for digest, each in objects.items()
                if digest not in choice.needed and digest not in choice.recent
            ]
            collection = Collection(
                runs=choice.runs_go,
                objects=self._removed((each.path, each.size) for each in going),
                logs=self._past_builds("logs"),
                kept=self._past_builds("kept") if self._bounds.is_kept_bounded else Room(),
                leftovers=self._removed([*files.halves(), *self._out_of_date(files)]),
                manifest=max(0, before - inventory.size()),
                needed=Room.of(objects[d].size for d in choice.needed & objects.keys()),
                recent=Room.of(objects[d].size for d in choice.recent & objects.keys()),
                runs_stay=choice.runs_stay,
                kept_stays=self._kept_stays(),
            )
        finally:
            inventory.close()
        return collection

    # The store.

    def _chosen(self, inventory: Inventory, objects: dict[Digest, ObjectFile]) -> _Choice:
        """Choose the traces and objects that stay."""
        standing = [each for each in inventory.standing() if each.is_current]
        current = {each.number for each in standing}
        previous = {each.previous for each in standing}
        choice = _Choice()
        past: list[tuple[float, int, frozenset[Digest], bool]] = []
        for entry in inventory.entries():
            if entry.trace is None:
                choice.numbers.append(entry.number)
            elif entry.number in current:
                choice.needed |= _outputs(entry.trace)
                choice.needed.update(entry.trace.sources.values())
            else:
                # That of the run before says what changed: it stays, and its sources.
                is_told = entry.number in previous
                if is_told:
                    choice.needed.update(entry.trace.sources.values())
                past.append((entry.used, entry.number, _outputs(entry.trace), is_told))
        self._choose_past(past, choice, objects)
        return choice

    def _choose_past(
        self,
        past: list[tuple[float, int, frozenset[Digest], bool]],
        choice: _Choice,
        objects: dict[Digest, ObjectFile],
    ) -> None:
        """Go back in time from the run that was last used, until a bound is met."""
        total = sum(objects[digest].size for digest in choice.needed & objects.keys())
        is_beyond = False
        for used, number, outputs, is_told in sorted(past, key=lambda each: each[:2], reverse=True):
            fresh = outputs - choice.needed - choice.recent
            total_then = total + sum(objects[d].size for d in fresh & objects.keys())
            bounds = self._bounds
            is_beyond = (
                is_beyond
                or (bounds.keep_seconds is not None and used < self._now - bounds.keep_seconds)
                or (bounds.max_size is not None and total_then > bounds.max_size)
            )
            if not is_beyond and outputs <= objects.keys():
                total = total_then
                choice.recent |= fresh
                choice.runs_stay += 1
                continue
            if not is_told:
                choice.numbers.append(number)
            choice.runs_go += not is_told or bool(fresh & objects.keys())

    def _tidy(self, inventory: Inventory, choice: _Choice) -> None:
        """Forget the traces that go, and what is known of files that are not there."""
        if not inventory.is_there:
            return
        if choice.numbers:
            inventory.forget_traces(choice.numbers)
        gone = [p for p, _ in inventory.files() if not os.path.lexists(self._root / p)]
        if gone:
            inventory.forget_files(gone)
        inventory.forget_summaries()
        inventory.forget_builds(self._now - self._bounds.spare_seconds)
        inventory.compact()

    # What else is in the memory.

    def _past_builds(self, name: str) -> Room:
        """Remove what builds of long ago left in one of the folders of the memory."""
        return self._removed(
            (str(folder), _size(folder))
            for folder in self._builds(name)
            if self._is_past(folder, self._bounds.spare_seconds)
        )

    def _kept_stays(self) -> Room:
        return Room.of(
            _size(folder)
            for folder in self._builds("kept")
            if not (
                self._bounds.is_kept_bounded and self._is_past(folder, self._bounds.spare_seconds)
            )
        )

    def _builds(self, name: str) -> Iterator[Path]:
        with suppress(OSError):
            for folder in sorted((self._memory / name).iterdir()):
                if _BUILD.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink():
                    yield folder

    def _out_of_date(self, files: ObjectFiles) -> Iterator[tuple[str, int]]:
        """Yield what builds that are over left in staging, and what no build will look at."""
        for name in ("staging", "notes"):
            with suppress(OSError):
                for folder in (self._memory / name).iterdir():
                    yield str(folder), _size(folder)
        for folder in dead_scratches(self._memory):
            yield str(folder), _size(folder)
        old = [Path(path) for path, _ in files.rotten()]
        old += (self._memory / "footings").glob("*")
        old += self._memory.glob("manifest.sqlite3*.unreadable")
        for path in old:
            if self._is_past(path, self._bounds.spare_seconds):
                yield str(path), _size(path)

    def _is_past(self, path: Path, seconds: float) -> bool:
        """Tell whether nothing at *path*, or in it, was put there in this time."""
        return self._now - _put_there(path) > seconds

    def _removed(self, found: Iterable[tuple[str, int]]) -> Room:
        """Remove files and folders of these sizes; a link is removed, never followed."""
        sizes = []
        for path, size in found:
            if not self._dry_run:
                _remove(path)
            sizes.append(size)
        return Room.of(sizes)


def _outputs(trace: Trace) -> frozenset[Digest]:
    """Return the objects that bring back what a run left."""
    return frozenset({*trace.outputs.values()} - {EMPTY_FOLDER})


def _remove(path: str) -> None:
    try:
        if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114 (text, as above)
            shutil.rmtree(path)
        else:
            os.unlink(path)  # noqa: PTH108 (the same)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise MemoryFailedError(
            f"{path!r} cannot be removed: {error.strerror}",
            hint="Mend its permissions; what was removed before is gone, and the rest stays.",
        ) from None


def _within(path: Path) -> Iterator[os.stat_result]:
    """Yield the states of what is at *path* and in it, links not followed."""
    with suppress(OSError):
        yield path.lstat()
        if path.is_dir() and not path.is_symlink():
            for folder, folders, files in os.walk(path):
                for name in (*folders, *files):
                    with suppress(OSError):
                        yield Path(folder, name).lstat()


def _size(path: Path) -> int:
    return sum(each.st_size for each in _within(path) if stat.S_ISREG(each.st_mode))


def _put_there(path: Path) -> float:
    """Return when the youngest thing at *path* came there: a move keeps mtime, not ctime."""
    return max((max(s.st_ctime, s.st_mtime) for s in _within(path)), default=0.0)
