"""
What builds did, in lines for a terminal, and as JSON for other programs.

Knows past builds; does not know how they were found. The JSON is documented and
stable; texts in it are as the pipeline spells them. Environment variables may
be secrets: of one, neither value nor digest is told.

    {"format": 1,
     "builds": [                         the oldest first
       {"build": "20260501T101500-4711",
        "at": "2026-05-01T10:15:00+02:00",
        "seconds": 3.2,                  null if it was killed, or is at work
        "interrupted": null,             or the number of the signal that ended it
        "up_to_date": 3,                 how many stages were
        "stages": [                      the others, in order of ending
          {"name": "load",
           "outcome": "built",           or "restored", "failed", "skipped"
           "at": "2026-05-01T10:15:02+02:00",
           "seconds": 1.9,               of its run; 0 where nothing ran
           "because": [],                as in `capstone graph --format json`
           "message": "",                how it failed
           "memory": 91750400,           bytes; 0 where it is not known
           "outputs": [{"path": "output/loaded.parquet", "digest": "xxh3:...", "bytes": 1234}],
           "log": ".cache/logs/20260501T101500-4711/load.log"}]}]}

`log` is null where the stage printed nothing, or it is not kept any more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from capstone_build.core.digest import JsonValue
from capstone_build.core.history import PastBuild, PastStage
from capstone_build.core.report import Outcome
from capstone_build.core.signals import signal_name
from capstone_build.core.size import spell_size
from capstone_build.presentation.cells import cells, padded
from capstone_build.presentation.duration import spelled
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.graph_json import difference_record
from capstone_build.presentation.instant import instant
from capstone_build.presentation.sentence import clause, listed, reason
from capstone_build.presentation.style import Style, paint

FORMAT = 1

_STYLES = {
    Outcome.BUILT: Style.GOOD,
    Outcome.RESTORED: Style.BUSY,
    Outcome.FAILED: Style.BAD,
    Outcome.SKIPPED: Style.NOTE,
}
_NAMES_SHOWN = 4


def history_lines(builds: Sequence[PastBuild], colour: bool) -> Iterator[str]:
    """Yield a line for each build, and one for each reason that is told of it."""
    if not builds:
        yield "no build has done anything yet, as far as it is remembered"
    for build in builds:
        head = f"{paint(build.build, Style.HEAD, colour)}  {_when(build.at)}"
        yield f"{head}  {_verdict(build)}"
        for outcome, style in _STYLES.items():
            stages = [each for each in build.stages if each.outcome is outcome]
            if stages:
                names = listed([each.stage for each in stages], _NAMES_SHOWN)
                why = _why(stages)
                word = paint(padded(outcome.value, 9), style, colour)
                yield f"  {word} {for_terminal(names)}{f'  {for_terminal(why)}' if why else ''}"


def build_lines(build: PastBuild, colour: bool) -> Iterator[str]:
    """Yield all that is remembered of one build, but for what its stages printed."""
    yield f"{paint(build.build, Style.HEAD, colour)}  {_when(build.at)}  {_verdict(build)}"
    column = max((cells(for_terminal(each.stage)) for each in build.stages), default=0)
    for each in build.stages:
        word = paint(padded(each.outcome.value, 9), _STYLES[each.outcome], colour)
        name = padded(for_terminal(each.stage), column)
        yield f"  {word} {name}  {'  '.join(_facts(each))}".rstrip()
        for difference in each.because:
            yield f"  {'':9}   {for_terminal(clause(difference))}"
        if each.message:
            yield f"  {'':9}   {for_terminal(each.message)}"
    if build.up_to_date:
        yield f"  up to date {build.up_to_date}"


def history_json(builds: Sequence[PastBuild], log: Callable[[PastBuild, PastStage], str]) -> str:
    """
    Return builds as JSON: plain ASCII, indented.

    Args:
        builds: The builds.
        log: Returns where what a stage printed is kept; empty if it is not.
    """
    return json.dumps(history_record(builds, log), indent=2) + "\n"


def history_record(
    builds: Sequence[PastBuild], log: Callable[[PastBuild, PastStage], str]
) -> dict[str, JsonValue]:
    """Return builds as JSON says them, above; the arguments are those of `history_json`."""
    return {"format": FORMAT, "builds": [_record(build, log) for build in builds]}


def _record(build: PastBuild, log: Callable[[PastBuild, PastStage], str]) -> dict[str, JsonValue]:
    return {
        "build": build.build,
        "at": instant(build.at),
        "seconds": build.seconds,
        "interrupted": build.interrupted,
        "up_to_date": build.up_to_date,
        "stages": [
            {
                "name": each.stage,
                "outcome": each.outcome.value,
                "at": instant(each.at),
                "seconds": each.seconds,
                "because": [difference_record(difference) for difference in each.because],
                "message": each.message,
                "memory": each.memory,
                "outputs": [
                    {"path": path, "digest": left.digest, "bytes": left.size}
                    for path, left in each.outputs.items()
                ],
                "log": log(build, each) or None,
            }
            for each in build.stages
        ],
    }


def _verdict(build: PastBuild) -> str:
    outcomes = (Outcome.FAILED, Outcome.SKIPPED, Outcome.BUILT, Outcome.RESTORED)
    said = [f"{each.value} {build.count(each)}" for each in outcomes if build.count(each)]
    said += [f"up to date {build.up_to_date}"] if build.up_to_date else []
    line = ", ".join(said) or "nothing done"
    if build.seconds is None:
        return f"{line}; it did not come to its end"
    line += f" in {spelled(build.seconds)}"
    if build.interrupted is not None:
        return f"interrupted by {signal_name(build.interrupted)}: {line}"
    return line


def _why(stages: Sequence[PastStage]) -> str:
    """Return why the first of *stages* ran, or how it failed: those after it follow from it."""
    first = stages[0]
    return first.message or reason(first.because)


def _facts(past: PastStage) -> Iterator[str]:
    if past.outcome in {Outcome.BUILT, Outcome.FAILED}:
        yield spelled(past.seconds)
    if past.outputs:
        yield spell_size(past.size)
    if past.memory:
        yield f"at most {spell_size(past.memory)} of memory"


def _when(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
