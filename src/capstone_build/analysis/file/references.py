"""
The normal form of references: attributes, items, calls, constants.

Mostly they are plain; some read the environment, the program's own text, or
name a file of it.

Knows well-known names as they are spelled; does not check that they have not
been given to something else, since to be wrong here only makes more count.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from capstone_build.analysis.file.habits import IMPORTERS, MUTATORS, OF_INTERPRETER, READERS
from capstone_build.analysis.file.normal import HANDLERS, Walker, dotted, handles, root_name
from capstone_build.analysis.file.scope import How, Store
from capstone_build.analysis.file.unit import Flag, Gift, Target, Via

_DISPLAYS = (ast.List, ast.Tuple, ast.Set)
_INTERPRETER = frozenset({"sys", "inspect", "pydoc"})

SPECIAL: dict[str, Callable[[Walker, ast.Call], bool]] = {}
"""Calls that mean more than they spell; each returns whether it wrote the call down itself."""

_FILE = re.compile(r"[\w./-]+\.py\b")
_OTHER_FILE = re.compile(r"(?:\A|')([\w./-]*\w\.[A-Za-z]\w{0,7}(?:\.gz)?)(?:\Z|')")
"""All of a text, or what is quoted in it, as in a query."""

_DUNDER = re.compile(r"__[a-z]+__")
"""An attribute that is read by its name: `getattr(function, "__doc__")`, `"{0.__doc__}"`."""

_MARKED = re.compile(r"@([^\W\d]\w*)")


@handles(ast.Attribute)
def _attribute(walker: Walker, node: ast.Attribute) -> None:
    chain(walker, node, how=How.READ if node.ctx.__class__ is ast.Load else How.SET)


def chain(walker: Walker, node: Any, last: str = "", how: How = How.READ) -> None:
    """
    Write a chain of attributes, and note what it refers to.

    Args:
        walker: Writes.
        node: The chain.
        last: One more attribute that is read from it by other means.
        how: What is done with it.
    """
    names = [last] if last else []
    while node.__class__ is ast.Attribute:
        name = node.attr
        walker.out.append("." + name)
        if name in READERS:
            walker.hint(READERS[name], node.lineno, f"{name} is read")
        names.append(name)
        node = node.value
    if node.__class__ is ast.Name:
        if names and node.id in _INTERPRETER:
            _of_interpreter(walker, f"{node.id}.{names[-1]}", node.lineno)
        rest = names[0] if len(names) == 1 else ".".join(reversed(names))
        walker.word(node.id, node.lineno, rest, how)
    elif names and (target := imported(node)) is not None:
        HANDLERS[node.__class__](walker, node)
        walker.vias[-1] = Via(target, ".".join(reversed(names)), node.lineno, how is How.CALLED)
    else:
        HANDLERS[node.__class__](walker, node)


def _of_interpreter(walker: Walker, name: str, line: int) -> None:
    if name in OF_INTERPRETER:
        walker.hint(OF_INTERPRETER[name], line, f"{name} is used")


@handles(ast.Constant)
def _constant(walker: Walker, node: ast.Constant) -> None:
    value: Any = node.value
    if value.__class__ is str:
        walker.out.append(repr(value))
        if ".py" in value:
            for file in _FILE.findall(value):
                walker.hint(Flag.SCRIPT, node.lineno, f"{file} is named", file)
        if "__" in value:
            for word in _DUNDER.findall(value):
                if word in READERS:
                    walker.hint(READERS[word], node.lineno, f"{word} is named")
        if "." in value:
            for file in _OTHER_FILE.findall(value):
                walker.hint(Flag.FILE, node.lineno, f"{file} is named", file)
        if "@" in value:
            soft(walker, _MARKED.findall(value), node.lineno)
    else:
        # The type is told by the spelling, except where a number spells a name: inf.
        numeric = isinstance(value, float | complex)
        walker.out.append(f"(number {value!r}" if numeric else repr(value))


def soft(walker: Walker, words: list[str], line: int) -> None:
    """Note *words* of a text that may be looked up as names, local ones among them."""
    for word in words:
        walker.soft.setdefault(word, line)
    walker.opaque = walker.opaque or bool(words)


@handles(ast.Subscript)
def _subscript(walker: Walker, node: ast.Subscript) -> None:
    value, key = node.value, node.slice
    if is_environ(value):
        if isinstance(node.ctx, ast.Load):
            reads_environment(walker, key)
    elif dotted(value) == "sys.modules":
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            target = Target(0, key.value, "")
            walker.vias.append(Via(target, "", node.lineno, called=False))
            walker.out += ["(sys.modules", key.value]
            return
        if isinstance(key, ast.Name) and key.id == "__name__":
            walker.hint(Flag.NAMESPACE, node.lineno, "sys.modules[__name__] is used")
            walker.out.append("(this module")
            return
    walker.out.append("(Subscript")
    walker.visit(value)
    walker.visit(key)


def is_environ(node: ast.expr) -> bool:
    """Whether *node* is `os.environ`."""
    return (isinstance(node, ast.Attribute) and node.attr == "environ") or (
        isinstance(node, ast.Name) and node.id == "environ"
    )


def reads_environment(walker: Walker, key: ast.expr) -> None:
    """Note that the variable called *key* is read, if that is a literal."""
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        walker.environment.setdefault(key.value, key.lineno)


@handles(ast.Compare)
def _compare(walker: Walker, node: ast.Compare) -> None:
    walker.out.append("(Compare")
    walker.visit(node.left)
    walker.visit_all(node.ops)
    walker.visit_all(node.comparators)
    if isinstance(node.ops[0], ast.In | ast.NotIn) and is_environ(node.comparators[0]):
        reads_environment(walker, node.left)


@handles(ast.Call)
def _call(walker: Walker, node: ast.Call) -> None:
    function: Any = node.func
    if function.__class__ is ast.Name:
        name = function.id
    elif function.__class__ is ast.Attribute:
        name = function.attr
        if name in MUTATORS:
            walker.scope.stores.append(Store(root_name(function.value), own=False))
    else:
        name = ""
    if walker.declares and walker.declared.declares(function):
        walker.out.append("(declared")
        if isinstance(function, ast.Call):
            walker.visit_all(node.args)  # stage(...)(work): the work counts
        return
    walker.out.append("(Call")
    if name in SPECIAL and SPECIAL[name](walker, node):
        return
    chain(walker, function, how=How.CALLED)
    walker.visit_all(node.args)
    walker.visit_all(node.keywords)
    if name:
        _gifts(walker, node)


def _gifts(walker: Walker, node: ast.Call) -> None:
    """Note the names that are handed over: a library may read a function's docstring."""
    callee = ""
    values: list[Any] = [*node.args, *[each.value for each in node.keywords]]
    for value in values:
        items = value.elts if isinstance(value, _DISPLAYS) else (value,)
        for item in items:
            if item.__class__ is ast.Name or item.__class__ is ast.Attribute:
                callee = callee or dotted(node.func)
                walker.gifts.append(Gift(callee, dotted(item)))


def imported(node: ast.expr) -> Target | None:
    """Return what `import_module("literal")` and its like import; None for all else."""
    if not isinstance(node, ast.Call):
        return None
    if dotted(node.func).rpartition(".")[2] not in IMPORTERS:
        return None
    name = literal(node, 0)
    if not name:
        return None
    stem = name.lstrip(".")
    level = len(name) - len(stem)
    package = literal(node, 1)
    if level == 1 and package:
        return Target(0, f"{package}.{stem}", "")
    return Target(level, stem.replace(":", "."), "")


def literal(node: ast.Call, index: int) -> str | None:
    """Return the string that is written out as an argument of a call; None if none is."""
    if len(node.args) > index:
        argument = node.args[index]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            return argument.value
    return None
