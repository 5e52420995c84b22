"""
Expansion: what the words of a command may turn out to be.

Knows the variables that the text itself sets, whatever the order; does not
know the environment, nor what commands print: that is `UNKNOWN`.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import NamedTuple

from capstone_build.analysis.commands.shell_command import Piece, Simple, Sort, Word

UNKNOWN = "\0"
"""Stands in a value for a part that cannot be told."""

_MOST = 64
"""More possibilities than this count as unknown."""

_BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")
_WILD = re.compile(r"[*?\[]")


class Value(NamedTuple):
    """
    What a word may be.

    Attributes:
        text: As it is without names of files put in.
        pattern: What names of files have to match to be put in; None if none are.
    """

    text: str
    pattern: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether all of it is told."""
        return UNKNOWN not in self.text


Choice = tuple[Value, ...]
"""One word, as all that it may be."""


def spellings(value: Value) -> Iterator[Value]:
    """Yield the values in which a word may name files: `--option=file`, `@file`, `file::test`."""
    text = value.text
    if not text.startswith("-"):
        yield value
    elif len(text) > 2 and text[1] != "-":
        yield Value(text[2:])  # -ffile
    for separator in ("=", "::", "@"):
        before, found, after = text.partition(separator)
        if found:
            yield Value(before if separator == "::" else after)


class Expansion:
    """
    Expands words.

    Args:
        commands: Where variables are set.
        outer: What variables may be that were set before.
    """

    def __init__(
        self, commands: Iterable[Simple], outer: Mapping[str, Choice] | None = None
    ) -> None:
        self._words: dict[str, list[Word]] = {}
        self._outer = dict(outer or {})
        self._known: dict[str, Choice] = {}
        for simple in commands:
            for name, words in simple.assignments:
                self._words.setdefault(name, []).extend(words)
            if simple.words and simple.words[0].literal in {"export", "readonly", "local", "env"}:
                for name, word in _assigned(simple.words[1:]):
                    self._words.setdefault(name, []).append(word)

    def words(self, simple: Simple) -> list[Choice]:
        """Return the words of *simple*, as far as they can be told."""
        return [choice for word in simple.words for choice in self.of(word)]

    def of(self, word: Word) -> list[Choice]:
        """Return what *word* becomes: one word, or several where a value is split."""
        values = tuple(dict.fromkeys(self._values(word)))
        is_split = [each.sort for each in word.pieces] == [Sort.VARIABLE]
        if is_split and not word.pieces[0].quoted and any(_is_several(each) for each in values):
            return [(Value(part),) for value in values for part in value.text.split()]
        return [values]

    def variables(self) -> dict[str, Choice]:
        """Return what each variable may be."""
        return {name: self.variable(name) for name in {*self._words, *self._outer}}

    def variable(self, name: str) -> Choice:
        """Return what the variable called *name* may be."""
        if name not in self._known:
            self._known[name] = (Value(UNKNOWN),)  # for one that is set from itself
            found = [value for word in self._words.get(name, ()) for value in self._values(word)]
            found += self._outer.get(name, ())
            self._known[name] = tuple(dict.fromkeys(found)) or (Value(UNKNOWN),)
        return self._known[name]

    def _values(self, word: Word) -> Iterator[Value]:
        ways = [self._piece(piece) for piece in word.pieces]
        count = 1
        for way in ways:
            count *= len(way)
        if count > _MOST:
            yield Value(UNKNOWN)
            return
        for way in product(*ways):
            text = "".join(each.text for each in way)
            if any(each.pattern is not None for each in way):
                whole = "".join(each.pattern or glob.escape(each.text) for each in way)
                yield Value(text, whole)
            else:
                yield Value(text)

    def _piece(self, piece: Piece) -> Choice:
        if piece.sort is Sort.QUOTED:
            return (Value(piece.text),)
        if piece.sort is Sort.BARE:
            return tuple(_bare(each) for each in _braced(piece.text))
        if piece.sort is Sort.COMPUTED:
            return (Value(UNKNOWN),)
        # In quotes, too, a loop's variable is each file that its pattern stands for.
        known = self.variable(piece.text)
        return known if piece.default is None else (*known, Value(piece.default))


def _is_several(value: Value) -> bool:
    return len(value.text.split()) > 1


def _bare(text: str) -> Value:
    return Value(text, text if _WILD.search(text) else None)


def _braced(text: str) -> Iterator[str]:
    """Yield what `{a,b}` stands for, in shells that know it."""
    if found := _BRACES.search(text):
        for each in found[1].split(","):
            yield from _braced(f"{text[: found.start()]}{each}{text[found.end() :]}")
    else:
        yield text


def _assigned(words: Iterable[Word]) -> Iterator[tuple[str, Word]]:
    """Yield the variables that arguments like `NAME=value` set."""
    for word in words:
        first = word.pieces[0]
        name, equals, rest = first.text.partition("=")
        if first.is_plain and equals and name.isidentifier():
            yield name, Word((first._replace(text=rest), *word.pieces[1:]))
