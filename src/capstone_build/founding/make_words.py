"""
Words and brackets in a Makefile.

Knows patterns with `%` and where references end; does not know variables.
"""

from __future__ import annotations


def closing(text: str, start: int) -> int:
    """Return the index of the bracket that closes the one at *start*; the end if none does."""
    opening = text[start]
    ending = {"(": ")", "{": "}"}[opening]
    depth = 0
    for index in range(start, len(text)):
        depth += (text[index] == opening) - (text[index] == ending)
        if not depth:
            return index
    return len(text)


def split(text: str, most: int = 0) -> list[str]:
    """Return the arguments in *text*: what commas part outside of brackets; *most* if not 0."""
    parts = [""]
    depth = 0
    for each in text:
        depth += (each in "({") - (each in ")}")
        if each == "," and depth <= 0 and (not most or len(parts) < most):
            parts.append("")
        else:
            parts[-1] += each
    return parts


def patsubst(pattern: str, replacement: str, text: str) -> str:
    """Replace the words of *text* that match *pattern*."""
    words = []
    for word in text.split():
        stem = stem_of(pattern, word)
        words.append(word if stem is None else replacement.replace("%", stem, 1))
    return " ".join(words)


def stem_of(pattern: str, word: str) -> str | None:
    """Return what `%` stands for where *pattern* is to be *word*; None if it cannot be."""
    before, percent, after = pattern.partition("%")
    if not percent:
        return "" if pattern == word else None
    fits = len(word) >= len(before) + len(after)
    if fits and word.startswith(before) and word.endswith(after):
        return word[len(before) : len(word) - len(after)]
    return None
