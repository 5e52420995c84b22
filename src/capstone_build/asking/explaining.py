"""
Explaining: why a stage is as it is.

Knows what is remembered and what is there now, and puts the two side by side;
decides nothing (the verdict is the plan's) and shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from capstone_build.analysis.file.notebook import is_notebook, spelled
from capstone_build.analysis.file.passage import is_unnamed
from capstone_build.asking.file_change import compare_files
from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.digest import Digest
from capstone_build.core.event import ReadUndeclared
from capstone_build.core.explanation import Above, Change, Counted, Explanation, Past
from capstone_build.core.fingerprint import CELLS, Aspect, Part
from capstone_build.core.linking import joining
from capstone_build.core.plan import CanRestore, Difference, MayRun, MustRun, UpToDate, Verdict
from capstone_build.core.stage import Stage
from capstone_build.looking.kept_sources import KeptSources, is_in_same_file
from capstone_build.looking.session import Forecast, Session
from capstone_build.storage.object_files import ObjectFiles

_SHORT = 40
"""A value of so many characters is shown whole in the sentence that tells of it."""

_NOT_KEPT = "what it was is not kept"


@dataclass(frozen=True, slots=True)
class _Lines:
    """What a difference consists of; see `Change`."""

    old: str = ""
    new: str = ""
    remark: str = ""


class Explaining:
    """
    Explains the stages of one forecast.

    Args:
        session: The project.
        forecast: What a build would do.
    """

    def __init__(self, session: Session, forecast: Forecast) -> None:
        self._world = session.world
        self._graph = session.graph
        self._sources = KeptSources(session.world)
        self._forecast = forecast
        self._objects = ObjectFiles(session.world.memory_folder / "objects")

    def explain(self, stage: Stage) -> Explanation:
        """Return why *stage* is as it is, with all there is to show."""
        told = self.in_brief(stage)
        past = told.past
        return replace(
            told,
            changes=tuple(map(self._in_full, told.changes)),
            past=past and replace(past, changes=tuple(map(self._in_full, past.changes))),
        )

    def in_brief(self, stage: Stage) -> Explanation:
        """Return why *stage* is as it is, without what files of data hold."""
        taken = self._world.fingerprints.of(stage)
        verdict: Verdict = self._forecast.plan[stage.name]
        latest = self._world.manifest.latest(stage.name)
        then = latest.trace.sources if latest is not None else {}
        now = self._sources.of(stage)
        differences = verdict.because if isinstance(verdict, MustRun | CanRestore) else ()
        past = None
        if latest is not None:
            before = latest.previous.sources if latest.previous is not None else {}
            changes = self._changes(stage, latest.because, before, then)
            past = Past(how=latest.how, at=latest.at, seconds=latest.trace.seconds, changes=changes)
        touched = {_file_of(each) for each in differences}
        edited = [file for file, digest in now.items() if file in then and then[file] != digest]
        return Explanation(
            stage=stage.name,
            verdict=verdict,
            changes=self._changes(stage, differences, then, now),
            past=past,
            edited=tuple(sorted(set(edited) - touched)),
            undeclared=tuple(self._undeclared(stage)),
            coarse=tuple(dict.fromkeys(taken.closure.coarse())),
            upstream=tuple(self._above(stage)),
        )

    def _in_full(self, change: Change) -> Change:
        """Add to a *change* of a file of data in what it differs, where both are still there."""
        difference = change.difference
        if difference.aspect not in {Aspect.INPUT, Aspect.OUTPUT, Aspect.READ}:
            return change
        if not (difference.then and difference.now) or difference.key.endswith("/"):
            return change
        then = self._file(difference.key, difference.then)
        now = self._file(difference.key, difference.now)
        if then is None or now is None:
            return change
        return replace(change, content=compare_files(difference.key, then, now))

    def _file(self, path: str, digest: Digest) -> Path | None:
        """Return where the content of *digest* is: still at *path*, or in the store."""
        file = self._world.project.root / path
        with suppress(OSError):
            if self._world.files.measured_at(ArtifactPath(path)) == digest:
                return file
        found = self._objects.find(digest)
        return Path(found.path) if found is not None and found.is_sound() else None

    def _above(self, stage: Stage) -> Iterator[Above]:
        """Yield what is upstream of *stage* and not up to date, the nearest first."""
        graph, plan = self._graph, self._forecast.plan
        seen = {stage.name}
        nearest = layer = list(graph.upstream(stage.name))
        while layer:
            for name in layer:
                verdict = plan.get(name, UpToDate())
                is_near = name in nearest
                # Of those further up, what others wait for is the one that matters.
                if isinstance(verdict, UpToDate) or (isinstance(verdict, MayRun) and not is_near):
                    continue
                read = joining(graph.stages[name], stage) if is_near else ()
                yield Above(stage=name, verdict=verdict, artifacts=tuple(read))
            seen.update(layer)
            above = (n for name in layer for n in graph.upstream(name) if n not in seen)
            layer = list(dict.fromkeys(above))

    def counted(self, stage: Stage) -> list[Counted]:
        """Return all that counts for *stage*: its fingerprint, its inputs, what it discovered."""
        return sorted(self._counted(stage), key=lambda each: (each.aspect, each.name))

    def _counted(self, stage: Stage) -> Iterator[Counted]:
        taken = self._world.fingerprints.of(stage)
        for part in taken.fingerprint:
            told = taken.closure.parts.get(part)
            yield Counted(
                aspect=part[0].value,
                name=part[1],
                said=taken.say(part),
                chain=told.chain if told is not None else (),
                note=told.note if told is not None else "",
                place=taken.unasked.get(part, ""),
            )
        for path in self._world.inputs(stage, self._graph):
            yield Counted(aspect=Aspect.INPUT.value, name=path, said="")
        last = self._world.last(stage.name)
        for part in last.discovered if last is not None else ():
            place = self._place(stage, part)
            said = "" if place else "seen while it ran"
            yield Counted(aspect=part[0].value, name=part[1], said=said, place=place)

    def _changes(
        self,
        stage: Stage,
        differences: tuple[Difference, ...],
        then: Mapping[str, Digest],
        now: Mapping[str, Digest],
    ) -> tuple[Change, ...]:
        return tuple(
            self._change(stage, each, self._lines(each, differences, then, now))
            for each in differences
            if not self._is_repeated(each, differences, then, now)
        )

    def _change(self, stage: Stage, difference: Difference, lines: _Lines) -> Change:
        part: Part = (difference.aspect, difference.key)
        told = self._world.fingerprints.of(stage).closure.parts.get(part)
        return Change(
            difference=difference,
            chain=told.chain if told is not None else (),
            old=lines.old,
            new=lines.new,
            remark=lines.remark,
            note=told.note if told is not None else "",
            place=self._place(stage, part),
        )

    def _lines(
        self,
        difference: Difference,
        differences: Sequence[Difference],
        then: Mapping[str, Digest],
        now: Mapping[str, Digest],
    ) -> _Lines:
        """Return what *difference* consists of, without what others of the *differences* tell."""
        file = _file_of(difference)
        values = difference.before, difference.after
        match difference.aspect:
            case Aspect.PARAMETER if max(map(len, values)) <= _SHORT:
                pass
            case Aspect.COMMAND | Aspect.PARAMETER:
                return _Lines(*values)
            case Aspect.CODE:
                key = difference.key
                told = _told_beside(difference, differences)
                old = self._sources.passage(key, then, file, told) if difference.then else ""
                new = self._sources.passage(key, now, file, told) if difference.now else ""
                is_known = old or difference.then is None or not new or told
                if old is None or new is None or not is_known:
                    return _Lines(remark=_NOT_KEPT)
                return _Lines(old, new)
            case Aspect.FILE:
                before = self._sources.text(file, then) if difference.then else b""
                after = self._sources.text(file, now) if difference.now else b""
                if before is None or after is None:
                    return _Lines(remark=self._sources.unshown(file) or _NOT_KEPT)
                return _file_lines(file, before, after)
        return _Lines()

    def _is_repeated(
        self,
        difference: Difference,
        differences: Sequence[Difference],
        then: Mapping[str, Digest],
        now: Mapping[str, Digest],
    ) -> bool:
        """Tell whether all that *difference* consists of is told by others of the *differences*."""
        if difference.aspect is Aspect.FILE and difference.key.endswith(CELLS):
            return any(
                each.aspect is Aspect.CODE and _file_of(each) == _file_of(difference)
                for each in differences
            )
        told = _told_beside(difference, differences)
        if "<script>" in told and not difference.key.endswith(":<script>"):
            return True  # what a file does when it is imported it does when it is run
        if not told:
            return False
        whole = self._lines(difference, (), then, now)
        rest = self._lines(difference, differences, then, now)
        return whole.old != whole.new and rest.old == rest.new and not rest.remark

    def _place(self, stage: Stage, part: Part) -> str:
        """Return the line that reads what is not declared; empty if it is not known."""
        if place := self._world.fingerprints.of(stage).unasked.get(part, ""):
            return place
        last = self._world.last(stage.name)
        if last is None or not (place := last.places.get(part, "")):
            return ""
        is_there = is_in_same_file(place, last.sources, self._sources.of(stage))
        return place if is_there else f"{place}, as it was then"

    def _undeclared(self, stage: Stage) -> Iterator[ReadUndeclared]:
        taken = self._world.fingerprints.of(stage)
        last = self._world.last(stage.name)
        for (aspect, name), by in taken.unasked.items():
            if not name.endswith("/"):
                yield ReadUndeclared(stage.name, aspect, (name,), by)
        for part in last.discovered if last is not None else ():
            aspect, name = part
            if not name.endswith("/"):
                yield ReadUndeclared(stage.name, aspect, (name,), self._place(stage, part))


def _file_of(difference: Difference) -> str:
    """Return the file of code that *difference* is in; empty if it is in none."""
    if difference.aspect is Aspect.FILE:
        return difference.key.removesuffix(CELLS)
    return (difference.after or difference.before).rpartition(":")[0]


def _told_beside(difference: Difference, differences: Sequence[Difference]) -> frozenset[str]:
    """
    Return the parts of a file that others of the *differences* tell of by themselves.

    Empty where *difference* does not tell of what its whole file does.
    """
    if difference.aspect is not Aspect.CODE or not is_unnamed(difference.key):
        return frozenset()
    file = _file_of(difference)
    beside = (e for e in differences if e.aspect is Aspect.CODE and e.key != difference.key)
    return frozenset(each.key.rpartition(":")[2] for each in beside if _file_of(each) == file)


def _file_lines(file: str, before: bytes, after: bytes) -> _Lines:
    """Return the lines of a *file* of code that is not read as Python."""
    read = (
        spelled if is_notebook(file) else partial(bytes.decode, encoding="utf-8", errors="replace")
    )
    old, new = read(before), read(after)
    if old == new:
        return _Lines(remark="it differs in whether it can be run")
    if old.removesuffix("\n") == new.removesuffix("\n"):
        return _Lines(remark="it differs in how its last line ends")
    return _Lines(old, new)
