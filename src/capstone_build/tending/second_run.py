"""
A second run of a stage, apart from the project, and in what it differs from the first.

Knows what it left and what is recorded; does not know why it is made
(`capstone_build.tending.rebuilding`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from capstone_build.asking.contrasting import LARGEST, contrast
from capstone_build.core.artifact import MEMORY_FOLDER, Artifact, ArtifactPath
from capstone_build.core.digest import Digest
from capstone_build.core.rebuilt import Contrast
from capstone_build.core.stage import Stage
from capstone_build.core.trace import Trace
from capstone_build.execution.executor import LocalExecutor
from capstone_build.execution.host import Host
from capstone_build.execution.order import WorkOrder
from capstone_build.execution.staging import Staging
from capstone_build.storage.content import digest_file
from capstone_build.storage.files import Files
from capstone_build.storage.object_files import ObjectFiles
from capstone_build.tending.scratch import Scratch


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondRun:
    """
    A second run of a stage, at work or through.

    Attributes:
        root: The project's folder.
        stage: What runs.
        trace: Its first run, which is recorded.
        scratch: The copy of the project that it runs in.
        staging: Where its outputs are.
        host: The process that its worker is a fork of.
        executor: What runs it.
        order: What it is to do.
    """

    root: Path
    stage: Stage
    trace: Trace
    scratch: Scratch
    staging: Staging
    host: Host
    executor: LocalExecutor
    order: WorkOrder

    def contrasts(self) -> Iterator[Contrast]:
        """Yield in what outputs differ; without words, where that is nothing but the folder."""
        self.staging.collect(self.stage, 1)
        left: dict[ArtifactPath, tuple[Digest, Path]] = {}
        files = Files(self.scratch.folder, lambda _: None)
        for output in self.stage.outputs:
            staged = self.staging.staged(1, output).relative_to(self.scratch.folder).as_posix()
            for path, digest in files.measured(Artifact(staged)).items():
                final = ArtifactPath(output.artifact.location + path[len(staged) :])
                left[final] = (digest, self.scratch.folder / path)
        then = self.trace.outputs
        for path in sorted(then.keys() | left.keys()):
            if path not in left:
                yield Contrast(path=path, what="it was left then, and is not now")
            elif path not in then:
                yield Contrast(path=path, what="it is left now, and was not then")
            elif left[path][0] != then[path]:
                yield self._contrast(path, then[path], left[path][1])

    def _contrast(self, path: str, digest: Digest, now: Path) -> Contrast:
        recorded = self._recorded(path, digest)
        if recorded is None:
            return Contrast(path=path, what="what was recorded is no longer at hand to compare")
        place, copy = os.fsencode(self.root), os.fsencode(self.scratch.folder)
        if now.stat().st_size <= LARGEST:
            content = now.read_bytes()
            if copy in content and content.replace(copy, place) == recorded.read_bytes():
                return Contrast(path=path, what="")
        return contrast(path, recorded, now)

    def _recorded(self, path: str, digest: Digest) -> Path | None:
        """Return a file that holds what was recorded: the output itself, or the object of it."""
        standing = self.root / path
        if standing.is_file() and digest_file(standing) == digest:
            return standing
        found = ObjectFiles((self.root / MEMORY_FOLDER) / "objects").find(digest)
        return Path(found.path) if found is not None and found.is_sound() else None
