"""
Snakemake's rules, with their wildcards, and which of them makes a file.

Knows patterns with `{wildcards}` and the functions that rules are written with;
does not know how a Snakefile is read, nor shells.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from string import Formatter
from typing import Any, Self

from capstone_build.core.stage import Location
from capstone_build.founding.plain_python import Fields

_WILDCARD = re.compile(r"\{\s*(?P<name>\w+)(?:\s*,\s*(?P<form>(?:[^{}]|\{\d+(?:,\d*)?\})*))?\s*\}")


class MarkedPath(str):
    """
    A path with marks such as `temp`.

    Attributes:
        marks: The names of the functions that it was marked with.
    """

    marks: frozenset[str]

    __slots__ = ("marks",)

    def __new__(cls, text: str, marks: frozenset[str]) -> Self:
        """Return *text* with *marks*."""
        made = super().__new__(cls, text)
        made.marks = marks
        return made


def marked(mark: str) -> Callable[..., Any]:
    """Return Snakemake's function that marks paths."""

    def mark_all(value: Any, *_more: Any, **_options: Any) -> Any:
        if isinstance(value, list | tuple):
            return [mark_all(each) for each in value]
        if callable(value):
            return lambda *given: mark_all(value(*given))
        return MarkedPath(value, getattr(value, "marks", frozenset()) | {mark})

    return mark_all


def expand(*arguments: Any, allow_missing: bool = False, **wildcards: Any) -> list[str]:
    """Do what Snakemake's `expand` does: fill patterns with all combinations of values."""
    patterns, *combinators = arguments
    patterns = [patterns] if isinstance(patterns, str) else list(patterns)
    values = {
        name: [each] if isinstance(each, str) or not hasattr(each, "__iter__") else list(each)
        for name, each in wildcards.items()
    }
    is_zip = bool(combinators) and combinators[0] is not product
    found: list[str] = []
    for pattern in patterns:
        names = [n for n in values if n in _fields(pattern)]
        rows = (
            zip(*values.values(), strict=False) if is_zip else product(*(values[n] for n in names))
        )
        keys = list(values) if is_zip else names
        found += [
            _filled(pattern, dict(zip(keys, row, strict=True)), allow_missing) for row in rows
        ]
    return found


def _fields(pattern: str) -> set[str]:
    return {re.split(r"[.\[]", name)[0] for _, name, _, _ in Formatter().parse(pattern) if name}


def _filled(pattern: str, values: Mapping[str, Any], allow_missing: bool) -> str:
    text = ""
    for literal, name, spec, _ in Formatter().parse(pattern):
        text += literal
        if name is None:
            continue
        if name in values:
            text += format(values[name], spec or "")
        elif allow_missing:
            text += f"{{{name}}}"
        else:
            raise KeyError(name)
    return text


def multiext(prefix: str, *suffixes: str) -> list[str]:
    """Do what Snakemake's `multiext` does."""
    return [prefix + each for each in suffixes]


@dataclass(slots=True)
class Globs:
    """
    Looks for files by patterns with wildcards.

    Attributes:
        folder: Where.
        asked: What was asked for: the pattern, and what was found for each wildcard.
    """

    folder: Path
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)

    def glob_wildcards(self, pattern: str, *_files: Any) -> Fields:
        """Do what Snakemake's `glob_wildcards` does, in the order of names."""
        form = compiled(pattern, {})
        shape = _WILDCARD.sub("*", pattern)
        parts = shape.split("/")
        # A wildcard may stand for several folders.
        deep = ["/".join([*parts[:-1], "**", parts[-1]])] if "*" in shape else []
        names = [found["name"] for found in _WILDCARD.finditer(pattern)]
        paths = {
            path
            for each in (shape, *deep)
            for path in glob.glob(each, root_dir=self.folder, recursive=True)  # noqa: PTH207
        }
        rows = [found for path in sorted(paths) if (found := form.fullmatch(path))]
        values = {name: [row[name] for row in rows] for name in dict.fromkeys(names)}
        self.asked.append((pattern, values))
        return Fields(values)


def names_in(pattern: str) -> list[str]:
    """Return the wildcards of *pattern*, each once."""
    return list(dict.fromkeys(found["name"] for found in _WILDCARD.finditer(pattern)))


def without_forms(pattern: str) -> str:
    """Return *pattern* with its wildcards as bare names."""
    return _WILDCARD.sub(lambda found: f"{{{found['name']}}}", pattern)


def compiled(pattern: str, constraints: Mapping[str, str]) -> re.Pattern[str]:
    """Return the expression that paths match which *pattern* stands for."""
    text, at = "", 0
    seen: set[str] = set()
    for found in _WILDCARD.finditer(pattern):
        text += re.escape(pattern[at : found.start()])
        at = found.end()
        name = found["name"]
        form = found["form"] or constraints.get(name, ".+")
        text += f"(?P={name})" if name in seen else f"(?P<{name}>{form})"
        seen.add(name)
    return re.compile(text + re.escape(pattern[at:]))


def put(pattern: str, wildcards: Mapping[str, str]) -> str:
    """Return *pattern* with the values of its wildcards."""
    return _WILDCARD.sub(lambda found: wildcards.get(found["name"], found[0]), pattern)


@dataclass(frozen=True, slots=True, kw_only=True)
class SnakeRule:
    """
    A rule.

    Attributes:
        name: What it is called.
        outputs: Name to patterns; names of what has none are numbers.
        inputs: Tells the same for wildcards: paths, in order.
        constraints: Name of a wildcard to the expression that it matches.
        where: The line.
    """

    name: str
    outputs: Mapping[str, list[str]]
    inputs: Callable[[Mapping[str, str]], Mapping[str, list[str]]]
    constraints: Mapping[str, str]
    where: Location

    @property
    def patterns(self) -> list[str]:
        """All that it makes."""
        return [each for those in self.outputs.values() for each in those]

    @property
    def wildcards(self) -> list[str]:
        """The names of its wildcards."""
        return list(dict.fromkeys(name for each in self.patterns for name in names_in(each)))

    def match(self, path: str) -> dict[str, str] | None:
        """Return the wildcards with which it makes *path*; None if it does not."""
        for pattern in self.patterns:
            if found := compiled(pattern.rstrip("/"), self.constraints).fullmatch(path.rstrip("/")):
                return found.groupdict()
        return None


@dataclass(slots=True)
class SnakeBook:
    """
    All rules.

    Attributes:
        folder: Where files are looked for.
        rules: The rules, as they are written.
        order: Names of rules: each goes before those after it.
    """

    folder: Path
    rules: list[SnakeRule] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    def runs(self, goals: Iterable[str]) -> Iterator[tuple[SnakeRule, dict[str, str]]]:
        """Yield the rules, each with its wildcards, that make *goals*; what is needed first."""
        seen: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
        waiting: list[tuple[str, tuple[SnakeRule, dict[str, str]] | None]]
        waiting = [(goal, None) for goal in reversed(list(goals))]
        while waiting:
            path, done = waiting.pop()
            if done is not None:
                yield done
                continue
            found = self.find(path, ())
            if found is None:
                continue
            rule, wildcards = found
            key = (rule.name, tuple(sorted(wildcards.items())))
            if key in seen:
                continue
            seen.add(key)
            waiting.append((path, found))
            needs = [each for those in rule.inputs(wildcards).values() for each in those]
            waiting += [(each, None) for each in reversed(needs)]

    def find(self, path: str, above: tuple[str, ...]) -> tuple[SnakeRule, dict[str, str]] | None:
        """Return the rule that makes *path*, with its wildcards; None if none does."""
        found = [(rule, match) for rule in self.rules if (match := rule.match(path)) is not None]
        found = [each for each in found if each[0].name not in above]
        if len(found) > 1:
            fit = [e for e in found if self._is_possible(e[0], e[1], (*above, e[0].name))]
            found = fit or found
        rank = {name: index for index, name in enumerate(self.order)}
        found.sort(key=lambda each: (rank.get(each[0].name, len(rank)), len(each[1])))
        return found[0] if found else None

    def _is_possible(
        self, rule: SnakeRule, wildcards: Mapping[str, str], above: tuple[str, ...]
    ) -> bool:
        needs = [each for those in rule.inputs(wildcards).values() for each in those]
        return all(
            (self.folder / each).exists() or self.find(each, above) is not None for each in needs
        )
