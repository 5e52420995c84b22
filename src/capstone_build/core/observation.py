"""
Observations: the world as a stage sees it at one moment.

Plain data, but for what is dear to find out and asked for only where something
differs; does not know what the stage saw before (`capstone_build.core.plan`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.digest import Digest
from capstone_build.core.fingerprint import ABSENT, Aspect, Fingerprint, Part
from capstone_build.core.stage import StageName
from capstone_build.core.trace import trace_key


@dataclass(frozen=True, slots=True)
class Observation:
    """
    What a stage would see now, and what it left.

    Attributes:
        fingerprint: All that decides the outputs apart from the inputs.
        inputs:
            Digest of each file that the declared inputs stand for; None for a
            declared file that does not exist.
        outputs: The same for the declared outputs.
        look:
            Tells what a part is now that a run discovered: its digest.
        identify:
            Tells the identity of the code, wherever its definitions lie; None
            if it has none. Asked only where the code differs.
        unignored:
            Tells what the code would be if the stage ignored none of it; empty
            where it does not. Asked only where something differs.
        say:
            Tells what a person would call the value of a part, as in a trace.
            Asked only for parts that differ: spelling all of them is dear.
    """

    fingerprint: Fingerprint
    inputs: Mapping[ArtifactPath, Digest | None]
    outputs: Mapping[ArtifactPath, Digest | None]
    look: Callable[[Part], Digest] = field(default=lambda _: ABSENT, compare=False)
    identify: Callable[[], Digest | None] = field(default=lambda: None, compare=False)
    unignored: Callable[[], Fingerprint] = field(default=dict, compare=False)
    say: Callable[[Part], str] = field(default=lambda _: "", compare=False)

    @property
    def key(self) -> Digest | None:
        """The key of a run with these inputs; None where an input is missing."""
        inputs = {path: digest for path, digest in self.inputs.items() if digest is not None}
        return trace_key(self.fingerprint, inputs) if len(inputs) == len(self.inputs) else None

    def still_holds(self, discovered: Mapping[Part, Digest]) -> bool:
        """Tell whether what a run discovered is what it was."""
        return all(self.look(part) == digest for part, digest in discovered.items())

    @property
    def files(self) -> list[str]:
        """The files that are code to the stage: they too stay as they are while it runs."""
        return [name for aspect, name in self.fingerprint if aspect is Aspect.FILE]

    def only_ignores(self, part: Part, then: Digest | None) -> bool:
        """
        Tell whether a *part* differs from what it was *then* only because it is ignored now.

        It does if it is what it was, looked at as a whole; and if it is there
        and left out.
        """
        whole = self.unignored()
        return part in whole and (whole[part] == then or part not in self.fingerprint)

    def said(self) -> dict[Part, str]:
        """Spell out what a later build may tell as the old value; code is told by its place."""
        parts = (part for part in self.fingerprint if part[0] is not Aspect.CODE)
        return {part: text for part in parts if (text := self.say(part))}


Snapshot: TypeAlias = Mapping[StageName, Observation]
"""The world as every stage sees it."""
