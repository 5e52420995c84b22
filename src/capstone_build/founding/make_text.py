"""
Text in a Makefile: what variables and functions make of it.

Knows GNU make's expansion (its manual, chapters 6 and 8); does not know rules,
and never asks a shell.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from capstone_build.founding.make_functions import FUNCTIONS, RUNNING, NotTold
from capstone_build.founding.make_words import closing, patsubst, split

_DEFAULTS = {
    "MAKE": "make", "SHELL": "/bin/sh", "RM": "rm -f", "CC": "cc", "CXX": "g++", "AR": "ar",
    "ARFLAGS": "rv", "AS": "as", "FC": "f77", "LEX": "lex", "YACC": "yacc", "TEX": "tex",
    "MAKEFLAGS": "", "CURDIR": ".", "CFLAGS": "", "CPPFLAGS": "", "LDFLAGS": "", "LDLIBS": "",
    ".SHELLFLAGS": "-c",
}  # fmt: skip
_DEEPEST = 60
_SPLIT_LEAST = {"subst": 3, "patsubst": 3, "foreach": 3, "wordlist": 3}


@dataclass(frozen=True, slots=True)
class Variable:
    """
    A variable.

    Attributes:
        text: What it was set to.
        is_simple: Whether the text was expanded when it was set.
        untold: Why its value cannot be told; empty if it can.
    """

    text: str
    is_simple: bool = False
    untold: str = ""


@dataclass(slots=True)
class MakeText:
    """
    Expands text.

    Attributes:
        folder: Where names of files are looked for.
        variables: What is set.
        globbed: The patterns that were asked for with `wildcard`.
        unset: Variables that were asked for and that nobody sets.
    """

    folder: Path
    variables: dict[str, Variable] = field(default_factory=dict)
    globbed: set[str] = field(default_factory=set)
    unset: set[str] = field(default_factory=set)

    def expand(self, text: str, given: Mapping[str, str] | None = None, depth: int = 0) -> str:
        """
        Return *text* with all references replaced.

        Args:
            text: As it is written.
            given: Variables that stand before all others: automatic ones, arguments.
            depth: How many expansions this one is inside of.

        Raises:
            NotTold: If that would take a shell.
        """
        if depth > _DEEPEST:
            raise NotTold("a variable that refers to itself")
        given = given or {}
        parts: list[str] = []
        at = 0
        while (dollar := text.find("$", at)) >= 0:
            parts.append(text[at:dollar])
            following = text[dollar + 1 : dollar + 2]
            if following in {"(", "{"}:
                end = closing(text, dollar + 1)
                parts.append(self._reference(text[dollar + 2 : end], given, depth))
                at = end + 1
            else:
                parts.append("$" if following == "$" else self.value(following, given, depth))
                at = dollar + 1 + len(following)
        return "".join([*parts, text[at:]])

    def value(self, name: str, given: Mapping[str, str] | None = None, depth: int = 0) -> str:
        """Return the value of the variable called *name*; raises what `expand` does."""
        given = given or {}
        if name in given:
            return given[name]
        variable = self.variables.get(name)
        if variable is None:
            if name not in _DEFAULTS and name:
                self.unset.add(name)
            return _DEFAULTS.get(name, "")
        if variable.untold:
            raise NotTold(variable.untold)
        if variable.is_simple:
            return variable.text
        return self.expand(variable.text, given, depth + 1)

    def _reference(self, inner: str, given: Mapping[str, str], depth: int) -> str:
        name, space, rest = _first_word(inner)
        if space and (function := FUNCTIONS.get(name)) is not None:
            return function(self, split(rest, _SPLIT_LEAST.get(name, 0)), given, depth)
        if space and name in RUNNING:
            raise NotTold(f"$({name} {rest.strip()})")
        inner = self.expand(inner, given, depth + 1)
        name, colon, change = inner.partition(":")
        if colon and "=" in change:
            old, _, new = change.partition("=")
            pattern = old if "%" in old else f"%{old}"
            return patsubst(
                pattern, new if "%" in old else f"%{new}", self.value(name, given, depth)
            )
        return self.value(inner, given, depth)

    def definition(self, name: str) -> str:
        """Return what a variable was set to, unexpanded; raises `NotTold` if it is not set."""
        if name not in self.variables:
            raise NotTold(f"$(call {name})")
        return self.variables[name].text

    def glob(self, pattern: str) -> list[str]:
        """Return the files that a pattern stands for, sorted."""
        self.globbed.add(pattern)
        if not glob.has_magic(pattern):
            return [pattern] if (self.folder / pattern).exists() else []
        return sorted(glob.glob(pattern, root_dir=self.folder))  # noqa: PTH207 (as they are written)


def _first_word(text: str) -> tuple[str, str, str]:
    found = re.match(r"\s*([\w-]+)(\s+)(.*)", text, re.DOTALL)
    return (found[1], found[2], found[3]) if found else (text, "", "")
