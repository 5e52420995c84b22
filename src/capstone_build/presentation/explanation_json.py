"""
Why stages are as they are, as JSON for other programs.

Knows explanations; does not know who reads them. The shape is documented in
docs/json.md, and stable. Environment variables may be secrets: of one, neither
value nor digest is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from capstone_build.core.digest import JsonValue
from capstone_build.core.explanation import Change, Counted, Explanation, Past
from capstone_build.core.stage import StageName
from capstone_build.presentation.artifact_change import content_record
from capstone_build.presentation.graph_json import difference_record, verdict_record
from capstone_build.presentation.instant import instant
from capstone_build.presentation.mark import mark_of
from capstone_build.presentation.undeclared import undeclared

FORMAT = 1


def explanations_record(
    told: Iterable[Explanation], counted: Mapping[StageName, Iterable[Counted]] | None = None
) -> dict[str, JsonValue]:
    """
    Return explanations as JSON can say them.

    Args:
        told: One for each stage.
        counted: All that counts for a stage, of those of which it is asked for.
    """
    of = counted or {}
    stages: list[JsonValue] = [
        {
            **explanation_record(each),
            **_closure(each.stage, of),
        }
        for each in told
    ]
    return {"format": FORMAT, "stages": stages}


def explanation_record(told: Explanation) -> dict[str, JsonValue]:
    """Return why one stage is as it is."""
    return {
        "name": told.stage,
        **verdict_record(told.verdict),
        "changes": [_change(each) for each in told.changes],
        "last": None if told.past is None else _past(told.past),
        "edited_in_vain": list(told.edited),
        "coarse": list(told.coarse),
        "upstream": [
            {
                "stage": each.stage,
                "state": mark_of(each.verdict).state,
                "artifacts": list(each.artifacts),
            }
            for each in told.upstream
        ],
        "undeclared": [
            {
                "aspect": each.aspect.value,
                "names": list(each.names),
                "by": each.by or None,
                "says": undeclared(each),
            }
            for each in told.undeclared
        ],
    }


def _closure(
    stage: StageName, counted: Mapping[StageName, Iterable[Counted]]
) -> dict[str, JsonValue]:
    if stage not in counted:
        return {}
    rows: list[JsonValue] = [
        {
            "aspect": each.aspect,
            "name": each.name,
            "is": each.said,
            "chain": list(each.chain),
            "place": each.place or None,
            "note": each.note,
        }
        for each in counted[stage]
    ]
    return {"closure": rows}


def _past(past: Past) -> dict[str, JsonValue]:
    return {
        "how": past.how,
        "at": instant(past.at),
        "seconds": past.seconds,
        "changes": [_change(each) for each in past.changes],
    }


def _change(change: Change) -> dict[str, JsonValue]:
    return {
        **difference_record(change.difference),
        "chain": list(change.chain),
        "old": change.old,
        "new": change.new,
        "remark": change.remark,
        "note": change.note,
        "content": None if change.content is None else content_record(change.content),
        "place": change.place or None,
    }
