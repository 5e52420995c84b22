"""
A page of the documentation: its blocks of code, and whether what they show is what was printed.

Reads pages as text; runs nothing. A comment in the line before a block is its
mark, which readers do not see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^(?:<!-- ([^\n]+?) -->\n)?```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)

_IN_ANY_RUN = {
    r"\b\d{8}T\d{6}-\d+\b": "a build",
    r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\b": "then",
    r"^\d\d:\d\d:\d\d\b": "now",
    r"<?\b[\d.]+ m?s\b": "N s",
    r'"/[^"]*/': '"/home/',
}
"""What differs from run to run, and what is to be read in its place."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """
    A block of code.

    Attributes:
        mark: The comment before it; empty without one.
        language: The word behind the first fence.
        text: What is between the fences.
        heading: What it stands under.
        end: Where it ends in the page.
    """

    mark: str
    language: str
    text: str
    heading: str
    end: int


def page(name: str) -> str:
    """Return the text of a page, by its path in the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text: str) -> list[Block]:
    """Return the blocks of a page, in their order."""
    found = [
        Block(
            mark=each[1] or "",
            language=each[2],
            text=each[3],
            heading=[heading[1] for heading in HEADING.finditer(text, 0, each.start())][-1],
            end=each.end(),
        )
        for each in BLOCK.finditer(text)
    ]
    assert len(re.findall(r"^\s*```", text, re.MULTILINE)) == 2 * len(found), "a block is not read"
    return found


def typed(block: str) -> Iterator[tuple[str, list[str]]]:
    """Return what is typed in a block, each with the lines shown below it; nothing typed is ""."""
    first, *entries = re.split(r"^\$ ", block, flags=re.MULTILINE)
    if first:
        yield "", first.splitlines()
    for entry in entries:
        line, *shown = entry.splitlines()
        yield line, shown


def side(diff: str, marks: str) -> str:
    """Return the lines of a diff that have one of *marks*, without it."""
    lines = diff.splitlines(keepends=True)
    assert all(line[0] in " +-\n" for line in lines), f"no diff: {diff}"
    return "".join(line[1:] or "\n" for line in lines if line[0] in f"{marks}\n")


def same_in_every_run(line: str) -> str:
    """Return a line that was printed, without what differs from run to run, nor its layout."""
    for each, meaning in _IN_ANY_RUN.items():
        line = re.sub(each, meaning, line)
    return " ".join(line.split())


def shows(shown: list[str], printed: str) -> bool:
    """
    Tell whether what was *printed* are the lines that are *shown*.

    A line `...` stands for any lines, `...` in one for anything; blank lines,
    layout and durations do not matter. Where no terminal listens, `start` is said
    of each stage that a terminal would show at work.
    """
    pattern = ""
    for line in filter(None, map(same_in_every_run, shown)):
        text = re.escape(line).replace(re.escape("..."), ".*?")
        pattern += r"(?:.*\n)*?" if line == "..." else rf"{text}\n"
    lines = [line for each in printed.splitlines() if (line := same_in_every_run(each))]
    told = [f"{line}\n" for line in lines if not line.startswith("start ")]
    return re.fullmatch(pattern, "".join(told)) is not None
