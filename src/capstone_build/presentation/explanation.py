"""
Why a stage is as it is, in lines for a terminal.

Knows an explanation, and how much of one is too much; does not know how it was
found.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from itertools import groupby

from capstone_build.core.artifact_change import TextChange
from capstone_build.core.explanation import Above, Change, Counted, Explanation, Past
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.plan import Difference, UpToDate
from capstone_build.presentation.artifact_change import content_lines
from capstone_build.presentation.cells import cells, padded
from capstone_build.presentation.duration import spelled
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.mark import mark_of
from capstone_build.presentation.sentence import by_weight, clause, listed, reason, verdict_line
from capstone_build.presentation.style import Style, paint
from capstone_build.presentation.undeclared import undeclared


@dataclass(frozen=True, slots=True)
class Limits:
    """
    How much of an explanation is shown; what is left out is counted.

    Attributes:
        changes: How many changes, one by one.
        lines: How many lines of code, of all of them together.
        rows: How many things of one sort.
    """

    changes: int
    lines: int
    rows: int


USUAL = Limits(changes=12, lines=60, rows=40)
UNLIMITED = Limits(changes=sys.maxsize, lines=sys.maxsize, rows=sys.maxsize)

_BRIEF_CHANGES = 3
_CONTEXT = 2
_WIDEST_NAME = 48


def explanation_lines(told: Explanation, limits: Limits, colour: bool) -> Iterator[str]:
    """Yield the lines that explain one stage."""
    yield _verdict(told, colour)
    yield from _changes(told.changes, limits, colour)
    edited = [f"{for_terminal(f)} was edited, in nothing that this stage uses" for f in told.edited]
    yield from _cut(edited, limits, "files")
    if told.past is not None:
        yield from _past(told.past, limits, colour, details=isinstance(told.verdict, UpToDate))
    yield from _cut([for_terminal(each) for each in told.coarse], limits, "places")
    yield from _cut(list(map(_above, told.upstream)), limits, "stages above")
    reads = [f"counts: {for_terminal(undeclared(each))}" for each in told.undeclared]
    yield from _cut(reads, limits, "that are read and not declared")


def overview_lines(stale: Iterable[Explanation], up_to_date: int, colour: bool) -> Iterator[str]:
    """
    Yield a paragraph for each stage that is not up to date, and how many others there are.

    Args:
        stale: The stages that are not up to date, in the order in which they would run.
        up_to_date: How many are.
        colour: Whether the lines may hold colours.
    """
    has_lines = False
    for told in stale:
        has_lines = has_lines or any(map(_has_lines, told.changes))
        yield _verdict(told, colour)
        for change in (ordered := _ordered(told.changes))[:_BRIEF_CHANGES]:
            yield from _account(change, "  ")
        if len(ordered) > _BRIEF_CHANGES:
            yield f"  and {len(ordered) - _BRIEF_CHANGES} more"
    if up_to_date:
        yield "1 stage is up to date" if up_to_date == 1 else f"{up_to_date} stages are up to date"
    if has_lines:
        yield paint("`capstone why STAGE` shows the lines, old and new", Style.DIM, colour)


def closure_lines(counted: Iterable[Counted], limits: Limits) -> Iterator[str]:
    """Yield all that is in a fingerprint, sort by sort."""
    for aspect, group in groupby(counted, key=lambda each: each.aspect):
        rows = list(group)
        shown = rows[: limits.rows]
        yield f"  {aspect}"
        column = min(_WIDEST_NAME, max(cells(for_terminal(row.name)) for row in shown))
        for row in shown:
            chain = " -> ".join(row.chain) if len(row.chain) > 1 else ""
            read = f"read at {row.place}" if row.place else ""
            about = "  ".join(each for each in (row.said, chain, read, row.note) if each)
            line = f"    {padded(for_terminal(row.name), column)}  {for_terminal(about)}"
            yield line.rstrip()
        if len(rows) > len(shown):
            yield f"    {_more(len(rows) - len(shown))}"


def accepted_clause(differences: Sequence[Difference]) -> str:
    """Return what is accepted, in one line."""
    return "; ".join(clause(each) for each in sorted(differences, key=by_weight))


def accepted_lines(
    stage: str, differences: Sequence[Difference], waits_for: Sequence[str]
) -> Iterator[str]:
    """
    Yield what came of accepting a *stage*.

    Args:
        stage: Its name.
        differences: What was accepted; empty if it was up to date.
        waits_for: What upstream of it is not up to date.
    """
    name = for_terminal(stage)
    if not differences and not waits_for:
        yield f"{name} is up to date: nothing to accept"
        return
    if differences:
        shown = sorted(differences, key=by_weight)[:_BRIEF_CHANGES]
        more = len(differences) - len(shown)
        yield f"accepted  {name}  {accepted_clause(shown)}" + (f" (+{more} more)" if more else "")
    else:
        yield f"{name} changed in nothing: nothing to accept"
    if waits_for:
        are = "is" if len(waits_for) == 1 else "are"
        waits = f"it waits for {listed(waits_for)}, which {are} not up to date"
        yield f"  it may run all the same: {waits}"


def _verdict(told: Explanation, colour: bool) -> str:
    mark = mark_of(told.verdict)
    name = for_terminal(told.stage)
    rest = verdict_line(told.verdict).removeprefix(mark.word) if not told.changes else ""
    return f"{paint(name, Style.HEAD, colour)}: {paint(mark.word, mark.style, colour)}{rest}"


def _above(above: Above) -> str:
    """Say what a stage upstream does, and what it may change."""
    name = for_terminal(above.stage)
    said = verdict_line(above.verdict)
    if not above.artifacts:
        return f"further above: {name} {said}"
    return f"above: {name} {said} -> {listed(above.artifacts, 2)} may change"


def _has_lines(change: Change) -> bool:
    return change.old != change.new or change.content is not None


def _past(past: Past, limits: Limits, colour: bool, *, details: bool) -> Iterator[str]:
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(past.at))
    took = f" in {spelled(past.seconds)}" if past.how == "built" else ""
    said = {"accepted": "accepted as it stands", "restored": "brought back from the store"}
    because = [change.difference for change in past.changes]
    has_more = details and any(map(_has_lines, past.changes))
    is_first = any(each.aspect is Aspect.NEW for each in because)
    ending = ", because" if has_more else f": {reason(because)}" if because else ""
    if is_first:
        ending = ", for the first time"
    yield f"  last {said.get(past.how, past.how)} on {when}{took}{ending}"
    if has_more:
        yield from _changes(past.changes, limits, colour, indent="    ")


def _changes(
    changes: Sequence[Change], limits: Limits, colour: bool, indent: str = "  "
) -> Iterator[str]:
    ordered = _ordered(changes)
    room = limits.lines
    for change in ordered[: limits.changes]:
        yield from _account(change, indent)
        lines = list(_diff(change))
        for line in lines[:room]:
            style = {"-": Style.BAD, "+": Style.GOOD}.get(line[:1], Style.DIM)
            yield f"{indent}  {paint(for_terminal(line), style, colour)}".rstrip()
        if len(lines) > room:
            yield f"{indent}    {_more(len(lines) - room, 'lines')}"
        room = max(0, room - len(lines))
    if len(ordered) > limits.changes:
        yield f"{indent}{_more(len(ordered) - limits.changes, 'changes')}"


def _account(change: Change, indent: str) -> Iterator[str]:
    """Yield what changed, and how the stage comes to use it."""
    yield f"{indent}{clause(change.difference)}"
    if len(change.chain) > 1:
        yield f"{indent}  {for_terminal(' -> '.join(change.chain))}"
    if change.place:
        yield f"{indent}  read at {for_terminal(change.place)}"
    if change.note:
        yield f"{indent}  {for_terminal(change.note)}"


def _ordered(changes: Sequence[Change]) -> list[Change]:
    """Return *changes*, the most telling first; of code, what is nearest to the stage."""

    def weight(change: Change) -> tuple[tuple[int, int, bool], int, str, int]:
        file, _, line = change.difference.after.rpartition(":")
        place = (file, int(line)) if line.isdecimal() else ("", 0)
        return by_weight(change.difference), len(change.chain), *place

    return sorted(changes, key=weight)


def _diff(change: Change) -> Iterator[str]:
    """Yield the lines that differ, old and new, with a little around them."""
    if change.remark:
        yield f"  ({change.remark})"
        return
    if change.content is not None:
        is_text = isinstance(change.content, TextChange)
        for line in content_lines(change.content):
            yield _spaced(line) if is_text else f"  {line}"
        return
    old, new = _lines(change.old), _lines(change.new)
    if old == new:
        return
    if not (old and new):
        yield from (f"{'+' if new else '-'} {line}".rstrip() for line in new or old)
        return
    _, _, _, *lines = unified_diff(old, new, n=_CONTEXT, lineterm="")
    for line in lines:
        yield _spaced(line)


def _spaced(line: str) -> str:
    """Set off what a line of a unified diff says from its sign."""
    return "  ..." if line.startswith("@@") else f"{line[:1]} {line[1:]}".rstrip()


def _lines(code: str) -> list[str]:
    """Return the lines of *code*, as Python counts them."""
    return code.removesuffix("\n").split("\n") if code else []


def _cut(lines: Sequence[str], limits: Limits, what: str) -> Iterator[str]:
    """Yield the first *lines* of one sort, and how many more there are."""
    yield from (f"  {line}" for line in lines[: limits.rows])
    if len(lines) > limits.rows:
        yield f"  {_more(len(lines) - limits.rows, what)}"


def _more(count: int, what: str = "") -> str:
    return f"... {count} more{f' {what}' if what else ''}: --all shows them"
