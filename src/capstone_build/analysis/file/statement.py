"""
The normal form of plain statements: assignments, imports, conditions.

Knows which statements change objects that were made elsewhere, and which
branches never run; does not know what the names in them stand for.
"""

from __future__ import annotations

import ast

from capstone_build.analysis.file.definition import annotation
from capstone_build.analysis.file.normal import Walker, handles, root_name
from capstone_build.analysis.file.references import imported
from capstone_build.analysis.file.scope import How
from capstone_build.analysis.file.unit import Target

_DISPLAYS = (
    ast.Constant,
    ast.List,
    ast.Dict,
    ast.Set,
    ast.Tuple,
    ast.ListComp,
    ast.DictComp,
    ast.SetComp,
    ast.GeneratorExp,
    ast.JoinedStr,
    ast.BinOp,
    ast.UnaryOp,
    ast.Compare,
)
_MAKERS = frozenset(
    {"list", "dict", "set", "tuple", "defaultdict", "Counter", "OrderedDict", "deque"}
)


def makes_new(node: ast.expr | None) -> bool:
    """Whether evaluating *node* gives an object that nobody else holds, and of a known type."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in _MAKERS
    return isinstance(node, _DISPLAYS)


@handles(ast.Assign)
def _assign(walker: Walker, node: ast.Assign) -> None:
    walker.out.append("(Assign")
    walker.visit(node.value)
    walker.out.append(f"[{len(node.targets)}")
    for target in node.targets:
        _assign_to(walker, target, node.value)


def _assign_to(walker: Walker, target: ast.expr, value: ast.expr | None) -> None:
    if isinstance(target, ast.Name):
        before = walker.scope.bound.get(target.id, True)
        walker.bind(target.id, target.lineno)
        walker.scope.bound[target.id] = before and makes_new(value)
        module = None if value is None else imported(value)
        if module is not None:
            # module = import_module("literal"): an import statement in other words.
            walker.vias.pop()
            walker.scope.imports.setdefault(target.id, []).append(module)
    else:
        walker.visit(target)
        walker.changes(target)


@handles(ast.AnnAssign)
def _annotated(walker: Walker, node: ast.AnnAssign) -> None:
    """
    Write `name: annotation = value`.

    In a function nobody can read the annotation; in a class a base, a decorator
    or the metaclass may.
    """
    walker.out.append("(Assign")
    walker.visit(node.value)
    walker.out.append("[1")
    _assign_to(walker, node.target, node.value)
    if walker.reads_annotations:
        walker.out.append(":")
        annotation(walker, node.annotation)


@handles(ast.AugAssign)
def _augmented(walker: Walker, node: ast.AugAssign) -> None:
    walker.out.append("(AugAssign")
    walker.visit(node.op)
    walker.visit(node.value)
    if isinstance(node.target, ast.Name):
        # In place on a list: whoever else holds the list sees it.
        new = walker.scope.bound.get(node.target.id, walker.scope.kind == "module")
        walker.bind(node.target.id, node.lineno)
        walker.scope.bound[node.target.id] = new
    else:
        walker.visit(node.target)
        walker.changes(node.target)


@handles(ast.Delete)
def _delete(walker: Walker, node: ast.Delete) -> None:
    walker.out.append("(Delete")
    walker.visit_all(node.targets)
    for target in node.targets:
        walker.changes(target)


@handles(ast.For, ast.AsyncFor)
def _for(walker: Walker, node: ast.For | ast.AsyncFor) -> None:
    walker.out.append("(" + node.__class__.__name__)
    walker.visit(node.iter)
    walker.visit(node.target)
    walker.changes(node.target)
    walker.body(node.body)
    walker.body(node.orelse)


@handles(ast.If)
def _if(walker: Walker, node: ast.If) -> None:
    """Write a condition; of one on `TYPE_CHECKING` only the branch that runs."""
    known = always(node.test)
    if known is None:
        walker.out.append("(If")
        walker.visit(node.test)
        walker.body(node.body)
        walker.body(node.orelse)
    else:
        walker.out.append("(If known")
        walker.body(node.body if known else node.orelse)


def always(test: ast.expr) -> bool | None:
    """Return what *test* is whenever code runs; None if that is not known."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = always(test.operand)
        return None if inner is None else not inner
    checking = (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )
    return False if checking else None


@handles(ast.Import)
def _import(walker: Walker, node: ast.Import) -> None:
    walker.out += ["(Import", f"[{len(node.names)}"]
    for each in node.names:
        first = each.name.partition(".")[0]
        walker.out.append(each.name)
        walker.loads.append(Target(0, each.name, ""))
        bound = Target(0, each.name if each.asname else first, "")
        _import_as(walker, each.asname or first, bound, node.lineno)


@handles(ast.ImportFrom)
def _import_from(walker: Walker, node: ast.ImportFrom) -> None:
    module = node.module or ""
    walker.out += ["(ImportFrom", f"{node.level}.{module}", f"[{len(node.names)}"]
    for each in node.names:
        target = Target(node.level, module, each.name)
        walker.out.append(each.name)
        walker.loads.append(target)
        if each.name != "*":
            _import_as(walker, each.asname or each.name, target, node.lineno)


def _import_as(walker: Walker, name: str, target: Target, line: int) -> None:
    walker.bind(name, line)
    walker.scope.imports.setdefault(name, []).append(target)


@handles(ast.Expr)
def _expression(walker: Walker, node: ast.Expr) -> None:
    """Write an expression; to collect stages in a list does nothing that a stage can feel."""
    walker.out.append("(Expr")
    scope = walker.scope
    uses, stores = len(scope.uses), len(scope.stores)
    walker.visit(node.value)
    if walker.declared.collects(node.value):
        del scope.stores[stores:]
        name = root_name(node.value)
        scope.bound.setdefault(name, True)  # who reads the list depends on it
        scope.uses[uses:] = [
            use._replace(how=How.BOUND) if use.name == name else use for use in scope.uses[uses:]
        ]
