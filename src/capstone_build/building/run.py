"""
Runs: a stage at work, and what was in view when it started.

Plain data; what becomes of a run is up to `capstone_build.building.loop`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from capstone_build.core.observation import Observation
from capstone_build.core.plan import Difference
from capstone_build.core.stage import Stage
from capstone_build.execution.notes import Note
from capstone_build.storage.file_state import FileState


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """
    One stage at work.

    Attributes:
        stage: What runs.
        number: Of its order.
        because: What it runs for.
        before: What it saw.
        states: Of the files that it is given; those that move make it run again.
        late: Of the code that is read only while it runs; it may not move.
        named: Files that its command names, taken for read.
        began_ns: When it started, by the clock of the file system, in nanoseconds.
        attempt: Which try it is, counted from 1.
        moved: How often it ran before because something moved.
    """

    stage: Stage
    number: int
    because: tuple[Difference, ...]
    before: Observation
    states: Mapping[str, FileState | None]
    late: Mapping[str, FileState | None]
    named: Sequence[Note]
    began_ns: int
    attempt: int = 1
    moved: int = 0
