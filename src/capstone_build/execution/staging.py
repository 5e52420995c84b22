"""
Staging: where outputs are written before they are known to be right.

Knows paths and moves; does not know contracts or traces. Everything lies in
the project's own `.cache`, on the file system of the outputs, so that moving is
renaming: an artifact appears whole or not at all.
"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from capstone_build.core.artifact import Kind
from capstone_build.core.stage import Output, Stage
from capstone_build.disk import disk_failed


class Staging:
    """
    The staging area of one build.

    Args:
        root: The project's root.
        memory: The engine's folder, `.cache`.
        build: The build's identifier.
    """

    def __init__(self, root: Path, memory: Path, build: str) -> None:
        self._root = root
        self._memory = memory
        self._folder = memory / "staging" / build
        self._notes = memory / "notes" / build
        self._kept = memory / "kept" / build

    def sweep(self) -> None:
        """
        Remove what earlier builds left in staging; to be called under the lock.

        What stands in the engine's folder where one of its own folders has to be is moved aside.
        """
        for name in ("objects", "staging", "kept", "logs"):
            place = self._memory / name
            if os.path.lexists(place) and not place.is_dir():
                place.rename(place.with_name(f"{name}.in-the-way"))
        shutil.rmtree(self._folder.parent, ignore_errors=True)
        shutil.rmtree(self._notes.parent, ignore_errors=True)

    def prepare(self, stage: Stage, number: int) -> dict[str, str]:
        """
        Make room for the outputs of a run.

        An output that a command writes in place is moved away from its final
        path, so that what is found there afterwards is the command's own.

        Returns:
            The path to write to for each output, absolute: a stage may go to
            another folder.
        """
        paths: dict[str, str] = {}
        self._notes.mkdir(parents=True, exist_ok=True)
        for output in stage.outputs:
            try:
                paths[output.name] = str(self._room_for(output, number))
            except OSError as error:
                raise disk_failed(self._root / output.artifact.location, error) from None
        return paths

    def _room_for(self, output: Output, number: int) -> Path:
        chosen = staged = self.staged(number, output)
        staged.parent.mkdir(parents=True, exist_ok=True)
        if output.in_place:
            chosen = self._root / output.artifact.location
            chosen.parent.mkdir(parents=True, exist_ok=True)
            if os.path.lexists(chosen):
                previous = self._previous(number, output)
                previous.parent.mkdir(exist_ok=True)
                _move(chosen, previous)
        if output.artifact.kind is Kind.FOLDER:
            chosen.mkdir()
        return chosen

    def collect(self, stage: Stage, number: int) -> None:
        """Take what a command wrote in place into staging, where contracts are kept."""
        for output in stage.outputs:
            if output.in_place:
                final = self._root / output.artifact.location
                if os.path.lexists(final):
                    _move(final, self.staged(number, output))

    def abandon(self, stage: Stage, number: int) -> str:
        """
        Set aside what a failed run left, and put back what was moved for it.

        Returns:
            Where it is kept, from the project's root; empty if it left nothing.
        """
        self.collect(stage, number)
        kept = ""
        for output in stage.outputs:
            staged = self.staged(number, output)
            if staged.is_dir() and not staged.is_symlink() and not any(staged.iterdir()):
                continue
            if os.path.lexists(staged):
                self._keep(staged, output.artifact.location)
                kept = self._kept.relative_to(self._root).as_posix()
            previous = self._previous(number, output)
            if os.path.lexists(previous):
                _move(previous, self._root / output.artifact.location)
        return kept

    def in_place(self, stage: Stage, number: int) -> tuple[tuple[str, str, str], ...]:
        """Return what `abandon` would move of outputs written in place, for who does it instead."""
        return tuple(
            (
                str(self._root / output.artifact.location),
                str(self.staged(number, output)),
                str(self._previous(number, output)),
            )
            for output in stage.outputs
            if output.in_place
        )

    def publish(self, output: Output, number: int) -> None:
        """Move what a run left to its final path, in place of what is there."""
        self.put(self.staged(number, output), output.artifact.location)

    def put(self, content: Path, place: str) -> None:
        """Move *content*, a file or a folder of this staging area, to *place*."""
        final = self._root / place
        try:
            final.parent.mkdir(parents=True, exist_ok=True)
            if final.is_dir() and not final.is_symlink():
                replaced = content.with_name(f"{content.name}.replaced")
                _move(final, replaced)
                _move(content, final)
                shutil.rmtree(replaced, ignore_errors=True)
            else:
                if content.is_dir() and os.path.lexists(final):
                    final.unlink()
                _move(content, final)
        except OSError as error:
            raise disk_failed(final, error) from None

    def keep(self, place: str) -> str:
        """Set aside the artifact at *place*; return where, from the project's root."""
        return self._keep(self._root / place, place)

    def scratch(self, number: int, name: str) -> Path:
        """Return a path of this staging area for content that is not an output yet."""
        path = self._folder / f"{number}.{name}.restored" / "content"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def clear(self) -> None:
        """Remove the staging area of this build."""
        shutil.rmtree(self._folder, ignore_errors=True)
        shutil.rmtree(self._notes, ignore_errors=True)

    def result_file(self, number: int) -> Path:
        """Return where the worker of the run of this *number* writes its result."""
        return self._folder / f"{number}.json"

    def notes_file(self, number: int) -> Path:
        """Return where the run of this *number* notes what it is seen to read."""
        # Not among the outputs: a stage that removes these is seen to look at them.
        return self._notes / str(number)

    def staged(self, number: int, output: Output) -> Path:
        """Return where the run of this *number* leaves *output*."""
        # A folder of its own for each output, and the final name inside it: a
        # stage that looks at the name or the suffix sees the right one.
        name = output.artifact.location.rpartition("/")[2]
        return self._folder / f"{number}.{output.name}" / name

    def _previous(self, number: int, output: Output) -> Path:
        """Return where an output is that a command is about to replace in place."""
        # No output's name, which is an identifier, has a dot in it.
        return self._folder / f"{number}.{output.name}.previous" / "content"

    def _keep(self, path: Path, place: str) -> str:
        kept = self._kept / place
        count = 1
        while os.path.lexists(kept):
            count += 1
            kept = self._kept / f"{place}.{count}"
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            _move(path, kept)
        except OSError as error:
            raise disk_failed(kept, error) from None
        return kept.relative_to(self._root).as_posix()


def _move(source: Path, target: Path) -> None:
    """
    Move a file or folder so that it appears at *target* whole or not at all.

    Where *target* is on another file system (a folder of the project that is a
    link to another disk), it is copied beside it first.
    """
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        if source.is_dir() and not source.is_symlink():
            shutil.copytree(source, beside, symlinks=True)
        else:
            shutil.copy2(source, beside, follow_symlinks=False)
        beside.replace(target)
        if source.is_dir() and not source.is_symlink():
            shutil.rmtree(source)
        else:
            source.unlink()
