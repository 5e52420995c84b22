"""
Code as a declaration refers to it: what `code=` adds and what `ignore=` takes out.

Knows objects, texts, and whether a text names a file; does not read source, so
whether there is anything by a name is found later (`capstone_build.looking.named_code`).
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from capstone_build.authoring.capture import Captured, symbol_in
from capstone_build.authoring.declaration import Declaration, DeclaredStage, StageFunction
from capstone_build.authoring.declared_path import read_artifact
from capstone_build.core.artifact import Artifact
from capstone_build.core.function import plain_function
from capstone_build.core.stage import Symbol, whole, with_all_below
from capstone_build.errors import DeclarationError

_DOTTED = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_TEXT = re.compile(rf"({_DOTTED})(?::({_DOTTED}))?")
"""`module` or `module:name`."""


class CodeReferences:
    """
    What one declaration refers to.

    Args:
        declaration: The declaration.
        modules: Where names are looked up: the module that declares, the pipeline's.
        root: The project's root, absolute.
        problem: Makes an error of what is wrong and what to do.

    Attributes:
        added: Definitions and modules that count besides.
        files: Files and folders that count besides.
        ignored: Definitions and modules that do not count.
        problems: All that is wrong.
    """

    def __init__(
        self,
        declaration: Declaration,
        modules: list[ModuleType],
        root: str,
        problem: Callable[[str, str], DeclarationError],
    ) -> None:
        self._declaration = declaration
        self._modules = modules
        self._root = root
        self._problem = problem
        self._named_so: Counter[str] = Counter()
        self.added: list[Symbol] = []
        self.files: list[Artifact] = []
        self.ignored: list[Symbol] = []
        self.problems: list[DeclarationError] = []

    def read(self, captured: Captured) -> None:
        """Read both lists; note in *captured* what functions that are added carry with them."""
        for read, values in ((self._add, self._list("code")), (self._ignore, self._list("ignore"))):
            for each in values:
                try:
                    read(each, captured)
                except DeclarationError as problem:
                    self.problems.append(problem)

    def _list(self, name: str) -> list[object]:
        value = getattr(self._declaration, name)
        if isinstance(value, list | tuple):
            return list(value)
        hint = f"Write {name}=[...], also for one."
        self.problems.append(self._problem(f"{name}={value!r} is no list", hint))
        return []

    def _add(self, value: object, captured: Captured) -> None:
        if isinstance(value, ModuleType):
            self.added.append(with_all_below(value.__name__))
        elif isinstance(value, str) and (symbol := self._named(value)) is not None:
            self.added.append(symbol)
        elif isinstance(value, str | PathLike):
            name, where = self._declaration.name, str(self._declaration.location)
            self.files.append(read_artifact(value, self._root, name, where))
        elif callable(function := _function(value)):
            name = getattr(function, "__qualname__", type(function).__qualname__)
            self._named_so[name] += 1
            again = self._named_so[name]
            label = f"code {name}" + (f" ({again})" if again > 1 else "")
            captured.add(label, function)
            symbol = symbol_in(plain_function(function), self._modules)
            module, _, name = symbol.partition(":")
            told_apart = hasattr(sys.modules.get(module), name.partition(".")[0])
            self.added.append(symbol if told_apart else whole(module))
        else:
            raise self._problem(
                f"{value!r} in code is no function, class, module or file",
                "Name what it is bound to, as text: code=['module:name'].",
            )

    def _ignore(self, value: object, _: Captured) -> None:
        if isinstance(value, ModuleType):
            self.ignored.append(with_all_below(value.__name__))
        elif isinstance(value, str):
            symbol = self._named(value)
            if symbol is None:
                raise self._problem(
                    f"{value!r} in ignore is no name of code",
                    "Write 'module', 'module:name', or the function itself. A file that is "
                    "not Python counts only if it is declared.",
                )
            self._refuse_parts(value, symbol)
            self.ignored.append(symbol)
        elif callable(function := _function(value)):
            self.ignored.append(self._bound(function))
        else:
            raise self._problem(
                f"{value!r} in ignore is no function, class or module",
                "Name what it is bound to, as text: ignore=['module:name'].",
            )

    def _named(self, text: str) -> Symbol | None:
        """Return the symbol that *text* names; None if it names a file."""
        match = _TEXT.fullmatch(text)
        if match is None:
            return None
        module, name = match.groups()
        if name:
            return Symbol(text)
        return None if Path(self._root, text).is_file() else with_all_below(module)

    def _bound(self, function: Callable[..., Any]) -> Symbol:
        """Return the global that *function* is bound to."""
        plain = plain_function(function)
        if isinstance(plain, FunctionType | type):
            holder = sys.modules.get(plain.__module__)
            if hasattr(holder, plain.__qualname__):
                return Symbol(f"{plain.__module__}:{plain.__qualname__}")
        own = sys.modules.get(str(getattr(plain, "__module__", "")))
        for module in (*self._modules, *([own] if own else [])):
            for name, each in vars(module).items():
                if each is function:
                    return Symbol(f"{module.__name__}:{name}")
        symbol = symbol_in(plain, self._modules)
        self._refuse_parts(getattr(plain, "__qualname__", repr(function)), symbol)
        return symbol

    def _refuse_parts(self, spelled: str, symbol: Symbol) -> None:
        """Refuse what is only part of a definition: code is told apart by top-level definitions."""
        outer, dot, _ = symbol.partition(":")[2].partition(".")
        if dot and outer.isidentifier():
            raise self._problem(
                f"{spelled!r} in ignore is part of {outer!r}, and cannot be ignored by itself",
                f"Ignore {outer!r} as a whole, or move it out to the top level of its module.",
            )
        if not outer.isidentifier() and outer != "**":
            raise self._problem(
                f"{spelled!r} in ignore has no name of its own",
                "Bind it to a name at the top level of a module, and ignore that.",
            )


def _function(value: object) -> object:
    """Return the function of a stage; any other object as it is."""
    if isinstance(value, StageFunction):
        return value.function
    return None if isinstance(value, DeclaredStage) else value
