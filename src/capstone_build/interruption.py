"""
Interruption: the signals that ask a program to end, as an exception.

Knows signals; does not know what is interrupted.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALLED = 128
"""Added to a signal's number, this is the exit code of a program that it ended."""

Handler = Callable[[int, FrameType | None], None]


class Interrupted(BaseException):
    """A signal asked the program to end. Not an error: it passes every `except Exception`."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def interruptible() -> Iterator[None]:
    """Turn Ctrl-C, SIGTERM and the end of the terminal into `Interrupted`."""

    def interrupt(number: int, _frame: FrameType | None) -> None:
        raise Interrupted(number)

    with _handling(interrupt):
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
    """Let nothing interrupt an ending: a second Ctrl-C changes nothing."""
    with _handling(signal.SIG_IGN):
        yield


@contextmanager
def _handling(handler: Handler | signal.Handlers) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is told of signals
        return
    numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    previous = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, each in previous.items():
            signal.signal(number, each)
