"""
Loops and numbers of a Makefile, by the names that it has for them.

Knows its variables; does not know commands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from capstone_build.founding.adopted import AdoptedStage, Names, identifier
from capstone_build.founding.layout import laid_out, literal
from capstone_build.founding.make_functions import NotTold
from capstone_build.founding.make_recipe import STEM
from capstone_build.founding.make_rules import Making
from capstone_build.founding.make_words import stem_of
from capstone_build.founding.makefile import Makefile

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE]-?\d+)?")


class MakeLoops:
    """
    Finds what loops go through, and what is a number.

    Args:
        makefile: What the Makefile says.

    Attributes:
        numbers: The variables that are one number.
    """

    def __init__(self, makefile: Makefile) -> None:
        self._makefile = makefile
        self._constants: dict[str, str] = {}
        self._names = Names()
        self.numbers = dict(self._numeric())

    def constants(self, stages: Sequence[AdoptedStage]) -> dict[str, str]:
        """Return the constants that *stages* use."""
        params = {code for stage in stages for code in stage.params.values()}
        numbers = {n.upper(): v for n, v in self.numbers.items() if n.upper() in params}
        return {**numbers, **self._constants}

    def imports(self) -> tuple[str, ...]:
        """Return what the constants import."""
        is_path = any("Path(" in code for code in self._constants.values())
        return ("from pathlib import Path",) if is_path else ()

    def source(self, symbolic: Making, stems: Sequence[str]) -> str:
        """Return what the loop goes through: the files of a pattern, if the Makefile asks so."""
        for need in symbolic.needs:
            pattern = need.replace(STEM, "*")
            before, _, after = need.partition(STEM)
            if pattern in self._makefile.text.globbed and "/" not in after and "*" in pattern:
                found = [
                    stem_of(need.replace(STEM, "%"), e) for e in self._makefile.text.glob(pattern)
                ]
                if set(found) == set(stems):
                    folder, _, start = before.rpartition("/")
                    name = f'path.name.removesuffix("{after}")'
                    if start:
                        name = f'{name}.removeprefix("{start}")'
                    glob = f'Path("{folder or "."}").glob("{start}*{after}")'
                    return self._constant("STEMS", f"sorted({name} for path in {glob})")
        text = laid_out(literal(list(stems)))
        for name in self._makefile.assigned:
            try:
                if self._makefile.text.value(name).split() == list(stems):
                    return self._constant(name.upper(), text)
            except NotTold:
                continue
        return text if len(text) < 40 else self._constant("STEMS", text)

    def _constant(self, name: str, code: str) -> str:
        for known, text in self._constants.items():
            if text == code:
                return known
        new = self._names.new(identifier(name)).upper()
        self._constants[new] = code
        return new

    def _numeric(self) -> Iterator[tuple[str, str]]:
        """Yield the variables that are one number: they are parameters of what uses them."""
        for name in self._makefile.assigned:
            try:
                value = self._makefile.text.value(name)
            except NotTold:
                continue
            if _NUMBER.fullmatch(value) and name.isidentifier():
                yield name, value
