"""
Functions, methods and operators that look at nothing but what they are given.

Knows them by their names in Python; does not know expressions.
"""

from __future__ import annotations

import ast
import operator
import posixpath
from collections.abc import Callable, Mapping
from typing import Any

MOST = 100_000
"""A value may have so many members."""

OPERATORS: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, holder: item in holder,
    ast.NotIn: lambda item, holder: item not in holder,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
METHODS: Mapping[type, frozenset[str]] = {
    str: frozenset(
        {
            "format", "join", "split", "rsplit", "strip", "lstrip", "rstrip", "replace", "upper",
            "lower", "startswith", "endswith", "removeprefix", "removesuffix", "zfill",
            "partition", "rpartition", "title", "capitalize", "count",
        }
    ),
    dict: frozenset({"keys", "values", "items", "get"}),
    list: frozenset({"index", "count", "copy"}),
}  # fmt: skip
PLAIN_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "range": lambda *ends: list(range(*ends)) if len(range(*ends)) <= MOST else None,
    "sorted": lambda values, reverse=False: sorted(values, reverse=reverse),
    "list": list, "tuple": tuple, "set": set, "dict": dict, "str": str, "int": int,
    "float": float, "bool": bool, "len": len, "min": min, "max": max, "sum": sum,
    "zip": lambda *lists: list(zip(*lists, strict=False)),
    "enumerate": lambda values, start=0: list(enumerate(values, start)),
    "any": any, "all": all, "abs": abs, "round": round,
    "os.path.join": posixpath.join, "os.path.basename": posixpath.basename,
    "os.path.dirname": posixpath.dirname, "Path": str, "pathlib.Path": str,
    "join": posixpath.join,
}  # fmt: skip
