"""
The normal form of what opens a scope: functions, classes, lambdas, comprehensions.

Knows what of a definition is its interface and what is its own affair; does
not know which definitions a project has.
"""

from __future__ import annotations

import ast
from typing import TypeAlias

from capstone_build.analysis.file.normal import Walker, dotted, handles
from capstone_build.analysis.file.scope import How

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@handles(ast.FunctionDef, ast.AsyncFunctionDef)
def _function(walker: Walker, node: Function) -> None:
    """
    Write a function: its decorators, its name, its interface, its body.

    The names of functions and parameters stay: they can be seen from outside,
    as `__name__` and as keyword arguments.
    """
    _decorators(walker, node.decorator_list)
    walker.out.append("(" + node.__class__.__name__)
    walker.bind(node.name, node.lineno, kept=True)
    method = walker.scope.kind == "class"
    waits = method and walker.scope.parent is walker.root and not _is_special(node.name)
    stores, uses = len(walker.root.stores), len(walker.root.uses)
    _defaults(walker, node.args)
    _type_parameters(walker, node)
    if walker.exact and node.returns is not None:
        walker.out.append("->")
        annotation(walker, node.returns)
    scope = walker.enter("function")
    scope.later = True
    _parameters(walker, node.args)
    if method and (first := [*node.args.posonlyargs, *node.args.args]):
        scope.first = first[0].arg
    walker.body(node.body)
    if not waits:
        walker.hands_itself |= bool(scope.first) and any(map(scope.hands_itself, scope.uses))
    walker.leave()
    if waits:
        stored, used = range(stores, len(walker.root.stores)), range(uses, len(walker.root.uses))
        walker.waiting.append((stored, used))


def _is_special(name: str) -> bool:
    """Whether Python may call the method of this *name* when an instance is made, or is used."""
    return name.startswith("__") and name not in {"__delete__", "__get__", "__set__"}


@handles(ast.Lambda)
def _lambda(walker: Walker, node: ast.Lambda) -> None:
    walker.out.append("(Lambda")
    _defaults(walker, node.args)
    walker.enter("function")
    _parameters(walker, node.args)
    walker.visit(node.body)
    walker.leave()


def _decorators(walker: Walker, decorators: list[ast.expr]) -> None:
    counted = [each for each in decorators if not walker.declared.declares(each)]
    walker.visit_all(counted)
    walker.readers += [dotted(each) for each in counted]


def _defaults(walker: Walker, arguments: ast.arguments) -> None:
    """Write the defaults, which are evaluated outside of the function."""
    walker.visit_all(arguments.defaults)
    walker.visit_all(arguments.kw_defaults)


def _parameters(walker: Walker, arguments: ast.arguments) -> None:
    """Bind the parameters inside the function."""
    for group in (arguments.posonlyargs, arguments.args, arguments.kwonlyargs):
        walker.out.append(f"[{len(group)}")
        for each in group:
            _parameter(walker, each)
    for star in (arguments.vararg, arguments.kwarg):
        if star is None:
            walker.out.append("-")
        else:
            _parameter(walker, star)


def _parameter(walker: Walker, node: ast.arg) -> None:
    walker.bind(node.arg, node.lineno, kept=True)
    if walker.exact and node.annotation is not None:
        walker.out.append(":")
        annotation(walker, node.annotation)


def _type_parameters(walker: Walker, node: Function | ast.ClassDef) -> None:
    """Bind `[T]` of Python 3.12 as names of their own."""
    for each in getattr(node, "type_params", ()):
        walker.scope.bound.setdefault(each.name, False)
        if walker.exact:
            walker.visit(each)


def annotation(walker: Walker, node: ast.expr) -> None:
    """Write an annotation that something reads; one in quotes refers to what it spells."""
    if walker.declared.postpones:
        walker.out.append("(text")
    walker.visit(node)
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            spelled(walker, each.value, each.lineno)


def spelled(walker: Walker, code: str, line: int) -> None:
    """Note the names in *code*, an expression that a string spells."""
    try:
        tree = ast.parse(code.strip())
    except (SyntaxError, ValueError):
        return
    for each in ast.walk(tree):
        if isinstance(each, ast.Name):
            walker.soft.setdefault(each.id, line)


@handles(ast.ClassDef)
def _class(walker: Walker, node: ast.ClassDef) -> None:
    """Write a class whole: what of it is used cannot be told from outside."""
    _decorators(walker, node.decorator_list)
    walker.out.append("(ClassDef")
    walker.bind(node.name, node.lineno, kept=True)
    walker.visit_all(node.bases)
    walker.visit_all(node.keywords)
    walker.readers += class_makers(node)
    _type_parameters(walker, node)
    walker.classes = True
    scope = walker.enter("class")
    scope.annotated = bool(node.bases or node.keywords or node.decorator_list)
    for name in ("__name__", "__qualname__", "__module__"):
        scope.bound[name] = False
    walker.body(node.body)
    walker.leave()


def class_makers(node: ast.ClassDef) -> list[str]:
    """Return the paths of what takes part when the class is made: bases and metaclass."""
    keywords = [each.value for each in node.keywords if each.arg in {"metaclass", None}]
    return [dotted(each) for each in [*node.bases, *keywords]]


@handles(ast.ListComp, ast.SetComp, ast.GeneratorExp)
def _comprehension(walker: Walker, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
    _generators(walker, node, [node.elt])


@handles(ast.DictComp)
def _dict_comprehension(walker: Walker, node: ast.DictComp) -> None:
    _generators(walker, node, [node.key, node.value])


def _generators(
    walker: Walker,
    node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
    results: list[ast.expr],
) -> None:
    """Write a comprehension; its first iterable belongs to the scope around it."""
    walker.out.append(f"({node.__class__.__name__} {len(node.generators)}")
    walker.visit(node.generators[0].iter)
    walker.enter("comprehension")
    for index, each in enumerate(node.generators):
        walker.out.append(f"#{each.is_async}")
        if index:
            walker.visit(each.iter)
        walker.visit(each.target)
        walker.visit_all(each.ifs)
    for result in results:
        walker.visit(result)
    walker.leave()


@handles(ast.NamedExpr)
def _named(walker: Walker, node: ast.NamedExpr) -> None:
    walker.out.append("(NamedExpr")
    walker.word(node.target.id, node.lineno, how=How.BOUND)
    walker.scope.owner.bound[node.target.id] = False
    walker.visit(node.value)


@handles(ast.ExceptHandler)
def _except(walker: Walker, node: ast.ExceptHandler) -> None:
    walker.out.append("(ExceptHandler")
    walker.visit(node.type)
    _optional(walker, node.name, node.lineno)
    walker.body(node.body)


@handles(ast.MatchAs)
def _match_as(walker: Walker, node: ast.MatchAs) -> None:
    walker.out.append("(MatchAs")
    walker.visit(node.pattern)
    _optional(walker, node.name, node.lineno)


@handles(ast.MatchStar)
def _match_star(walker: Walker, node: ast.MatchStar) -> None:
    walker.out.append("(MatchStar")
    _optional(walker, node.name, node.lineno)


@handles(ast.MatchMapping)
def _match_mapping(walker: Walker, node: ast.MatchMapping) -> None:
    walker.out.append("(MatchMapping")
    walker.visit_all(node.keys)
    walker.visit_all(node.patterns)
    _optional(walker, node.rest, node.lineno)


def _optional(walker: Walker, name: str | None, line: int) -> None:
    if name is None:
        walker.out.append("-")
    else:
        walker.bind(name, line)


@handles(ast.Global)
def _global(walker: Walker, node: ast.Global) -> None:
    walker.out += ["(Global", f"[{len(node.names)}", *node.names]
    if walker.scope.kind != "module":
        walker.scope.globals.update(node.names)


@handles(ast.Nonlocal)
def _nonlocal(walker: Walker, node: ast.Nonlocal) -> None:
    walker.out += ["(Nonlocal", f"[{len(node.names)}"]
    walker.scope.elsewhere.update(node.names)
    for name in node.names:
        walker.word(name, node.lineno)
