"""Nothing that was read from elsewhere steers the terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_build.presentation.escaping import block_for_terminal, for_terminal
from tests.presentation.specimens import HOSTILE_NAMES

any_text = st.text(st.characters(codec=None), max_size=80) | st.text(
    st.sampled_from("ab\x1b[]0;31mJ\x07\x9b\x9d\r\n\t\x00\u202e\u2066\u200b\udcff\\"), max_size=40
)


def obeyed(text: str) -> set[str]:
    """Return the characters of *text* that a terminal obeys or a reader cannot see."""
    return {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}


@given(any_text)
def test_no_control_character_survives_in_a_name(text: str) -> None:
    """A name is shown on one line, encodable, and without anything that a terminal obeys."""
    shown = for_terminal(text)

    assert obeyed(shown) == set()
    assert len(shown.splitlines()) <= 1
    shown.encode("utf-8")


@given(any_text)
def test_of_captured_output_only_lines_and_tabs_remain(text: str) -> None:
    """Captured output keeps newlines, tabs and the joiners of scripts, and no control."""
    assert obeyed(block_for_terminal(text)) <= set("\n\t\u200c\u200d")


@given(any_text)
def test_escaping_twice_changes_nothing(text: str) -> None:
    """What is safe already stays as it is, so that no caller has to know."""
    assert for_terminal(for_terminal(text)) == for_terminal(text)
    assert block_for_terminal(block_for_terminal(text)) == block_for_terminal(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    """Letters, digits and signs of every script are shown as they are."""
    assert for_terminal(text) == text
    assert block_for_terminal(text) == text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("two\nlines", r"two\nlines"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x9b2J", r"\x9b2J"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\udcff", r"\udcff"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_what_is_escaped_can_be_read(name: str, shown: str) -> None:
    """A reader sees which character it was."""
    assert for_terminal(name) == shown


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_lose_their_power(name: str) -> None:
    """Each name of the list of canaries is harmless in both ways of escaping."""
    assert obeyed(for_terminal(name)) == set()
    assert obeyed(block_for_terminal(name)) <= {"\n"}


def test_colours_and_cursor_moves_of_a_stage_go_without_a_trace() -> None:
    """Output of a test runner, say, is readable: its colours carry no text."""
    assert block_for_terminal("\x1b[1;31mFAILED\x1b[0m \x1b[2K\x1b[Aone") == "FAILED one"


def test_a_progress_bar_shows_how_far_it_came() -> None:
    """Of a line that was written over, the last writing remains."""
    assert block_for_terminal("10%\r50%\r100%\ndone\r\n") == "100%\ndone\n"


def test_a_clipboard_sequence_is_shown_not_obeyed() -> None:
    """A sequence that carries text is not hidden either: the reader should know of it."""
    assert block_for_terminal("\x1b]52;c;ZXZpbA==\x07") == r"\x1b]52;c;ZXZpbA==\x07"
