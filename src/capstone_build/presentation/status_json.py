"""
What a build would do, as JSON for other programs.

Knows a plan and what stages that are gone left; does not know who reads it. The
shape is documented in docs/json.md, and stable.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from capstone_build.core.digest import JsonValue
from capstone_build.core.graph import StageGraph
from capstone_build.core.leftover import Leftover
from capstone_build.core.plan import Plan
from capstone_build.core.stage import StageName
from capstone_build.presentation.graph_json import graph_record
from capstone_build.presentation.mark import MARKS, mark_of
from capstone_build.presentation.status import plan_verdict


def status_record(
    graph: StageGraph,
    plan: Plan,
    orphans: Sequence[Leftover],
    left_out: Sequence[StageName],
) -> dict[str, JsonValue]:
    """Return the status of a pipeline as JSON can say it."""
    counts = Counter(mark_of(plan[stage.name]).state for stage in graph)
    return {
        **graph_record(graph, plan),
        "counts": {mark.state: counts[mark.state] for mark in MARKS},
        "orphans": [
            {"path": each.path, "stage": each.stage, "bytes": each.size} for each in orphans
        ],
        "left_out": list(left_out),
        "says": plan_verdict(plan),
    }
