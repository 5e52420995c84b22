"""
Endings: what a build leaves on the screen last.

Knows a report; does not know what was shown before it. When a stage failed, all
that a person needs to go on stands here, and the verdict in the last line.
"""

from __future__ import annotations

from collections.abc import Iterator

from capstone_build.core.outcome import Outcome, StageResult
from capstone_build.core.report import BuildReport
from capstone_build.core.signals import signal_name
from capstone_build.presentation.duration import spelled
from capstone_build.presentation.escaping import block_for_terminal, for_terminal
from capstone_build.presentation.nothing import nothing_to_do
from capstone_build.presentation.sentence import listed
from capstone_build.presentation.style import Style, paint

_COUNTED = (
    (Outcome.FAILED, "failed"),
    (Outcome.SKIPPED, "skipped"),
    (Outcome.BUILT, "built"),
    (Outcome.RESTORED, "restored"),
    (Outcome.REUSED, "up to date"),
)

_NAMES_SHOWN = 8
_VIOLATIONS_SHOWN = 20


def ending(report: BuildReport, resume: str, colour: bool) -> list[str]:
    """
    Return the last lines of a build; none is cut, however narrow the terminal.

    Args:
        report: What the build did.
        resume: The command that goes on from there.
        colour: Whether the lines may hold colours.
    """
    lines = [line for result in report.failures for line in failure_lines(result, colour)]
    if report.failures or report.interrupted is not None:
        lines += _going_on(report, resume, colour)
    style = (
        Style.BAD
        if report.failures
        else Style.NOTE
        if report.interrupted is not None
        else Style.GOOD
    )
    return [*lines, paint(verdict(report), style, colour)]


def verdict(report: BuildReport) -> str:
    """Return what came of a build, in one line."""
    counts = report.counts
    known = report.known
    if report.interrupted is None and not report.unreached and counts[Outcome.REUSED] == known:
        return nothing_to_do(known)
    said = [f"{word} {counts[outcome]}" for outcome, word in _COUNTED if counts[outcome]]
    said += [f"not done {len(report.unreached)}"] if report.unreached else []
    line = f"{', '.join(said) or 'nothing done'} in {spelled(report.seconds)}"
    return line if report.interrupted is None else f"interrupted: {line}"


def failure_lines(result: StageResult, colour: bool) -> Iterator[str]:
    """Yield how one stage failed; begins with a blank line. Nothing if it did not."""
    failure = result.failure
    if failure is None:
        return
    after = f" after {spelled(result.seconds)}" if result.seconds else ""
    said, *more = failure.message.split("\n")
    yield ""
    head = paint(f"{for_terminal(result.stage)} failed{after}", Style.BAD, colour)
    yield f"{head}: {for_terminal(said)}"
    yield from _indented("\n".join(more), "  ") if more else ()
    for violation in failure.violations[:_VIOLATIONS_SHOWN]:
        yield f"  {for_terminal(str(violation))}"
    if len(failure.violations) > _VIOLATIONS_SHOWN:
        yield f"  and {len(failure.violations) - _VIOLATIONS_SHOWN} more like these"
    if failure.traceback:
        yield from _indented(failure.traceback.rstrip("\n"), "  ")
    if failure.printed:
        yield paint("  the end of what it printed:", Style.DIM, colour)
        bar = paint("  | ", Style.DIM, colour)
        yield from _indented("\n".join(failure.printed).rstrip("\n"), bar)
    if failure.log:
        yield _labelled("log", for_terminal(failure.log), colour)
    if failure.kept:
        yield _labelled("kept", f"what it left is in {for_terminal(failure.kept)}", colour)


def _going_on(report: BuildReport, resume: str, colour: bool) -> Iterator[str]:
    """Say what stands and how to go on; begins with a blank line."""
    yield ""
    if report.interrupted is not None:
        name = signal_name(report.interrupted)
        yield f"interrupted by {name}: what was running was ended"
    skipped = [r.stage for r in report.results.values() if r.outcome is Outcome.SKIPPED]
    if skipped:
        yield _labelled("skipped", listed(skipped, _NAMES_SHOWN), colour)
    if report.unreached:
        yield _labelled("not done", listed(report.unreached, _NAMES_SHOWN), colour)
    standing = [listed(report.standing, _NAMES_SHOWN)] if report.standing else []
    if report.beyond:
        other = "1 other stage" if report.beyond == 1 else f"{report.beyond} other stages"
        standing.append(f"all that {other} left")
    yield _labelled("standing", ", and ".join(standing) or "nothing that is up to date", colour)
    yield _labelled("go on with", for_terminal(resume), colour)


def _labelled(label: str, text: str, colour: bool) -> str:
    return f"  {paint(f'{label}:', Style.DIM, colour)} {text}"


def _indented(block: str, margin: str) -> Iterator[str]:
    for line in block_for_terminal(block).split("\n"):
        yield (margin + line).rstrip(" ")
