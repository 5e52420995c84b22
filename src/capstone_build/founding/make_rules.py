"""
The rules of a Makefile, and which of them makes a file.

Knows explicit, static and pattern rules, and how make searches them (its
manual, chapters 4 and 10); does not know how a Makefile is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from capstone_build.core.stage import Location
from capstone_build.founding.make_words import stem_of


@dataclass(frozen=True, slots=True)
class RecipeLine:
    """
    One line of a recipe.

    Attributes:
        text: As it is written, without the tab.
        where: Where it stands.
    """

    text: str
    where: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    A rule.

    Attributes:
        targets: What it makes.
        needs: What it needs, in order.
        order_only: What has to be there before, whatever its age.
        recipe: The lines of its recipe.
        is_group: Whether one run of the recipe makes all the targets.
        stems: For a static pattern rule, the stem of each target.
        patterns: For a static pattern rule, its patterns of targets and of needs.
        where: Where it begins.
    """

    targets: tuple[str, ...]
    needs: tuple[str, ...] = ()
    order_only: tuple[str, ...] = ()
    recipe: tuple[RecipeLine, ...] = ()
    is_group: bool = False
    stems: tuple[str, ...] = ()
    patterns: tuple[str, tuple[str, ...], tuple[str, ...]] | None = None
    where: Location

    @property
    def is_pattern(self) -> bool:
        """Whether it stands for all files of a form."""
        return self.patterns is None and any("%" in each for each in self.targets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """
    How one run of a recipe comes about.

    Attributes:
        rule: The rule whose recipe it is.
        targets: What it makes; the first is the one that was asked for.
        needs: What it needs, in order, each once.
        order_only: What has to be there before.
        stem: What `%` stands for; None if the rule has none.
        more: What rules without a recipe add to `needs`.
    """

    rule: Rule
    targets: tuple[str, ...]
    needs: tuple[str, ...]
    order_only: tuple[str, ...]
    stem: str | None
    more: tuple[str, ...] = ()


@dataclass(slots=True)
class RuleBook:
    """
    All rules.

    Attributes:
        folder: Where files are looked for.
        rules: The rules, as they are written.
        phony: Targets that are no files.
    """

    folder: Path
    rules: list[Rule] = field(default_factory=list)
    phony: set[str] = field(default_factory=set)
    _known: dict[str, Making | None] = field(default_factory=dict)

    def makings(self, goals: Iterable[str]) -> Iterator[Making]:
        """Yield how *goals*, and all that they need, are made: each once, what is needed first."""
        seen: set[str] = set()
        waiting: list[tuple[str, bool]] = [(goal, False) for goal in reversed(list(goals))]
        while waiting:
            target, is_expanded = waiting.pop()
            making = self.making(target)
            if is_expanded:
                if making is not None and making.rule.recipe:
                    yield making
                continue
            if target in seen:
                continue
            seen.update([target] if making is None else [target, *making.targets])
            waiting.append((target, True))
            needs = self.needs(target) if making is None else (*making.needs, *making.order_only)
            waiting += [(each, False) for each in reversed(needs)]

    def explicit(self, target: str) -> list[Rule]:
        """Return the rules that name *target*."""
        return [each for each in self.rules if not each.is_pattern and target in each.targets]

    def needs(self, target: str) -> tuple[str, ...]:
        """Return what a target without a recipe of its own needs: a group of files, say."""
        return tuple(
            dict.fromkeys(n for r in self.explicit(target) for n in (*r.needs, *r.order_only))
        )

    def files_of(self, target: str, seen: frozenset[str] = frozenset()) -> list[str]:
        """Return the files that *target* stands for: itself, or of a phony one what it needs."""
        if target not in self.phony or target in seen:
            return [target]
        needs = self.needs(target)
        return [f for each in needs for f in self.files_of(each, seen | {target})]

    def making(self, target: str) -> Making | None:
        """Return how *target* is made; None if no recipe makes it."""
        if target not in self._known:
            self._known[target] = self._explicit_making(target) or (
                None if target in self.phony else self._implicit(target, ())
            )
        return self._known[target]

    def _explicit_making(self, target: str) -> Making | None:
        rules = self.explicit(target)
        with_recipe = [each for each in rules if each.recipe]
        if not with_recipe:
            return None
        rule = with_recipe[-1]
        more = tuple(n for each in rules if each is not rule for n in each.needs)
        needs = self._own_needs(rule, target)
        order = tuple(n for each in rules for n in each.order_only)
        return Making(
            rule=rule,
            targets=rule.targets if rule.is_group else (target,),
            needs=_unique(needs, more),
            order_only=_unique(order),
            stem=rule.stems[rule.targets.index(target)] if rule.stems else None,
            more=more,
        )

    def _own_needs(self, rule: Rule, target: str) -> tuple[str, ...]:
        if rule.patterns is None:
            return rule.needs
        stem = rule.stems[rule.targets.index(target)]
        return tuple(each.replace("%", stem, 1) for each in rule.patterns[1])

    def _implicit(self, target: str, used: tuple[Rule, ...]) -> Making | None:
        """Find the pattern rule for *target*: the shortest stem, then the first."""
        found: list[tuple[int, int, Making]] = []
        for index, rule in enumerate(self.rules):
            if rule.is_pattern and rule.recipe and not any(rule is each for each in used):
                for pattern in rule.targets:
                    making = self._match(rule, pattern, target, used)
                    if making is not None:
                        found.append((len(making.stem or ""), index, making))
        if not found:
            return None
        making = min(found, key=lambda each: each[:2])[2]
        extra = self.explicit(target)
        more = tuple(n for each in extra for n in each.needs)
        order = tuple(n for each in extra for n in each.order_only)
        return replace(
            making,
            needs=_unique(making.needs, more),
            order_only=_unique(making.order_only, order),
            more=more,
        )

    def _match(
        self, rule: Rule, pattern: str, target: str, used: tuple[Rule, ...]
    ) -> Making | None:
        stem, folder = stem_of(pattern, target), ""
        if stem is None and "/" not in pattern and "/" in target:
            folder, _, name = target.rpartition("/")
            folder += "/"
            stem = stem_of(pattern, name)
        if not stem:
            return None
        needs = [_put(each, stem, folder) for each in rule.needs]
        if not all(self._can_be(each, (*used, rule)) for each in needs):
            return None
        targets = [folder + each.replace("%", stem, 1) for each in rule.targets]
        return Making(
            rule=rule,
            targets=_unique((target,), targets),
            needs=_unique(needs),
            order_only=tuple(_put(each, stem, folder) for each in rule.order_only),
            stem=folder + stem,
        )

    def _can_be(self, path: str, used: tuple[Rule, ...]) -> bool:
        if self.explicit(path) or (self.folder / path).exists():
            return True
        return self._implicit(path, used) is not None


def _put(pattern: str, stem: str, folder: str) -> str:
    return folder + pattern.replace("%", stem, 1) if "%" in pattern else pattern


def _unique(*lists: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for those in lists for each in those))
