"""
Stages as records: what JSON can say of a stage, for other processes and builds.

Knows every field of a stage; a contract is reduced to whether there is one,
for its definition is among the stage's `code`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from capstone_build.core.artifact import Artifact
from capstone_build.core.digest import Digest, digest_bytes
from capstone_build.core.stage import (
    Action,
    Input,
    Location,
    Output,
    PythonCall,
    ShellCommand,
    Stage,
)


def stage_as_record(stage: Stage) -> dict[str, Any]:
    """Return *stage* as JSON can say it."""
    action: dict[str, Any]
    if isinstance(stage.action, PythonCall):
        action = {"function": stage.action.function, "forms": dict(stage.action.forms)}
    else:
        action = {"text": stage.action.text}
    return {
        "name": stage.name,
        "action": action,
        "inputs": [
            {"name": each.name, "paths": [a.path for a in each.artifacts], "is_list": each.is_list}
            for each in stage.inputs
        ],
        "outputs": [
            {"name": each.name, "path": each.artifact.path, "in_place": each.in_place}
            for each in stage.outputs
        ],
        "parameters": dict(stage.parameters),
        "environment": list(stage.environment),
        "timeout": stage.timeout,
        "memory": stage.memory,
        "retries": stage.retries,
        "code": list(stage.code),
        "added": list(stage.added),
        "files": [each.path for each in stage.files],
        "ignored": list(stage.ignored),
        "tags": list(stage.tags),
        "version": stage.version,
        "captured": dict(stage.captured),
        "location": asdict(stage.location),
    }


def digest_declared(stage: Stage) -> Digest:
    """Return the digest of all that *stage* declares, but for the values of its parameters."""
    record = stage_as_record(stage)
    record["parameters"] = sorted(record["parameters"])
    return digest_bytes(json.dumps(record, sort_keys=True).encode("utf-8", "surrogatepass"))


def stage_from_record(record: Mapping[str, Any]) -> Stage:
    """Read what `stage_as_record` returned."""
    action: Action
    if "function" in record["action"]:
        action = PythonCall(**record["action"])
    else:
        text = record["action"]["text"]
        action = ShellCommand(text if isinstance(text, str) else tuple(text))
    return Stage(
        name=record["name"],
        action=action,
        inputs=tuple(
            Input(each["name"], tuple(Artifact(path) for path in each["paths"]), each["is_list"])
            for each in record["inputs"]
        ),
        outputs=tuple(
            Output(each["name"], Artifact(each["path"]), each["in_place"])
            for each in record["outputs"]
        ),
        parameters=record["parameters"],
        environment=tuple(record["environment"]),
        timeout=record["timeout"],
        memory=record["memory"],
        retries=record["retries"],
        code=tuple(record["code"]),
        added=tuple(record["added"]),
        files=tuple(Artifact(path) for path in record["files"]),
        ignored=tuple(record["ignored"]),
        tags=tuple(record["tags"]),
        version=record["version"],
        captured=record["captured"],
        location=Location(**record["location"]),
    )
