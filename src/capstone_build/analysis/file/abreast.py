"""
Summaries of many files, made abreast on the cores of this machine.

Knows texts; does not know which files they are, or who wants to know. What
another process does not get done is left out: whoever needs it reads it alone.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
from typing import NamedTuple, TextIO

from capstone_build.analysis.file.summary import summarise

WORTHWHILE = 10
"""Fewer files for each process are read sooner than another one is started."""


class _Child(NamedTuple):
    """
    A process that makes some of the summaries.

    Attributes:
        share: Which.
        process: Its number.
        pipe: What it writes, a summary a line: JSON has no line breaks of its own.
    """

    share: list[int]
    process: int
    pipe: TextIO


def summarised_abreast(texts: Sequence[bytes]) -> dict[int, str]:
    """Return the summaries of *texts* as JSON, by place; not of all where a process fails."""
    own, *others = _shares(texts, _processes(len(texts)))
    children: list[_Child] = []
    try:
        started = (_started(texts, share) for share in others)
        children.extend(each for each in started if each is not None)
        made = {place: _summary(texts[place]) for place in own}
        for child in children:
            lines = child.pipe.read().split("\n")
            made |= zip(child.share, lines[:-1], strict=False)  # the last is not whole
        return made
    finally:
        for child in children:
            child.pipe.close()
            os.kill(child.process, signal.SIGKILL)
            os.waitpid(child.process, 0)


def _processes(files: int) -> int:
    """Return in how many processes to make the summaries of that many *files*."""
    # A fork has one thread, and the locks that all of them held. Where the cores
    # cannot be asked for, there is no fork, or it is not safe.
    if threading.active_count() > 1 or not hasattr(os, "sched_getaffinity"):
        return 1
    return max(1, min(len(os.sched_getaffinity(0)), files // WORTHWHILE))


def _shares(texts: Sequence[bytes], count: int) -> list[list[int]]:
    """Deal the places of *texts* out so that each share is about as long as the others."""
    shares: list[list[int]] = [[] for _ in range(count)]
    lengths = [0] * count
    for place in sorted(range(len(texts)), key=lambda each: -len(texts[each])):
        shortest = lengths.index(min(lengths))
        shares[shortest].append(place)
        lengths[shortest] += len(texts[place])
    return shares


def _summary(text: bytes) -> str:
    return summarise(text).to_json()


def _started(texts: Sequence[bytes], share: list[int]) -> _Child | None:
    """Start the process for a *share*; None if there can be no more of them."""
    reading, writing = os.pipe()
    try:
        process = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        return None
    if not process:
        _work(texts, share, writing)
    os.close(writing)
    return _Child(share, process, os.fdopen(reading, encoding="ascii"))


def _work(texts: Sequence[bytes], share: list[int], writing: int) -> None:
    """Make the summaries of a *share*, write them, and end: the engine goes on in the parent."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with os.fdopen(writing, "w", encoding="ascii") as pipe:
            pipe.writelines([f"{_summary(texts[place])}\n" for place in share])
    finally:
        os._exit(0)
