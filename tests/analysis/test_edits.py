"""
Every edit of the corpus does to a stage what it must.

A missed edit is the worst that can happen; a needless run a flaw.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_edit_is_judged_rightly(edit: Any, fingerprint: Callable[..., Any]) -> None:
    """The fingerprint changes where the result may, and only there."""
    before = fingerprint(edit.before, edit.start)
    after = fingerprint(edit.after, edit.start)

    if edit.verdict == "must run":
        assert before != after
    elif edit.verdict == "must skip":
        assert before == after


def test_verdict_is_true(edit: Any, result: Callable[..., str]) -> None:
    """Running the stage before and after the edit shows that the verdict is right."""
    before, after = result(edit.before), result(edit.after)

    assert (before != after) == (edit.verdict == "must run")
