"""
Components: what reaches each other in a graph.

Tarjan's algorithm ("Depth-first search and linear graph algorithms", SIAM J.
Comput. 1972). Nothing here recurses, however deep the graph goes.

Knows points and what follows them; does not know what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

_Point = TypeVar("_Point", bound=Hashable)


@dataclass(slots=True)
class _Visit(Generic[_Point]):
    """A point on the path of the search, and what of it is still to be looked at."""

    point: _Point
    remaining: Iterator[_Point]


def components(
    start: _Point, follows: Callable[[_Point], Iterable[_Point]], settled: Container[_Point]
) -> Iterator[list[_Point]]:
    """
    Yield the strongly connected components that *start* leads to, each after all that it leads to.

    Args:
        start: Where to begin.
        follows: What each point leads to, one step on.
        settled: Points to leave out; whoever asks adds each component as it comes.
    """
    order: dict[_Point, int] = {start: 0}
    low: dict[_Point, int] = {start: 0}
    stack = [start]
    path = [_Visit(start, iter(follows(start)))]
    while path:
        visit = path[-1]
        for point in visit.remaining:
            if point in settled:
                continue
            if point not in order:
                order[point] = low[point] = len(order)
                stack.append(point)
                path.append(_Visit(point, iter(follows(point))))
                break
            low[visit.point] = min(low[visit.point], order[point])
        else:
            path.pop()
            if path:
                above = path[-1].point
                low[above] = min(low[above], low[visit.point])
            if low[visit.point] == order[visit.point]:
                members: list[_Point] = []
                while not members or members[-1] != visit.point:
                    members.append(stack.pop())
                yield members
