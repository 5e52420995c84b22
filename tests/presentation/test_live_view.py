"""On a terminal a bar shows what runs, and lines scroll by above it."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from capstone_build.core.fingerprint import Aspect
from capstone_build.core.plan import Difference
from capstone_build.core.prospect import Prospect
from capstone_build.core.report import (
    BuildStarted,
    Event,
    Outcome,
    StageEnded,
    StageResult,
    StageStarted,
)
from capstone_build.core.stage import StageName
from capstone_build.presentation.live_view import LiveView
from capstone_build.presentation.progress import Progress
from tests.presentation.specimens import HOSTILE_NAMES, NEW, OLD, report_of

LOAD = StageName("load")
CHANGED = (Difference(Aspect.INPUT, "data/a.csv", OLD, NEW),)


def live_output(*events: Event, colour: bool = True) -> str:
    """Return all that a live view writes to its terminal for these events and a good end."""
    stream = io.StringIO()
    with LiveView(stream, colour, 80) as view:
        for event in events:
            view(event)
        view.finish(report_of({"load": Outcome.BUILT}))
    return stream.getvalue()


EVENTS = (
    BuildStarted(3),
    StageStarted(LOAD, CHANGED),
    StageEnded(StageResult(stage=LOAD, outcome=Outcome.BUILT, because=CHANGED, seconds=1)),
)


def test_a_live_view_prints_ends_above_its_bar() -> None:
    """Stages that ended scroll by; those that run stand in the bar, so they have no line."""
    output = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", live_output(*EVENTS))

    assert "built     load" in output
    assert "start     load" not in output
    assert output.rstrip().endswith("built 1 in 1.4 s")


def test_a_live_view_without_colour_writes_none() -> None:
    """NO_COLOR asks for no colours, not for no bar."""
    assert re.findall(r"\x1b\[[0-9;]*m", live_output(*EVENTS, colour=False)) == []


def test_a_live_view_leaves_the_terminal_as_it_was() -> None:
    """The cursor is shown again even when something goes wrong half-way."""
    stream = io.StringIO()

    def interrupted() -> None:
        with LiveView(stream, colour=True, width=80) as view:
            view(BuildStarted(3))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    hidden, shown = stream.getvalue().rfind("\x1b[?25l"), stream.getvalue().rfind("\x1b[?25h")

    assert 0 <= hidden < shown


def test_the_bar_shows_what_runs_and_for_how_long() -> None:
    """A stage that takes long is seen to take long; many at once are counted."""
    progress = Progress()
    progress.note(BuildStarted(10), 0.0)
    for index in range(8):
        progress.note(StageStarted(StageName(f"s{index}"), ()), float(index))
    progress.note(StageEnded(StageResult(stage=StageName("s0"), outcome=Outcome.BUILT)), 8.0)

    assert progress.lines(10.0, 60, colour=False, at_most=2) == [
        "   9.0 s  s1",
        "   8.0 s  s2",
        "          and 5 more",
        "[===---------------------------] 1 of 10 stages",
    ]


def test_what_a_stage_printed_last_and_the_time_left_are_told() -> None:
    """As far as they are known; of less than a second nothing is said."""
    progress = Progress()
    expected = {StageName("s"): Prospect(60, 100), StageName("later"): Prospect(40, 40)}
    progress.note(BuildStarted(3, 2, expected), 0.0)
    progress.note(StageStarted(StageName("s"), ()), 0.0)

    def lines(now: float, width: int = 60) -> list[str]:
        return progress.lines(now, width, colour=False, printed=lambda _: "row 7\tof\x1b[2J 9")

    assert lines(10.0) == [
        "  10.0 s  s  row 7   of\\x1b[2J 9",
        "[--------------------] 0 of 3 stages, about 1 min 30 s left",
    ]
    assert lines(10.0, 24) == ["  10.0 s  s  row 7  ...", " 0 of 3 stages, abou..."]
    assert lines(200.0)[-1] == "[--------------------------] 0 of 3 stages, about 40 s left"
    for name in expected:
        progress.note(StageEnded(StageResult(stage=name, outcome=Outcome.BUILT)), 1.0)
    assert lines(200.0) == ["[====================----------] 2 of 3 stages"]


@given(st.integers(4, 100), st.sampled_from(HOSTILE_NAMES))
def test_the_bar_fits_the_terminal(width: int, name: str) -> None:
    """No line of the bar wraps, since the terminal could not take it back then."""
    through = {StageName("a"), StageName("b"), StageName("c")}
    progress = Progress(total=10, through=through, running={StageName(name): 0.0})

    lines = progress.lines(100.0, width, colour=False)

    assert all(cell_len(line) < width and line.isprintable() for line in lines)


def test_before_a_build_begins_there_is_no_bar() -> None:
    """A build with nothing to do shows none at all."""
    assert Progress().lines(1.0, 80, colour=False) == []
