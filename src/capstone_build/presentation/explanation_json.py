"""
Why stages are as they are, as JSON for other programs.

Knows explanations; does not know who reads them. The shape is documented in
docs/json.md, and stable. Environment variables may be secrets: of one, neither
value nor digest is told.
"""

from __future__ import annotations

from collections.abc import Iterable

from capstone_build.core.digest import JsonValue
from capstone_build.core.explanation import Change, Counted, Explanation, Past
from capstone_build.presentation.graph_json import difference_record, verdict_record
from capstone_build.presentation.instant import instant
from capstone_build.presentation.undeclared import undeclared

FORMAT = 1


def explanations_record(told: Iterable[Explanation]) -> dict[str, JsonValue]:
    """Return explanations as JSON can say them."""
    return {"format": FORMAT, "stages": [explanation_record(each) for each in told]}


def explanation_record(told: Explanation) -> dict[str, JsonValue]:
    """Return why one stage is as it is."""
    return {
        "name": told.stage,
        **verdict_record(told.verdict),
        "changes": [_change(each) for each in told.changes],
        "last": None if told.past is None else _past(told.past),
        "edited_in_vain": list(told.edited),
        "coarse": list(told.coarse),
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


def closure_record(counted: Iterable[Counted]) -> list[JsonValue]:
    """Return all that counts for a stage."""
    return [
        {
            "aspect": each.aspect,
            "name": each.name,
            "is": each.said,
            "chain": list(each.chain),
            "place": each.place or None,
            "note": each.note,
        }
        for each in counted
    ]


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
        "place": change.place or None,
    }
