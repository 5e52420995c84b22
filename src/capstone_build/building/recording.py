"""
Recording: how what a run saw and left is remembered.

Knows what a trace is made from; does not know how the outputs got into place,
nor whether the stage had to run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from capstone_build.core.acceptance import still_discovered
from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import Part
from capstone_build.core.observation import Observation
from capstone_build.core.plan import Difference
from capstone_build.core.stage import Stage
from capstone_build.core.trace import Trace
from capstone_build.looking.kept_sources import KeptSources, is_in_same_file
from capstone_build.looking.world import World


class Recording:
    """
    Writes traces.

    Args:
        world: Where they are remembered.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._sources = KeptSources(world)

    def built(
        self,
        stage: Stage,
        before: Observation,
        discovered: Mapping[Part, Digest],
        outputs: Mapping[ArtifactPath, Digest],
        because: Iterable[Difference],
        *,
        seconds: float,
        places: Mapping[Part, str],
        said: Mapping[Part, str],
    ) -> None:
        """
        Remember a run of *stage*.

        Args:
            stage: What ran.
            before: What it saw.
            discovered: What else it turned out to read.
            outputs: What it left.
            because: What it ran for.
            seconds: Its duration, wall clock.
            places: Which line of the code read what it turned out to read.
            said: What a person would call the values of what it turned out to read.
        """
        inputs = _present(before)
        trace = Trace(
            stage=stage.name,
            fingerprint=before.fingerprint,
            inputs=inputs,
            discovered=discovered,
            outputs=outputs,
            seconds=seconds,
            said={**before.said(), **said},
            identity=before.identify(),
            sources=self._sources.keep(stage, inputs),
            places={part: place for part, place in places.items() if place},
        )
        self._record(stage, trace, "built", because)

    def accepted(
        self, stage: Stage, now: Observation, last: Trace, because: Iterable[Difference]
    ) -> None:
        """Remember that a person takes what the *last* run left for what a run would leave now."""
        trace = replace(
            self._as_of_now(stage, now, last),
            fingerprint=now.fingerprint,
            inputs=_present(now),
            discovered={part: now.look(part) for part in still_discovered(stage, last)},
        )
        self._record(stage, trace, "accepted", because)

    def restored(
        self, stage: Stage, before: Observation, trace: Trace, because: Iterable[Difference]
    ) -> None:
        """Remember that the outputs of an earlier run are back."""
        self._record(stage, self._as_of_now(stage, before, trace), "restored", because)

    def _as_of_now(self, stage: Stage, now: Observation, trace: Trace) -> Trace:
        """Return an earlier *trace* with all that explains, and decides nothing, as it is now."""
        sources = self._sources.keep(stage, _present(now))
        discovered = {part: now.say(part) for part in trace.discovered}
        return replace(
            trace,
            stage=stage.name,
            said={**{part: said for part, said in discovered.items() if said}, **now.said()},
            identity=now.identify(),
            sources=sources,
            places={
                part: place
                for part, place in trace.places.items()
                if is_in_same_file(place, trace.sources, sources)
            },
        )

    def _record(self, stage: Stage, trace: Trace, how: str, because: Iterable[Difference]) -> None:
        owned = [artifact.location for artifact in stage.writes]
        states = self._world.files.take_fresh()
        self._world.manifest.record(trace, owned, states, how, because)


def _present(seen: Observation) -> dict[ArtifactPath, Digest]:
    """Return the inputs that were there."""
    return {path: digest for path, digest in seen.inputs.items() if digest is not None}
