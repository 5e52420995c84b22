"""
The lines of a Makefile: what a backslash goes on with, and comments.

Knows GNU make's manual, section 3.1.1; does not know what a line says.
"""

from __future__ import annotations

from collections.abc import Iterator

from capstone_build.founding.make_words import closing


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines with those that a backslash continues; a recipe's keep their line breaks."""
    held, start = "", 0
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not held:
            start = number
        is_recipe = (held or line).startswith("\t")
        held += line.removeprefix("\t") if held and is_recipe else line
        if (len(line) - len(line.rstrip("\\"))) % 2:
            held = held + "\n" if is_recipe else held[:-1].rstrip() + " "
            continue
        yield start, held
        held = ""
    if held:
        yield start, held


def uncommented(line: str) -> str:
    """Return *line* without its comment."""
    before, _, _ = cut(line, "#")
    return before.replace("\\#", "#")


def cut(line: str, mark: str) -> tuple[str, str, str]:
    """Part *line* at the first *mark* that is in no reference and has no backslash before it."""
    at = 0
    while at < len(line):
        if line[at] == "$" and line[at + 1 : at + 2] in {"(", "{"}:
            at = closing(line, at + 1)
        elif line[at] == mark and line[at - 1 : at] != "\\":
            return line[:at], mark, line[at + 1 :]
        at += 1
    return line, "", ""


def words(line: str) -> list[str]:
    """Return the words of *line*; a reference is in one, whatever is in it."""
    found = [""]
    at = 0
    while at < len(line):
        end = at + 1
        if line[at] == "$" and line[end : end + 1] in {"(", "{"}:
            end = closing(line, end) + 1
        if line[at].isspace():
            found.append("")
        else:
            found[-1] += line[at:end]
        at = end
    return [each for each in found if each]
