"""
Values that reach a stage's function other than as an argument.

Knows functions as objects; does not read source (`capstone_build.analysis`
does): what is found here is what reading source cannot see, the values that
one of several functions made from the same lines was given.
"""

from __future__ import annotations

import functools
import inspect
import logging
import os
import re
import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta, tzinfo
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import PurePath
from types import BuiltinFunctionType, FunctionType, MappingProxyType, MethodType, ModuleType
from uuid import UUID

from capstone_build.core.artifact import Artifact
from capstone_build.core.stage import Symbol, whole
from capstone_build.core.variable import is_secret

_SPELLED = (
    *(bool, int, float, complex, str, bytes, bytearray, range, slice, type(None), Enum),
    *(Decimal, Fraction, date, time, timedelta, tzinfo, UUID, PurePath, re.Pattern),
)
"""Types whose `repr` says all there is to them, in every process alike."""

_MOST = 10_000
"""A function that carries more values than this counts as its whole module."""


def symbol_of(value: object) -> Symbol | None:
    """Return where a function or class is defined; None for any other object."""
    module = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", None)
    if isinstance(module, str) and isinstance(name, str) and callable(value):
        return Symbol(f"{module}:{name}")
    return None


def symbol_in(value: object, modules: Iterable[ModuleType]) -> Symbol:
    """
    Return where *value* is defined, or by which name one of *modules* knows it.

    An object that has neither stands for the whole of the first module.
    """
    if (symbol := symbol_of(value)) is not None:
        return symbol
    modules = list(modules)
    for module in modules:
        for name, each in vars(module).items():
            if each is value:
                return Symbol(f"{module.__name__}:{name}")
    return whole(modules[0].__name__)


def named_classes(annotation: object) -> list[Symbol]:
    """List the definitions that an annotation names, inside generics too."""
    if arguments := typing.get_args(annotation):
        return [symbol for each in arguments for symbol in named_classes(each)]
    symbol = symbol_of(annotation)
    return [] if symbol is None else [symbol]


@dataclass(slots=True)
class Captured:
    """
    What functions carry with them.

    Attributes:
        module: The module that stands in for values that cannot be told.
        values: Values, each spelled out, by how they are reached.
        symbols: Definitions.
    """

    module: str
    values: dict[str, str] = field(default_factory=dict)
    symbols: list[Symbol] = field(default_factory=list)
    _seen: set[int] = field(default_factory=set)

    def add(self, label: str, root: object) -> None:
        """
        Note what *root* carries.

        Closures, defaults, arguments of partials, the object of a bound method
        and the state of a callable object count, and so does what these carry.
        What can be neither spelled out nor opened, an array say, is told by
        the module in which it was made: coarse, and never wrong.
        """
        waiting: list[tuple[str, object]] = [(label, root)]
        while waiting:
            label, value = waiting.pop()
            if isinstance(value, str) and (name := _key_in_environment(value)):
                self.values[label] = f"the environment variable {name}"
                continue
            if isinstance(value, _SPELLED):
                self.values[label] = f"{type(value).__qualname__} {value!r}"
                continue
            if id(value) in self._seen:
                continue
            self._seen.add(id(value))
            if (symbol := symbol_of(value)) is not None:
                self.symbols.append(symbol)
            carried = _carried(value)
            if carried is None or len(self._seen) > _MOST:
                self.symbols.append(whole(self.module))
                continue
            if value is not root:
                self.values[label] = type(value).__qualname__
            waiting += [(label + name, each) for name, each in carried]

    def add_contract(self, artifact: Artifact, modules: Iterable[ModuleType]) -> list[Symbol]:
        """Return the definitions that a contract consists of; note what its function carries."""
        contract = artifact.contract
        if typing.get_origin(contract) is not None:
            return named_classes(contract)
        if callable(contract):
            self.add(f"contract of {artifact.path}", contract)
        return [symbol_in(contract, modules)]


def _key_in_environment(value: str) -> str | None:
    """Return the variable that holds *value*, if it is a key: it is not to be remembered."""
    return next(
        (n for n, held in os.environ.items() if value and held == value and is_secret(n)), None
    )


def _carried(value: object) -> list[tuple[str, object]] | None:
    """List what *value* holds that decides what it does; None if that cannot be told."""
    found: list[tuple[str, object]] | None
    match value:
        case functools.partial():
            arguments = [(f"({index})", each) for index, each in enumerate(value.args)]
            keywords = [(f"({name}=)", each) for name, each in value.keywords.items()]
            found = [("(partial)", value.func), *arguments, *keywords]
        case MethodType():
            found = [("(method)", value.__func__), ("(self)", value.__self__)]
        case FunctionType():
            found = list(_carried_by_function(value))
        case list() | tuple():
            found = [(f"[{index}]", each) for index, each in enumerate(value)]
        case set() | frozenset():
            found = [(f"[{index}]", each) for index, each in enumerate(sorted(value, key=repr))]
        case dict() | MappingProxyType():
            found = [(f"[{index}]", item) for index, item in enumerate(value.items())]
        case ModuleType() | logging.Logger() | BuiltinFunctionType():
            found = []
        case type():
            found = _carried_by_class(value)
        case _:
            found = _carried_by_object(value)
    return found


def _carried_by_class(value: type) -> list[tuple[str, object]]:
    """List what a class that was made by a function holds; any other is read as source."""
    if "<locals>" not in value.__qualname__:
        return []
    own = {"__dict__", "__weakref__", "__module__", "__doc__", "__qualname__", "__firstlineno__"}
    return [
        (f".{name}", each)
        for name, each in vars(value).items()
        if name not in own and not inspect.isdatadescriptor(each)
    ]


def _carried_by_object(value: object) -> list[tuple[str, object]] | None:
    """List the class and the attributes of an object; None if there is no way to them."""
    state = dict(getattr(value, "__dict__", {}))
    for each in type(value).__mro__:
        slots = each.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in {"__dict__", "__weakref__"} and hasattr(value, name):
                state[name] = getattr(value, name)
    is_open = type(value) is not object and all(
        each is object or "__slots__" in vars(each) or "__dict__" in dir(each)
        for each in type(value).__mro__
    )
    if not is_open:  # some of it is written in C, an array say
        return None
    return [("(class)", type(value)), *((f".{name}", each) for name, each in state.items())]


def _carried_by_function(function: FunctionType) -> Iterator[tuple[str, object]]:
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield f"({name})", cell.cell_contents
        except ValueError:  # not assigned yet: a function that names itself
            continue
    if "<lambda>" in function.__qualname__ or "<locals>" in function.__qualname__:
        # Defaults and attributes at the top level are in the source; these may differ
        # from one function to the next made from the same lines.
        for each in inspect.signature(function, follow_wrapped=False).parameters.values():
            if each.default is not inspect.Parameter.empty:
                yield f"({each.name})", each.default
        for name, each in vars(function).items():
            if name != "__wrapped__":
                yield f".{name}", each
    if (inner := getattr(function, "__wrapped__", None)) is not None:
        yield "(wrapped)", inner
