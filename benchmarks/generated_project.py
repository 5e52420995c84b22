"""
A project to read: a hundred modules, about 20,000 lines, like those that people write.

Packages of modules that import from those before them in several styles;
constants, functions, classes, decorators, docstrings and comments. No two
functions are alike, and the same seed gives the same project. It is there to be
read: nobody runs it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

PACKAGES = ("io", "clean", "geo", "features", "models", "stats", "text", "plots", "report", "store")
PER_PACKAGE = 10
NOUNS = tuple(
    """
    account amount batch bucket category cell column count currency customer date delta
    entry event factor field frame group header index invoice item label level limit line lookup
    margin match measure name offset order page parcel path pattern period price product quota
    rate ratio reading record region request result row sample scale score segment series share
    signal site span status store summary table tariff target tax total trend unit value vendor
    weight window year zone
    """.split()  # noqa: SIM905 - a list of as many words would fill the page
)
VERBS = tuple(
    """
    add align apply build check clean collect combine compute convert count derive drop
    estimate expand filter find fold format group join load map mark measure merge normalise
    parse pick plan rank read resolve round scale score select shift sort split sum tag trim
    update validate weigh
    """.split()  # noqa: SIM905 - a list of as many words would fill the page
)
WORDS = tuple(
    """
    the a of every for with where not only when its from kept as given by all are rows
    values none left out that once
    """.split()  # noqa: SIM905 - a list of as many words would fill the page
)
STANDARD = (
    "import json",
    "import math",
    "from pathlib import Path",
    "import re",
    "import os",
    "import logging",
)
FOREIGN = ("import numpy as np", "import pandas as pd", "from collections import defaultdict")


class Writer:
    """Writes one module after the other, each with what the earlier ones define at hand."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - no secret
        self._known: list[tuple[str, list[str]]] = []
        self._names: list[str] = []
        self._constants: list[str] = []

    def sample(self, count: int) -> list[str]:
        """Return that many names for modules."""
        return self._random.sample(NOUNS, count)

    def module(self, name: str) -> str:
        """Return the text of the module called *name*."""
        own: list[str] = []
        imports, self._names = self._imports(name.rpartition(".")[0])
        parts = [self._text(0), "", *imports, ""]
        self._constants = ["__name__"]
        parts += [self._constant() for _ in range(self._random.randint(3, 6))]
        for _ in range(self._random.randint(4, 6)):
            parts += ["", "", *self._function(own)]
        parts += ["", "", *self._class(own)]
        self._known.append((name, own))
        return "\n".join(parts) + "\n"

    def pipeline(self, stages: int) -> str:
        """Return a `pipeline.py` of that many *stages*, each of which uses a few functions."""
        lines = ["from capstone_build import stage", ""]
        bodies: list[str] = []
        used: set[str] = set()
        for number in range(stages):
            calls = []
            for _ in range(3):
                module, names = self._random.choice(self._known)
                alias = module.replace(".", "_")
                package, _, last = module.rpartition(".")
                used.add(f"from {package} import {last} as {alias}")
                calls.append(f"    rows = {alias}.{self._random.choice(names)}(rows, {number})")
            bodies += [
                "",
                "",
                f'@stage(inputs={{"rows": "in/{number}"}}, outputs={{"out": "out/{number}"}})',
                f"def stage_{number}(rows, out):",
                f"    {self._text(1)}",
                *calls,
                "    out.write_text(str(rows))",
            ]
        return "\n".join([*lines, *sorted(used), *bodies]) + "\n"

    def _imports(self, package: str) -> tuple[list[str], list[str]]:
        """Return import lines, and the names that they bind to something to call."""
        chosen = ["import dataclasses", "import functools"]
        chosen += self._random.sample(STANDARD, 3) + self._random.sample(FOREIGN, 2)
        names = ["len", "sorted", "sum", "str", "max"]
        for module, defined in self._random.sample(self._known, min(4, len(self._known))):
            above, _, last = module.rpartition(".")
            style = self._random.randrange(4)
            if style == 0:
                some = self._random.sample(defined, 3)
                chosen.append(f"from {module} import {', '.join(some)}")
                names += some
            elif style == 1:
                chosen.append(f"import {module} as {last[:3]}_{len(chosen)}")
                names += [f"{last[:3]}_{len(chosen) - 1}.{each}" for each in defined[:4]]
            elif style == 2:
                relative = f".{last}" if above == package else f"..{above.partition('.')[2]}.{last}"
                chosen.append(f"from {relative} import {defined[0]} as {last}_{defined[0]}")
                names.append(f"{last}_{defined[0]}")
            else:
                chosen.append(f"from {above} import {last}")
                names += [f"{last}.{each}" for each in defined[-4:]]
        return chosen, names

    def _noun(self) -> str:
        return self._random.choice(NOUNS)

    def _new(self, own: list[str]) -> str:
        """Return a name for a function of a module that has none of that name yet."""
        while (name := f"{self._random.choice(VERBS)}_{self._noun()}") in own:
            pass
        return name

    def _text(self, depth: int) -> str:
        words = " ".join(self._random.choice(WORDS + NOUNS) for _ in range(8))
        pad = "    " * depth
        more = ""
        if self._random.random() < 0.6:
            told = "\n".join(f"{pad}    {self._noun()}: {words}." for _ in range(3))
            more = f"\n\n{pad}{words[::-1]}\n\n{pad}Args:\n{told}\n{pad}"
        return f'"""{words.capitalize()}.{more}"""'

    def _constant(self) -> str:
        name = f"{self._noun()}_{self._noun()}".upper()
        own_value = [
            str(self._random.randint(2, 5000)),
            f"{self._random.random():.3f}",
            repr([self._noun() for _ in range(5)]),
            repr({self._noun(): self._random.randint(0, 90) for _ in range(4)}),
            f're.compile(r"[a-{self._random.choice("fklmz")}]+_{self._noun()}")',
            f"frozenset({[self._noun() for _ in range(4)]!r})",
        ]
        self._constants.append(name)
        return f"{name} = {self._random.choice(own_value)}"

    def _function(self, own: list[str], method: bool = False) -> Iterator[str]:
        name = self._new(own)
        first, second = self._random.sample(NOUNS, 2)
        pad = "    " if method else ""
        if not method:
            own.append(name)
            if self._random.random() < 0.1:
                yield "@functools.lru_cache(maxsize=None)"
        parameters = [f"{first}: list", f"{second}: float = {self._random.randint(0, 9)}"]
        if method:
            parameters.insert(0, "self")
        yield f"{pad}def {name}({', '.join(parameters)}) -> object:"
        yield f"{pad}    {self._text(2 if method else 1)}"
        held = [first, second, *(["self.total", "self.rows"] if method else [])]
        yield from self._body(held, self._random.randint(3, 7), pad + "    ")
        yield f"{pad}    return {self._expression(held)}"
        if not method:
            self._names.append(name)

    def _class(self, own: list[str]) -> Iterator[str]:
        name = f"{self._noun()}_{self._noun()}".title().replace("_", "")
        own.append(name)
        if self._random.random() < 0.5:
            yield "@dataclasses.dataclass(frozen=True)"
            yield f"class {name}:"
            yield f"    {self._text(1)}"
            yield ""
            for field in self._random.sample(NOUNS, 4):
                yield f"    {field}: {self._random.choice(('int', 'str', 'list[float]'))}"
        else:
            yield f"class {name}:"
            yield f"    {self._text(1)}"
            yield ""
            yield f"    def __init__(self, rows: list, {self._noun()}: int = 3) -> None:"
            yield "        self.rows = list(rows)"
            yield "        self.total = sum(each.value for each in self.rows)"
        methods: list[str] = []
        for _ in range(3):
            yield ""
            yield from self._function(methods, method=True)

    def _body(self, held: list[str], count: int, pad: str) -> Iterator[str]:
        """Yield statements; what they bind is added to what is *held*."""
        for index in range(count):
            if index and count > 2 and self._random.random() < 0.3:
                yield ""
            if self._random.random() < 0.2:
                yield f"{pad}# {' '.join(self._random.choice(WORDS + NOUNS) for _ in range(9))}"
            simple = len(pad) > 12  # nobody nests deeper
            statements = self._STATEMENTS[:6] if simple else self._STATEMENTS
            yield from self._random.choice(statements)(self, held, pad)

    def _expression(self, held: list[str], depth: int = 0) -> str:  # noqa: C901, PLR0911, PLR0912 - a form each
        kind = self._random.randrange(6 if depth else 15)
        one = self._random.choice(held)
        again = lambda: self._expression(held, depth + 1)  # noqa: E731
        match kind:
            case 0 | 14:
                return one
            case 1:
                return self._random.choice(self._constants)
            case 2:
                return repr(self._noun())
            case 3:
                return str(self._random.randint(0, 400))
            case 4:
                return f"{one}.{self._noun()}"
            case 5:
                return f"{one}.{self._noun()}.{self._random.choice(VERBS)}()"
            case 6 | 7:
                return f"{self._random.choice(self._names)}({again()}, {again()})"
            case 8:
                return f"{one}.{self._random.choice(VERBS)}({again()}, {self._noun()}={again()})"
            case 9:
                return f"{again()} {self._random.choice('+-*/')} {again()}"
            case 10:
                return f'{one}["{self._noun()}"]'
            case 11:
                return f"[each.{self._noun()} for each in {one} if each.{self._noun()} > {again()}]"
            case 12:
                return f'f"{self._noun()}: {{{one}}} of {{{self._random.choice(held)}}}"'
            case _:
                return f"{{{self._noun()!r}: {again()}, {self._noun()!r}: {again()}}}"

    def _assign(self, held: list[str], pad: str) -> Iterator[str]:
        name = self._noun()
        yield f"{pad}{name} = {self._expression(held)}"
        held.append(name)

    def _if(self, held: list[str], pad: str) -> Iterator[str]:
        sign = self._random.choice((">", "<=", "==", "is not", "in"))
        yield f"{pad}if {self._random.choice(held)} {sign} {self._expression(held, 1)}:"
        yield from self._body(list(held), 1, pad + "    ")
        if self._random.random() < 0.4:
            yield f"{pad}else:"
            yield from self._body(list(held), 1, pad + "    ")

    def _for(self, held: list[str], pad: str) -> Iterator[str]:
        name = self._noun()
        yield f"{pad}for {name}, each in enumerate({self._expression(held, 1)}):"
        yield from self._body([*held, name, "each"], 2, pad + "    ")

    def _collect(self, held: list[str], pad: str) -> Iterator[str]:
        name = f"{self._noun()}s"
        yield f"{pad}{name} = []"
        yield f"{pad}for {self._noun()} in {self._random.choice(held)}:"
        yield f"{pad}    {name}.append({self._expression([*held, name], 1)})"
        held.append(name)

    def _try(self, held: list[str], pad: str) -> Iterator[str]:
        yield f"{pad}try:"
        yield from self._assign(held, pad + "    ")
        yield f"{pad}except (KeyError, ValueError) as error:"
        yield f'{pad}    raise RuntimeError(f"no {self._noun()} of {{error}}") from error'

    def _with(self, held: list[str], pad: str) -> Iterator[str]:
        yield f'{pad}with open({self._random.choice(held)}, encoding="utf-8") as file:'
        yield f"{pad}    {self._noun()} = [line.strip() for line in file]"

    def _augment(self, held: list[str], pad: str) -> Iterator[str]:
        name = self._noun()
        yield f"{pad}{name} = {self._random.randint(0, 9)}"
        yield f"{pad}{name} += {self._expression(held, 1)}"
        held.append(name)

    _STATEMENTS: tuple[Callable[[Writer, list[str], str], Iterator[str]], ...] = (
        *(_assign,) * 6, *(_if,) * 3, _for, _collect, _try, _with, _augment,
    )  # fmt: skip


def write_project(folder: Path, stages: int) -> list[Path]:
    """Write the project into *folder*, with a pipeline of that many *stages*; return its files."""
    writer = Writer(seed=20_000)
    texts = {"shop/__init__.py": '"""A shop."""\n'}
    for package in PACKAGES:
        names = writer.sample(PER_PACKAGE - 1)
        for name in names:
            texts[f"shop/{package}/{name}.py"] = writer.module(f"shop.{package}.{name}")
        exported = f"from .{names[0]} import *\nfrom . import {names[1]}\n"
        texts[f"shop/{package}/__init__.py"] = exported
    texts["pipeline.py"] = writer.pipeline(stages)
    files = []
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        files.append(file)
    return files
