"""
Verifying: what is wrong is found, made sure of, and put right as far as it can be.

Knows what to do about each flaw; does not know how it is found
(`capstone_build.tending.examining`). Looking takes no lock and writes nothing. Only what
seems wrong is looked at again under the lock, when no build is at work, and mended:
a rotten object is moved aside, an output that rotted is trusted no more, so that the
next build finds it, and what is lacking in the store is put back from what stands.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from capstone_build.core.artifact import MEMORY_FOLDER
from capstone_build.core.digest import EMPTY_FOLDER, Digest, digest_bytes
from capstone_build.core.finding import Finding, Flaw, Remedy, Verification
from capstone_build.core.stage import StageName
from capstone_build.errors import MemoryFailedError
from capstone_build.storage.content import digest_file
from capstone_build.storage.inventory import Inventory
from capstone_build.storage.lock import locked
from capstone_build.storage.object_files import ObjectFiles
from capstone_build.storage.store import Store
from capstone_build.tending.examining import Advance, Examination, Remembered, recall

_OF_OUTPUTS = {Flaw.OUTPUT_ROTTEN, Flaw.OUTPUT_CHANGED, Flaw.OUTPUT_MISSING}


def verify(
    root: Path, jobs: int, advance: Advance, wait: Callable[[int | None], None]
) -> Verification:
    """
    Check what is remembered of a project against the disk, and mend it.

    Args:
        root: The project's root.
        jobs: How many files are read at the same time.
        advance: Told how far it is, in bytes.
        wait: Told whom it waits for, should something seem wrong and a build be at work.
    """
    began = time.monotonic()
    folder = root / MEMORY_FOLDER
    if not folder.is_dir():
        return Verification()
    inventory = Inventory(folder / "manifest.sqlite3")
    try:
        memory = recall(root, inventory)
        examination = Examination(root, memory)
        found = [*memory.findings, *examination.findings(jobs, advance)]
    finally:
        inventory.close()
    unmended = ""
    if found:
        try:
            with locked(folder, wait):
                found = _Mending(root, {each.subject for each in found}).findings()
        except MemoryFailedError as error:
            unmended = error.problem
    return Verification(
        traces=memory.traces,
        objects=len(examination.objects),
        files=len(examination.outputs) + len(examination.trusted),
        size=examination.size,
        seconds=time.monotonic() - began,
        findings=tuple(found),
        unmended=unmended,
    )


class _Mending:
    """
    The second look, and what is done; under the lock.

    Args:
        root: The project's root.
        suspects: What seemed wrong.
    """

    def __init__(self, root: Path, suspects: set[str]) -> None:
        self._root = root
        self._folder = root / MEMORY_FOLDER
        self._suspects = suspects
        self._objects = ObjectFiles(self._folder / "objects")
        self._store = Store(self._folder / "objects")
        self._places: dict[Digest, list[Path]] | None = None
        self._code: dict[Digest, list[Path]] = defaultdict(list)

    def findings(self) -> list[Finding]:
        """Return what is wrong indeed, with what was done about it."""
        inventory = Inventory(self._folder / "manifest.sqlite3")
        try:
            memory = recall(self._root, inventory)
            examination = Examination(self._root, memory, self._suspects)
            found = [*memory.findings, *examination.findings(1, lambda *_: None)]
            # Objects first: whether an output can be restored depends on them.
            found = [self._mended_object(each, memory) for each in found]
            self._mend_manifest(found, memory, inventory)
        finally:
            inventory.close()
        lost = self._lost(found, memory)
        return [self._foretold(each, lost) for each in found]

    def _mended_object(self, finding: Finding, memory: Remembered) -> Finding:
        """Take a rotten object out, and put back from what stands what should be there."""
        digest = Digest(finding.subject)
        if finding.flaw is Flaw.OBJECT_ROTTEN:
            if (rotten := self._objects.find(digest)) is not None:
                self._objects.set_aside(rotten)
            is_back = self._put_back(digest, memory)
            return replace(finding, remedy=Remedy.MENDED if is_back else Remedy.DROPPED)
        if finding.flaw in {Flaw.OBJECT_MISSING, Flaw.SOURCE_MISSING}:
            return replace(
                finding, remedy=Remedy.MENDED if self._put_back(digest, memory) else Remedy.NONE
            )
        return finding

    def _put_back(self, digest: Digest, memory: Remembered) -> bool:
        """Store what stands somewhere in the project and is what the object was."""
        if self._places is None:
            self._places = defaultdict(list)
            for output in memory.outputs.values():
                self._places[output.digest].append(self._root / output.path)
            for trace in memory.current:
                for name, each in trace.sources.items():
                    self._code[each].append(self._root / name)
        return any(self._stored(file, digest) for file in self._places.get(digest, ())) or any(
            self._stored_code(file, digest) for file in self._code.get(digest, ())
        )

    def _stored(self, file: Path, digest: Digest) -> bool:
        with suppress(OSError):
            if digest_file(file) == digest:
                self._store.keep(file, digest)
                return True
        return False

    def _stored_code(self, file: Path, digest: Digest) -> bool:
        with suppress(OSError):
            content = file.read_bytes()
            if digest_bytes(content) == digest:
                self._store.keep_text(content, digest)
                return True
        return False

    def _mend_manifest(
        self, found: Iterable[Finding], memory: Remembered, inventory: Inventory
    ) -> None:
        """Forget what is not so, and let the next build look at what it would have trusted."""
        flaws = {each.flaw for each in found}
        if Flaw.MANIFEST_DAMAGED in flaws:
            if not inventory.problem:  # no build would see it: the next one begins anew
                inventory.set_aside()
            return
        if Flaw.TRACE_DAMAGED in flaws:
            inventory.forget_traces(memory.damaged)
        if outside := [each.subject for each in found if each.flaw is Flaw.LEADS_OUT]:
            inventory.forget_made(outside)
        rotten = {Flaw.OUTPUT_ROTTEN, Flaw.SOURCE_ROTTEN}
        if untrusted := [each.subject for each in found if each.flaw in rotten]:
            inventory.forget_files(untrusted)
            for footing in (self._folder / "footings").glob("*"):
                footing.unlink(missing_ok=True)

    def _lost(self, found: Iterable[Finding], memory: Remembered) -> set[StageName]:
        """Return the stages that have an output which neither stands nor is in the store."""
        wrong = {each.subject for each in found if each.flaw in _OF_OUTPUTS}
        return {
            each.stage
            for each in memory.outputs.values()
            if each.path in wrong
            and each.digest != EMPTY_FOLDER
            and self._objects.find(each.digest) is None
        }

    def _foretold(self, finding: Finding, lost: set[StageName]) -> Finding:
        """Say what the next build will do about it."""
        if finding.flaw in _OF_OUTPUTS:
            is_lost = finding.stage in lost
            return replace(finding, remedy=Remedy.RUN_NEXT if is_lost else Remedy.RESTORED_NEXT)
        if finding.flaw is Flaw.MANIFEST_DAMAGED:
            return replace(finding, remedy=Remedy.ANEW_NEXT)
        if finding.flaw is Flaw.TRACE_DAMAGED and finding.stage:
            return replace(finding, remedy=Remedy.RUN_NEXT)
        if finding.flaw in {Flaw.TRACE_DAMAGED, Flaw.LEADS_OUT}:
            return replace(finding, remedy=Remedy.DROPPED)
        if finding.flaw is Flaw.SOURCE_ROTTEN:
            return replace(finding, remedy=Remedy.RUN_NEXT)
        return finding
