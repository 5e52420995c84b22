"""A stage comes to another process as it was declared."""

from __future__ import annotations

import json

from capstone_build.core.artifact import Artifact
from capstone_build.core.stage import Input, Location, Output, PythonCall, Stage, StageName, Symbol
from capstone_build.core.stage_record import stage_as_record, stage_from_record

STAGE = Stage(
    name=StageName("work"),
    action=PythonCall(Symbol("pipeline:work"), {"rows": "list"}),
    inputs=(Input("rows", (Artifact("data/*.csv"),), is_list=True),),
    outputs=(Output("out", Artifact("output/out.txt")),),
    parameters={"count": 3},
    environment=("LANG",),
    timeout=1.5,
    retries=2,
    code=(Symbol("pipeline:work"),),
    added=(Symbol("helpers:clean"), Symbol("plugins:**")),
    files=(Artifact("queries/top.sql"), Artifact("sql/")),
    ignored=(Symbol("logs:say"),),
    version="2",
    captured={"n": "int 1"},
    location=Location("pipeline.py", 7),
)


def test_a_stage_survives_being_told_in_json() -> None:
    """Every field of it."""
    assert stage_from_record(json.loads(json.dumps(stage_as_record(STAGE)))) == STAGE
