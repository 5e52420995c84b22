"""
The functions of GNU make (its manual, chapter 8).

Knows what each makes of its arguments; those that would run something are only
named.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import Protocol

from capstone_build.founding.make_words import patsubst, stem_of


class NotTold(Exception):  # noqa: N818 (it says what, and is no error by itself)
    """A text that cannot be told without running something; the argument says what."""


class Expander(Protocol):
    """What expands text, and looks for files."""

    def expand(self, text: str, given: Mapping[str, str] | None = None, depth: int = 0) -> str:
        """Return *text* with all references replaced."""

    def glob(self, pattern: str) -> list[str]:
        """Return the files that a pattern stands for."""

    def definition(self, name: str) -> str:
        """Return what a variable was set to, unexpanded; raises `NotTold` if it is not set."""


Function = Callable[[Expander, list[str], Mapping[str, str], int], str]


def _plainly(work: Callable[..., str]) -> Function:
    """Return a function of make that has all its arguments expanded."""

    def called(text: Expander, arguments: list[str], given: Mapping[str, str], depth: int) -> str:
        expanded = [text.expand(each, given, depth + 1) for each in arguments]
        try:
            return work(*expanded)
        except (TypeError, ValueError, IndexError):
            raise NotTold(f"a function with {', '.join(expanded)}") from None

    return called


def _words(work: Callable[[str], str]) -> Function:
    """Return a function of make that changes each word."""
    return _plainly(lambda *text: " ".join(map(work, ",".join(text).split())))


def _chosen(is_wanted: bool) -> Function:
    def work(patterns: str, text: str) -> str:
        return " ".join(
            word
            for word in text.split()
            if any(stem_of(each, word) is not None for each in patterns.split()) is is_wanted
        )

    return _plainly(work)


def _foreach(text: Expander, arguments: list[str], given: Mapping[str, str], depth: int) -> str:
    name, listed, body = ([*arguments, "", "", ""])[:3]
    name = text.expand(name, given, depth + 1).strip()
    words = text.expand(listed, given, depth + 1).split()
    return " ".join(text.expand(body, {**given, name: word}, depth + 1) for word in words)


def _if(text: Expander, arguments: list[str], given: Mapping[str, str], depth: int) -> str:
    condition, *branches = arguments
    is_true = bool(text.expand(condition.strip(), given, depth + 1))
    chosen = branches[:1] if is_true else branches[1:2]
    return text.expand(chosen[0], given, depth + 1) if chosen else ""


def _or(text: Expander, arguments: list[str], given: Mapping[str, str], depth: int) -> str:
    values = (text.expand(each.strip(), given, depth + 1) for each in arguments)
    return next((each for each in values if each), "")


def _and(text: Expander, arguments: list[str], given: Mapping[str, str], depth: int) -> str:
    values = [text.expand(each.strip(), given, depth + 1) for each in arguments]
    return values[-1] if all(values) else ""


def _call(text: Expander, arguments: list[str], given: Mapping[str, str], depth: int) -> str:
    name, *rest = [text.expand(each, given, depth + 1) for each in arguments]
    numbered = {str(index): each for index, each in enumerate(rest, start=1)}
    definition = text.definition(name.strip())
    return text.expand(definition, {**given, **numbered, "0": name.strip()}, depth + 1)


def _wildcard(text: Expander, arguments: list[str], given: Mapping[str, str], depth: int) -> str:
    patterns = text.expand(",".join(arguments), given, depth + 1).split()
    return " ".join(file for each in patterns for file in text.glob(each))


def _silent(_t: Expander, _a: list[str], _g: Mapping[str, str], _d: int) -> str:
    return ""


def _dir(word: str) -> str:
    return word[: word.rfind("/") + 1] or "./"


def _suffix(word: str) -> str:
    return posixpath.splitext(posixpath.basename(word))[1]


def _wordlist(first: str, last: str, text: str) -> str:
    return " ".join(text.split()[int(first) - 1 : int(last)])


def _join(first: str, second: str) -> str:
    a, b = first.split(), second.split()
    length = max(len(a), len(b))
    padded = zip(a + [""] * (length - len(a)), b + [""] * (length - len(b)), strict=True)
    return " ".join(map("".join, padded))


def _normal(word: str) -> str:
    return posixpath.normpath(word)


RUNNING = {"shell", "eval", "file", "guile", "load", "origin", "flavor", "error", "let"}

FUNCTIONS: Mapping[str, Function] = {
    "subst": _plainly(lambda old, new, text: text.replace(old, new) if old else text + new),
    "patsubst": _plainly(patsubst),
    "strip": _plainly(lambda *text: " ".join(",".join(text).split())),
    "findstring": _plainly(lambda wanted, text: wanted if wanted in text else ""),
    "filter": _chosen(True),
    "filter-out": _chosen(False),
    "sort": _plainly(lambda *text: " ".join(sorted(set(",".join(text).split())))),
    "word": _plainly(lambda number, text: " ".join(text.split()[int(number) - 1 : int(number)])),
    "words": _plainly(lambda *text: str(len(",".join(text).split()))),
    "wordlist": _plainly(_wordlist),
    "firstword": _plainly(lambda *text: " ".join(",".join(text).split()[:1])),
    "lastword": _plainly(lambda *text: " ".join(",".join(text).split()[-1:])),
    "dir": _words(_dir),
    "notdir": _words(posixpath.basename),
    "suffix": _words(_suffix),
    "basename": _words(lambda word: word.removesuffix(_suffix(word))),
    "addsuffix": _plainly(lambda end, text: " ".join(f"{word}{end}" for word in text.split())),
    "addprefix": _plainly(lambda start, text: " ".join(f"{start}{word}" for word in text.split())),
    "join": _plainly(_join),
    "abspath": _words(_normal),
    "realpath": _words(_normal),
    "wildcard": _wildcard,
    "foreach": _foreach,
    "if": _if,
    "or": _or,
    "and": _and,
    "call": _call,
    "info": _silent,
    "warning": _silent,
    "value": _plainly(lambda name: name),
}
