"""What stages print is shown as they print it, for as long as somebody reads it."""

from __future__ import annotations

from threading import Event

from capstone_build.core.event import StageStarted
from capstone_build.core.stage import StageName
from capstone_build.presentation.following import Following

STAGE = StageName("prints")


class Endless:
    """A stage that always has one more line."""

    def begin(self, stage: StageName, log: str) -> None:
        """Follow nothing."""

    def last(self, stage: StageName) -> str:
        """Return that line."""
        return f"{stage} line"

    def fresh(self, stage: StageName, *, all_of_it: bool = False) -> list[str]:
        """Return it again; no more at the end."""
        return [] if all_of_it else [self.last(stage)]


def test_a_reader_that_goes_away_ends_the_following_and_no_thread_in_an_error() -> None:
    """As of `capstone build -v | head -1`; what an unhandled one would say fails the test."""
    gone = Event()

    def write(line: str) -> None:
        assert line == "prints | prints line"
        gone.set()
        raise BrokenPipeError

    following = Following(Endless(), write, colour=False)
    following.note(StageStarted(STAGE, (), 1, "log"))

    assert gone.wait(20)
    following.close()
