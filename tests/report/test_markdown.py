"""Text from the world stays text on a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_report.markdown import escaped, table


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain_name (1.5 %)", "plain_name (1.5 %)"),
        ("a|b", r"a\|b"),
        ("<script>", r"\<script>"),
        ("[x](javascript:1)", r"\[x\](javascript:1)"),
        ("*_x_*", r"\*\_x\_\*"),
        ("# title", r"\# title"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("2)", r"2\)"),
        ("0.5 of 3.", "0.5 of 3."),
        ("one\ntwo", "one two"),
        ("https://example.com", "https&#58;//example.com"),
        ("see www.example.com", "see www&#46;example.com"),
        ("bell\x07 \u202eright", "bell\ufffd \ufffdright"),
    ],
)
def test_escaped(text: str, expected: str) -> None:
    """Nothing that Markdown reads a meaning into is left bare."""
    assert escaped(text) == expected


@given(st.text())
def test_a_cell_is_one_cell(text: str) -> None:
    """No text breaks a table's row, or opens a tag."""
    (_, _, row) = table(["x"], [[escaped(text)]])

    bare = row.replace("\\\\", "").replace("\\|", "").replace("\\<", "")
    assert len(row.splitlines()) == 1
    assert bare.count("|") == 2
    assert "<" not in bare
