"""
The order in which modules are executed, where it can be felt.

Knows the imports of modules in the order they are written, and simulates what
Python does with them; says nothing where no statement acts and no name is
bound twice, since then no order differs from another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from capstone_build.analysis.file.unit import Kind, Unit
from capstone_build.analysis.graph.effects import Effects
from capstone_build.analysis.graph.known_steps import KnownSteps, Moment
from capstone_build.analysis.graph.spread import NodeSet, picked
from capstone_build.analysis.names.node import Node, Sort
from capstone_build.analysis.names.resolution import Resolver

_EFFECTS = "<effects>"
_IMPORTING = frozenset({Kind.IMPORT, Kind.STAR, Kind.BLOCK})


class _Event(NamedTuple):
    """
    Something that happens while a module is executed.

    Attributes:
        label: What it is called.
        bound: The symbol that is bound; None for an effect.
        parts: Whether what happens before it and after it may see different things.
    """

    label: str
    bound: Node | None
    parts: bool


class _Simulation:
    """
    What happens in one order of imports.

    Many stages of one module share it and feel little of it each, so that what
    binds a symbol is found by the symbol.

    Args:
        events: All of it, in order.
    """

    def __init__(self, events: Sequence[_Event]) -> None:
        self._events = events
        self._effects = [place for place, each in enumerate(events) if each.bound is None]
        self._bindings: dict[Node, list[int]] = {}
        for place, each in enumerate(events):
            if each.bound is not None:
                self._bindings.setdefault(each.bound, []).append(place)
        self._bound = 0
        self._looked_at = 0

    def felt(self, reached: NodeSet) -> Iterator[_Event]:
        """Yield the effects, and what binds a symbol that was *reached*, in order."""
        for number in range(self._looked_at, len(reached.met)):
            self._bound |= (reached.met[number] in self._bindings) << number
        self._looked_at = len(reached.met)
        places = list(self._effects)
        for symbol in picked(reached.met, reached.bits & self._bound):
            places += self._bindings[symbol]
        return (self._events[place] for place in sorted(places))


class Order:
    """
    Simulates imports.

    Args:
        resolver: Tells what imports execute.
        effects: Tells which statements act.
        known: Remembers what happens in modules.
    """

    def __init__(self, resolver: Resolver, effects: Effects, known: KnownSteps) -> None:
        self._resolver = resolver
        self._effects = effects
        self._known = known
        self._moments: dict[str, list[str | _Event]] = {}
        self._simulated: dict[tuple[str, ...], _Simulation] = {}

    def of(self, roots: Sequence[Node], reached: NodeSet) -> list[str]:
        """
        Return what happens in which order when the code of *roots* is imported.

        Between two events that can be felt, the order of the others does not
        count; of what is bound, only what was *reached* does.
        """
        lines: list[str] = []
        between: list[str] = []
        parted = False
        for event in self._simulation(tuple(_modules(roots))).felt(reached):
            if not event.parts:
                between.append(event.label)
                continue
            parted = True
            lines += sorted(between)
            between = []
            if lines[-1:] != [f"then {event.label}"]:
                lines.append(f"then {event.label}")
        lines += sorted(between)
        # One event that nothing else happens around has no order.
        return lines if parted and len(lines) > 1 else []

    def _simulation(self, modules: tuple[str, ...]) -> _Simulation:
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
            self._simulated[modules] = _Simulation(events)
        return self._simulated[modules]

    def _of_module(self, module: str) -> list[str | _Event]:
        """Return the modules that *module* executes first, and the events of its own, in order."""
        if module not in self._moments:
            known = self._known.moments(module)
            if known is None:
                known = list(self._happening(module))
                self._known.note_moments(module, known)
            self._moments[module] = [e if isinstance(e, str) else _event(module, *e) for e in known]
        return self._moments[module]

    def _happening(self, module: str) -> Iterator[Moment]:
        """Yield what happens while *module* is executed; events by name, and whether they part."""
        above = module.rpartition(".")[0]
        if above:
            yield above
        acting = set(self._effects.of(module))
        bound: set[str] = set()
        for index, unit in enumerate(self._resolver.sources.summary(module).units):
            if unit.main:
                continue
            if unit.kind in _IMPORTING:
                yield from self._imported(module, unit)
            if index in acting:
                yield [_EFFECTS, True]
            if unit.kind is not Kind.IMPORT:
                yield from self._bindings(module, unit, bound)
            bound.update(unit.names)

    def _imported(self, module: str, unit: Unit) -> Iterator[str]:
        for target in unit.loads:
            for node in self._resolver.loads(module, target):
                if node.sort is Sort.LOADED:
                    yield node.module

    def _bindings(self, module: str, unit: Unit, bound: set[str]) -> Iterator[Moment]:
        """Yield the names that *unit* binds to what depends on when it is executed."""
        binders = self._resolver.sources.summary(module).binders
        for name in unit.names:
            if len(binders[name]) > 1 or not unit.fixed:
                yield [name, name in bound]


def _event(module: str, name: str, parts: bool) -> _Event:
    bound = None if name == _EFFECTS else Node(Sort.SYMBOL, module, name)
    return _Event(f"{module}:{name}", bound, parts)


def _modules(roots: Sequence[Node]) -> Iterator[str]:
    """Yield the modules that are imported to get at *roots*."""
    for root in roots:
        if root.sort is Sort.SCRIPT:
            yield root.name
        elif root.sort in {Sort.SYMBOL, Sort.LOADED, Sort.WHOLE}:
            yield root.module
