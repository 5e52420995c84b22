"""
A guest: what it takes to work in a program that is somebody else's.

Knows whose calls these are and who listens; does not know what is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from capstone_build.core.event import Event, Listener
from capstone_build.storage.looks import unseen

P = ParamSpec("P")
R = TypeVar("R")


def guest(asked: Callable[P, R]) -> Callable[P, R]:
    """Let *asked* be done as a guest: what the host asks the file system is not seen."""

    @wraps(asked)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        with unseen():
            return asked(*args, **kwargs)

    return done


class ListenerError(Exception):
    """Whoever is told the events raised something."""


class Heard:
    """
    Passes events on; what the listener raises is told from what the engine raises.

    Args:
        listener: Is told each event.

    Attributes:
        raised: What it raised.
    """

    raised: Exception

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def __call__(self, event: Event) -> None:
        """Pass *event* on."""
        try:
            self._listener(event)
        except Exception as error:
            self.raised = error
            raise ListenerError from error


def ignored(*_: object) -> None:
    """Hear nothing of it."""
