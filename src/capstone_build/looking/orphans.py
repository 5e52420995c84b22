"""
Orphans: files left by stages that are gone.

Knows what stages left and which of it no stage writes any more; does not know
what becomes of it (`capstone_build.building.placing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from capstone_build.core.artifact import Artifact, ArtifactPath, Kind
from capstone_build.core.digest import Digest
from capstone_build.core.event import OrphanAdopted, OrphanIgnored
from capstone_build.core.graph import StageGraph
from capstone_build.core.stage import Stage, StageName
from capstone_build.storage.manifest import Manifest


class Orphans:
    """
    The orphans of a project, as far as stages come upon them.

    Args:
        manifest: What stages left.

    Attributes:
        ignored: Those that a pattern or folder would have matched, with who left them.
        adopted: Those that stages name and read as sources.
    """

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._found: Mapping[ArtifactPath, StageName] | None = None
        self.ignored: dict[ArtifactPath, StageName] = {}
        self.adopted: dict[ArtifactPath, StageName] = {}

    def know(self, orphans: Mapping[ArtifactPath, StageName]) -> None:
        """Take *orphans* for all that there are: the pipeline is not known as a whole."""
        self._found = orphans

    def of(self, graph: StageGraph) -> Mapping[ArtifactPath, StageName]:
        """Return the files that stages left which no stage of *graph* writes, with who did."""
        if self._found is None:
            self._found = {
                path: made.stage
                for path, made in self._manifest.made().items()
                if graph.writer_of(path) is None
            }
        return self._found

    def leave_out(
        self, found: dict[ArtifactPath, Digest | None], artifact: Artifact, graph: StageGraph
    ) -> None:
        """
        Take the orphans out of what *artifact* stands for.

        Args:
            found: The files that it stands for, with their digests.
            artifact: What is read.
            graph: The whole pipeline: what no stage of it writes is an orphan.
        """
        is_named = artifact.kind is Kind.FILE and found.keys() == {artifact.location}
        orphans = self.of(graph)
        for path in found.keys() & orphans.keys():
            made = self._manifest.made_at(path)
            if made is None or made.digest != found[path]:
                continue  # it was edited: a source now
            if is_named:
                self.adopted[path] = orphans[path]
            else:
                self.ignored[path] = orphans[path]
                del found[path]

    def inside(self, stage: Stage) -> list[ArtifactPath]:
        """Return what stages that are gone left in folders that *stage* reads as a whole."""
        folders = [a.location for a in stage.reads if a.kind is not Kind.PATTERN]
        return [
            path
            for path in self.ignored
            if any(path.startswith(f"{folder}/") for folder in folders)
        ]

    def met(self) -> Iterator[OrphanIgnored | OrphanAdopted]:
        """Tell of all that stages came upon."""
        for path, stage in self.ignored.items():
            yield OrphanIgnored(stage, path)
        for path, stage in self.adopted.items():
            yield OrphanAdopted(stage, path)
