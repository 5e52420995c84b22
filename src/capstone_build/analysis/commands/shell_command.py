"""
Simple commands of a POSIX shell, as plain data.

Knows what is written; does not know variables' values or what programs do.
`command_line` reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Sort(Enum):
    """How a piece of a word comes about."""

    QUOTED = "quoted"
    """As it stands."""
    BARE = "bare"
    """As it stands, but `*`, `?` and `[` match names of files."""
    VARIABLE = "variable"
    """The value of the variable of this name."""
    COMPUTED = "computed"
    """Anything: the output of a command, an argument of the script."""


class Piece(NamedTuple):
    """
    A piece of a word.

    Attributes:
        sort: How it comes about.
        text: What it says, or the variable's name.
        default: What a variable that is not set is taken to be; None for nothing.
        quoted: Whether a value is kept as one word.
    """

    sort: Sort
    text: str
    default: str | None = None
    quoted: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it is not replaced by a value."""
        return self.sort in {Sort.QUOTED, Sort.BARE}


class Word(NamedTuple):
    """A word, as the pieces that make it up."""

    pieces: tuple[Piece, ...]

    @property
    def literal(self) -> str | None:
        """What it says, if no value is put into it."""
        if all(each.is_plain for each in self.pieces):
            return "".join(each.text for each in self.pieces)
        return None

    @property
    def bare(self) -> str | None:
        """What it says, if no part of it is quoted or expanded: reserved words have to be."""
        return self.literal if all(each.sort is Sort.BARE for each in self.pieces) else None


def argument(text: str) -> Word:
    """Return the word that *text* is where no shell reads it."""
    return Word((Piece(Sort.QUOTED, text),))


def joined(pieces: Sequence[Piece]) -> Word:
    """Return the word that *pieces* make up, with neighbours of one sort made one."""
    found: list[Piece] = []
    for each in pieces:
        if found and each.is_plain and found[-1].sort is each.sort:
            found[-1] = found[-1]._replace(text=found[-1].text + each.text)
        elif each.text or not each.is_plain or not found:
            found.append(each)
    return Word(tuple(found))


class Redirection(NamedTuple):
    """
    Where a command reads from or writes to.

    Attributes:
        operator: `<`, `>`, `>>`, ...; `<<` for a here-document, `<<<` for a word as input.
        target: The file, or the text of the here-document.
    """

    operator: str
    target: Word

    @property
    def writes(self) -> bool:
        """Whether it makes a file."""
        return ">" in self.operator and self.operator != "<>"


class Guard(Enum):
    """What has to happen so that a command is run."""

    NONE = "none"
    """It is run in turn."""
    AND = "and"
    """The command before it succeeds."""
    OTHER = "other"
    """It is in a branch or a loop, or the command before it has to fail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simple:
    """
    A simple command.

    Attributes:
        words: The program and its arguments.
        assignments: Variables that it sets, each with its values: several for a loop's.
        redirections: Where it reads from and writes to.
        shell: The nested shells it is in, outermost first: each has a folder of its own.
        guard: What has to happen so that it is run.
        chain: Tells apart the lists that `;` or a new line ends.
        source: The index of the command whose output it reads; None if it is not in a pipe.
    """

    words: tuple[Word, ...] = ()
    assignments: tuple[tuple[str, tuple[Word, ...]], ...] = ()
    redirections: tuple[Redirection, ...] = ()
    shell: tuple[int, ...] = ()
    guard: Guard = Guard.NONE
    chain: int = 0
    source: int | None = None
