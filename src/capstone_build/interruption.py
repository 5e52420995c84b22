"""
Interruption: the signals that ask a program to end, as an exception.

Knows signals; does not know what is interrupted.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

SIGNALLED = 128
"""Added to a signal's number, this is the exit code of a program that it ended."""

_ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What asks a program to end."""


class Interrupted(BaseException):
    """A signal asked the program to end. Not an error: it passes every `except Exception`."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class _Interrupt:
    """The handler that raises `Interrupted`."""

    def __call__(self, number: int, _frame: FrameType | None) -> NoReturn:
        raise Interrupted(number)


def signal_of(interruption: Interrupted | KeyboardInterrupt) -> int:
    """Return the signal; a program that left signals as they are hears of Ctrl-C only."""
    return interruption.number if isinstance(interruption, Interrupted) else signal.SIGINT


@contextmanager
def interruptible() -> Iterator[None]:
    """Turn Ctrl-C, SIGTERM and the end of the terminal into `Interrupted`."""
    with _handling(_Interrupt(), list(_ASKING)):
        try:
            yield
        except RuntimeError as error:
            # Where a class is made, as in an import, Python 3.11 puts another
            # error around what a descriptor raises.
            if isinstance(error.__cause__, Interrupted):
                raise error.__cause__ from None
            raise


@contextmanager
def uninterruptible() -> Iterator[None]:
    """
    Let nothing interrupt an ending: a second Ctrl-C changes nothing.

    A signal for which somebody else's program has a handler of its own is left to that.
    """
    handlers = {number: signal.getsignal(number) for number in _ASKING}
    own = [
        n for n, each in handlers.items() if each == signal.SIG_DFL or isinstance(each, _Interrupt)
    ]
    with _handling(signal.SIG_IGN, list({*own, signal.SIGINT})):
        yield


@contextmanager
def _handling(
    handler: _Interrupt | signal.Handlers, numbers: list[signal.Signals]
) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is told of signals
        return
    previous = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, each in previous.items():
            if each is not None:  # None: whoever is not Python set it
                signal.signal(number, each)
