"""
Values that reach a stage's function other than as an argument.

Knows functions as objects; does not read source (`capstone_build.analysis`
does): what is found here is what reading source cannot see, the values that
one of several functions made from the same lines was given.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from types import FunctionType, MethodType, ModuleType
from typing import Any

from capstone_build.core.digest import spell_value
from capstone_build.core.stage import Symbol


def symbol_of(value: object) -> Symbol | None:
    """Return where a function or class is defined; None for any other object."""
    module = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", None)
    if isinstance(module, str) and isinstance(name, str) and callable(value):
        return Symbol(f"{module}:{name}")
    return None


def symbol_in(value: object, module: ModuleType) -> Symbol:
    """
    Return where *value* is defined, or by which name *module* knows it.

    An object that has neither stands for the whole module.
    """
    if (symbol := symbol_of(value)) is not None:
        return symbol
    for name, each in vars(module).items():
        if each is value:
            return Symbol(f"{module.__name__}:{name}")
    return Symbol(f"{module.__name__}:*")


def plain_function(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that does the work: without partials, methods and wrappers."""
    while True:
        if isinstance(function, functools.partial):
            function = function.func
        elif isinstance(function, MethodType):
            function = function.__func__
        elif (inner := getattr(function, "__wrapped__", None)) is not None:
            function = inner
        else:
            return function


def captured(function: Callable[..., Any]) -> tuple[dict[str, str], list[Symbol]]:
    """
    Return what *function* carries with it: values spelled out, and definitions.

    Closures, defaults, arguments of partials, the object of a bound method and
    the state of a callable object count, and so do those of functions that it
    wraps or carries.
    """
    values: dict[str, str] = {}
    symbols: list[Symbol] = []
    seen: set[int] = set()
    waiting: list[tuple[str, object]] = [("", function)]
    while waiting:
        label, value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if label and (spelled := _spelled(value)) is not None:
            values[label] = spelled
            continue
        if (symbol := symbol_of(value)) is not None:
            symbols.append(symbol)
        if isinstance(value, ModuleType | type):
            continue
        waiting += ((f"{label}{name}", each) for name, each in _carried(value))
    return values, symbols


def _carried(value: object) -> Iterator[tuple[str, object]]:
    """List what *value* holds that decides what it does."""
    if isinstance(value, functools.partial):
        yield "(partial)", value.func
        yield from ((f"({index})", each) for index, each in enumerate(value.args))
        yield from ((f"({name}=)", each) for name, each in value.keywords.items())
    elif isinstance(value, MethodType):
        yield "(method)", value.__func__
        yield "(self)", value.__self__
    elif isinstance(value, FunctionType):
        yield from _carried_by_function(value)
    elif isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
        yield from ((f"[{index}]", each) for index, each in enumerate(items))
    elif isinstance(value, dict):
        yield from ((f"[{key!r}]", each) for key, each in value.items())
    elif hasattr(value, "__dict__"):
        yield "(class)", type(value)
        yield from ((f".{name}", each) for name, each in sorted(vars(value).items()))


def _carried_by_function(function: FunctionType) -> Iterator[tuple[str, object]]:
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield f"({name})", cell.cell_contents
        except ValueError:  # not assigned yet: a function that names itself
            continue
    if "<lambda>" in function.__qualname__ or "<locals>" in function.__qualname__:
        # Defaults at the top level are in the source; these may differ from one
        # function to the next made from the same lines.
        for each in inspect.signature(function, follow_wrapped=False).parameters.values():
            if each.default is not inspect.Parameter.empty:
                yield f"({each.name})", each.default
    if (inner := getattr(function, "__wrapped__", None)) is not None:
        yield "(wrapped)", inner


def _spelled(value: object) -> str | None:
    """Spell out a value that a text can stand for; None for any other."""
    if isinstance(value, bytes | complex):
        return repr(value)
    try:
        return spell_value(value)  # type: ignore[arg-type]  # what JSON cannot say raises
    except (TypeError, ValueError):
        return None
