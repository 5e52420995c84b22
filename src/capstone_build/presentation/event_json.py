"""
Events as JSON, for programs that follow a build.

Knows every event; does not know where they are written. The shape is documented in
docs/json.md, and stable.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields
from typing import Any

from capstone_build.core.digest import JsonValue
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.plan import Difference
from capstone_build.core.report import BuildReport, Event, Failure, StageEnded, StageResult
from capstone_build.errors import CapstoneError, InvalidPipelineError
from capstone_build.presentation.graph_json import difference_record
from capstone_build.presentation.instant import instant
from capstone_build.presentation.report_json import failure_record, report_record, result_record

FORMAT = 1

_WORD = re.compile("[A-Z][a-z]*")


def event_line(event: Event, at: float) -> str:
    """Return *event*, which happened *at* so many seconds since the epoch, as a line of JSON."""
    return _line(at, _record(event))


def ended_line(report: BuildReport, at: float) -> str:
    """Return the end of a build as a line of JSON: the last that is told of it."""
    return _line(at, {"event": "build-ended", "report": report_record(report)})


def refused_line(error: CapstoneError, at: float) -> str:
    """Return why nothing was built, or not all, as a line of JSON: the last that is told."""
    problems = error.problems if isinstance(error, InvalidPipelineError) else (error,)
    return _line(
        at,
        {
            "event": "build-refused",
            "exit_code": error.exit_code,
            "problems": [
                {"problem": each.problem, "facts": each.facts, "hint": each.hint}
                for each in problems
            ],
        },
    )


def _line(at: float, record: dict[str, JsonValue]) -> str:
    return json.dumps({"format": FORMAT, "at": instant(at), **record}) + "\n"


def _record(event: Event) -> dict[str, JsonValue]:
    """Return the name of *event* and its fields, in the order in which it has them."""
    words = _WORD.findall(type(event).__name__)
    record: dict[str, JsonValue] = {"event": "-".join(words).lower()}
    if isinstance(event, StageEnded):
        record["stage"] = event.result.stage
    return record | {each.name: _told(getattr(event, each.name)) for each in fields(event)}


def _told(value: Any) -> JsonValue:
    match value:
        case Difference():
            return difference_record(value)
        case Failure():
            return failure_record(value)
        case StageResult():
            return result_record(value)
        case dict():
            return {name: each.seconds for name, each in value.items()}
        case tuple():
            return [_told(each) for each in value]
    said: JsonValue = value.value if isinstance(value, Aspect) else value
    return said
