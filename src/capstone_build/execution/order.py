"""
Orders and results: what a worker is told, and what it tells.

Knows one run as plain data that passes between processes as JSON; does not
know why the stage runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from capstone_build.core.contract import Violation
from capstone_build.core.digest import Digest, JsonValue
from capstone_build.core.report import Cause, Failure
from capstone_build.core.stage import StageName

CANNOT_WRITE = 74
"""The exit code of a worker that did its work and could not write its result (`EX_IOERR`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder:
    """
    One run of a stage.

    Attributes:
        number: Tells apart the orders of one build.
        stage: Which stage to run.
        inputs: For each name, the paths that it stands for now.
        outputs: For each name, the path to write to, absolute.
        parameters: Values by name.
        timeout: Longest run in seconds; None for no limit.
        memory: Most memory that it may use, in bytes; None for no limit.
        log: The file that takes all that the stage prints.
        notes: The file that takes what is seen to be read.
        result: The file into which the worker writes its result.
        in_place:
            For each output that is written at its final path: that path, where
            half of it is put if the run is ended, and what stood there before.
        declared: The digest of what the stage has to declare; None if that is not asked.

    All other paths are from the project's root.
    """

    number: int
    stage: StageName
    inputs: Mapping[str, tuple[str, ...]]
    outputs: Mapping[str, str]
    parameters: Mapping[str, JsonValue]
    timeout: float | None
    memory: int | None
    log: str
    notes: str
    result: str
    in_place: tuple[tuple[str, str, str], ...] = ()
    declared: Digest | None = None

    def as_record(self) -> dict[str, Any]:
        """Return the order as JSON can say it."""
        return {name: getattr(self, name) for name in _ORDERED}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> WorkOrder:
        """Read what `as_record` returned."""
        inputs = {name: tuple(paths) for name, paths in record["inputs"].items()}
        in_place = tuple((final, half, before) for final, half, before in record["in_place"])
        return cls(**{**record, "inputs": inputs, "in_place": in_place})


_ORDERED = tuple(each.name for each in fields(WorkOrder))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """
    How a run ended.

    Attributes:
        number: Of the order.
        seconds: Duration, wall clock.
        failure: How it failed; None if it did its work and kept its contracts.
        compiled: Digest of each source file that the worker imported, by its path.
        memory: The most that one process of it had resident, in bytes; 0 if not known.
    """

    number: int
    seconds: float
    failure: Failure | None = None
    compiled: Mapping[str, Digest] = field(default_factory=dict)
    memory: int = 0

    def as_record(self) -> dict[str, Any]:
        """Return the result as JSON can say it."""
        record: dict[str, Any] = {
            "number": self.number,
            "seconds": self.seconds,
            "compiled": dict(self.compiled),
            "memory": self.memory,
        }
        if self.failure is not None:
            record["failure"] = asdict(self.failure) | {"cause": self.failure.cause.value}
        return record

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> RunResult:
        """Read what `as_record` returned."""
        failure = None
        if told := record.get("failure"):
            violations = tuple(Violation(**each) for each in told["violations"])
            failure = Failure(
                **{
                    **told,
                    "cause": Cause(told["cause"]),
                    "violations": violations,
                    "printed": tuple(told["printed"]),
                }
            )
        return cls(
            number=record["number"],
            seconds=record["seconds"],
            failure=failure,
            compiled=record["compiled"],
            memory=record["memory"],
        )
