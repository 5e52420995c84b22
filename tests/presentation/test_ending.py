"""What a build leaves on the screen last is its verdict, or all about its failures."""

from __future__ import annotations

import re
import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_build.core.contract import Violation
from capstone_build.core.outcome import Outcome
from capstone_build.core.report import BuildReport
from capstone_build.core.stage import StageName
from capstone_build.presentation.build_view import PlainView
from tests.presentation.specimens import HOSTILE_NAMES, failed, report_of

TRACEBACK = 'Traceback (most recent call last):\n  File "pipeline.py", line 3, in llm\nE: no'


def ending_of(report: BuildReport, resume: str = "capstone build") -> list[str]:
    """Return what a plain view writes last."""
    written: list[str] = []
    PlainView(written.append, colour=False, width=0, resume=resume).finish(report)
    return written


@pytest.mark.parametrize(
    ("report", "verdict"),
    [
        (
            report_of({"a": Outcome.BUILT, "b": Outcome.RESTORED, "c": Outcome.REUSED}),
            "built 1, restored 1, up to date 1 in 1.4 s",
        ),
        (
            report_of({"a": Outcome.REUSED, "b": Outcome.REUSED}),
            "nothing to do: 2 stages are up to date",
        ),
        (report_of({"a": Outcome.REUSED}), "nothing to do: 1 stage is up to date"),
        (report_of({}), "nothing to do: no stage is selected"),
        (
            report_of({"a": Outcome.BUILT, "b": Outcome.SKIPPED}, failed("llm")),
            "failed 1, skipped 1, built 1 in 1.4 s",
        ),
        (report_of({"a": Outcome.BUILT}, interrupted=2), "interrupted: built 1 in 1.4 s"),
        (report_of({}, interrupted=2), "interrupted: nothing done in 1.4 s"),
    ],
)
def test_the_last_line_is_the_verdict(report: BuildReport, verdict: str) -> None:
    """However a build ends, its last line says what came of it."""
    assert ending_of(report)[-1] == verdict


def test_a_build_that_went_well_ends_in_one_line() -> None:
    """Nothing stands between the last stage and the verdict."""
    assert len(ending_of(report_of({"a": Outcome.BUILT}))) == 1


def test_a_failure_is_the_last_thing_on_the_screen() -> None:
    """It has all that a person needs: the traceback, what was printed, what stands, what next."""
    llm = failed(
        "llm",
        traceback=TRACEBACK,
        violations=(Violation("output/llm.json", "is empty"),),
        printed=("asking", "\x1b[31mno answer\x1b[0m"),
        log=".cache/logs/1/llm.log",
        kept=".cache/kept/1",
    )
    report = report_of({"load": Outcome.BUILT, "report": Outcome.SKIPPED}, llm)

    assert ending_of(report, "capstone build report") == [
        "",
        "llm failed after 0.3 s: E: no",
        "  output/llm.json: is empty",
        "  Traceback (most recent call last):",
        '    File "pipeline.py", line 3, in llm',
        "  E: no",
        "  the end of what it printed:",
        "  | asking",
        "  | no answer",
        "  log: .cache/logs/1/llm.log",
        "  kept: what it left is in .cache/kept/1",
        "",
        "  skipped: report",
        "  standing: output/loaded.parquet",
        "  go on with: capstone build report",
        "failed 1, skipped 1, built 1 in 1.4 s",
    ]


def test_every_failure_is_shown() -> None:
    """With --keep-going several stages fail, and each has its part."""
    lines = ending_of(report_of({}, failed("a"), failed("b")))

    assert [line for line in lines if "failed after" in line] == [
        "a failed after 0.3 s: E: no",
        "b failed after 0.3 s: E: no",
    ]


def test_what_is_long_is_abbreviated() -> None:
    """Hundreds of artifacts and violations do not push the failure off the screen."""
    violations = tuple(Violation("output/a.csv", f"row {n} is wrong") for n in range(500))
    report = BuildReport(
        build="1",
        results={StageName("a"): failed("a", violations=violations)},
        standing=tuple(f"output/{n}" for n in range(500)),
    )
    lines = ending_of(report)

    assert len(lines) < 40
    assert "  and 480 more like these" in lines
    assert any(line.endswith("output/7 (+492 more)") for line in lines)


def test_an_interrupted_build_says_what_stands_and_how_to_go_on() -> None:
    """Ctrl-C is no failure: nothing is lost, and the next command is named."""
    lines = ending_of(report_of({"load": Outcome.BUILT}, interrupted=signal.SIGINT))

    assert lines == [
        "",
        "interrupted by SIGINT: what was running was ended",
        "  standing: output/loaded.parquet",
        "  go on with: capstone build",
        "interrupted: built 1 in 1.4 s",
    ]


@given(st.text(max_size=60) | st.sampled_from(HOSTILE_NAMES))
def test_what_a_stage_printed_does_not_reach_the_terminal_raw(text: str) -> None:
    """Tracebacks and output come from anywhere: what a terminal obeys is escaped or gone."""
    result = failed(
        "llm",
        traceback=text,
        printed=(text,),
        violations=(Violation(text, text),),
        log=text,
        kept=text,
    )
    for line in ending_of(report_of({}, result), resume=text):
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", line)


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (report_of({"a": Outcome.BUILT}), "32"),
        (report_of({"a": Outcome.BUILT}, interrupted=2), "33"),
        (report_of({"a": Outcome.BUILT}, failed("b")), "1;31"),
    ],
)
def test_the_verdict_has_the_colour_of_the_end(report: BuildReport, code: str) -> None:
    """Green where all went well, yellow where it was interrupted, red where a stage failed."""
    written: list[str] = []
    PlainView(written.append, colour=True, width=80).finish(report)

    assert written[-1].startswith(f"\x1b[{code}m")
    assert written[-1].endswith("\x1b[0m")
