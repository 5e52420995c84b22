"""
What a build is asked to do.

Knows the words of the request; does not know whether they name anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from capstone_build.authoring.parameters import Setting
from capstone_build.core.selection import asks_for_state
from capstone_build.sweep import Swept


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """
    What is to be brought up to date.

    Attributes:
        targets: Words that select stages (`core.selection`); empty for the whole pipeline.
        excluded: Stages that are not brought up to date, nor what needs them.
        forced: Stages to run whatever is known of them.
        settings: Values of parameters from the command line, the last to win.
        folder: Where paths among the targets begin, from the root.
    """

    targets: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    forced: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    folder: str = ""

    @property
    def is_of_the_moment(self) -> bool:
        """Whether the same words may name other stages, without any stage changed."""
        return any(map(asks_for_state, (*self.targets, *self.excluded)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    What a build is asked to do.

    Attributes:
        wish: What to bring up to date.
        jobs: How many stages run at the same time.
        keep_going: Whether to go on with what does not depend on a failure.
        words: The command line that asks for it, if one does: where nothing has
            moved, the same words have nothing to do.
        before: What the last build of these words rested on, and what has moved since; None
            if that is not known.
    """

    wish: Wish = field(default_factory=Wish)
    jobs: int = 1
    keep_going: bool = False
    words: tuple[str, ...] = ()
    before: Swept | None = None
