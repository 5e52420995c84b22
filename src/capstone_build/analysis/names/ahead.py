"""
Reading ahead: the files that the imports of a file seem to lead to.

Knows import statements by their look and where modules lie; does not parse.
What it takes for an import and is none, or overlooks, costs time and decides
nothing: it tells which files are worth reading together before each is asked for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeAlias

from capstone_build.analysis.names.modules import Module, Modules, locate

_Find: TypeAlias = Callable[[str], Module | None]

_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*|[^\n#;]*)"
    rb"|import[ \t]+([^\n#;]*))",
    re.MULTILINE,
)


def led_to(file: str, text: bytes, modules: Modules) -> Iterator[str]:
    """
    Yield the source files that the imports in *text* seem to execute.

    Args:
        file: Where the text is.
        text: What the file holds.
        modules: Finds modules of the project.
    """
    for match in _IMPORT.finditer(text):
        dots, stem, taken, plain = (part.decode("utf-8", "replace") for part in match.groups(b""))
        find: _Find = modules.find
        if dots:
            find = partial(locate, _above(file, len(dots)))
        for found in _executed(stem, _names(taken), _names(plain), find):
            if found is not None and found.file is not None and found.is_source:
                yield found.file


def _above(file: str, levels: int) -> str:
    for _ in range(levels):
        file = os.path.dirname(file)  # noqa: PTH120 - a path each costs more than the look
    return file


def _names(listed: str) -> list[str]:
    """Return the first word of each of the names that are *listed*: `a.b as c, (d)`."""
    return [words[0] for each in listed.strip("(").split(",") if (words := each.split())]


def _executed(
    stem: str, taken: list[str], plain: list[str], find: _Find
) -> Iterator[Module | None]:
    """Yield what `import plain`, or `from stem import taken`, executes, if it is there."""
    for path in plain or [stem]:
        names = path.split(".")
        yield from (find(".".join(names[: length + 1])) for length in range(len(names)))
    if taken and (package := find(stem)) is not None and package.is_package:
        yield from (find(f"{stem}.{each}") for each in taken)
