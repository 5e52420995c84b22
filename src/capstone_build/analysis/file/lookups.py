"""
The normal form of calls that look something up: by name, in a namespace, in a text.

What is a literal is followed; what is computed raises a flag.

Knows the functions of the standard library that do so, and some of libraries.
"""

from __future__ import annotations

import ast
import re
from itertools import pairwise

from capstone_build.analysis.file.definition import spelled
from capstone_build.analysis.file.habits import EVALUATORS, IMPORTERS, STARTERS
from capstone_build.analysis.file.normal import Walker, dotted, root_name
from capstone_build.analysis.file.references import (
    SPECIAL,
    chain,
    imported,
    is_environ,
    literal,
    reads_environment,
    soft,
)
from capstone_build.analysis.file.scope import Store
from capstone_build.analysis.file.unit import Flag, Target, Via

_MODULE = re.compile(r"[\w.]+")
_WORD = re.compile(r"[^\W\d]\w*")


def _attribute_by_name(walker: Walker, node: ast.Call) -> bool:
    """`getattr(module, "name")` reads no more than `module.name` does."""
    name = literal(node, 1)
    if name is None or not isinstance(node.args[0], ast.Name | ast.Attribute):
        return False
    walker.visit(node.func)
    walker.out.append(f"[{len(node.args)}")
    chain(walker, node.args[0], name)
    for argument in node.args[1:]:
        walker.visit(argument)
    walker.visit_all(node.keywords)
    return True


def _set_attribute(walker: Walker, node: ast.Call) -> bool:
    if node.args:
        walker.scope.stores.append(Store(root_name(node.args[0]), own=False))
    return False


def _namespace(walker: Walker, node: ast.Call) -> bool:
    if not node.args:
        walker.opaque = True
        if dotted(node.func) != "locals" or walker.scope.kind == "module":
            walker.hint(Flag.NAMESPACE, node.lineno, f"{dotted(node.func)}() is used")
    return False


def _evaluate(walker: Walker, node: ast.Call) -> bool:
    """Code in a literal string is read like other code; else any name of the module may count."""
    walker.opaque = True
    code = literal(node, 0)
    if isinstance(node.func, ast.Attribute):
        return _query(walker, node)
    try:
        tree = None if code is None else ast.parse(code.strip())
    except (SyntaxError, ValueError):
        tree = None
    if tree is None:
        walker.hint(Flag.NAMESPACE, node.lineno, f"{dotted(node.func)} runs computed code")
    else:
        spelled(walker, code or "", node.lineno)
        _imports_in(walker, tree)
    return False


def _imports_in(walker: Walker, tree: ast.Module) -> None:
    for each in ast.walk(tree):
        if isinstance(each, ast.Import):
            targets = [Target(0, name.name, "") for name in each.names]
        elif isinstance(each, ast.ImportFrom):
            targets = [Target(each.level, each.module or "", name.name) for name in each.names]
        else:
            continue
        walker.loads += targets
        walker.vias += [Via(target, "", each.lineno, called=True) for target in targets]


def _query(walker: Walker, node: ast.Call) -> bool:
    walker.opaque = True
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            soft(walker, _WORD.findall(each.value), node.lineno)
    return False


def _import_by_name(walker: Walker, node: ast.Call) -> bool:
    target = imported(node)
    if target is not None:
        walker.loads.append(target)
        walker.vias.append(Via(target, "", node.lineno, called=False))
    else:
        said = f"{dotted(node.func)} with a computed name"
        walker.hint(Flag.ANY_MODULE, node.lineno, said, _beginning(node.args[:1]))
    walker.visit(node.func)
    vias = len(walker.vias)
    walker.visit_all(node.args)
    walker.visit_all(node.keywords)
    # The caller may say more exactly what is taken from the module: keep its entry last.
    if target is not None:
        walker.vias.append(walker.vias.pop(vias - 1))
    return True


def _beginning(arguments: list[ast.expr]) -> str:
    """Return the literal text that a computed string begins with."""
    node: ast.expr | None = arguments[0] if arguments else None
    while True:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            node = node.left
        elif isinstance(node, ast.JoinedStr) and node.values:
            node = node.values[0]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr != "format":
                return ""
            node = node.func.value
        else:
            break
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.split(r"[%{]", node.value)[0]
    return ""


def _environment(walker: Walker, node: ast.Call) -> bool:
    if node.args and (
        dotted(node.func).endswith("getenv")
        or (isinstance(node.func, ast.Attribute) and is_environ(node.func.value))
    ):
        reads_environment(walker, node.args[0])
    return False


def _starts(walker: Walker, node: ast.Call) -> bool:
    """`run([python, "-m", "package.module"])` runs a module of the project, maybe."""
    words = [
        word
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
        for word in each.value.split()
    ]
    for flag, name in pairwise(words):
        if flag == "-m" and _MODULE.fullmatch(name):
            file = name.replace(".", "/")
            for each in (f"{file}.py", f"{file}/__main__.py", f"src/{file}.py"):
                walker.hint(Flag.SCRIPT, node.lineno, f"{name} is started", each)
    return False


SPECIAL.update(
    {
        **dict.fromkeys(("getattr", "hasattr"), _attribute_by_name),
        **dict.fromkeys(("setattr", "delattr"), _set_attribute),
        **dict.fromkeys(("globals", "locals", "vars", "dir"), _namespace),
        **dict.fromkeys(EVALUATORS, _query),
        **dict.fromkeys(("eval", "exec"), _evaluate),
        **dict.fromkeys(IMPORTERS, _import_by_name),
        **dict.fromkeys(STARTERS, _starts),
        **dict.fromkeys(("getenv", "get", "pop", "setdefault"), _environment),
    }
)
