"""
The normal form of a statement: what it means, without how it is laid out.

Two statements with one normal form do the same. Comments and layout are gone
because it is made from the syntax tree; docstrings, annotations that nothing
reads and the names of local variables are left out or replaced here. Names
whose owner is outside of the statement are gathered on the way.

Knows one statement; does not know the file around it, except which names stand
for capstone's own declarations.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeAlias

from capstone_build.analysis.file.declared import Declared
from capstone_build.analysis.file.scope import How, Scope, Store, Use
from capstone_build.analysis.file.unit import Flag, Gift, Hint, Target, Via

_new = tuple.__new__
"""Uses are made by the ten thousand: their own constructor takes three times as long."""

Handler: TypeAlias = Callable[["Walker", Any], None]

_IDLE = frozenset({ast.Expr, ast.AnnAssign, ast.Pass})
"""The statements that may change nothing."""

HANDLERS: dict[type, Handler] = {}
"""How each type of syntax node is written down; `definition` and `hints` add to it."""


def handles(*types: type) -> Callable[[Handler], Handler]:
    """Register the decorated function for syntax nodes of *types*."""

    def register(handler: Handler) -> Handler:
        HANDLERS.update(dict.fromkeys(types, handler))
        return handler

    return register


class Walker:
    """
    Writes one top-level statement down and notes what it refers to.

    Args:
        declared: What the file declares with capstone: how it is spelled does not count.
        exact: Whether docstrings, annotations and local names are kept.
    """

    __slots__ = (
        "calls",
        "classes",
        "declared",
        "declares",
        "eager",
        "environment",
        "exact",
        "gifts",
        "hands_itself",
        "hints",
        "loads",
        "opaque",
        "out",
        "patches",
        "read",
        "readers",
        "root",
        "scope",
        "scopes",
        "sets",
        "soft",
        "uses",
        "vias",
        "waiting",
    )

    def __init__(self, declared: Declared, *, exact: bool) -> None:
        self.declared = declared
        self.declares = declared.anything
        self.exact = exact
        self.out: list[str] = []
        self.root = self.scope = Scope("module", 0)
        self.scopes = 0
        self.patches: list[tuple[int, str]] = []
        self.opaque = False
        self.uses: dict[str, int] = {}
        self.calls: dict[str, None] = {}
        self.soft: dict[str, int] = {}
        self.vias: list[Via] = []
        self.loads: list[Target] = []
        self.hints: list[Hint] = []
        self.environment: dict[str, int] = {}
        self.readers: list[str] = []
        self.gifts: list[Gift] = []
        self.read: dict[str, None] = {}
        self.eager: dict[str, None] = {}
        self.sets: dict[str, None] = {}
        self.classes = False
        self.waiting: list[tuple[range, range]] = []
        self.hands_itself = False

    def visit(self, node: Any) -> None:
        """Write *node* down, and all below it."""
        HANDLERS[node.__class__](self, node)

    def visit_all(self, nodes: Sequence[Any]) -> None:
        """Write down how many *nodes* there are, and each."""
        handlers = HANDLERS
        self.out.append(f"[{len(nodes)}")
        for node in nodes:
            handlers[node.__class__](self, node)

    def body(self, statements: Sequence[ast.stmt]) -> None:
        """Write down the *statements* that do anything."""
        self.visit_all(
            [each for each in statements if each.__class__ not in _IDLE or not self.idle(each)]
        )

    def idle(self, statement: ast.stmt) -> bool:
        """Whether *statement* changes nothing: `pass`, a docstring, a bare annotation."""
        if isinstance(statement, ast.Expr):
            return isinstance(statement.value, ast.Constant) and not self.exact
        if isinstance(statement, ast.AnnAssign) and statement.value is None:
            if self.reads_annotations or not isinstance(statement.target, ast.Name):
                return False
            if self.scope.kind == "function":
                self.scope.bound.setdefault(statement.target.id, True)
            return True
        return isinstance(statement, ast.Pass)

    @property
    def reads_annotations(self) -> bool:
        """Whether something may read the annotations of variables here."""
        return self.exact or (self.scope.kind == "class" and self.scope.annotated)

    def word(self, name: str, line: int, rest: str = "", how: How = How.READ) -> None:
        """Write down a *name* that some scope owns."""
        scope, out = self.scope, self.out
        scope.uses.append(_new(Use, (len(out), name, rest, line, how, scope.later)))
        out.append(name)

    def bind(self, name: str, line: int, *, kept: bool = False) -> None:
        """Write down a *name* that is bound here."""
        scope, out = self.scope, self.out
        scope.uses.append(_new(Use, (len(out), name, "", line, How.BOUND, scope.later)))
        out.append(name)
        scope.bound[name] = False
        if kept:
            scope.kept.add(name)

    def enter(self, kind: str) -> Scope:
        """Open a scope inside the present one."""
        self.scopes += 1
        self.scope = Scope(kind, self.scopes, self.scope, later=self.scope.later)
        return self.scope

    def leave(self) -> None:
        """Close the present scope: settle the names that it owns, hand on the others."""
        scope = self.scope
        outer = scope.outer
        self._settle(scope, outer)
        for store in scope.stores:
            if store.name in scope.globals or not store.name:
                self.root.stores.append(store)
            elif not scope.owns(store.name):
                outer.stores.append(store)
            elif scope.changes_others(store):
                self.root.stores.append(Store("", own=False))
        for name in sorted(scope.globals & scope.bound.keys()) if scope.globals else ():
            self.sets.setdefault(name)
            self.root.stores.append(Store("", own=False))
        assert scope.parent is not None  # noqa: S101 - the module's scope is never left
        self.scope = scope.parent

    def _settle(self, scope: Scope, outer: Scope) -> None:
        """Number the names that *scope* owns, and hand on its uses of others."""
        numbers: dict[str, str] = {}
        owned: AbstractSet[str] = scope.bound.keys()
        if scope.elsewhere or scope.globals:
            owned = owned - scope.elsewhere - scope.globals
        kept, imports, patches = scope.kept, scope.imports, self.patches
        for use in scope.uses:
            position, name, rest, line, how, _ = use
            if name not in owned:
                (self.root if name in scope.globals else outer).uses.append(use)
                continue
            if name in imports and how is not How.BOUND:
                called = how is How.CALLED
                self.vias += [Via(target, rest, line, called) for target in imports[name]]
            if scope.kind == "class":
                # An attribute: never renamed, and looked up in the module while
                # the class has not bound it.
                if how is not How.BOUND:
                    self.soft.setdefault(name, line)
            elif name not in kept:
                if name not in numbers:
                    numbers[name] = f"%{len(numbers)}.{scope.serial}"
                patches.append((position, numbers[name]))

    def finish(self) -> str:
        """Settle what is left to the module, and return the normal form."""
        for use in self.root.uses:
            if use.how is How.BOUND:
                continue
            path = f"{use.name}.{use.rest}" if use.rest else use.name
            self.uses.setdefault(path, use.line)
            if not use.later:
                self.eager.setdefault(path)
            if use.how is How.CALLED:
                self.calls.setdefault(path)
            elif use.how is How.SET:
                self.sets.setdefault(path)
            else:
                self.read.setdefault(path)
        if not (self.opaque or self.exact):
            for position, number in self.patches:
                self.out[position] = number
        return "\n".join(self.out)

    def making(self) -> tuple[bool, list[str]]:
        """Tell of a class whether making an instance is felt by others, and what that calls."""
        stores = len(self.root.stores) - sum(len(those) for those, _ in self.waiting)
        waiting = {index for _, those in self.waiting for index in those}
        called = [
            f"{use.name}.{use.rest}" if use.rest else use.name
            for index, use in enumerate(self.root.uses)
            if use.how is How.CALLED and index not in waiting
        ]
        return self.hands_itself or stores > 0, list(dict.fromkeys(called))

    def hint(self, flag: Flag, line: int, said: str, detail: str = "") -> None:
        """Note that the statement reaches more than it spells."""
        self.hints.append(Hint(flag, line, detail, said))

    def changes(self, target: ast.expr) -> None:
        """Note that the object that *target* leads to is changed, if it is no plain name."""
        if isinstance(target, ast.Tuple | ast.List):
            for each in target.elts:
                self.changes(each)
        elif isinstance(target, ast.Starred):
            self.changes(target.value)
        elif not isinstance(target, ast.Name):
            own = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)
            self.scope.stores.append(Store(root_name(target), own=own))


def root_name(node: ast.expr) -> str:
    """Return the name that a chain of attributes, items and calls begins with, or nothing."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return ""
    return node.id


def dotted(node: Any) -> str:
    """Return `a.b.c` for a chain of attributes, of calls of it too; "?" for what is none."""
    path = ""
    while node.__class__ is not ast.Name:
        if node.__class__ is ast.Attribute:
            path = f".{node.attr}{path}"
            node = node.value
        elif node.__class__ is ast.Call:
            node = node.func
        else:
            return "?"
    return f"{node.id}{path}"


@handles(ast.Name)
def _name(walker: Walker, node: ast.Name) -> None:
    if node.ctx.__class__ is ast.Load:
        walker.word(node.id, node.lineno)
    else:
        walker.bind(node.id, node.lineno)
