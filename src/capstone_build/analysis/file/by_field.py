"""
How syntax nodes are written down that have no rule of their own: field by field.

Knows the types of nodes that Python has; does not know what any of them means.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection
from operator import attrgetter
from typing import Any

from capstone_build.analysis.file.normal import HANDLERS, Handler, Walker


def _field_by_field(kind: type[ast.AST]) -> Handler:
    """Write a node as its type and its fields; the fallback for all without a rule of their own."""
    opening = "(" + kind.__name__
    skipped: Collection[str] = {"ctx", "kind", "type_comment"}
    fields = tuple(field for field in kind._fields if field not in skipped)
    blocks = {"body", "orelse", "finalbody"}
    values: Callable[[Any], Any] = attrgetter(*fields) if fields else lambda _: ()

    def leaf(walker: Walker, _: Any) -> None:
        walker.out.append(opening)

    def single(walker: Walker, node: Any) -> None:
        walker.out.append(opening)
        value = values(node)
        HANDLERS[value.__class__](walker, value)

    def expression(walker: Walker, node: Any) -> None:
        handlers = HANDLERS
        walker.out.append(opening)
        for value in values(node):
            handlers[value.__class__](walker, value)

    def statement(walker: Walker, node: Any) -> None:
        walker.out.append(opening)
        for field in fields:
            value = getattr(node, field)
            if field in blocks and value.__class__ is list:
                walker.body(value)
            else:
                HANDLERS[value.__class__](walker, value)

    if not fields:
        return leaf
    if blocks.intersection(fields):
        return statement
    return expression if len(fields) > 1 else single


def _subclasses(kind: type[ast.AST]) -> list[type[ast.AST]]:
    return [kind, *(each for below in kind.__subclasses__() for each in _subclasses(below))]


for _kind in _subclasses(ast.AST):
    HANDLERS.setdefault(_kind, _field_by_field(_kind))
HANDLERS[list] = lambda walker, nodes: walker.visit_all(nodes)
HANDLERS[str] = lambda walker, name: walker.out.append(name)
HANDLERS[int] = lambda walker, number: walker.out.append(f"#{number}")
HANDLERS[bool] = lambda walker, flag: walker.out.append(f"#{flag}")  # case True:
HANDLERS[type(None)] = lambda walker, _: walker.out.append("-")
