"""
Plain Python: expressions whose value is told without running anything.

Knows literals, names, subscripts, comprehensions and a few functions that look at
nothing; does not know where an expression stands. What it does not know it names.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from capstone_build.founding.plain_functions import METHODS, MOST, OPERATORS, PLAIN_FUNCTIONS


class NotPlain(Exception):  # noqa: N818 (it says what, and is no error by itself)
    """
    An expression that cannot be told.

    Args:
        what: The part of it, as it is written.
        line: Where that stands.
    """

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.line = line


@dataclass(frozen=True, slots=True)
class Lambda:
    """
    A function of one expression.

    Attributes:
        names: Its parameters.
        body: The expression.
        scope: What names stand for around it.
    """

    names: tuple[str, ...]
    body: ast.expr
    scope: Mapping[str, Any]

    def __call__(self, *values: Any) -> Any:
        """Return the value of the expression; raises what `value_of` does."""
        given = dict(zip(self.names, values, strict=False))
        return value_of(self.body, {**self.scope, **given})


class Fields(Mapping[str, Any]):
    """Values that are asked for as attributes or by key."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values_by_name = dict(values)

    def __getitem__(self, name: str) -> Any:
        """Return the value called *name*."""
        return self.values_by_name[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self.values_by_name)

    def __len__(self) -> int:
        """Count them."""
        return len(self.values_by_name)

    def __getattr__(self, name: str) -> Any:
        """Return the value called *name*, as texts with places for attributes ask for it."""
        if name.startswith("_") or name not in self.__dict__.get("values_by_name", {}):
            raise AttributeError(name)
        return self.values_by_name[name]


def value_of(node: ast.expr, scope: Mapping[str, Any]) -> Any:
    """
    Return the value of an expression.

    Args:
        node: The expression.
        scope: What names stand for: values, and functions that may be called.

    Raises:
        NotPlain: If it takes running something.
    """
    try:
        value = _Reading(scope).of(node)
    except NotPlain:
        raise
    except Exception:  # whatever the expression would raise, its value is not told
        raise NotPlain(spelled_out(node), node.lineno) from None
    return value


def spelled_out(node: ast.AST) -> str:
    """Return an expression on one line."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


class _Reading:
    def __init__(self, scope: Mapping[str, Any]) -> None:
        self._scope = scope

    def of(self, node: ast.expr) -> Any:
        read = getattr(self, f"_{type(node).__name__.lower()}", None)
        if read is None:
            raise NotPlain(spelled_out(node), node.lineno)
        value = read(node)
        if isinstance(value, str | list | tuple | dict | set) and len(value) > MOST:
            raise NotPlain(spelled_out(node), node.lineno)
        return value

    def _constant(self, node: ast.Constant) -> Any:
        return node.value

    def _name(self, node: ast.Name) -> Any:
        if node.id in self._scope:
            return self._scope[node.id]
        if node.id in PLAIN_FUNCTIONS:
            return PLAIN_FUNCTIONS[node.id]
        raise NotPlain(node.id, node.lineno)

    def _list(self, node: ast.List) -> list[Any]:
        return list(self._members(node.elts))

    def _tuple(self, node: ast.Tuple) -> tuple[Any, ...]:
        return tuple(self._members(node.elts))

    def _set(self, node: ast.Set) -> set[Any]:
        return set(self._members(node.elts))

    def _members(self, nodes: list[ast.expr]) -> Iterator[Any]:
        for each in nodes:
            if isinstance(each, ast.Starred):
                yield from self.of(each.value)
            else:
                yield self.of(each)

    def _dict(self, node: ast.Dict) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                found |= self.of(value)
            else:
                found[self.of(key)] = self.of(value)
        return found

    def _joinedstr(self, node: ast.JoinedStr) -> str:
        return "".join(str(self.of(each)) for each in node.values)

    def _formattedvalue(self, node: ast.FormattedValue) -> str:
        value = self.of(node.value)
        if node.conversion in {114, 115, 97}:  # !r, !s, !a
            shown: Mapping[int, Callable[[Any], str]] = {114: repr, 115: str, 97: ascii}
            value = shown[node.conversion](value)
        return format(value, str(self.of(node.format_spec)) if node.format_spec else "")

    def _binop(self, node: ast.BinOp) -> Any:
        left, right = self.of(node.left), self.of(node.right)
        if isinstance(node.op, ast.Mult):
            sizes = [len(e) if isinstance(e, str | list | tuple) else e for e in (left, right)]
            if not all(isinstance(e, int | float) for e in sizes) or sizes[0] * sizes[1] > MOST:
                raise NotPlain(spelled_out(node), node.lineno)
        return OPERATORS[type(node.op)](left, right)

    def _unaryop(self, node: ast.UnaryOp) -> Any:
        value = self.of(node.operand)
        return not value if isinstance(node.op, ast.Not) else -value

    def _boolop(self, node: ast.BoolOp) -> Any:
        is_and = isinstance(node.op, ast.And)
        value = None
        for each in node.values:
            value = self.of(each)
            if bool(value) is not is_and:
                return value
        return value

    def _compare(self, node: ast.Compare) -> bool:
        left = self.of(node.left)
        for operation, each in zip(node.ops, node.comparators, strict=True):
            right = self.of(each)
            if not OPERATORS[type(operation)](left, right):
                return False
            left = right
        return True

    def _ifexp(self, node: ast.IfExp) -> Any:
        return self.of(node.body if self.of(node.test) else node.orelse)

    def _subscript(self, node: ast.Subscript) -> Any:
        holder = self.of(node.value)
        if isinstance(node.slice, ast.Slice):
            ends = (node.slice.lower, node.slice.upper, node.slice.step)
            return holder[slice(*(each and self.of(each) for each in ends))]
        return holder[self.of(node.slice)]

    def _attribute(self, node: ast.Attribute) -> Any:
        dotted = spelled_out(node)
        if dotted in PLAIN_FUNCTIONS:
            return PLAIN_FUNCTIONS[dotted]
        holder = self.of(node.value)
        if isinstance(holder, Fields) and node.attr in holder:
            return holder[node.attr]
        for kind, names in METHODS.items():
            if isinstance(holder, kind) and node.attr in names:
                return getattr(kind, node.attr).__get__(holder)
        raise NotPlain(dotted, node.lineno)

    def _call(self, node: ast.Call) -> Any:
        function = self.of(node.func)
        if not callable(function):
            raise NotPlain(spelled_out(node), node.lineno)
        arguments = list(self._members(node.args))
        named = {each.arg: self.of(each.value) for each in node.keywords if each.arg}
        value = function(*arguments, **named)
        is_view = type(value).__name__ in {"dict_keys", "dict_values", "dict_items"}
        return list(value) if is_view else value

    def _lambda(self, node: ast.Lambda) -> Lambda:
        return Lambda(tuple(each.arg for each in node.args.args), node.body, self._scope)

    def _starred(self, node: ast.Starred) -> Any:
        return self.of(node.value)

    # Comprehensions.

    def _listcomp(self, node: ast.ListComp) -> list[Any]:
        return [_Reading(scope).of(node.elt) for scope in self._rounds(node.generators)]

    def _setcomp(self, node: ast.SetComp) -> set[Any]:
        return {_Reading(scope).of(node.elt) for scope in self._rounds(node.generators)}

    def _generatorexp(self, node: ast.GeneratorExp) -> list[Any]:
        return [_Reading(scope).of(node.elt) for scope in self._rounds(node.generators)]

    def _dictcomp(self, node: ast.DictComp) -> dict[Any, Any]:
        return {
            _Reading(scope).of(node.key): _Reading(scope).of(node.value)
            for scope in self._rounds(node.generators)
        }

    def _rounds(self, generators: list[ast.comprehension]) -> Iterator[Mapping[str, Any]]:
        if not generators:
            yield self._scope
            return
        first, *rest = generators
        for count, value in enumerate(self.of(first.iter)):
            if count > MOST:
                raise NotPlain(spelled_out(first.iter), first.iter.lineno)
            inner = _Reading({**self._scope, **_bound(first.target, value)})
            if all(inner.of(each) for each in first.ifs):
                yield from inner._rounds(rest)


def _bound(target: ast.expr, value: Any) -> dict[str, Any]:
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, ast.Tuple | ast.List):
        found: dict[str, Any] = {}
        for each, part in zip(target.elts, list(value), strict=True):
            found |= _bound(each, part)
        return found
    raise NotPlain(spelled_out(target), target.lineno)
