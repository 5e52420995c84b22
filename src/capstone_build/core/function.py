"""
Functions as objects: what does the work behind partials, methods and wrappers.

Knows Python's ways to make one callable from another, and does not call it.
"""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable, Mapping
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any


def plain_function(function: Callable[..., Any]) -> Callable[..., Any]:
    """
    Return the function that does the work of *function*.

    Partials, bound methods, wrappers made with `functools.wraps` and objects
    with a `__call__` are opened; a class is returned as it is.
    """
    while True:
        if isinstance(function, functools.partial):
            function = function.func
        elif isinstance(function, MethodType):
            function = function.__func__
        elif (inner := getattr(function, "__wrapped__", None)) is not None:
            function = inner
        elif isinstance(function, FunctionType | BuiltinFunctionType | type):
            return function
        elif isinstance(call := _called(function), FunctionType):
            function = call
        else:
            return function


def _called(function: object) -> object:
    """Return what an object's class defines to be run when the object is called."""
    return next(
        (vars(k)["__call__"] for k in type(function).__mro__ if "__call__" in vars(k)), None
    )


def hints_of(function: Callable[..., Any]) -> dict[str, Any]:
    """
    Return the annotations of the function that does the work of *function*, evaluated.

    Raises:
        Exception: Whatever the evaluation of the user's annotations raises.
    """
    plain = plain_function(function)
    return _hints(plain) if isinstance(plain, FunctionType) else {}


def parameters_of(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Return the parameters of *function*, by name, in order; partials and wrappers are opened."""
    return _parameters(function) if isinstance(function, FunctionType) else _read(function)


def _read(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(function).parameters


# To read a signature is dear; a worker, a fork of the host, finds it read already.
_parameters = functools.cache(_read)


@functools.cache
def _hints(function: FunctionType) -> dict[str, Any]:
    return typing.get_type_hints(function)
