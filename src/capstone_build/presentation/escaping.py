"""
Escaping for a terminal: text from elsewhere, made unable to steer it.

Knows which characters a terminal obeys or a reader cannot see; does not know
where the text comes from, nor other sinks (each has its own escaping).
"""

from __future__ import annotations

import re
import unicodedata

_OBEYED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""
Categories of characters that are shown escaped.

Controls (C0, DEL, C1), formats (bidirectional marks, zero width, tags), lone
surrogates (a file name that is no UTF-8) and the separators of lines.
"""

_JOINERS = "\u200c\u200d"
"""Zero-width, but without effect beyond the letters or emoji that they stand between."""

_CONTROL_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
"""A whole control sequence (ECMA-48, section 5.4): colour, cursor, erasure; carries no text."""


def for_terminal(text: str) -> str:
    r"""
    Return *text* on one line, with all that a terminal would obey shown escaped.

    For names, paths and messages: a newline appears as `\n`.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(c) if unicodedata.category(c) in _OBEYED else c for c in text)


def block_for_terminal(text: str) -> str:
    """
    Return captured output as a reader would have seen it, with nothing left to obey.

    Newlines and tabs stay. Control sequences (colour, cursor) go without a trace
    and a line written over by a carriage return shows what was written last, as
    progress bars mean it. All else is escaped as in `for_terminal`.
    """
    text = _CONTROL_SEQUENCE.sub("", text).replace("\r\n", "\n")
    lines = (_last_written(line) for line in text.split("\n"))
    return "\n".join("".join(_kept_or_escaped(c) for c in line) for line in lines)


def _last_written(line: str) -> str:
    return next((part for part in reversed(line.split("\r")) if part), "")


def _kept_or_escaped(character: str) -> str:
    if character == "\t" or character in _JOINERS:
        return character
    return _escaped(character) if unicodedata.category(character) in _OBEYED else character


def _escaped(character: str) -> str:
    """Spell *character* as a Python literal does."""
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
