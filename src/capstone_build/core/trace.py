"""
Traces: what a stage saw and left when it last ran.

Knows one run; does not know where traces are kept (`capstone_build.storage`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.digest import Digest, digest_fields, digest_mapping
from capstone_build.core.fingerprint import Fingerprint, Part, digest_fingerprint
from capstone_build.core.stage import StageName

_MAPPINGS = ("fingerprint", "inputs", "outputs", "discovered", "said", "sources", "places")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """
    What one successful run of a stage looked like.

    A *verifying trace* in the sense of Mokhov, Mitchell, Peyton Jones, "Build
    Systems à la Carte" (ICFP 2018), section 4.2.2: it can confirm that outputs
    on disk are still right. The store makes it constructive (section 4.2.3).

    Attributes:
        stage: The stage that ran.
        fingerprint: All that decided the outputs apart from the inputs.
        inputs: Digest of each file that the declared inputs stood for.
        discovered:
            What else the run was seen to read, and what that was. It
            invalidates; it never orders.
        outputs: Digest of each file that the stage left.
        seconds: Duration of the run, wall clock.
        said: What a person would call the value of a part: a parameter's value,
            a package's version, a definition's place. Explains; decides nothing.
        identity: Of the code, wherever its definitions lie; None if it is not known.
        sources: Digest of each source file that the code was in. Explains; decides nothing.
        places: Which line of the code read what was discovered. Explains; decides nothing.

    Invariant:
        A trace exists only for a run that succeeded and kept its contracts.
    """

    stage: StageName
    fingerprint: Fingerprint
    inputs: Mapping[ArtifactPath, Digest]
    outputs: Mapping[ArtifactPath, Digest]
    seconds: float
    discovered: Mapping[Part, Digest] = field(default_factory=dict)
    said: Mapping[Part, str] = field(default_factory=dict)
    identity: Digest | None = None
    sources: Mapping[str, Digest] = field(default_factory=dict)
    places: Mapping[Part, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a time that cannot be, and freeze the mappings."""
        if self.seconds < 0:
            raise ValueError(f"a run cannot take {self.seconds} s")
        for name in _MAPPINGS:
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def key(self) -> Digest:
        """What the outputs are a function of, as far as it is known beforehand: `trace_key`."""
        return trace_key(self.fingerprint, self.inputs)


def trace_key(fingerprint: Fingerprint, inputs: Mapping[ArtifactPath, Digest]) -> Digest:
    """
    Return the digest of all that is known to decide a stage's outputs before it runs.

    Two runs of equal keys that discover equal inputs leave equal outputs, if
    the stage is deterministic.
    """
    return digest_fields(digest_fingerprint(fingerprint), digest_mapping(inputs))
