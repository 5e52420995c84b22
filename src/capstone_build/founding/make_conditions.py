"""
Conditions in a Makefile: which of its lines count.

Knows `ifeq` and its like (GNU make's manual, chapter 7); does not know the lines
between them.
"""

from __future__ import annotations

import re

from capstone_build.core.stage import Location
from capstone_build.errors import UsageError
from capstone_build.founding.adopted import Remark
from capstone_build.founding.make_functions import NotTold
from capstone_build.founding.make_text import MakeText
from capstone_build.founding.make_words import closing

CONDITION = re.compile(r"(ifeq|ifneq|ifdef|ifndef|else|endif)\b\s*(.*)", re.DOTALL)
_QUOTED = re.compile(r"\s*([\"'])(.*?)\1\s*([\"'])(.*?)\3\s*$")


class Conditions:
    """
    The conditions that are open.

    Args:
        text: Knows variables.
        remarks: Gets what cannot be told.
    """

    def __init__(self, text: MakeText, remarks: list[Remark]) -> None:
        self._text = text
        self._open: list[tuple[bool, bool]] = []
        self._remarks = remarks

    @property
    def are_open(self) -> bool:
        """Whether there is one that has not ended."""
        return bool(self._open)

    def hold(self) -> bool:
        """Tell whether lines count here."""
        return all(is_taken for is_taken, _ in self._open)

    def take(self, word: str, rest: str, where: Location) -> None:
        """Take in a line that opens, turns or ends one; raises `UsageError` if it cannot."""
        if word in {"endif", "else"}:
            if not self._open:
                raise UsageError(f"`{word}` without a condition", facts={"at": str(where)})
            _, was_taken = self._open.pop()
            if word == "else":
                self._open.append((not was_taken, True))
                if rest and not was_taken and (found := CONDITION.match(rest)):
                    self._open.pop()
                    holds = self._holds(found[1], found[2].strip(), where)
                    self._open.append((holds, holds))
                elif rest and was_taken:
                    self._open[-1] = (False, True)
            return
        holds = self.hold() and self._holds(word, rest, where)
        self._open.append((holds, holds))

    def _holds(self, word: str, rest: str, where: Location) -> bool:
        try:
            if word in {"ifdef", "ifndef"}:
                name = self._text.expand(rest)
                known = self._text.variables.get(name)
                return (known is not None and known.text != "") is (word == "ifdef")
            if found := _QUOTED.match(rest):
                first, second = found[2], found[4]
            elif rest.startswith("(") and "," in rest:
                inside = rest[1 : closing(rest, 0)]
                first, _, second = inside.partition(",")
            else:
                raise UsageError(f"`{word} {rest}` compares nothing", facts={"at": str(where)})
            same = self._text.expand(first).strip() == self._text.expand(second).strip()
        except NotTold as untold:
            self._remarks.append(
                Remark(where, f"the condition is taken not to hold, as {untold} is not run")
            )
            return False
        return same is (word == "ifeq")
