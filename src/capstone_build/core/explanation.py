"""
Explanations: why a stage is as it is, with all there is to show.

Plain data, for whoever shows it; does not know where it was found.
"""

from __future__ import annotations

from dataclasses import dataclass

from capstone_build.core.artifact_change import Content
from capstone_build.core.plan import Difference, Verdict
from capstone_build.core.report import ReadUndeclared
from capstone_build.core.stage import StageName


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """
    A difference, and what it consists of.

    Attributes:
        difference: What differs.
        chain: Names from the stage's function to the code, each used by the one before it.
        old: The code or command as it was, normalised; empty where it is neither, or not known.
        new: The same as it is.
        remark: Why the two are not known, if there should be any.
        note: Why something coarser than a definition counts, if so.
        place: Which line of the code reads it, if it is read undeclared and that is known.
        content: In what a file of data differs; None where it is none, or that is not known.
    """

    difference: Difference
    chain: tuple[str, ...] = ()
    old: str = ""
    new: str = ""
    remark: str = ""
    note: str = ""
    place: str = ""
    content: Content | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """
    A stage upstream that is not up to date, and so may change what is read.

    Attributes:
        stage: Its name.
        verdict: What a build would do with it.
        artifacts: What is read of it, as it is declared; empty where others are in between.
    """

    stage: StageName
    verdict: Verdict
    artifacts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """
    How the outputs got where they are.

    Attributes:
        how: "built", "restored" or "accepted".
        at: When, in seconds since the epoch.
        seconds: Duration of the run, wall clock.
        changes: What it was for; empty for the first run.
    """

    how: str
    at: float
    seconds: float
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """
    One thing that is in a fingerprint.

    Attributes:
        aspect: What sort of thing, in words.
        name: What it is called.
        said: Its place or its value, as a person would call it; may be empty.
        chain: How the stage reaches it.
        note: Why it counts more coarsely than a definition, if so.
        place: Which line of the code reads it, if it is read undeclared and that is known.
    """

    aspect: str
    name: str
    said: str
    chain: tuple[str, ...] = ()
    note: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """
    Why a stage is as it is.

    Attributes:
        stage: Its name.
        verdict: What a build would do with it.
        changes: How the world departs from its last run; the most telling first.
        past: Its last run; None if it never ran.
        edited: Source files that it uses and that were edited in nothing that it uses.
        undeclared: What it reads and does not declare.
        coarse: Where reading the source ends, and something coarser counts.
        upstream: What is above it and not up to date: first what it reads of, then what
            those wait for.
    """

    stage: StageName
    verdict: Verdict
    changes: tuple[Change, ...]
    past: Past | None
    edited: tuple[str, ...]
    undeclared: tuple[ReadUndeclared, ...]
    coarse: tuple[str, ...]
    upstream: tuple[Above, ...] = ()
