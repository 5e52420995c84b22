"""Texts survive being written as Python, whatever is in them."""

from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st

from capstone_build.founding.adopted import Hole, joined
from capstone_build.founding.layout import block, laid_out, literal, quoted, spelled

MARKS = "'\"\\{}\n $ab"
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40) | st.text(MARKS, max_size=40)


def value(code: str, **names: object) -> object:
    """Return what Python makes of an expression."""
    return eval(code, {"__builtins__": {}}, names)  # noqa: S307 (that is what is tested)


@given(TEXTS)
def test_a_text_is_quoted_so_that_it_is_itself(text: str) -> None:
    """With whatever quotes."""
    assert ast.literal_eval(quoted(text)) == text


@given(st.lists(TEXTS | st.just(Hole("x")) | st.just(Hole("y['k']"))))
def test_holes_are_filled_and_all_else_stays(parts: list[str | Hole]) -> None:
    """Braces too, though they mean something in an f-string."""
    wanted = "".join(
        {"x": "1", "y['k']": "2"}[e.expression] if isinstance(e, Hole) else e for e in parts
    )

    assert value(spelled(joined(parts)), x=1, y={"k": 2}) == wanted


@given(st.lists(TEXTS | st.just(Hole("x"))), st.integers(0, 8))
def test_a_command_is_the_same_but_for_its_margin(parts: list[str | Hole], indent: int) -> None:
    """Where spaces at the beginning of lines would matter, there are none."""
    wanted = "".join("1" if isinstance(e, Hole) else e for e in parts)
    code = "(\n" + laid_out(block(joined(parts)), indent) + "\n)"
    found = str(value(code, x=1))

    if found != wanted:
        assert "<<" not in wanted
        assert without_margins(found) == without_margins(wanted)


def without_margins(text: str) -> str:
    """Return a text without the spaces around its lines, nor lines before and after it."""
    return "\n".join(line.strip() for line in text.split("\n")).strip("\n")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=8,
    )
)
def test_plain_values_are_written_as_they_are(written: object) -> None:
    """However many lines that takes."""
    assert ast.literal_eval(laid_out(literal(written))) == written
