"""
Recording: how what a run saw and left is remembered.

Knows what a trace is made from; does not know how the outputs got into place,
nor whether the stage had to run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import Part
from capstone_build.core.observation import Observation
from capstone_build.core.plan import Difference
from capstone_build.core.stage import Stage
from capstone_build.core.trace import Trace
from capstone_build.kept_sources import KeptSources
from capstone_build.world import World


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
        said: Mapping[Part, str] = MappingProxyType({}),
        how: str = "built",
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
            said: What a person would call the values of what was discovered.
            how: "built", or "accepted" where a person says that it need not run.
        """
        trace = Trace(
            stage=stage.name,
            fingerprint=before.fingerprint,
            inputs={path: d for path, d in before.inputs.items() if d is not None},
            discovered=discovered,
            outputs=outputs,
            seconds=seconds,
            said={**before.said(), **said},
            identity=before.identify(),
            sources=self._sources.keep(stage),
        )
        self._record(stage, trace, how, because)

    def restored(
        self, stage: Stage, before: Observation, trace: Trace, because: Iterable[Difference]
    ) -> None:
        """Remember that the outputs of an earlier run are back."""
        discovered = {part: said for part, said in trace.said.items() if part in trace.discovered}
        trace = replace(
            trace,
            stage=stage.name,
            said={**discovered, **before.said()},
            identity=before.identify(),
            sources=self._sources.keep(stage),
        )
        self._record(stage, trace, "restored", because)

    def _record(self, stage: Stage, trace: Trace, how: str, because: Iterable[Difference]) -> None:
        owned = [artifact.location for artifact in stage.writes]
        states = self._world.files.take_fresh()
        self._world.manifest.record(trace, owned, states, how, because)
