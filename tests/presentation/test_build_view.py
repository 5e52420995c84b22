"""While a build goes on, each event has a line."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from capstone_build.core.fingerprint import Aspect
from capstone_build.core.plan import Difference
from capstone_build.core.report import (
    BuildStarted,
    Cause,
    EditKept,
    Event,
    Failure,
    MemoryReset,
    OrphanIgnored,
    Outcome,
    StageEnded,
    StageResult,
    StageRetried,
    StageStarted,
    Waiting,
)
from capstone_build.core.stage import StageName
from capstone_build.presentation.build_view import PlainView
from capstone_build.presentation.event_line import EventLine
from tests.presentation.specimens import HOSTILE_NAMES, NEW, OLD, failed

LOAD = StageName("load")
CHANGED = (Difference(Aspect.INPUT, "data/a.csv", OLD, NEW),)


def lines_of(*events: Event, width: int = 0, colour: bool = False) -> list[str]:
    """Return what a plain view writes for these events."""
    written: list[str] = []
    with PlainView(written.append, colour, width) as view:
        for event in events:
            view(event)
    return written


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (StageStarted(LOAD, CHANGED), "start     load"),
        (StageStarted(LOAD, CHANGED, attempt=2), "start     load                 attempt 2"),
        (
            StageEnded(
                StageResult(
                    stage=LOAD, outcome=Outcome.BUILT, because=CHANGED, seconds=1.23, changed=True
                )
            ),
            "built     load          1.2 s  input data/a.csv changed",
        ),
        (
            StageEnded(StageResult(stage=LOAD, outcome=Outcome.BUILT, because=CHANGED, seconds=61)),
            "built     load       1 min 01 s  input data/a.csv changed -> outputs unchanged",
        ),
        (
            StageEnded(
                StageResult(stage=LOAD, outcome=Outcome.RESTORED, because=CHANGED, changed=True)
            ),
            "restored  load                 input data/a.csv changed",
        ),
        (StageEnded(failed("load")), "failed    load          0.3 s  E: no"),
        (
            StageRetried(LOAD, Failure(cause=Cause.EXITED, message="exit code 3: curl")),
            "retry     load                 exit code 3: curl; it runs once more",
        ),
        (
            EditKept(LOAD, "output/a.json", ".cache/kept/1/a.json"),
            (
                "kept      output/a.json was edited by hand; "
                "what was there is in .cache/kept/1/a.json"
            ),
        ),
        (
            OrphanIgnored(StageName("split"), "data/old.csv"),
            "ignored   data/old.csv: left by stage split, which is no longer declared",
        ),
        (Waiting(123), "waiting   for another build here (process 123)"),
        (Waiting(None), "waiting   for another build here"),
        (
            MemoryReset("it is no database"),
            "memory    starts anew: it is no database",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_event_has_its_line(event: Event, line: str) -> None:
    """One line says what happened, to which stage, how long it took, and why."""
    assert lines_of(event) == [line]


@pytest.mark.parametrize("outcome", [Outcome.REUSED, Outcome.SKIPPED])
def test_what_was_not_touched_is_counted_not_listed(outcome: Outcome) -> None:
    """A stage that is up to date, or waits for one that failed, has no line of its own."""
    assert lines_of(BuildStarted(5), StageEnded(StageResult(stage=LOAD, outcome=outcome))) == []


@given(st.integers(1, 100), st.sampled_from(HOSTILE_NAMES), st.integers(0, 10_000))
def test_lines_of_stages_fit_the_terminal(width: int, name: str, seconds: int) -> None:
    """Whatever a stage is called and says, its line is one line, and fits."""
    because = (Difference(Aspect.INPUT, name, OLD, NEW),)
    stage = StageName(name)
    events: list[Event] = [
        StageStarted(stage, because),
        StageEnded(
            StageResult(stage=stage, outcome=Outcome.BUILT, because=because, seconds=seconds)
        ),
        StageEnded(failed(name)),
        StageRetried(stage, Failure(cause=Cause.RAISED, message=name)),
    ]
    lines = lines_of(*events, width=width)

    assert len(lines) == len(events)
    assert all(line.isprintable() and cell_len(line) <= width for line in lines)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_where_an_edit_is_kept_is_told_whole(name: str) -> None:
    """A narrow terminal wraps such a line; to cut it would lose the edit."""
    kept = ".cache/kept/20240501-120000/output/a.json"
    lines = lines_of(
        EditKept(LOAD, name, kept), OrphanIgnored(LOAD, name), MemoryReset(name), width=20
    )

    assert lines[0].endswith(kept)
    assert len(lines) == 3
    assert all(line.isprintable() for line in lines)


def test_on_a_narrow_terminal_columns_close_up() -> None:
    """On 40 columns what happened, to which stage, and the time still have room."""
    stage = StageName("a_stage_of_a_very_long_name")
    result = StageResult(
        stage=stage, outcome=Outcome.BUILT, because=CHANGED, seconds=1.2, changed=True
    )

    assert lines_of(StageEnded(result), width=40) == ["built     a_stage_of... 1.2 s  input ..."]


def test_a_plain_view_does_not_load_rich() -> None:
    """In a pipe or in CI nobody pays for a library that draws live bars."""
    code = (
        "import sys\n"
        "from capstone_build.core.report import BuildReport\n"
        "from capstone_build.presentation import dot, drawing, graph_json, mermaid\n"
        "from capstone_build.presentation import error_text, status\n"
        "from capstone_build.presentation.build_view import PlainView\n"
        "with PlainView(print, True, 80) as view:\n"
        "    view.finish(BuildReport(build='', results={}))\n"
        "sys.exit('rich' in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_where_there_is_no_room_for_a_reason_the_note_stands_alone() -> None:
    """On forty columns: a letter of the reason would tell nothing."""
    result = StageResult(
        stage=StageName("a_stage_name"), outcome=Outcome.BUILT, because=CHANGED, seconds=2.4
    )
    line = EventLine(False, 40).of(StageEnded(result))

    assert line == "built     a_stage_name 2.4 s  outputs..."
    assert EventLine(False, 80).of(StageEnded(result)) == (
        "built     a_stage_name    2.4 s  input data/a.csv changed -> outputs unchanged"
    )
