"""
Answers: what a file tells those who ask it for a name from elsewhere.

Much of a file is nobody's business: as long as it answers alike, the rest may be
edited, and what was found by asking it holds.

Knows one file's summary; does not know who asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from capstone_build.analysis.file.summary import Summary
from capstone_build.analysis.file.unit import Unit
from capstone_build.core.digest import Digest, digest_fields


def answers(summary: Summary, questions: Iterable[str]) -> Digest:
    """
    Return the digest of what a file answers.

    Args:
        summary: What it says.
        questions: Names of globals, what statements bind them and how; with `()`
            for what these statements do as well, apart from where they stand.
    """
    stars = [[*star.target, star.sure] for star in summary.stars]
    told = [summary.broken, stars, *(_answer(summary, each) for each in sorted(questions))]
    return digest_fields(json.dumps(told, default=dict))


def _answer(summary: Summary, question: str) -> list[Any]:
    name = question.removesuffix("()")
    does = name != question
    answer: list[Any] = [question]
    if name == "__all__":
        answer.append(summary.exports)
    for index in summary.binders.get(name, ()):
        unit = summary.units[index]
        stars_before = sum(star.place < index for star in summary.stars)
        binds = [target for bound, target in unit.binds if bound == name]
        answer.append([unit.kind, unit.target, binds, stars_before, _deeds(unit) if does else ""])
    return answer


def _deeds(unit: Unit) -> list[Any]:
    """Return all that is known of a statement, but for its wording and its lines."""
    plain = unit._replace(digest=Digest(""), line=0, end=0, uses={}, soft={}, environment={})
    said = plain._replace(
        hints=tuple(each._replace(line=0, said="") for each in unit.hints),
        vias=tuple(each._replace(line=0) for each in unit.vias),
    )
    return [*said, [*unit.uses], [*unit.soft], [*unit.environment]]
