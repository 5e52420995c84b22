"""
Findings: what is wrong in what the engine remembers, as data.

Knows what may be wrong and what becomes of it; does not know how it is found
(`capstone_build.tending.examining`) nor mended (`capstone_build.tending.verifying`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from capstone_build.core.stage import StageName


class Flaw(Enum):
    """In which way something is wrong."""

    MANIFEST_DAMAGED = "manifest damaged"
    """The manifest cannot be read, or not all of it."""
    TRACE_DAMAGED = "trace damaged"
    """What is remembered of a run is not what was written, or is not there."""
    OBJECT_ROTTEN = "object rotten"
    """A file of the store is not what it is named."""
    OBJECT_MISSING = "object missing"
    """An output that stands is not in the store."""
    SOURCE_MISSING = "source missing"
    """The code that a stage ran is not in the store."""
    OUTPUT_ROTTEN = "output rotten"
    """An output is not what its stage left, and its state does not tell: no build sees it."""
    OUTPUT_CHANGED = "output changed"
    """An output is not what its stage left, and its state tells."""
    OUTPUT_MISSING = "output missing"
    """An output is not there."""
    SOURCE_ROTTEN = "source rotten"
    """A file that stages read is not what was read, though its state is unchanged."""
    LEADS_OUT = "leads out"
    """A path that is remembered is none in the project."""
    UNREADABLE = "unreadable"
    """A file cannot be read."""


class Remedy(Enum):
    """What has been done about it, or will be."""

    NONE = "none"
    """Nothing can be, or need be."""
    MENDED = "mended"
    """It is right again."""
    DROPPED = "dropped"
    """It is taken out: no build will use it."""
    RESTORED_NEXT = "next build restores"
    """The next build brings it back from the store."""
    RUN_NEXT = "next build runs"
    """The next build runs the stage."""
    ANEW_NEXT = "next build begins anew"
    """The next build begins the manifest anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    One thing that is wrong.

    Attributes:
        flaw: In which way.
        subject: A path from the project's root, or a digest.
        stage: The stage that it is of; empty if it is of none, or of many.
        says: More about it; empty if there is no more.
        remedy: What has been done about it, or will be.
    """

    flaw: Flaw
    subject: str
    stage: StageName | str = ""
    says: str = ""
    remedy: Remedy = Remedy.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """
    What was looked at, and what is wrong with it.

    Attributes:
        traces: How many runs are remembered.
        objects: How many files of the store were read.
        files: How many outputs and inputs were read.
        size: How many bytes that was in all.
        seconds: Duration, wall clock.
        findings: What is wrong.
        unmended: Why nothing could be mended; empty if it could.
    """

    traces: int = 0
    objects: int = 0
    files: int = 0
    size: int = 0
    seconds: float = 0.0
    findings: tuple[Finding, ...] = ()
    unmended: str = ""
