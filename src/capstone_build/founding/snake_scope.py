"""
What the Python between the rules of a Snakefile sets, as far as it can be told.

Knows assignments, configuration files, and functions of one expression; does
not know rules. What would have to be run is named.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from capstone_build.core.stage import Location
from capstone_build.errors import UsageError
from capstone_build.founding.adopted import Remark
from capstone_build.founding.layout import laid_out, literal
from capstone_build.founding.plain_python import Fields, Lambda, NotPlain, spelled_out, value_of
from capstone_build.founding.snake_rules import Globs, expand, marked, multiext
from capstone_build.founding.yaml_file import load_values

_MARKS = ("temp", "temporary", "protected", "ancient", "directory", "touch", "pipe", "service",
          "report", "unpack", "ensure", "update", "local")  # fmt: skip
CONFIG = "CONFIG"


@dataclass(slots=True)
class Scope:
    """
    What names stand for.

    Attributes:
        folder: The folder in which the workflow runs.
        globs: Looks for files.
        values: Name to value.
        codes: Python that gives the value of a name, if `pipeline.py` can say it.
        imports: What that imports.
        remarks: What cannot be told.
    """

    folder: Path
    globs: Globs
    values: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    imports: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    @classmethod
    def new(cls, folder: Path) -> Scope:
        """Return what a Snakefile begins with."""
        globs = Globs(folder)
        functions: dict[str, Any] = {
            "expand": expand,
            "collect": expand,
            "multiext": multiext,
            "glob_wildcards": globs.glob_wildcards,
            "product": product,
            "config": {},
            **{mark: marked(mark) for mark in _MARKS},
        }
        return cls(folder, globs, functions)

    def remark(self, where: Location, text: str) -> None:
        """Note what is not carried over."""
        self.remarks.append(Remark(where, text))

    def configure(self, name: str, where: Location) -> None:
        """
        Read a file of configuration.

        Raises:
            UsageError: If it is not there, or cannot be read.
        """
        path = self.folder / name
        if not path.is_file():
            raise UsageError(
                f"{name}, the configuration, is not there", facts={"read at": str(where)}
            )
        if path.suffix == ".json":
            try:
                found = json.loads(path.read_text(encoding="utf-8"))
            except ValueError as error:
                raise UsageError(f"{name} cannot be read: {error}") from None
            code = f'json.loads(Path({json.dumps(name)}).read_text(encoding="utf-8"))'
            self.imports += ["import json", "from pathlib import Path"]
        else:
            found = load_values(path)
            code = f'YAML(typ="safe", pure=True).load(Path({json.dumps(name)}))'
            self.imports += ["from pathlib import Path", "from ruamel.yaml import YAML"]
        if isinstance(found, Mapping):
            if self.codes.setdefault(CONFIG, code) != code:
                self.remark(where, f"{name} is a second configuration: its values are written out")
                self.codes.pop(CONFIG)
            self.values["config"] = {**self.values["config"], **found}

    def run(self, statement: ast.stmt, where: Location) -> None:
        """Take in a statement of Python, without running it."""
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._assign(name, value, where)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                self._assign(name, value, where)
            case ast.Assign(targets=[ast.Tuple(elts=[*targets])], value=value):
                self._unpack(targets, value, where)
            case ast.FunctionDef():
                self._define(statement)
            case ast.Expr(value=value) if _is_docstring(statement) or _is_print(value):
                pass
            case ast.Import() | ast.ImportFrom() | ast.Pass():
                pass
            case ast.If():
                self._choose(statement, where)
            case _:
                self.remark(where, f"`{spelled_out(statement)}` is not run")

    def _define(self, statement: ast.FunctionDef) -> None:
        """Take in a function, if it does nothing but return an expression."""
        body = [each for each in statement.body if not _is_docstring(each)]
        names = tuple(each.arg for each in statement.args.args)
        if len(body) == 1 and isinstance(body[0], ast.Return) and body[0].value:
            self.values[statement.name] = Lambda(names, body[0].value, self.values)
        else:
            self.values.pop(statement.name, None)

    def _choose(self, statement: ast.If, where: Location) -> None:
        try:
            is_true = bool(value_of(statement.test, self.values))
        except NotPlain as unknown:
            self.remark(where, f"`if {unknown}` is not run: what hangs on it is not known")
            return
        for each in statement.body if is_true else statement.orelse:
            self.run(each, Location(where.file, each.lineno))

    def _assign(self, name: str, node: ast.expr, where: Location) -> None:
        try:
            value = value_of(node, self.values)
        except NotPlain as unknown:
            self.values.pop(name, None)
            self.remark(where, f"{name} is not known, as `{unknown}` is not run")
            return
        self.values[name] = value
        if (code := self.code_of(node)) is not None:
            self.codes[name] = code
        elif _is_plain(value):
            self.codes[name] = laid_out(literal(value))

    def _unpack(self, targets: list[ast.expr], node: ast.expr, where: Location) -> None:
        names = [each.id for each in targets if isinstance(each, ast.Name)]
        try:
            found = value_of(node, self.values)
            values = list(found.values_by_name.values() if isinstance(found, Fields) else found)
        except (NotPlain, TypeError):
            values = []
        if len(names) == len(targets) == len(values):
            self.values |= dict(zip(names, values, strict=True))
        else:
            self.remark(where, f"`{spelled_out(node)}` is not run: {', '.join(names)} is not known")

    def code_of(self, node: ast.expr) -> str | None:
        """Return an expression as Python of `pipeline.py`, if it hangs on the configuration."""
        names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        known = names - {"config", "sorted", "list", "range", "len", "str", "int", "dict", "zip"}
        text = ast.unparse(node)
        is_simple = "config" in names and CONFIG in self.codes and not known and '"' not in text
        if not is_simple:
            return None
        return _renamed(node).replace("'", '"')


def _renamed(node: ast.expr) -> str:
    tree = ast.parse(ast.unparse(node), mode="eval")
    for each in ast.walk(tree):
        if isinstance(each, ast.Name) and each.id == "config":
            each.id = CONFIG
    return ast.unparse(tree)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_print(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in {
        "print", "min_version", "snakemake.utils.min_version", "shell.executable", "validate",
        "shell.prefix",
    }  # fmt: skip


def _is_plain(value: object) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(each) for key, each in value.items())
    return value is None or isinstance(value, str | int | float | bool)


def flat(value: Any) -> Iterable[Any]:
    """Yield the texts in nested lists."""
    if isinstance(value, list | tuple | set):
        for each in sorted(value) if isinstance(value, set) else value:
            yield from flat(each)
    elif value is not None:
        yield value
