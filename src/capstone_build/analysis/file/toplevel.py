"""
The top level of a file: which statements run when it is imported.

Knows the order of statements, guards that are never true in an import, and
which names are capstone's; does not look inside definitions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from capstone_build.analysis.file.declared import Declared
from capstone_build.analysis.file.statement import always


class TopLevel(NamedTuple):
    """
    A statement that stands for itself.

    Attributes:
        node: The statement.
        main: Whether it runs only when the file runs as a script.
    """

    node: ast.stmt
    main: bool


def top_level(tree: ast.Module, declared: Declared) -> Iterator[TopLevel]:
    """Yield the statements of a file that run, each for itself."""
    for each in _running(tree.body, main=False):
        if declared.anything:
            for function in _generated(each.node, declared):
                yield TopLevel(function, each.main)
        yield each


def _running(body: list[ast.stmt], *, main: bool) -> Iterator[TopLevel]:
    for node in body:
        if isinstance(node, ast.If) and (known := always(node.test)) is not None:
            yield from _running(node.body if known else node.orelse, main=main)
        elif isinstance(node, ast.If) and _is_main(node.test):
            yield from _running(node.body, main=True)
            yield from _running(node.orelse, main=main)
        else:
            yield TopLevel(node, main)


def _is_main(test: ast.expr) -> bool:
    """Whether *test* is `__name__ == "__main__"`."""
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = [test.left, *test.comparators]
    return any(isinstance(each, ast.Name) and each.id == "__name__" for each in sides) and any(
        isinstance(each, ast.Constant) and each.value == "__main__" for each in sides
    )


def _generated(block: ast.stmt, declared: Declared) -> Iterator[ast.stmt]:
    """
    Take the functions out of *block* that it declares as stages.

    A loop that generates stages is not part of what each of them does: the
    values that it gives them are captured, and known to the engine.
    """
    targets: set[str] = set()
    if isinstance(block, ast.For | ast.AsyncFor):
        targets = {each.id for each in ast.walk(block.target) if isinstance(each, ast.Name)}
    for body in bodies(block):
        for node in list(body):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if any(declared.declares(each) for each in node.decorator_list):
                    body.remove(node)
                    node.args.defaults = _uncaptured(node.args.defaults, targets)
                    yield node
            else:
                yield from _generated(node, declared)


def _uncaptured(defaults: list[ast.expr], captured: set[str]) -> list[ast.expr]:
    return [
        ast.copy_location(ast.Constant("captured"), each)
        if isinstance(each, ast.Name) and each.id in captured
        else each
        for each in defaults
    ]


def bodies(block: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Yield the lists of statements directly inside a compound statement, definitions excepted."""
    if isinstance(block, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for field in ("body", "orelse", "finalbody"):
        if statements := getattr(block, field, None):
            yield statements
    for part in (*getattr(block, "handlers", ()), *getattr(block, "cases", ())):
        yield part.body


def exports(tree: ast.Module, text: bytes) -> tuple[str, ...] | None:
    """Return what `__all__` lists in the *text* of a file; None if there is none or is computed."""
    found: list[str] | None = None
    lines = text.splitlines()
    for node in tree.body:
        if not any(b"__all__" in each for each in lines[node.lineno - 1 : node.end_lineno]):
            continue  # to walk each statement would cost as much as to read it
        if not any(isinstance(each, ast.Name) and each.id == "__all__" for each in ast.walk(node)):
            continue
        names = _listed(node)
        if names is None:
            return None
        found = [*(found or []), *names]
    return None if found is None else tuple(found)


def _listed(node: ast.stmt) -> list[str] | None:
    """Return the names that an assignment to `__all__` spells; None if it does not spell all."""
    if not isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        return None
    if not isinstance(node.value, ast.List | ast.Tuple):
        return None
    names = [each.value for each in node.value.elts if isinstance(each, ast.Constant)]
    spelled = [each for each in names if isinstance(each, str)]
    return spelled if len(spelled) == len(node.value.elts) else None
