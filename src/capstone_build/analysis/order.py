"""
The order in which modules are executed, where it can be felt.

Knows the imports of modules in the order they are written, and simulates what
Python does with them; says nothing where no statement acts and no name is
bound twice, since then no order differs from another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from capstone_build.analysis.effects import Effects
from capstone_build.analysis.node import Node, Sort
from capstone_build.analysis.resolution import Resolver
from capstone_build.analysis.unit import Kind, Unit


class _Event(NamedTuple):
    """
    Something that happens while a module is executed.

    Attributes:
        module: Where.
        name: The symbol bound; empty for an effect.
        parts: Whether what happens before it and after it may see different things.
    """

    module: str
    name: str
    parts: bool


class Order:
    """
    Simulates imports.

    Args:
        resolver: Tells what imports execute.
        effects: Tells which statements act.
    """

    def __init__(self, resolver: Resolver, effects: Effects) -> None:
        self._resolver = resolver
        self._effects = effects
        self._moments: dict[str, list[str | _Event]] = {}
        self._simulated: dict[tuple[str, ...], list[_Event]] = {}

    def of(self, roots: Sequence[Node], reached: AbstractSet[Node]) -> list[str]:
        """
        Return what happens in which order when the code of *roots* is imported.

        Between two events that can be felt, the order of the others does not
        count; of what is bound, only what was *reached* does.
        """
        lines: list[str] = []
        between: list[str] = []
        parted = False
        for event in self._simulation(tuple(_modules(roots))):
            if event.name and Node(Sort.SYMBOL, event.module, event.name) not in reached:
                continue
            label = f"{event.module}:{event.name or '<effects>'}"
            if not event.parts:
                between.append(label)
                continue
            parted = True
            lines += sorted(between)
            between = []
            if lines[-1:] != [f"then {label}"]:
                lines.append(f"then {label}")
        lines += sorted(between)
        # One event that nothing else happens around has no order.
        return lines if parted and len(lines) > 1 else []

    def _simulation(self, modules: tuple[str, ...]) -> list[_Event]:
        """Return the events of all that *modules* execute, in order."""
        if modules not in self._simulated:
            done: set[str] = set()
            events: list[_Event] = []
            stack = [iter(list[str | _Event](modules))]
            while stack:
                for moment in stack[-1]:
                    if isinstance(moment, _Event):
                        events.append(moment)
                    elif moment not in done:
                        done.add(moment)
                        stack.append(iter(self._of_module(moment)))
                        break
                else:
                    stack.pop()
            self._simulated[modules] = events
        return self._simulated[modules]

    def _of_module(self, module: str) -> list[str | _Event]:
        """Return the modules that *module* executes first, and the events of its own, in order."""
        if module not in self._moments:
            above = module.rpartition(".")[0]
            moments: list[str | _Event] = [above] if above else []
            acting = set(self._effects.of(module))
            bound: set[str] = set()
            for index, unit in enumerate(self._resolver.sources.summary(module).units):
                if not unit.main:
                    moments += self._imported(module, unit)
                    if index in acting:
                        moments.append(_Event(module, "", parts=True))
                    moments += self._bindings(module, unit, bound)
                    bound.update(unit.names)
            self._moments[module] = moments
        return self._moments[module]

    def _imported(self, module: str, unit: Unit) -> Iterator[str]:
        if unit.kind in {Kind.IMPORT, Kind.STAR, Kind.BLOCK}:
            for target in unit.loads:
                for node in self._resolver.loads(module, target):
                    if node.sort is Sort.LOADED:
                        yield node.module

    def _bindings(self, module: str, unit: Unit, bound: set[str]) -> Iterator[_Event]:
        """Yield the names that *unit* binds to what depends on when it is executed."""
        if unit.kind is not Kind.IMPORT:
            binders = self._resolver.sources.summary(module).binders
            for name in unit.names:
                if len(binders[name]) > 1 or not unit.fixed:
                    yield _Event(module, name, parts=name in bound)


def _modules(roots: Sequence[Node]) -> Iterator[str]:
    """Yield the modules that are imported to get at *roots*."""
    for root in roots:
        if root.sort is Sort.SCRIPT:
            yield root.name
        elif root.sort in {Sort.SYMBOL, Sort.LOADED, Sort.WHOLE}:
            yield root.module
