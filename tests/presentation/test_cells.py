"""Text is measured in cells of a terminal and cut so that it fits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from capstone_build.presentation.cells import cells, cut, padded
from capstone_build.presentation.escaping import for_terminal

texts = st.text(max_size=30).map(for_terminal)


@given(texts)
def test_text_is_counted_at_least_as_wide_as_it_is(text: str) -> None:
    """The oracle is a table made from terminals; too wide is harmless, too narrow is not."""
    assert cells(text) >= cell_len(text)


@given(texts, st.integers(1, 40), st.sampled_from(["...", "…"]))
def test_what_is_cut_fits(text: str, width: int, ellipsis: str) -> None:
    """A cut text is no wider than asked, and begins as the text does."""
    shown = cut(text, width, ellipsis)

    assert cells(shown) <= width
    assert shown == text or text.startswith(shown.removesuffix(ellipsis))


@given(texts)
def test_without_a_limit_nothing_is_cut(text: str) -> None:
    """A width of 0 stands for none."""
    assert cut(text, 0) == text


def test_wide_characters_count_as_two() -> None:
    """Columns line up under Chinese names as well, and under what became wide of late."""
    assert cells("\N{MONOGRAM FOR EARTH}") == 2
    assert cells("数据") == 4
    assert padded("数据", 6) == "数据  "
    assert cut("数据数据", 6) == "数..."
