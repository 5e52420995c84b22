"""
Explaining: why a stage is as it is.

Knows what is remembered and what is there now, and puts the two side by side;
decides nothing (the verdict is the plan's) and shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from capstone_build.core.digest import Digest
from capstone_build.core.explanation import Change, Counted, Explanation, Past
from capstone_build.core.fingerprint import Aspect, Part
from capstone_build.core.plan import CanRestore, Difference, MustRun, Verdict
from capstone_build.core.report import ReadUndeclared
from capstone_build.core.stage import Stage
from capstone_build.kept_sources import KeptSources, is_in_same_file
from capstone_build.session import Forecast, Session


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

    def explain(self, stage: Stage) -> Explanation:
        """Return why *stage* is as it is."""
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
        touched = {d.after.rpartition(":")[0] for d in differences if d.aspect is Aspect.CODE}
        edited = [file for file, digest in now.items() if file in then and then[file] != digest]
        return Explanation(
            stage=stage.name,
            verdict=verdict,
            changes=self._changes(stage, differences, then, now),
            past=past,
            edited=tuple(sorted(set(edited) - touched)),
            undeclared=tuple(self._undeclared(stage)),
            coarse=tuple(dict.fromkeys(taken.closure.coarse())),
        )

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
        return tuple(self._change(stage, each, then, now) for each in differences)

    def _change(
        self,
        stage: Stage,
        difference: Difference,
        then: Mapping[str, Digest],
        now: Mapping[str, Digest],
    ) -> Change:
        part: Part = (difference.aspect, difference.key)
        told = self._world.fingerprints.of(stage).closure.parts.get(part)
        old = new = ""
        if difference.aspect is Aspect.CODE:
            file = difference.after.rpartition(":")[0]
            old = self._sources.passage(difference.key, then, file) if difference.then else ""
            new = self._sources.passage(difference.key, now, file) if difference.now else ""
        elif difference.aspect is Aspect.COMMAND:
            old, new = difference.before, difference.after
        return Change(
            difference=difference,
            chain=told.chain if told is not None else (),
            old=old,
            new=new,
            note=told.note if told is not None else "",
            place=self._place(stage, part),
        )

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
