"""
The events of a build, for who listens: `Project.build(on_event=...)`.

Each is a frozen dataclass of plain data; `StageEnded.result` has the stage's
`outcome`, `seconds`, `because` and `failure`. What a version does not know yet may
come: let others pass. As JSON lines they are in docs/json.md.
"""

from __future__ import annotations

from capstone_build.core.report import (
    BuildStarted,
    CalledBack,
    EditKept,
    Event,
    Failure,
    MemoryReset,
    NotSettled,
    OrphanAdopted,
    OrphanIgnored,
    OrphanKept,
    PipelinePrinted,
    ReadUndeclared,
    StageEnded,
    StageResult,
    StageRetried,
    StagesLeftOut,
    StageStarted,
    Waiting,
)

__all__ = [
    "BuildStarted",
    "CalledBack",
    "EditKept",
    "Event",
    "Failure",
    "MemoryReset",
    "NotSettled",
    "OrphanAdopted",
    "OrphanIgnored",
    "OrphanKept",
    "PipelinePrinted",
    "ReadUndeclared",
    "StageEnded",
    "StageResult",
    "StageRetried",
    "StageStarted",
    "StagesLeftOut",
    "Waiting",
]
