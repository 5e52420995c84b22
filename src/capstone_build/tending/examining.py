"""
Examining: whether manifest, store and files agree with each other, byte by byte.

Knows what each of them should hold; knows no pipeline, so that none of the user's
code runs, and changes nothing. What it finds while a build is at work may be the
build's own doing: `capstone_build.tending.verifying` looks again under the lock.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from capstone_build.core.artifact import MEMORY_FOLDER, is_inside
from capstone_build.core.digest import EMPTY_FOLDER, Digest, digest_bytes
from capstone_build.core.finding import Finding, Flaw
from capstone_build.core.stage import StageName
from capstone_build.core.trace import Trace
from capstone_build.storage.content import digest_file
from capstone_build.storage.file_state import FileState, KnownFile
from capstone_build.storage.inventory import Inventory, Maker
from capstone_build.storage.object_files import ObjectFile, ObjectFiles

Advance = Callable[[int, int], None]
"""Told how many bytes have been read, of how many."""


@dataclass(frozen=True, slots=True)
class Output:
    """
    A file that should stand as a stage left it.

    Attributes:
        path: Where it is, from the project's root.
        digest: What it should hold.
        stage: The stage that left it.
    """

    path: str
    digest: Digest
    stage: StageName


@dataclass(slots=True)
class Remembered:
    """
    What is remembered, as far as it can be checked.

    Attributes:
        traces: How many runs are remembered.
        current: The latest run of each stage whose outputs stand.
        outputs: What should stand, by path.
        files: What is trusted to hold what it held, as long as its state is unchanged.
        objects: What is in the store.
        named: A path and a stage for each object that some run left or ran.
        damaged: Numbers of traces that are not what was written.
        findings: What was wrong with the manifest itself.
    """

    traces: int = 0
    current: list[Trace] = field(default_factory=list)
    outputs: dict[str, Output] = field(default_factory=dict)
    files: dict[str, KnownFile] = field(default_factory=dict)
    objects: dict[Digest, ObjectFile] = field(default_factory=dict)
    named: dict[Digest, tuple[str, StageName]] = field(default_factory=dict)
    damaged: list[int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def recall(root: Path, inventory: Inventory) -> Remembered:
    """Read all that is remembered; tell what is wrong with the manifest itself."""
    memory = Remembered()
    if inventory.problem:
        memory.findings.append(_manifest(inventory.problem))
    else:
        memory.findings += map(_manifest, inventory.damage())
    if not memory.findings:
        _read(inventory, memory)
    memory.objects = {each.digest: each for each in ObjectFiles(root / MEMORY_FOLDER / "objects")}
    return memory


def _manifest(said: str) -> Finding:
    return Finding(flaw=Flaw.MANIFEST_DAMAGED, subject="manifest", says=said)


def _read(inventory: Inventory, memory: Remembered) -> None:
    standing = defaultdict(list)
    for each in inventory.standing():
        standing[each.number].append(each)
    made = inventory.made()
    for entry in inventory.entries():
        memory.traces += 1
        those = standing.pop(entry.number, ())
        if entry.trace is None or not entry.is_sound:
            memory.damaged.append(entry.number)
            memory.findings += [_trace(each.stage) for each in those] or [_trace("")]
            continue
        for path, digest in (*entry.trace.outputs.items(), *entry.trace.sources.items()):
            memory.named.setdefault(digest, (path, entry.trace.stage))
        for each in (each for each in those if each.is_current):
            memory.current.append(entry.trace)
            maker = Maker(each.pipeline, each.stage)
            memory.outputs |= {
                path: Output(path, digest, each.stage)
                for path, digest in entry.trace.outputs.items()
                if made.get(path) == maker
            }
    memory.findings += [_trace(each.stage) for those in standing.values() for each in those]
    memory.findings += [
        Finding(flaw=Flaw.LEADS_OUT, subject=path, stage=maker.stage)
        for path, maker in made.items()
        if not is_inside(path)
    ]
    memory.files = dict(inventory.files())


def _trace(stage: str) -> Finding:
    return Finding(flaw=Flaw.TRACE_DAMAGED, subject=stage or "a past run", stage=stage)


class Examination:
    """
    The reading of all that can be read.

    Args:
        root: The project's root.
        memory: What is remembered of it.
        only: The subjects to look at; all if None.
    """

    def __init__(self, root: Path, memory: Remembered, only: Collection[str] | None = None) -> None:
        self._root = root
        self._memory = memory
        self._only = only
        self.objects = [each for each in memory.objects.values() if self._is_meant(each.digest)]
        self.outputs = [each for each in memory.outputs.values() if self._is_meant(each.path)]
        self.trusted = [
            (path, known)
            for path, known in memory.files.items()
            if path not in memory.outputs and self._is_meant(path) and self._vouches(path, known)
        ]
        self.size = sum(
            [
                *(each.size for each in self.objects),
                *(self._size(each.path) for each in self.outputs),
                *(known.state.size for _, known in self.trusted),
            ]
        )

    def findings(self, jobs: int, advance: Advance) -> Iterator[Finding]:
        """
        Yield what is wrong, the manifest's own damage apart.

        Args:
            jobs: How many files are read at the same time.
            advance: Told how far it is.
        """
        done = 0
        checks: list[tuple[int, Callable[[], Finding | None]]] = [
            *((each.size, _bound(self._object, each)) for each in self.objects),
            *((self._size(each.path), _bound(self._output, each)) for each in self.outputs),
            *(
                (known.state.size, _bound(self._source, path, known))
                for path, known in self.trusted
            ),
        ]
        pool = ThreadPoolExecutor(jobs)
        try:
            for (size, _), found in zip(
                checks, pool.map(lambda check: check[1](), checks), strict=True
            ):
                done += size
                advance(done, self.size)
                if found is not None:
                    yield found
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        yield from self._missing()

    def _object(self, found: ObjectFile) -> Finding | None:
        path, stage = self._memory.named.get(found.digest, ("", StageName("")))
        try:
            if found.is_sound():
                return None
        except FileNotFoundError:
            return None  # gone since: if it is needed, it is missing
        except OSError as error:
            return _unreadable(found.digest, error)
        return Finding(flaw=Flaw.OBJECT_ROTTEN, subject=found.digest, stage=stage, says=path)

    def _output(self, output: Output) -> Finding | None:
        file = self._root / output.path
        flaw: Flaw | None = None
        if output.digest == EMPTY_FOLDER:
            flaw = None if file.is_dir() else Flaw.OUTPUT_MISSING
        elif not file.is_file():
            flaw = Flaw.OUTPUT_CHANGED if os.path.lexists(file) else Flaw.OUTPUT_MISSING
        else:
            try:
                state = FileState.of(file.stat())
                is_right = digest_file(file) == output.digest
            except OSError as error:
                return _unreadable(output.path, error)
            known = self._memory.files.get(output.path)
            if not is_right:
                is_trusted = (
                    known is not None and known.still_holds(state) and known.digest == output.digest
                )
                flaw = Flaw.OUTPUT_ROTTEN if is_trusted else Flaw.OUTPUT_CHANGED
        if flaw is None:
            return None
        return Finding(flaw=flaw, subject=output.path, stage=output.stage)

    def _source(self, path: str, known: KnownFile) -> Finding | None:
        file = self._root / path
        try:
            # Files of code are remembered by their absolute paths, and by their bytes alone.
            is_code = path.startswith("/")
            digest = digest_bytes(file.read_bytes()) if is_code else digest_file(file)
            is_right = digest == known.digest or not self._vouches(path, known)
        except OSError as error:
            return _unreadable(path, error)
        return None if is_right else Finding(flaw=Flaw.SOURCE_ROTTEN, subject=path)

    def _missing(self) -> Iterator[Finding]:
        """Yield what should be in the store, and is not."""
        for each in self._memory.outputs.values():
            if each.digest not in self._memory.objects and each.digest != EMPTY_FOLDER:
                yield Finding(
                    flaw=Flaw.OBJECT_MISSING, subject=each.digest, stage=each.stage, says=each.path
                )
        for trace in self._memory.current:
            for path, digest in trace.sources.items():
                if digest not in self._memory.objects:
                    yield Finding(
                        flaw=Flaw.SOURCE_MISSING, subject=digest, stage=trace.stage, says=path
                    )

    def _is_meant(self, subject: str) -> bool:
        return self._only is None or subject in self._only

    def _vouches(self, path: str, known: KnownFile) -> bool:
        """Tell whether a build would take the file for what is remembered, unread."""
        try:
            return known.still_holds(FileState.of((self._root / path).stat()))
        except OSError:
            return False

    def _size(self, path: str) -> int:
        try:
            return (self._root / path).stat().st_size
        except OSError:
            return 0


def _unreadable(subject: str, error: OSError) -> Finding:
    return Finding(flaw=Flaw.UNREADABLE, subject=subject, says=error.strerror or str(error))


def _bound(
    check: Callable[..., Finding | None], *arguments: object
) -> Callable[[], Finding | None]:
    return lambda: check(*arguments)
