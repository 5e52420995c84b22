"""Times are drawn as bars: which stage takes long, since when, and what ran beside what."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_build.core.history import PastBuild, PastStage
from capstone_build.core.report import Outcome
from capstone_build.core.stage import StageName
from capstone_build.presentation.cells import cells
from capstone_build.presentation.times_chart import Chart
from tests.presentation.specimens import HOSTILE_NAMES


def build_of(name: str, *stages: tuple[str, float, float], seconds: float | None = 1) -> PastBuild:
    """Return a build in which stages ended at some second, after so many seconds each."""
    return PastBuild(
        build=name,
        at=100,
        seconds=seconds,
        interrupted=None,
        up_to_date=0,
        stages=tuple(
            PastStage(stage=StageName(n), outcome=Outcome.BUILT, at=100 + at, seconds=took)
            for n, at, took in stages
        ),
    )


BUILDS = [
    build_of("b1", ("load", 4, 4), ("page", 6, 2), seconds=6),
    build_of("b2", ("load", 4, 4), seconds=None),
    build_of("b3", ("load", 4, 4), seconds=4),
    build_of("b4", ("load", 8, 8), seconds=8),
]


def test_stages_and_builds_have_bars_on_one_scale() -> None:
    """The longest first; beside it how it went, and that it is not as it was."""
    head, load, page, _, _, *builds = Chart(width=80).of_times(BUILDS)

    assert head == "stages, by their latest run"
    assert re.fullmatch(r"load {7}8\.0 s  (█+)  ▅▅▅█  2\.0x its median", load)
    assert re.fullmatch(r"page {7}2\.0 s  █+[▏▎▍▌▋▊▉]? +█", page)
    assert page.index(" ", 19) - 18 == pytest.approx(load.count("█", 0, -20) / 4, abs=1)
    assert load.index("▅") == page.rindex("█")
    assert [re.sub("[^0-9a-z. ]", "", line).rstrip() for line in builds] == [
        "b1       6.0 s", "b3       4.0 s", "b4       8.0 s",
    ]  # fmt: skip
    long = [line.count("█") for line in builds]
    assert long == [pytest.approx(long[-1] * share, abs=1) for share in (0.75, 0.5, 1)]


def test_one_build_shows_what_ran_beside_what() -> None:
    """From left to right is from the first start to the last end."""
    build = build_of("b", ("load", 4, 4), ("other", 3, 2), ("page", 8, 4))

    head, *lines = Chart(width=60, ascii_only=True).of_build(build)

    assert head == "b: 8.0 s from the first start to the last end"
    assert lines == [
        "load        4.0 s  ####################",
        "other       2.0 s       ##########",
        "page        4.0 s                      ####################",
    ]


@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from(HOSTILE_NAMES), st.floats(0, 1e6), st.floats(0, 1e6)),
            max_size=3,
        ),
        max_size=4,
    ),
    st.integers(20, 100),
    st.booleans(),
)
def test_whatever_took_however_long_it_fits(
    stages: list[list[tuple[str, float, float]]], width: int, ascii_only: bool
) -> None:
    """No line is as wide as the terminal, and none steers it."""
    builds = [build_of(f"b{i}", *each, seconds=i) for i, each in enumerate(stages)]
    chart = Chart(width=width, ascii_only=ascii_only)
    lines = [*chart.of_times(builds), *(line for each in builds for line in chart.of_build(each))]

    for line in lines[1:]:
        assert "\x1b" not in line
        assert cells(line) < width or line.startswith(("no stage", "and "))


@pytest.mark.parametrize("builds", [[], [build_of("b1")]])
def test_where_nothing_ran_that_is_said(builds: list[PastBuild]) -> None:
    """Instead of an empty chart."""
    assert list(Chart().of_times(builds)) == ["no stage has run yet, as far as it is remembered"]
