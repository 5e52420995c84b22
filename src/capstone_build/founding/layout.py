"""
Python, laid out as formatters leave it.

Knows literals, calls and the width of a line; does not know what is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from capstone_build.founding.adopted import Hole, Spelling, joined

WIDTH = 88
"""Where common formatters break a line."""


@dataclass(frozen=True, slots=True)
class Group:
    """
    Something between brackets.

    Attributes:
        opening: What stands before it, the bracket included.
        items: What is in it.
        closing: The bracket at its end.
        is_open: Whether each item has a line of its own, however short.
        is_loop: Whether items go on from each other, without commas.
    """

    opening: str
    items: tuple[tuple[str, Code], ...]
    closing: str
    is_open: bool = False
    is_loop: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A text of several lines between triple quotes, each of them as it stands."""

    lines: tuple[str, ...]
    prefix: str = ""
    is_flush: bool = False
    """Whether the lines begin at the margin of the file."""


@dataclass(frozen=True, slots=True)
class Words:
    """A literal that is written as several, one below the other, where a line is too short."""

    spelling: Spelling


Code: TypeAlias = "str | Group | Block | Words"
"""A piece of Python: of one line, or one that can be broken."""


def laid_out(code: Code, indent: int = 0, before: str = "", after: str = "") -> str:
    """Return *code* as it stands in a file, from *before* in its first line on."""
    margin = " " * indent
    if isinstance(code, str):
        return f"{margin}{before}{code}{after}"
    if isinstance(code, Block):
        start, space = ("\\\n", "") if code.is_flush else ("\n", margin)
        inner = "".join(f"{space}{line}\n" if line else "\n" for line in code.lines)
        return f'{margin}{before}{code.prefix}"""{start}{inner}{space}"""{after}'
    short = one_line(code)
    if short is not None and len(margin + before + short + after) <= WIDTH:
        return f"{margin}{before}{short}{after}"
    if isinstance(code, Words):
        lines = _broken(code.spelling, WIDTH - indent - len(after))
        return "\n".join(margin + line for line in lines) + after
    comma = "" if code.is_loop else ","
    lines = [laid_out(each, indent + 4, label, comma) for label, each in code.items]
    if code.is_loop and not code.is_open:
        whole = one_line(replace(code, opening="", closing="")) or ""
        if whole and len(margin) + 4 + len(whole) <= WIDTH:
            lines = [f"{margin}    {whole}"]
    return "\n".join([f"{margin}{before}{code.opening}", *lines, f"{margin}{code.closing}{after}"])


def one_line(code: Code) -> str | None:
    """Return *code* on one line; None if it cannot be or is not to be."""
    if isinstance(code, str):
        return code
    if isinstance(code, Words):
        return spelled(code.spelling)
    if isinstance(code, Block) or code.is_open:
        return None
    items = [(label, one_line(each)) for label, each in code.items]
    known = [f"{label}{each}" for label, each in items if each is not None]
    if len(known) < len(items):
        return None
    return code.opening + (" " if code.is_loop else ", ").join(known) + code.closing


def listed(items: Sequence[Code]) -> Group:
    """Return a list."""
    return Group("[", tuple(("", each) for each in items), "]")


def mapped(items: Mapping[str, Code]) -> Group:
    """Return a dictionary with texts as keys."""
    return Group("{", tuple((f"{quoted(key)}: ", each) for key, each in items.items()), "}")


def literal(value: object) -> Code:
    """Return a value that JSON can say, as Python."""
    if isinstance(value, Mapping):
        return mapped({str(key): literal(each) for key, each in value.items()})
    if isinstance(value, tuple) and len(value) > 1:
        return Group("(", tuple(("", literal(each)) for each in value), ")")
    if isinstance(value, list | tuple):
        return listed([literal(each) for each in value])
    return quoted(value) if isinstance(value, str) else repr(value)


def quoted(text: str) -> str:
    """Return a text as a literal, with the fewest escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    if "\\" in text and text.isprintable() and quote not in text and not text.endswith("\\"):
        return f"r{quote}{text}{quote}"
    return quote + _escaped(text, quote) + quote


def spelled(spelling: Spelling) -> str:
    """Return a text with values in it, as a literal."""
    if not any(isinstance(each, Hole) for each in spelling):
        return quoted("".join(each for each in spelling if isinstance(each, str)))
    parts = [
        f"{{{each.expression}}}"
        if isinstance(each, Hole)
        else _escaped(each.replace("{", "{{").replace("}", "}}"), '"')
        for each in spelling
    ]
    return f'f"{"".join(parts)}"'


def block(spelling: Spelling) -> Code:
    """Return a command's text; of several lines between triple quotes, if that is the same."""
    text = "".join(each for each in spelling if isinstance(each, str))
    inner = text.replace("\t", " ").replace("\n", " ")
    if "\n" not in text or '"""' in text or not inner.isprintable():
        return Words(spelling)
    has_holes = any(isinstance(each, Hole) for each in spelling)
    if has_holes:
        spelling = tuple(
            each.replace("{", "{{").replace("}", "}}") if isinstance(each, str) else each
            for each in spelling
        )
    lines = "".join(
        each if isinstance(each, str) else f"{{{each.expression}}}" for each in spelling
    ).split("\n")
    letter = "f" if has_holes else ""
    if _may_be_indented(text):
        return Block(tuple(lines), ("r" if "\\" in text else "") + letter)
    return Block(tuple(line.replace("\\", "\\\\") for line in lines), letter, is_flush=True)


def _broken(spelling: Spelling, width: int) -> list[str]:
    """Return literals that make up *spelling*, each as wide as it may be, broken after spaces."""
    words: list[Spelling] = [()]
    for part in spelling:
        first, *more = re.split(r"(?<=[ \n])(?=\S)", part) if isinstance(part, str) else [part]
        words[-1] += (first,)
        words += [(each,) for each in more]
    lines: list[Spelling] = [()]
    for word in words:
        longer = joined([*lines[-1], *word])
        if lines[-1] and len(spelled(longer)) > width:
            lines.append(joined(word))
        else:
            lines[-1] = longer
    return [spelled(line) for line in lines]


def _may_be_indented(text: str) -> bool:
    """Tell whether spaces before its lines leave a shell's text what it is."""
    lines = text.split("\n")
    even = all(line.count("'") % 2 == 0 and line.count('"') % 2 == 0 for line in lines)
    return even and "<<" not in text


def _escaped(text: str, quote: str) -> str:
    return "".join(
        each
        if each.isprintable() and each not in f"\\{quote}"
        else _ESCAPES.get(each) or each.encode("unicode_escape", "surrogatepass").decode()
        for each in text
    )


_ESCAPES = {"\\": "\\\\", '"': '\\"', "'": "\\'"}
