"""
Capstone's own declarations, as they are spelled in a file.

What a declaration says is known to the engine by value, so its spelling must
not count: a stage is not run again because another one was declared.

Knows the names that a file gives to capstone's functions; does not know what
the declarations mean.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

DECLARING = frozenset({"stage", "command", "Artifact"})
"""The names of `capstone_build` that declare."""

_OWN = "capstone_build"

_COLLECTING = frozenset({"append", "extend", "insert", "add", "update", "setdefault"})

_PIPELINE = "pipeline"
"""The list of stages that capstone looks for has this name."""


@dataclass(frozen=True, slots=True)
class Declared:
    """
    What a file declares with capstone.

    Attributes:
        functions: Its names for capstone's declaring functions.
        modules: Its names for capstone itself.
        stages: Names of stages: functions decorated, and what declaring calls give.
        postpones: Whether annotations are texts there, which nobody evaluates.
    """

    functions: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    postpones: bool = False

    @property
    def anything(self) -> bool:
        """Whether the file declares at all."""
        return bool(self.functions or self.modules)

    def declares(self, node: ast.expr) -> bool:
        """Whether *node* is, or calls, a declaring function: `stage`, `cb.command(...)`."""
        while isinstance(node, ast.Call):
            node = node.func
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return node.value.id in self.modules and node.attr in DECLARING
        return isinstance(node, ast.Name) and node.id in self.functions

    def within(self, node: ast.AST) -> bool:
        """Whether there is a declaring call somewhere in *node*."""
        return self.anything and any(
            isinstance(each, ast.Call) and self.declares(each) for each in ast.walk(node)
        )

    def collects(self, node: ast.expr) -> bool:
        """Whether *node* only puts stages into a list: `pipeline.append(work)`."""
        if not self.anything or not isinstance(node, ast.Call):
            return False
        function = node.func
        if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
            return False
        if function.attr not in _COLLECTING:
            return False
        return function.value.id == _PIPELINE or all(
            self.declares(each)
            if isinstance(each, ast.Call)
            else isinstance(each, ast.Constant)
            or (isinstance(each, ast.Name) and each.id in self.stages)
            for each in node.args
        )


def declared_in(tree: ast.Module) -> Declared:
    """Return what a file declares."""
    functions: set[str] = set()
    modules: set[str] = set()
    postpones = False
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            postpones = postpones or any(each.name == "annotations" for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == _OWN:
            functions |= {each.asname or each.name for each in node.names if each.name in DECLARING}
        elif isinstance(node, ast.Import):
            modules |= {each.asname or each.name for each in node.names if each.name == _OWN}
    names = Declared(frozenset(functions), frozenset(modules), postpones=postpones)
    if not names.anything:
        return names
    return replace(names, stages=frozenset(_stages(tree, names)))


def _stages(tree: ast.Module, names: Declared) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if any(names.declares(each) for each in node.decorator_list):
                yield node.name
        elif isinstance(node, ast.Assign) and names.declares(node.value):
            yield from (each.id for each in node.targets if isinstance(each, ast.Name))
