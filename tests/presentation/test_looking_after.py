"""What clean, gc and verify say: a line a thing, the whole in the last, nothing that steers."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.collection import Bounds, Collection, Room
from capstone_build.core.finding import Finding, Flaw, Remedy, Verification
from capstone_build.core.leftover import Fate, Leftover
from capstone_build.core.outcome import Cause, Failure
from capstone_build.core.rebuilt import Contrast, Rebuilding, Rebuilt, Sameness
from capstone_build.core.stage import StageName
from capstone_build.presentation.byte_bar import ByteBar
from capstone_build.presentation.cleaning import cleaning_lines, orphans_line
from capstone_build.presentation.collection import collection_lines
from capstone_build.presentation.rebuilding import rebuilding_ending, rebuilt_line
from capstone_build.presentation.verification import verification_lines
from tests.presentation.specimens import HOSTILE_NAMES

NAMES = st.text(max_size=30) | st.sampled_from(HOSTILE_NAMES)
USUAL = Bounds(
    keep_seconds=30 * 86400.0, max_size=None, spare_seconds=30 * 86400.0, is_kept_bounded=False
)
KEPT = "--kept removes what is older than 30 days"


def leftover(path: str, fate: Fate, size: int = 0) -> Leftover:
    """Return a file that stage `old` left."""
    why = "the pipeline imports it" if fate is Fate.LEFT else ""
    return Leftover(path=ArtifactPath(path), stage=StageName("old"), fate=fate, size=size, why=why)


def test_what_was_cleaned_is_told_and_what_would_be() -> None:
    """In the words of what happens; empty folders go without one."""
    those = [
        leftover("a", Fate.REMOVED, 1200),
        leftover("b", Fate.KEPT),
        leftover("c", Fate.LEFT),
        leftover("d/", Fate.REMOVED),
    ]

    assert cleaning_lines(those, False, is_dry=False, nothing="") == [
        "removed   a: left by stage old",
        "set aside b: edited since stage old left it",
        "left      c: the pipeline imports it",
        "removed 1 file (1.2 kB), set aside 1 file in .cache/kept/, left 1 file",
    ]
    assert cleaning_lines(those, False, is_dry=True, nothing="")[-1] == (
        "would remove 1 file (1.2 kB), set aside 1 file in .cache/kept/, leave 1 file"
    )
    assert cleaning_lines([], False, is_dry=True, nothing="nothing") == ["nothing"]


def test_what_was_freed_and_what_stays_is_told() -> None:
    """In sizes that people read; what is set aside is mentioned, not touched."""
    collection = Collection(
        runs=2,
        objects=Room(3, 5_100_000),
        needed=Room(1, 2_000_000_000),
        kept_stays=Room(1, 300),
    )

    assert collection_lines(collection, USUAL, False, is_dry=False) == [
        "freed       5.1 MB  results of 2 earlier runs",
        "stays       2.0 GB  needed by what stands",
        f"stays     300 bytes  set aside in .cache/kept/, edits by hand among it ({KEPT})",
        "freed 5.1 MB; the store holds 2.0 GB",
    ]
    assert collection_lines(Collection(), USUAL, False, is_dry=True) == ["nothing to free"]


@pytest.mark.parametrize("flaw", Flaw)
@pytest.mark.parametrize("remedy", Remedy)
def test_each_flaw_is_told_with_what_becomes_of_it(flaw: Flaw, remedy: Remedy) -> None:
    """One line, with nothing left out of it."""
    finding = Finding(
        flaw=flaw, subject="subject", stage=StageName("old"), says="more", remedy=remedy
    )

    line, verdict = verification_lines(Verification(findings=(finding,)), False)

    assert "{" not in line
    assert "subject" in line or "more" in line or "old" in line
    assert verdict.startswith("1 thing wrong in ")


def test_many_of_a_kind_are_counted() -> None:
    """A disk that rots must not bury what else is wrong."""
    alike = [Finding(flaw=Flaw.OUTPUT_MISSING, subject=f"f{i}", stage="s") for i in range(50)]
    other = Finding(flaw=Flaw.OBJECT_ROTTEN, subject="xxh3:0")

    lines = verification_lines(Verification(findings=(*alike, other)), False)

    assert len(lines) == 10 + 1 + 1 + 1
    assert lines[10].strip() == "and 40 more like these"


@given(NAMES)
def test_no_name_steers_a_terminal(name: str) -> None:
    """Paths, stages, values of cells, what a stage printed: all that comes from elsewhere."""
    stage = StageName(name)
    contrast = Contrast(path=name, what=name, then=name, now=name)
    failure = Failure(cause=Cause.EXITED, message=name, traceback=name, printed=(name,))
    rebuilt = [
        Rebuilt(stage=stage, sameness=Sameness.DIFFERS, contrasts=(contrast,)),
        Rebuilt(stage=stage, sameness=Sameness.FAILED, failure=failure, note=name),
    ]
    findings = [Finding(flaw=flaw, subject=name, stage=name, says=name) for flaw in Flaw]
    left = [
        Leftover(path=ArtifactPath(name), stage=stage, fate=fate, kept=name, why=name)
        for fate in Fate
    ]
    lines = [
        *verification_lines(Verification(findings=tuple(findings), unmended=name), False),
        *cleaning_lines(left, False, is_dry=False, nothing=""),
        orphans_line(left),
        *(rebuilt_line(each, False) for each in rebuilt),
    ]
    for each in rebuilt:
        lines += rebuilding_ending(Rebuilding(stages={stage: each}, seconds=1, printed=""), False)

    for line in lines:
        kept = set(line) - {"\t", "\u200c", "\u200d"}
        assert not {unicodedata.category(c) for c in kept} & {"Cc", "Cf", "Cs", "Zl", "Zp"}, line


def test_the_bar_is_silent_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """And tells bytes in units where there is one."""
    import sys

    with ByteBar(sys.stdout, is_live=False, colour=False) as bar:
        bar(1_500_000, 3_000_000)
        assert bar.line() == f"[{'=' * 15}{'-' * 15}] 1.5 MB of 3.0 MB"
        bar(0, 0)
        assert bar.line().endswith("0 bytes of 0 bytes")

    assert capsys.readouterr().out == ""
