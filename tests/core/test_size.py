"""Sizes mean what people mean by them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from capstone_build.core.size import read_size, spell_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("2GB", 2_000_000_000),
        ("2 gb", 2_000_000_000),
        ("1.5 GiB", 1_610_612_736),
        ("512M", 512_000_000),
        ("100", 100),
        ("7 B", 7),
        ("3kB", 3000),
        ("1TiB", 1 << 40),
    ],
)
def test_a_size_is_read(text: str, size: int) -> None:
    """With decimal or binary prefixes, in either case, with or without a space."""
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "GB", "2 XB", "-1GB", "1e9", "2GB!", "0", "0.1 B", "٣GB"])
def test_what_is_no_size_is_none(text: str) -> None:
    """Nor is nothing at all."""
    assert read_size(text) is None


@given(some.integers(1, 10**15))
def test_a_size_that_is_spelled_is_nearly_read_again(size: int) -> None:
    """To the figures that are shown."""
    again = read_size(spell_size(size).replace("bytes", "").replace("byte", ""))
    assert again is not None
    assert abs(again - size) <= 0.051 * size
