"""
Spelling: statements as Python text again, for people to compare.

Knows how to leave out what does not count, as the normal form does; decides
nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from capstone_build.analysis.file.declared import declared_in
from capstone_build.analysis.file.depth import room_to_recurse
from capstone_build.analysis.file.normal import Walker
from capstone_build.analysis.file.toplevel import top_level


class Speller:
    """
    Spells the units of one file.

    Args:
        text: The file.
    """

    def __init__(self, text: bytes) -> None:
        self._text = text.decode("utf-8", "replace")
        self._nodes: list[ast.stmt] = []
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
        declared = declared_in(tree)
        walker = Walker(declared, exact=False)
        self._plain = _Plain(walker)
        with room_to_recurse():
            for node, _ in top_level(tree, declared):
                self._nodes += _split(node, walker)

    def spell(self, indices: Sequence[int]) -> str:
        """Return the units at *indices*, in one layout and without comments."""
        if max(indices, default=0) >= len(self._nodes):
            return self._text  # no Python, or no longer what it was when it was counted
        with room_to_recurse():
            chosen = [self._plain.visit(self._nodes[index]) for index in indices]
            return "".join(ast.unparse(ast.fix_missing_locations(e)) + "\n" for e in chosen)


def _split(node: ast.stmt, walker: Walker) -> list[ast.stmt]:
    """Return the statements that are units of their own: one import each."""
    if isinstance(node, ast.Import):
        return [ast.Import(names=[each]) for each in node.names]
    if isinstance(node, ast.ImportFrom):
        if node.module == "__future__":
            return []
        return [ast.ImportFrom(node.module, [each], node.level) for each in node.names]
    return [] if walker.idle(node) else [node]


class _Plain(ast.NodeTransformer):
    """Takes docstrings, annotations of functions and capstone's declarations out."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        node.decorator_list = [
            e for e in node.decorator_list if not self._walker.declared.declares(e)
        ]
        node.returns = None
        arguments = node.args
        for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            each.annotation = None
        for star in (arguments.vararg, arguments.kwarg):
            if star is not None:
                star.annotation = None
        return self._body(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Leave the interface and what is done."""
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Leave the interface and what is done."""
        return self._function(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Leave the members."""
        return self._body(node)

    def _body(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        node.body = [each for each in node.body if not _is_text(each)] or [ast.Pass()]
        return node


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
