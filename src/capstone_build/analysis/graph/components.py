"""
Components: what reaches each other in a graph.

Tarjan's algorithm ("Depth-first search and linear graph algorithms", SIAM J.
Comput. 1972). Nothing here recurses, however deep the graph goes.

Knows points and what follows them; does not know what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Iterator
from typing import TypeVar

_Point = TypeVar("_Point", bound=Hashable)


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
    path = [start]  # of the search, with what of each point is still to be looked at
    ahead = [iter(follows(start))]
    while path:
        here = path[-1]
        for point in ahead[-1]:
            if point in settled:
                continue
            if point not in order:
                order[point] = low[point] = len(order)
                stack.append(point)
                path.append(point)
                ahead.append(iter(follows(point)))
                break
            low[here] = min(low[here], order[point])
        else:
            path.pop()
            ahead.pop()
            if path and low[here] < low[path[-1]]:
                low[path[-1]] = low[here]
            if low[here] == order[here]:
                members: list[_Point] = []
                while not members or members[-1] != here:
                    members.append(stack.pop())
                yield members
