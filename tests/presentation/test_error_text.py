"""Errors of a pipeline's author are laid out alike, with colour and without."""

from __future__ import annotations

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
