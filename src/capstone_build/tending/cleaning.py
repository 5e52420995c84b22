"""
Cleaning: what stages left is taken away, and nothing else.

Knows what stages left and whether it is still that; does not know how it is made
again (`capstone_build.building.placing` brings it back from the store). What somebody
edited since is set aside, what somebody else reads stays, and no link is followed
out of the project.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from capstone_build.authoring.project_place import ProjectPlace
from capstone_build.build_name import new_build_name
from capstone_build.core.artifact import (
    MEMORY_FOLDER,
    ArtifactPath,
    Kind,
    fixed_prefix,
    is_inside,
    parents,
)
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.leftover import Fate, Leftover
from capstone_build.core.stage import Stage
from capstone_build.errors import MemoryFailedError
from capstone_build.execution.staging import Staging
from capstone_build.looking.kept_sources import KeptSources
from capstone_build.looking.session import Session
from capstone_build.request import Wish
from capstone_build.storage.file_state import FileState
from capstone_build.storage.inventory import Inventory
from capstone_build.storage.lock import locked
from capstone_build.storage.manifest import Made


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """
    What was cleaned, or would be.

    Attributes:
        leftovers: Each file that is there, by path.
        printed: What the pipeline printed while it was loaded.
    """

    leftovers: tuple[Leftover, ...]
    printed: str


def clean(
    project: ProjectPlace,
    wish: Wish,
    wait: Callable[[int | None], None],
    *,
    orphans: bool,
    outputs: bool,
    dry_run: bool,
) -> Cleaned:
    """
    Take away what stages left.

    Args:
        project: Whose.
        wish: Of which stages the outputs go; all, if it names none.
        wait: Told whom it waits for, should a build be at work.
        orphans: Take away what stages left that no stage writes any more.
        outputs: Take away what stages write.
        dry_run: Only tell.

    Raises:
        PipelineError: If the pipeline does not load: then nobody knows whose files are whose.
        MemoryFailedError: If something cannot be read or removed.
    """
    memory = project.root / MEMORY_FOLDER
    if dry_run or not memory.is_dir():
        with Session.opened(project, wish.settings) as session:
            found = _Cleaning(session).judged(wish, orphans=orphans, outputs=outputs)
            return Cleaned(leftovers=tuple(found), printed=session.printed)
    with locked(memory, wait), Session.opened(project, wish.settings) as session:
        cleaning = _Cleaning(session)
        done = cleaning.carry_out(cleaning.judged(wish, orphans=orphans, outputs=outputs))
        return Cleaned(leftovers=tuple(done), printed=session.printed)


def orphans_of(session: Session) -> list[Leftover]:
    """Return what stages left that no stage writes any more, and that nobody needs."""
    if session.world.manifest.problem:
        return []
    judged = _Cleaning(session).judged(Wish(), orphans=True, outputs=False)
    return [each for each in judged if each.fate is not Fate.LEFT]


class _Cleaning:
    """What is cleaned in one session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._world = session.world
        self._root = session.project.root
        self._users: dict[str, str] | None = None
        self._inside: dict[str, bool] = {}
        self._places = {place for stage in session.graph for place in _places(stage)}
        self._states: dict[ArtifactPath, FileState | None] = {}

    def judged(self, wish: Wish, *, orphans: bool, outputs: bool) -> list[Leftover]:
        """Say of each file that is there what is to become of it."""
        if problem := self._world.manifest.problem:
            raise MemoryFailedError(
                f"what stages left cannot be told: {problem}",
                hint="`capstone build` begins the manifest anew; nothing was removed.",
            )
        graph = self._session.graph
        named = set(self._session.selected(wish))
        found = []
        for path, made in sorted(self._world.manifest.made().items()):
            writer = graph.writer_of(path)
            is_meant = orphans if writer is None else outputs and writer in named
            if is_meant and os.path.lexists(self._root / path):
                found.append(self._judge(path, made, is_orphan=writer is None))
        return found

    def carry_out(self, leftovers: Iterable[Leftover]) -> list[Leftover]:
        """Do what was judged; nothing that was judged changes in between, but by other hands."""
        staging = Staging(
            self._root,
            self._world.memory_folder,
            new_build_name(),
        )
        done = []
        for judged in leftovers:
            each, kept = self._judged_still(judged), ""
            if each.fate is Fate.REMOVED:
                self._remove(each.path)
            elif each.fate is Fate.KEPT:
                kept = staging.keep(each.path)
            done.append(replace(each, kept=kept))
        self._forget_orphans()
        return done

    def _judged_still(self, leftover: Leftover) -> Leftover:
        """Judge a file again that was written to since: many of them take their time."""
        path = leftover.path
        if self._world.files.states([path])[path] == self._states[path]:
            return leftover
        made = self._world.manifest.made_at(path)
        assert made is not None, "it was found there, and the lock is held"  # noqa: S101
        return self._judge(path, made, is_orphan=self._session.graph.writer_of(path) is None)

    def _judge(self, path: ArtifactPath, made: Made, *, is_orphan: bool) -> Leftover:
        file = self._root / path
        self._states[path] = self._world.files.states([path])[path]
        why = self._outside(path) or self._user(path, is_orphan=is_orphan)
        fate, size = Fate.LEFT, 0
        if not why:
            if path.endswith("/"):
                fate = Fate.REMOVED
            elif file.is_dir() and not file.is_symlink():
                why = "a folder is there now, which no stage left"
            elif self._world.files.measured_at(path) == made.digest:
                fate, size = Fate.REMOVED, file.lstat().st_size
            else:
                fate, size = Fate.KEPT, file.lstat().st_size
        return Leftover(
            path=path,
            stage=made.stage,
            fate=fate,
            size=size,
            why=why,
            is_held=self._world.store.holds(made.digest),
        )

    def _outside(self, path: str) -> str:
        """Say how *path*, as it is remembered, leads out of the project; empty if it does not."""
        if not is_inside(path):
            return "it is no path in the project"
        folder = path.rstrip("/").rpartition("/")[0]
        if folder not in self._inside:
            self._inside[folder] = self._is_inside(folder)
        return "" if self._inside[folder] else "it lies behind a link that leads out of the project"

    def _is_inside(self, folder: str) -> bool:
        try:
            return (self._root / folder).resolve().is_relative_to(self._root.resolve())
        except (OSError, RuntimeError):  # links that go round in a ring
            return False

    def _user(self, path: str, *, is_orphan: bool) -> str:
        """Say who needs the file at *path* to be there; empty if nobody does."""
        if self._users is None:
            self._users = dict(self._declared_users())
        loaded = self._session.host.greeting["compiled"]
        if str(self._root / path) in loaded:
            return "the pipeline imports it"
        return self._users.get(path, "") if is_orphan else ""

    def _declared_users(self) -> Iterator[tuple[str, str]]:
        """Yield files that stages read as sources or as code, with the words for it."""
        sources = KeptSources(self._world)
        for stage in self._session.graph:
            for path in sources.of(stage):
                yield path, f"it is code of stage {stage.name}"
            last = self._world.last(stage.name)
            for aspect, name in last.discovered if last is not None else ():
                if aspect is Aspect.READ:
                    yield name, f"stage {stage.name} reads it, undeclared"
            for artifact in stage.files:
                for path in self._world.files.contents(artifact):
                    yield path, f"it is code of stage {stage.name}"
            for artifact in stage.reads:
                if artifact.kind is Kind.FILE:
                    yield artifact.location, f"stage {stage.name} reads it as a source"

    def _remove(self, path: ArtifactPath) -> None:
        file = self._root / path
        try:
            if path.endswith("/"):
                file.rmdir()
            else:
                file.unlink()
        except OSError as error:
            if os.path.lexists(file) and not path.endswith("/"):
                raise MemoryFailedError(
                    f"{path!r} cannot be removed: {error.strerror}",
                    hint="Mend the permissions of its folder; what was removed before is gone.",
                ) from None
        for folder in parents(path.rstrip("/")):
            if folder in self._places:
                return
            try:
                (self._root / folder).rmdir()
            except OSError:
                return  # something else is in it

    def _forget_orphans(self) -> None:
        """Forget of orphans that are gone that they were ever made."""
        graph = self._session.graph
        gone = [
            path
            for path in self._world.manifest.made()
            if graph.writer_of(path) is None and not os.path.lexists(self._root / path)
        ]
        if gone:
            inventory = Inventory(self._world.memory_folder / "manifest.sqlite3")
            try:
                inventory.forget_made(gone)
            finally:
                inventory.close()


def _places(stage: Stage) -> Iterator[ArtifactPath]:
    """Yield the folders that have to be there for what a stage reads."""
    for artifact in stage.reads:
        place = artifact.location
        if artifact.kind is Kind.PATTERN:
            place = fixed_prefix(artifact.path)
        yield from (place, *parents(place))
