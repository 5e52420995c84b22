"""A file's state vouches for its content only when it is old enough to be sure."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from capstone_build.core.digest import Digest
from capstone_build.storage.file_state import FileState, KnownFile

SECOND = 1_000_000_000
times = st.integers(0, 10 * SECOND)


@given(times, times, times, st.integers(0, 3))
def test_a_state_holds_only_if_it_is_the_same_and_older_than_the_look(
    mtime: int, ctime: int, looked: int, size: int
) -> None:
    """An equal state that is as young as the look may hide a change within one tick."""
    state = FileState(size, mtime, ctime, 1)
    known = KnownFile(state, Digest("xxh3:0"), looked)

    if known.still_holds(state):
        assert max(mtime, ctime) + 20_000_000 < looked
    assert not known.still_holds(FileState(size + 1, mtime, ctime, 1))
    assert not known.still_holds(FileState(size, mtime, ctime + 1, 1))


def test_times_in_whole_seconds_are_trusted_later() -> None:
    """A file system that keeps no fractions ticks slowly."""
    coarse = FileState(1, 5 * SECOND, 5 * SECOND, 1)
    fine = FileState(1, 5 * SECOND + 1, 5 * SECOND + 1, 1)

    assert not KnownFile(coarse, Digest("xxh3:0"), 6 * SECOND).still_holds(coarse)
    assert KnownFile(coarse, Digest("xxh3:0"), 8 * SECOND).still_holds(coarse)
    assert KnownFile(fine, Digest("xxh3:0"), 6 * SECOND).still_holds(fine)


def test_a_time_in_the_future_is_never_trusted() -> None:
    """A clock that ran ahead leaves doubt: content decides."""
    state = FileState(1, 99 * SECOND + 1, 1, 1)

    assert not KnownFile(state, Digest("xxh3:0"), 5 * SECOND).still_holds(state)
