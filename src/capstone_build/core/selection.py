"""
Selection: which stages the words of a command line name.

A word is a stage, an artifact's path, a pattern of either (`plot_*`,
`output/*.csv`), `tag:NAME` or `state:NAME`. `load+` adds all stages below, `+report`
all above. What is spelled exactly so comes before what it may mean: a stage that
is called `load+` is that stage.

Knows the stages, what joins them, and asks for a plan where a state is named; does
not know how a plan is made (`capstone_build.core.plan`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from fnmatch import fnmatchcase
from types import MappingProxyType

from capstone_build.core.artifact import matches
from capstone_build.core.graph import StageGraph
from capstone_build.core.plan import CanRestore, MayRun, MustRun, Plan, UpToDate, Verdict
from capstone_build.core.stage import StageName
from capstone_build.errors import UnknownTargetError

_TAG = "tag:"
_STATE = "state:"
_ADDING = "+"
_WILD = frozenset("*?[")

_STATES = MappingProxyType(
    {
        "stale": (MustRun, CanRestore, MayRun),
        "must-run": (MustRun,),
        "may-run": (MayRun,),
        "can-restore": (CanRestore,),
        "up-to-date": (UpToDate,),
    }
)
"""The verdicts that each state stands for."""

Judge = Callable[[], Plan]
"""Makes the plan of the whole graph; called only where a state is named."""


def asks_for_state(word: str) -> bool:
    """Tell whether what *word* names may be another the next time, without any stage changed."""
    return word.strip(_ADDING).startswith(_STATE)


class Selection:
    """
    The naming of stages by words.

    Args:
        graph: The pipeline.
        folder: Where paths begin, from the root.
        judge: Makes its plan.
    """

    def __init__(self, graph: StageGraph, folder: str, judge: Judge) -> None:
        self._graph = graph
        self._folder = folder
        self._judge = judge

    def of(self, word: str) -> list[StageName]:
        """
        Return the stages that *word* names, upstream stages first.

        A state names what is in it just now, which may be nothing.

        Raises:
            UnknownTargetError: If it names no stage, pattern, tag or state that there is.
        """
        try:
            return [self._graph.find(word, self._folder)]
        except UnknownTargetError:
            if word.strip(_ADDING) == word and not _is_special(word):
                raise
        below, above = word.endswith(_ADDING), word.startswith(_ADDING)
        named = list(self._named(word.strip(_ADDING)))
        found = set(named)
        if below:
            found |= reached(named, self._graph.downstream)
        if above:
            found |= reached(named, self._graph.upstream)
        return [name for name in self._graph.stages if name in found]

    def _named(self, word: str) -> Iterable[StageName]:
        """Return the stages that *word*, without what it adds, names."""
        if word.startswith(_STATE):
            return self._in_state(word)
        if word.startswith(_TAG):
            return self._tagged(word)
        if not _WILD.isdisjoint(word):
            return self._matching(word)
        return [self._graph.find(word, self._folder)]

    def _in_state(self, word: str) -> Iterator[StageName]:
        verdicts: tuple[type[Verdict], ...] | None = _STATES.get(word.removeprefix(_STATE))
        if verdicts is None:
            known = ", ".join(_STATE + name for name in _STATES)
            raise UnknownTargetError(word, "is no state of a stage", hint=f"There are {known}.")
        plan = self._judge()
        return (name for name, verdict in plan.items() if isinstance(verdict, verdicts))

    def _tagged(self, word: str) -> Collection[StageName]:
        tag = word.removeprefix(_TAG)
        found = [stage.name for stage in self._graph if tag in stage.tags]
        if not found:
            tags = sorted({_TAG + each for stage in self._graph for each in stage.tags})
            raise UnknownTargetError(
                word,
                "is a tag that no stage has",
                among=tags,
                hint=f"There are {', '.join(tags)}." if tags else "Declare it: tags=['slow'].",
            )
        return found

    def _matching(self, word: str) -> Collection[StageName]:
        patterns = dict.fromkeys([f"{self._folder}/{word}".lstrip("/"), word])
        found = [
            stage.name
            for stage in self._graph
            if fnmatchcase(stage.name, word)
            or any(matches(each, made.location) for each in patterns for made in stage.writes)
        ]
        if not found:
            raise UnknownTargetError(
                word, "matches no stage and no output", hint="`capstone status` lists the stages."
            )
        return found


def reached(
    names: Iterable[StageName], step: Callable[[StageName], Collection[StageName]]
) -> set[StageName]:
    """Return *names* and all that is reached from them, one *step* after the other."""
    found = set(names)
    waiting = list(found)
    while waiting:
        fresh = set(step(waiting.pop())) - found
        found |= fresh
        waiting += fresh
    return found


def _is_special(word: str) -> bool:
    return word.startswith((_TAG, _STATE)) or not _WILD.isdisjoint(word)
