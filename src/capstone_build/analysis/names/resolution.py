"""
Resolution: what a name in a module stands for, through all that re-exports it.

Knows aliases, relative imports, star imports, re-exports, submodules and
module-level `__getattr__`; does not know what the definitions found there do.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import TypeAlias

from capstone_build.analysis.file.summary import Star
from capstone_build.analysis.file.unit import Kind, Target
from capstone_build.analysis.names.ignored import NOTHING, Ignored
from capstone_build.analysis.names.node import Link, Node, Sort
from capstone_build.analysis.names.sources import Sources

Names: TypeAlias = tuple[str, ...]

_BUILTINS = frozenset(dir(builtins))
OF_EVERY_MODULE = frozenset(
    [
        "__annotations__",
        "__builtins__",
        "__cached__",
        "__debug__",
        "__doc__",
        "__file__",
        "__loader__",
        "__name__",
        "__package__",
        "__path__",
        "__spec__",
    ]
)

_LONGEST = 16
"""A chain of attributes that is longer grows: of a package that imports itself from below."""


class Resolver:
    """
    Follows names.

    Args:
        sources: What each module says.
        ignored: At what nodes to stop, as if there were nothing by these names.
    """

    def __init__(self, sources: Sources, ignored: Ignored = NOTHING) -> None:
        self.sources = sources
        self.ignored = ignored
        self._paths: dict[tuple[str, str], tuple[Link, ...]] = {}
        self._targets: dict[tuple[str, Target, str], tuple[Link, ...]] = {}
        self._executed: dict[tuple[str, Target], tuple[Node, ...]] = {}

    def path(self, module: str, path: str) -> tuple[Link, ...]:
        """Return all that *path*, a global name of *module* and attributes, passes and ends at."""
        key = (module, path)
        if key not in self._paths:
            first, *rest = path.split(".")
            walk = _Walk(self.sources, self.ignored)
            walk.name(module, first, tuple(rest), attribute=False)
            self._paths[key] = tuple(dict.fromkeys(walk.links))
        return self._paths[key]

    def target(self, module: str, target: Target, rest: str = "") -> tuple[Link, ...]:
        """Return all that an import in *module*, and attributes read from it, pass and end at."""
        key = (module, target, rest)
        if key not in self._targets:
            walk = _Walk(self.sources, self.ignored)
            walk.target(module, target, tuple(rest.split(".")) if rest else ())
            self._targets[key] = tuple(dict.fromkeys(walk.links))
        return self._targets[key]

    def loads(self, module: str, target: Target) -> tuple[Node, ...]:
        """Return the modules that an import in *module* executes."""
        key = (module, target)
        if key not in self._executed:
            loads = self._loads(module, target)
            self._executed[key] = tuple([each for each in loads if each not in self.ignored])
        return self._executed[key]

    def _loads(self, module: str, target: Target) -> Iterator[Node]:
        name = self.absolute(module, target)
        if name is None:
            return
        if self.sources.find(name) is None:
            # An import by name may spell attributes too.
            stem = name.rpartition(".")[0]
            while stem and self.sources.find(stem) is None:
                stem = stem.rpartition(".")[0]
            yield Node(Sort.LOADED, stem) if stem else Node(Sort.TOP, name.partition(".")[0])
            return
        yield Node(Sort.LOADED, name)
        if target.name not in {"", "*"} and not self.sources.binds(name, target.name):
            below = f"{name}.{target.name}"
            if self.sources.find(below) is not None:
                yield Node(Sort.LOADED, below)
        elif target.name == "*":
            for each in self.sources.asked(name, "__all__").exports or ():
                if self.sources.find(f"{name}.{each}") is not None:
                    yield Node(Sort.LOADED, f"{name}.{each}")

    def absolute(self, module: str, target: Target) -> str | None:
        """Return the full name of the module that *target* names; None if it is above the top."""
        return absolute(self.sources, module, target)


def absolute(sources: Sources, module: str, target: Target) -> str | None:
    """Return the full name of the module that *target*, met in *module*, names."""
    if not target.level:
        return target.module
    found = sources.find(module)
    parts = module.split(".")
    drop = target.level - (1 if found is not None and found.is_package else 0)
    if drop > len(parts):
        return None
    stem = parts[: len(parts) - drop]
    return ".".join([*stem, target.module] if target.module else stem) or None


class _Walk:
    """One pursuit of a name, in which no name is followed twice."""

    def __init__(self, sources: Sources, ignored: Ignored) -> None:
        self._sources = sources
        self._ignored = ignored
        self._seen: set[tuple[str, str, Names]] = set()
        self.links: list[Link] = []

    def _add(self, sort: Sort, module: str, name: str = "", rest: Names = ()) -> None:
        node = Node(sort, module, name)
        if self._ignored is NOTHING or node not in self._ignored:
            self.links.append(Link(node, rest))

    def name(self, module: str, name: str, rest: Names, *, attribute: bool) -> None:
        """Follow a global *name* of *module*."""
        if (module, name, rest) in self._seen:
            return
        self._seen.add((module, name, rest))
        if self._ignored is not NOTHING and Node(Sort.SYMBOL, module, name) in self._ignored:
            return
        summary = self._sources.asked(module, name)
        if summary.broken or len(rest) > _LONGEST:
            self._add(Sort.WHOLE, module)
            return
        binders = summary.binders.get(name, ())
        if summary.stars:
            stars = self._stars_after(module, name, binders)
            for star in stars:
                self._through_star(module, star, name, rest)
            if any(star.sure for star in stars):
                return
        if binders:
            self._bound(module, name, rest, binders)
        else:
            self._unbound(module, name, rest, attribute=attribute)

    def _bound(self, module: str, name: str, rest: Names, binders: tuple[int, ...]) -> None:
        """Follow a name that statements of *module* bind."""
        self._add(Sort.SYMBOL, module, name, rest)
        if "__globals__" in rest:
            self._add(Sort.WHOLE, module)
        units = self._sources.asked(module, name).units
        for unit in (units[index] for index in binders):
            if unit.kind is Kind.IMPORT and unit.target is not None:
                self.target(module, unit.target, rest)
            for bound, target in unit.binds:
                if bound == name:
                    self.target(module, target, rest)

    def _stars_after(self, module: str, name: str, binders: tuple[int, ...]) -> list[Star]:
        """Return the star imports that bring *name* and that no later binding is sure to hide."""
        summary = self._sources.asked(module, name)
        sure = [index for index in binders if summary.units[index].kind is not Kind.BLOCK]
        found: list[Star] = []
        for star in reversed(summary.stars):
            if sure and star.place < sure[-1]:
                break
            if self._exported(module, star, name):
                found.append(star)
                if star.sure:
                    break
        return found

    def _through_star(self, module: str, star: Star, name: str, rest: Names) -> None:
        source = absolute(self._sources, module, star.target)
        if source is not None:
            self._add(Sort.SYMBOL, module, name, rest)
            summary = self._sources.asked(source, "__all__")
            if summary.exports is None and "__all__" in summary.binders:
                self.name(source, "__all__", (), attribute=False)  # it is computed what it brings
            self._member(source, name, rest)

    def _exported(self, module: str, star: Star, name: str) -> bool:
        """Whether a star import brings *name*."""
        source = absolute(self._sources, module, star.target)
        if source is None or self._sources.find(source) is None:
            return False
        summary = self._sources.asked(source, "__all__")
        if summary.exports is not None:
            listed = name in summary.exports
        else:
            listed = "__all__" in summary.binders or not name.startswith("_")
        return listed and self._defines(source, name, {module})

    def _defines(self, module: str, name: str, asked: set[str]) -> bool:
        summary = self._sources.asked(module, name)
        if name in summary.binders or self._sources.find(f"{module}.{name}") is not None:
            return True
        if module in asked:
            return False
        asked.add(module)
        names = [absolute(self._sources, module, star.target) for star in summary.stars]
        return any(
            each is not None
            and self._sources.find(each) is not None
            and self._defines(each, name, asked)
            for each in names
        )

    def _unbound(self, module: str, name: str, rest: Names, *, attribute: bool) -> None:
        """Follow a name that no statement of *module* binds."""
        below = f"{module}.{name}"
        if attribute and name == "__dict__":
            self._add(Sort.WHOLE, module)
        elif name in OF_EVERY_MODULE:
            return
        elif attribute and self._sources.find(below) is not None:
            self._add(Sort.LOADED, below)
            self.module(below, rest)
        elif attribute and self._sources.binds(module, "__getattr__"):
            self._add(Sort.SYMBOL, module, "__getattr__")
            self._add(Sort.MISSING, module, name)
        elif attribute or name not in _BUILTINS:
            self._add(Sort.MISSING, module, name, rest)
        for star in self._sources.asked(module, name).stars:
            source = absolute(self._sources, module, star.target)
            if source is not None and self._sources.find(source) is None:
                self._add(Sort.TOP, source.partition(".")[0])  # it may come from there

    def target(self, module: str, target: Target, rest: Names) -> None:
        """Follow what an import in *module* names, and the attributes read from it."""
        name = absolute(self._sources, module, target)
        if name is None:
            return
        wanted = rest if target.name in {"", "*"} else (target.name, *rest)
        stem = name
        while stem and self._sources.find(stem) is None:
            stem, _, last = stem.rpartition(".")
            wanted = (last, *wanted)
        if not stem:
            self._add(Sort.TOP, name.partition(".")[0], rest=wanted)
            return
        self._add(Sort.LOADED, stem)
        above, _, last = stem.rpartition(".")
        if above and not target.name and self._sources.binds(above, last):
            # `import a.b as c` takes what `a` calls `b`; `from a.b import c` takes the module.
            self.name(above, last, wanted, attribute=True)
        if target.name == "*":
            self._add(Sort.WHOLE, stem)
        else:
            self.module(stem, wanted)

    def module(self, module: str, rest: Names) -> None:
        """Follow attributes of *module*; as a value, without any, all of it may be used."""
        if rest:
            self._member(module, rest[0], rest[1:])
        else:
            self._add(Sort.WHOLE, module)

    def _member(self, module: str, name: str, rest: Names) -> None:
        self.name(module, name, rest, attribute=True)
