"""What the package exports is what it promises, and nothing else by accident."""

from __future__ import annotations

from typing import get_args

import capstone_build
from capstone_build import events


def test_what_is_exported_is_sorted_and_complete() -> None:
    """`__all__` is the list of the public names, in order."""
    assert capstone_build.__all__ == [
        "Artifact",
        "BuildReport",
        "CapstoneError",
        "DeclaredStage",
        "MissingExtraError",
        "Outcome",
        "Project",
        "Violation",
        "command",
        "stage",
    ]
    assert capstone_build.__all__ == sorted(capstone_build.__all__)
    assert all(hasattr(capstone_build, name) for name in capstone_build.__all__)


def test_every_event_that_a_listener_may_be_told_can_be_named() -> None:
    """`capstone_build.events` has them all, and what they hold."""
    told = {each.__name__ for each in get_args(events.Event)}

    assert set(events.__all__) == told | {"Event", "Failure", "StageResult"}


def test_everything_that_is_exported_is_documented() -> None:
    """Each public name says what it is."""
    for name in capstone_build.__all__:
        assert (getattr(capstone_build, name).__doc__ or "").strip(), name
