"""Errors of a pipeline's author are laid out alike, with colour and without."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_build.errors import (
    CapstoneError,
    DuplicateOutputError,
    InvalidPipelineError,
    PipelineError,
    UnknownTargetError,
)
from capstone_build.presentation.error_text import error_text
from tests.presentation.specimens import HOSTILE_NAMES

words = st.text("abc 123", min_size=1, max_size=12)
errors = st.builds(
    lambda problem, facts, hint: PipelineError(problem, facts=facts, hint=hint),
    words,
    st.dictionaries(words, words, max_size=3),
    words | st.just(""),
)


@given(errors)
def test_without_colour_an_error_reads_as_it_says_itself(error: PipelineError) -> None:
    """There is one layout of an error, not two."""
    assert error_text(error, colour=False) == str(error)


@given(st.lists(errors, min_size=1, max_size=3))
def test_several_problems_stand_apart(errors: list[PipelineError]) -> None:
    """All problems are shown, with a blank line between."""
    error = InvalidPipelineError(errors)

    assert error_text(error, colour=False) == str(error)


def test_the_problem_stands_out_in_colour() -> None:
    """The eye finds what is wrong first."""
    text = error_text(UnknownTargetError("reprot", among=["report"]), colour=True)

    assert text.splitlines() == [
        "\x1b[1;31m'reprot' is no stage, and no stage writes it\x1b[0m",
        "\x1b[36mhint:\x1b[0m Did you mean 'report'?",
    ]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_reach_no_terminal(name: str) -> None:
    """Names come from the pipeline: in problem, label, fact and hint alike they are escaped."""
    errors = [
        DuplicateOutputError(name, [(name, "pipeline.py:1"), ("other", name)]),
        CapstoneError(name, facts={name: name}, hint=name),
    ]
    for error in errors:
        text = error_text(error, colour=False)

        assert all(c.isprintable() or c in "\n\t" for c in text)


SOURCE = """\
from capstone_build import stage

@stage(
    inputs={"table": "data/a.csv", "other": "x"},
    outputs={"o": "output/o.txt"},
)
def load(table: str, other: str) -> str:
    return "data/b.csv"

x = "\u65e5\u672c" + "unbalanced
"""


def shown(problem: str, place: str, source: str = SOURCE) -> list[str]:
    """Return the lines of the source that an error shows."""
    error = PipelineError(problem, facts={"declared at": place})
    return error_text(error, colour=False, read=lambda _: source).splitlines()[2:]


VALID = SOURCE.rpartition("x = ")[0]


@pytest.mark.parametrize(
    ("problem", "place", "expected"),
    [
        (
            "'data/a.csv' does not exist",
            "load, declared at pipeline.py:3",
            ['4 |     inputs={"table": "data/a.csv", "other": "x"},', 21, 12],
        ),
        ("stage 'load' takes 'other'", "pipeline.py:3", [None, 35, 7]),
        ("stage 'load' is odd", "pipeline.py:3", [None, 4, 4]),
        ("'data/b.csv' is elsewhere", "pipeline.py:3", ["3 | @stage(", 0, 7]),
    ],
)  # fmt: skip
def test_the_line_at_fault_is_shown(
    problem: str, place: str, expected: tuple[str | None, int, int]
) -> None:
    """What is named in quotes is found within the declaration, not in the function's body."""
    line, column, length = expected
    arrow, text, marks = shown(problem, place, VALID)

    assert arrow.strip().startswith("--> pipeline.py:")
    assert line in {None, text}
    assert marks == "  | " + " " * column + "^" * length


def test_of_source_that_does_not_parse_the_column_is_shown() -> None:
    """Wide characters before it are as wide as on the terminal; without a column the whole line."""
    arrow, text, marks = shown("syntax error: unterminated string", "pipeline.py:10:12")

    assert arrow == "  --> pipeline.py:10"
    assert text == '10 | x = "\u65e5\u672c" + "unbalanced'
    assert marks == "   | " + " " * 13 + "^"
    assert shown("odd", "pipeline.py:10")[-1].endswith("^" * 22)


@pytest.mark.parametrize(
    "place", ["pipeline.py:99", "pipeline.py:0", "capstone.toml", "pipeline.py"]
)
def test_where_there_is_no_such_line_none_is_shown(place: str) -> None:
    """The file may have changed since."""
    assert shown("'data/a.csv' does not exist", place) == []


@given(st.text(max_size=300), st.integers(1, 3), st.text(max_size=10))
def test_whatever_the_source_holds_nothing_steers_the_terminal(
    source: str, line: int, name: str
) -> None:
    """And no line is so long that what is underlined is out of sight."""
    for each in shown(f"{name!r} is wrong", f"pipeline.py:{line}", f"{name}{source}"):
        assert not {unicodedata.category(c) for c in each} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_of_a_long_line_the_part_at_fault_is_shown() -> None:
    """Not its beginning, and not all of it."""
    long = "x = [" + "1, " * 200 + "'bad.csv'" + ", 1" * 200 + "]"
    _, text, marks = shown("'bad.csv' is wrong", "pipeline.py:1", long)

    assert len(text) < 110
    assert text[marks.index("^") :].startswith("'bad.csv'")
    assert text.endswith("...")
