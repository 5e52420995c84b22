"""
Every edit of the corpus does to a stage what it must.

A missed edit is the worst that can happen; a needless run a flaw.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.corpus import COUNTED_NEEDLESSLY


def test_edit_is_judged_rightly(
    edit: Any, closure: Callable[..., Any], unchanged: Callable[..., bool]
) -> None:
    """The code of a stage is another where its result may be, and only there."""
    before = closure(edit.before, edit.start)
    after = closure(edit.after, edit.start)

    if edit.verdict == "must run":
        assert not unchanged(before, after)
    elif edit.verdict == "must skip":
        assert unchanged(before, after) == (edit.title not in COUNTED_NEEDLESSLY)


def test_verdict_is_true(edit: Any, result: Callable[..., str]) -> None:
    """Running the stage before and after the edit shows that the verdict is right."""
    before, after = result(edit.before), result(edit.after)

    assert (before != after) == (edit.verdict == "must run")
