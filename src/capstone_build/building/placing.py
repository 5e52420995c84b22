"""
Placing: how content gets to an artifact's final path, and what is there before.

Knows what the stages left at these paths earlier, and so tells an edit by hand
from an output; does not judge whether a stage has to run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from capstone_build.core.artifact import Artifact, ArtifactPath, parents
from capstone_build.core.digest import EMPTY_FOLDER, Digest
from capstone_build.core.event import EditKept, Event, OrphanKept
from capstone_build.core.observation import Observation
from capstone_build.core.stage import Output, Stage
from capstone_build.core.trace import Trace
from capstone_build.disk import sync
from capstone_build.execution.order import WorkOrder
from capstone_build.execution.staging import Staging
from capstone_build.looking.world import World
from capstone_build.storage.store import copy_content


class Placing:
    """
    Puts outputs in place for one build.

    Args:
        world: The project's files and memory.
        staging: Where outputs are before.
        on_event: Told of each edit that is set aside.
    """

    def __init__(self, world: World, staging: Staging, on_event: Callable[[Event], None]) -> None:
        self._world = world
        self._staging = staging
        self._tell = on_event

    def order(
        self,
        stage: Stage,
        before: Observation,
        number: int,
        *,
        inputs: Mapping[str, tuple[str, ...]],
        log: Path,
        declared: Digest | None,
    ) -> WorkOrder:
        """
        Make room for what a run is to leave, and return the order for it.

        Args:
            stage: What is to run.
            before: What it sees.
            number: Of the order.
            inputs: For each input's name, the paths that it stands for.
            log: What takes what it prints.
            declared: The digest of what the stage has to declare; None if that is not asked.
        """
        with self._world.looks.as_artifacts():
            self._clear_orphans(stage)
            outputs = self._prepare(stage, before, number)
        root = self._world.project.root
        return WorkOrder(
            number=number,
            stage=stage.name,
            inputs=inputs,
            outputs=outputs,
            parameters=stage.parameters,
            timeout=stage.timeout,
            memory=stage.memory,
            log=log.relative_to(root).as_posix(),
            notes=self._staging.notes_file(number).relative_to(root).as_posix(),
            result=self._staging.result_file(number).relative_to(root).as_posix(),
            in_place=self._staging.in_place(stage, number),
            declared=declared,
        )

    def _clear_orphans(self, stage: Stage) -> None:
        """
        Set aside what stages that are gone left in folders that *stage* reads.

        A pattern can leave it out; a folder is read as it is, and would not
        have it in a clean build.
        """
        for path in self._world.orphans.inside(stage):
            if (self._world.project.root / path).exists():
                kept = self._staging.keep(path)
                self._tell(OrphanKept(self._world.orphans.ignored[path], path, kept))

    def _prepare(self, stage: Stage, before: Observation, number: int) -> dict[str, str]:
        """
        Make room for a run's outputs, and return the path to write to for each.

        What a command will write in place is set aside first, if it is an edit.
        """
        for output in stage.outputs:
            self._clear_way(stage, output)
            if output.in_place:
                self._keep_edit(stage, output, before.outputs, {})
        return self._staging.prepare(stage, number)

    def publish(self, stage: Stage, number: int) -> dict[ArtifactPath, Digest]:
        """
        Store what a run left and move it to the final paths.

        Returns:
            The digest of each file that is now in place.
        """
        self._staging.collect(stage, number)
        left: dict[ArtifactPath, Digest] = {}
        for output in stage.outputs:
            # Looked at anew: it may have been edited while the stage ran.
            before = self._world.files.contents(output.artifact)
            staged = self._staging.staged(number, output)
            contents = self._staged_contents(output, staged)
            for path, digest in contents.items():
                if digest != EMPTY_FOLDER:
                    self._world.store.keep(_below(staged, output.artifact, path), digest)
            left |= contents
            if output.in_place or before != contents:
                self._keep_edit(stage, output, before, contents)
                self._staging.publish(output, number)
                self._note(contents)
        return left

    def sync(self, outputs: Mapping[ArtifactPath, Digest]) -> None:
        """See that what was published is on disk before anything vouches for it."""
        for path, digest in outputs.items():
            if digest != EMPTY_FOLDER:
                sync(self._world.project.root / path)
                self._world.store.sync(digest)
                self._world.files.synced(path)

    def restore(self, stage: Stage, trace: Trace, before: Observation, number: int) -> bool:
        """
        Bring the outputs of *trace* back from the store.

        Returns:
            False, with nothing moved, if an object is missing or damaged.
        """
        with self._world.looks.as_artifacts():
            return self._restore(stage, trace, before, number)

    def _restore(self, stage: Stage, trace: Trace, before: Observation, number: int) -> bool:
        staged: list[tuple[Output, Path]] = []
        for output in stage.outputs:
            wanted = _part(trace.outputs, output.artifact)
            if _part(before.outputs, output.artifact) == wanted:
                continue
            content = self._staging.scratch(number, output.name)
            if not self._fetch(wanted, output.artifact, content, before):
                return False
            staged.append((output, content))
        for output, content in staged:
            restored = _part(trace.outputs, output.artifact)
            self._clear_way(stage, output)
            self._keep_edit(stage, output, before.outputs, restored)
            self._staging.put(content, output.artifact.location)
            self._note(restored)
        return True

    def _fetch(
        self,
        wanted: Mapping[ArtifactPath, Digest | None],
        artifact: Artifact,
        content: Path,
        before: Observation,
    ) -> bool:
        """Assemble the files of an artifact at *content*, from the store or from what stands."""
        for path, digest in wanted.items():
            if digest is None:
                return False
            target = _below(content, artifact, path)
            if digest == EMPTY_FOLDER:
                target.mkdir(parents=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            if self._world.store.restore(digest, target):
                continue
            if before.outputs.get(path) != digest:
                return False
            copy_content(self._world.project.root / path, target)
        return True

    def _clear_way(self, stage: Stage, output: Output) -> None:
        """Set aside a file that stands where a folder of the output's path has to be."""
        for folder in parents(output.artifact.location):
            path = self._world.project.root / folder
            if os.path.lexists(path) and not path.is_dir():
                made = self._world.manifest.made_at(folder)
                kept = self._staging.keep(folder)
                if made is not None and made.digest == self._world.files.measured_at(kept):
                    self._tell(OrphanKept(made.stage, folder, kept))
                else:
                    self._tell(EditKept(stage.name, folder, kept))

    def _keep_edit(
        self,
        stage: Stage,
        output: Output,
        before: Mapping[ArtifactPath, Digest | None],
        new: Mapping[ArtifactPath, Digest | None],
    ) -> None:
        """Set aside what is at an output's path if no stage left it so and it would be lost."""
        manifest = self._world.manifest
        for path, digest in _part(before, output.artifact).items():
            if digest == EMPTY_FOLDER or (digest is not None and digest == new.get(path)):
                continue
            if digest is None and not os.path.lexists(self._world.project.root / path):
                continue
            made = manifest.made_at(path)
            if made is None or made.digest != digest:  # so too what cannot be read, a dead link
                is_half = output.in_place and manifest.is_unfinished(stage.name)
                kept = self._staging.keep(output.artifact.location)
                self._tell(EditKept(stage.name, path, kept, is_half))
                return

    def _staged_contents(self, output: Output, staged: Path) -> dict[ArtifactPath, Digest]:
        """Return the files of an output that is still in staging, under their final paths."""
        root = self._world.project.root
        place = staged.relative_to(root).as_posix()
        contents = self._world.files.measured(Artifact(place))
        return {
            ArtifactPath(output.artifact.location + path[len(place) :]): digest
            for path, digest in contents.items()
        }

    def _note(self, contents: Mapping[ArtifactPath, Digest | None]) -> None:
        for path, digest in contents.items():
            if digest is not None and digest != EMPTY_FOLDER:
                self._world.files.publish(path, digest)


def _part(
    outputs: Mapping[ArtifactPath, Digest | None], artifact: Artifact
) -> dict[ArtifactPath, Digest | None]:
    """Return those of *outputs* that are *artifact* or lie in it."""
    return {path: digest for path, digest in outputs.items() if artifact.stands_for(path)}


def _below(place: Path, artifact: Artifact, path: ArtifactPath) -> Path:
    """Return where the file at *path* of *artifact* is, if the artifact is at *place*."""
    inner = path[len(artifact.location) :].strip("/")
    return place / inner if inner else place
