"""
Why a stage is as it is, in lines for a terminal.

Knows an explanation; does not know how it was found.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff
from itertools import groupby

from capstone_build.core.explanation import Change, Counted, Explanation, Past
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.plan import Difference, UpToDate
from capstone_build.presentation.cells import cells, padded
from capstone_build.presentation.duration import spelled
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.mark import mark_of
from capstone_build.presentation.sentence import by_weight, clause, reason, verdict_line
from capstone_build.presentation.style import Style, paint
from capstone_build.presentation.undeclared import undeclared

_LONGEST_DIFF = 40
"""So many lines of a diff are shown."""

_MOST_CHANGES = 12
"""So many changes are shown one by one."""

_CONTEXT = 2


def explanation_lines(told: Explanation, colour: bool) -> Iterator[str]:
    """Yield the lines that explain one stage."""
    mark = mark_of(told.verdict)
    name = for_terminal(told.stage)
    rest = verdict_line(told.verdict).removeprefix(mark.word) if not told.changes else ""
    yield f"{paint(name, Style.HEAD, colour)}: {paint(mark.word, mark.style, colour)}{rest}"
    yield from _changes(told.changes, colour)
    for file in told.edited:
        yield f"  {for_terminal(file)} was edited, in nothing that this stage uses"
    if told.past is not None:
        yield from _past(told.past, colour, details=isinstance(told.verdict, UpToDate))
    for each in told.coarse:
        yield f"  {for_terminal(each)}"
    for read in told.undeclared:
        yield f"  counts: {for_terminal(undeclared(read))}"


def closure_lines(counted: Iterable[Counted]) -> Iterator[str]:
    """Yield all that is in a fingerprint, sort by sort."""
    for aspect, group in groupby(counted, key=lambda each: each.aspect):
        rows = list(group)
        yield f"  {aspect}"
        column = min(48, max(cells(for_terminal(row.name)) for row in rows))
        for row in rows:
            chain = " -> ".join(row.chain) if len(row.chain) > 1 else ""
            about = "  ".join(each for each in (row.said, chain, row.note) if each)
            line = f"    {padded(for_terminal(row.name), column)}  {for_terminal(about)}"
            yield line.rstrip()


def _past(past: Past, colour: bool, *, details: bool) -> Iterator[str]:
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(past.at))
    took = f" in {spelled(past.seconds)}" if past.how == "built" else ""
    said = {"accepted": "accepted as it stands", "restored": "brought back from the store"}
    because = [change.difference for change in past.changes]
    has_more = details and any(change.old != change.new for change in past.changes)
    is_first = any(each.aspect is Aspect.NEW for each in because)
    ending = ", because" if has_more else f": {reason(because)}" if because else ""
    if is_first:
        ending = ", for the first time"
    yield f"  last {said.get(past.how, past.how)} on {when}{took}{ending}"
    if has_more:
        yield from _changes(past.changes, colour, indent="    ")


def _changes(changes: Sequence[Change], colour: bool, indent: str = "  ") -> Iterator[str]:
    ordered = _ordered(changes)
    for change in ordered[:_MOST_CHANGES]:
        yield f"{indent}{clause(change.difference)}"
        if len(change.chain) > 1:
            yield f"{indent}  {for_terminal(' -> '.join(change.chain))}"
        if change.note:
            yield f"{indent}  {for_terminal(change.note)}"
        for line in _diff(change):
            style = {"-": Style.BAD, "+": Style.GOOD}.get(line[0], Style.DIM)
            yield f"{indent}  {paint(for_terminal(line), style, colour)}"
    if len(ordered) > _MOST_CHANGES:
        yield f"{indent}and {len(ordered) - _MOST_CHANGES} more"


def _ordered(changes: Sequence[Change]) -> list[Change]:
    def weight(change: Change) -> tuple[int, int]:
        return by_weight(change.difference)

    return sorted(changes, key=weight)


def _diff(change: Change) -> Iterator[str]:
    """Yield the lines that differ, old and new, with a little around them."""
    if change.old == change.new:
        return
    if not (change.old and change.new):
        lines = [f"{'+' if change.new else '-'} {each}" for each in _lines(change)]
    else:
        diff = unified_diff(
            change.old.splitlines(), change.new.splitlines(), n=_CONTEXT, lineterm=""
        )
        lines = [f"{line[0]} {line[1:]}" for line in list(diff)[2:] if not line.startswith("@@")]
    yield from lines[:_LONGEST_DIFF]
    if len(lines) > _LONGEST_DIFF:
        yield f"  ... {len(lines) - _LONGEST_DIFF} more lines"


def _lines(change: Change) -> list[str]:
    return (change.new or change.old).splitlines()


def accepted_clause(differences: Sequence[Difference]) -> str:
    """Return what is accepted, in one line."""
    return "; ".join(clause(each) for each in sorted(differences, key=by_weight))
