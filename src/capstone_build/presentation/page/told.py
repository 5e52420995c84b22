"""
What the page tells of a stage besides what the pipeline declares.

Knows what is told; does not know where it is kept, nor how it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from capstone_build.core.history import PastStage


@dataclass(frozen=True, slots=True)
class Run:
    """
    What an earlier build did with a stage.

    Attributes:
        build: The build's identifier.
        past: What it did.
    """

    build: str
    past: PastStage


@dataclass(frozen=True, slots=True)
class Told:
    """
    What is told of one stage.

    Attributes:
        runs: What earlier builds did with it, the latest first.
        log: The end of what it printed the last time that it printed anything.
        log_place: Where all of that is kept, from the project's root.
        why: Why it would run, line by line, with the lines of code old and new.
    """

    runs: tuple[Run, ...] = ()
    log: str = ""
    log_place: str = ""
    why: tuple[str, ...] = ()
