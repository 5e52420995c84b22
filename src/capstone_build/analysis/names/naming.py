"""
Naming: whose code a name is, when a declaration spells it as text.

Knows what modules bind; a name that is only bound while a program runs
(`globals()[...] = ...`) is taken to be there, since it cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

from capstone_build.analysis.file.unit import Flag
from capstone_build.analysis.names.ignored import Ignored
from capstone_build.analysis.names.node import Sort
from capstone_build.analysis.names.packages import Missing, Standard
from capstone_build.analysis.names.resolution import Resolver
from capstone_build.core.stage import Symbol, is_with_all_below


class Owner(Enum):
    """Whose code something is."""

    PROJECT = "project"
    LIBRARY = "library"
    PYTHON = "python"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Naming:
    """
    What a name stands for.

    Attributes:
        owner: Whose it is.
        module: Whether there is a module of the name's; if so, only what is in it may be missing.
        nearest: Names of the project that it may be a slip for, if it is nobody's.
    """

    owner: Owner
    module: bool = True
    nearest: tuple[str, ...] = ()


def naming(symbol: Symbol, resolver: Resolver) -> Naming:
    """Tell what *symbol* stands for."""
    module, _, qualified = symbol.partition(":")
    sources = resolver.sources
    if sources.find(module) is None:
        top = module.partition(".")[0]
        provider = sources.packages.provider(top)
        if sources.find(top) is None and not isinstance(provider, Missing):
            return Naming(Owner.PYTHON if isinstance(provider, Standard) else Owner.LIBRARY)
        near = get_close_matches(module, sources.modules.listing())
        return Naming(Owner.NOBODY, False, tuple(_spelled(each, qualified) for each in near))
    name = qualified.partition(".")[0]
    if not name.isidentifier() or _may_bind(module, name, resolver):
        return Naming(Owner.PROJECT)
    binders = sources.summary(module).binders
    near = [f"{module}:{each}" for each in get_close_matches(name, binders)]
    if sources.find(f"{module}.{name}") is not None:
        near.insert(0, f"{module}.{name}")
    return Naming(Owner.NOBODY, True, tuple(near))


def ignored(symbols: Iterable[Symbol], resolver: Resolver) -> Ignored:
    """
    Return what *symbols* stand for: each name, and the definition that it leads to.

    Args:
        symbols: Definitions, or modules with all below them.
        resolver: Tells what names stand for.
    """
    names: set[tuple[str, str]] = set()
    modules: set[str] = set()
    files: set[str] = set()
    for symbol in symbols:
        module, _, name = symbol.partition(":")
        if is_with_all_below(symbol):
            modules.add(module)
            found = resolver.sources.find(module)
            if found is not None and found.file is not None:
                whole = found.file.removesuffix("__init__.py")
                files.add(whole if found.is_package else found.file)
        else:
            names |= {
                (link.node.module, link.node.name)
                for link in resolver.path(module, name)
                if link.node.sort is Sort.SYMBOL and not link.rest
            }
    return Ignored(frozenset(names), frozenset(modules), frozenset(files))


def _may_bind(module: str, name: str, resolver: Resolver) -> bool:
    """Tell whether *module* has a global *name*, as far as reading it can tell."""
    found = resolver.sources.find(module)
    summary = resolver.sources.summary(module)
    if found is None or found.file is None:
        return False
    if not found.is_source or summary.broken or "__getattr__" in summary.binders:
        return True
    flags = {hint.flag for unit in summary.units for hint in unit.hints}
    links = resolver.path(module, name)
    return Flag.NAMESPACE in flags or any(each.node.sort is not Sort.MISSING for each in links)


def _spelled(module: str, qualified: str) -> str:
    """Spell a name as a declaration would: a module as a whole by its name alone."""
    return module if qualified.startswith("*") else f"{module}:{qualified}"
