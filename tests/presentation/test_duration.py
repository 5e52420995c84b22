"""Durations are said with as many digits as matter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone_build.presentation.duration import spelled


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "<0.01 s"),
        (0.042, "0.04 s"),
        (0.099, "0.1 s"),
        (1.23, "1.2 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 00 s"),
        (125, "2 min 05 s"),
        (3599.7, "1 h 00 min"),
        (7380, "2 h 03 min"),
    ],
)
def test_a_duration_reads_well(seconds: float, said: str) -> None:
    """Short ones have decimals, long ones minutes or hours."""
    assert spelled(seconds) == said


@given(st.floats(0, 10**7))
def test_no_duration_carries_over_its_unit(seconds: float) -> None:
    """Rounding never gives 60 seconds or 60 minutes."""
    assert not any(text in spelled(seconds) for text in ("60.0 s", " 60 s", " 60 min"))
