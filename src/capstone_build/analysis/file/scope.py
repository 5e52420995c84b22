"""
Scopes: which names are local to a function, class or comprehension.

Knows Python's rules for finding the owner of a name; does not know what the
name is used for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from capstone_build.analysis.file.unit import Target


class How(Enum):
    """What is done with a name."""

    READ = "read"
    CALLED = "called"
    BOUND = "bound"
    SET = "set"
    """An attribute of what it names is given another value."""


class Use(NamedTuple):
    """
    A name that was met, whose owner is not known yet.

    Attributes:
        position: Where its token stands in the normal form.
        name: As written.
        rest: The attributes read from it, dotted; may be empty.
        line: Where it stands in the file.
        how: What is done with it there.
        later: Whether that is done when a function is called, not when the statement is executed.
    """

    position: int
    name: str
    rest: str
    line: int
    how: How
    later: bool


class Store(NamedTuple):
    """
    A change of an object that a name leads to: an item, an attribute, a mutating call.

    Attributes:
        name: The name at the root; empty where there is none.
        own: Whether it sets an attribute of the named object itself.
    """

    name: str
    own: bool


@dataclass(slots=True, eq=False)
class Scope:
    """
    A namespace of the source, while it is being read.

    Attributes:
        kind: "module", "class", "function" or "comprehension".
        serial: Tells apart the scopes of one statement.
        parent: The scope around it.
        bound: Names assigned here; true if only ever to objects made on the spot.
        kept: Bound names that are interface or visible from outside, so never renamed.
        imports: What names were imported as, here.
        elsewhere: Names declared `nonlocal`.
        globals: Names declared `global`.
        first: The first parameter of a method.
        annotated: Whether something may read the annotations of a class.
        later: Whether its statements wait for a call.
        uses: Names met here, or in scopes inside that do not own them.
        stores: Objects changed here, or in scopes inside.
    """

    kind: str
    serial: int
    parent: Scope | None = None
    bound: dict[str, bool] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    imports: dict[str, list[Target]] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    first: str = ""
    annotated: bool = False
    later: bool = False
    uses: list[Use] = field(default_factory=list)
    stores: list[Store] = field(default_factory=list)

    @property
    def owner(self) -> Scope:
        """The scope that `:=` binds in: the nearest that is no comprehension."""
        scope = self
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        return scope

    @property
    def outer(self) -> Scope:
        """The nearest scope around that names are looked up in: classes are skipped."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
            if scope.kind != "class":
                break
        return scope

    def owns(self, name: str) -> bool:
        """Whether *name*, met here, is local to this scope."""
        return name in self.bound and name not in self.elsewhere and name not in self.globals

    def hands_itself(self, use: Use) -> bool:
        """Whether a method, by *use*, calls another one of its object, or gives that away."""
        is_own = use.name == self.first and use.how is not How.BOUND
        return is_own and (use.how is How.CALLED or not use.rest)

    def changes_others(self, store: Store) -> bool:
        """Whether *store*, to a name that is local here, reaches an object made elsewhere."""
        if store.name == self.first and store.own:
            return False
        return store.name in self.kept or not self.bound[store.name]
