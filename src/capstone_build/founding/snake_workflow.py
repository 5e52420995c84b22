"""
The rules of a Snakefile as they are told: outputs, inputs, parameters.

Knows how sections are evaluated, and files that are included; does not know which
rules come to run, nor what a stage is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capstone_build.core.stage import Location
from capstone_build.founding.plain_python import Fields, NotPlain, value_of
from capstone_build.founding.snake_hole import HOLE
from capstone_build.founding.snake_rules import SnakeBook, SnakeRule, compiled, put, without_forms
from capstone_build.founding.snake_scope import Scope, flat
from capstone_build.founding.snakefile import Section, Snakefile, WrittenRule, parsed

_LOST_DIRECTIVES = {"workdir", "module", "subworkflow", "use", "onstart", "onsuccess", "onerror"}
Wildcards = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReadRule:
    """A rule, its sections, and what was told of them."""

    rule: SnakeRule
    written: WrittenRule
    marks: Mapping[str, frozenset[str]]


class Workflow:
    """
    A Snakefile, with those that it includes.

    Args:
        folder: Where its commands run.

    Attributes:
        scope: What its Python sets.
        book: Its rules.
        read: The same, by name, with all that was written.
        goals: What is made if nothing is asked for; None if there is no rule.
    """

    def __init__(self, folder: Path) -> None:
        self.scope = Scope.new(folder)
        self.book = SnakeBook(folder)
        self.read: dict[str, ReadRule] = {}
        self.goals: list[str] | None = None
        self._rules: dict[str, Any] = {}
        self._said: set[str] = set()
        self._constraints: dict[str, str] = {}

    def take_in(self, snakefile: Snakefile, beside: Path) -> None:
        """Read all statements, and those of the files that it includes."""
        for each in snakefile.statements:
            if isinstance(each, WrittenRule):
                if each.kind in {"rule", "checkpoint"}:
                    self._rule(each)
                else:
                    self.scope.remark(each.where, f"`{each.kind} {each.name}` is not carried over")
            elif isinstance(each, Section):
                self._directive(each, beside)
            else:
                self.scope.run(*each)

    def _directive(self, section: Section, beside: Path) -> None:
        keyword, where = section.keyword, section.where
        if keyword == "ruleorder":
            self.book.order += re.findall(r"\w+", section.text)
            return
        try:
            values, named = self.arguments(section)
        except NotPlain as unknown:
            self.scope.remark(where, f"`{keyword}` is not carried over: `{unknown}` is not run")
            return
        if keyword == "configfile" and values:
            self.scope.configure(str(values[0]), where)
        elif keyword == "include" and values:
            file = beside / str(values[0])
            if file.is_file():
                self.take_in(parsed(file), file.parent)
            else:
                self.scope.remark(where, f"{values[0]}, which is included, is not there")
        elif keyword == "wildcard_constraints":
            self._constraints |= {name: str(each) for name, each in named.items()}
        elif keyword in _LOST_DIRECTIVES:
            self.scope.remark(where, f"`{keyword}` is not carried over")

    def arguments(
        self, section: Section | None, given: Mapping[str, Any] | None = None
    ) -> tuple[list[Any], dict[str, Any]]:
        """Return what stands in a section: values without a name, and those with one."""
        if section is None:
            return [], {}
        if section.arguments is None:
            raise NotPlain(" ".join(section.text.split())[:60], section.where.line)
        scope = {**self.scope.values, "rules": Fields(self._rules), **(given or {})}
        values = [value_of(each, scope) for each in section.arguments.args]
        named = {e.arg: value_of(e.value, scope) for e in section.arguments.keywords if e.arg}
        return values, named

    def _rule(self, written: WrittenRule) -> None:
        name = written.name or f"rule_{written.where.line}"
        try:
            values, named = self.arguments(written.sections.get("output"))
            logs, named_logs = self.arguments(written.sections.get("log"))
            limits = self.arguments(written.sections.get("wildcard_constraints"))[1]
        except NotPlain as unknown:
            self.scope.remark(
                written.where, f"rule {name} is not carried over: `{unknown}` is not run"
            )
            return
        outputs = {**_by_name(values, named), **_by_name(logs, named_logs, "log")}
        marks: dict[str, frozenset[str]] = {
            str(p): getattr(p, "marks", frozenset()) for ps in outputs.values() for p in ps
        }
        patterns = {
            key: [
                str(p) + ("/" if "directory" in marks[str(p)] and not str(p).endswith("/") else "")
                for p in ps
            ]
            for key, ps in outputs.items()
        }
        constraints = {**self._constraints, **{k: str(v) for k, v in limits.items()}}
        constraints |= _forms(p for ps in patterns.values() for p in ps)
        self._rules[name] = Fields(
            {
                "output": _output_fields(values, named),
                "input": Fields({}),
            }
        )
        if not _agree([p for ps in patterns.values() for p in ps], constraints):
            self.scope.remark(
                written.where,
                f"rule {name} is not carried over: its outputs and logs need the same wildcards",
            )
            return
        rule = SnakeRule(
            name=name,
            outputs={key: [without_forms(p) for p in ps] for key, ps in patterns.items()},
            inputs=self._inputs_of(written),
            constraints=constraints,
            where=written.where,
        )
        if written.kind == "checkpoint":
            self.scope.remark(
                written.where, f"checkpoint {name} is a stage as any: nothing is found out after it"
            )
        read = ReadRule(rule, written, marks)
        is_first = self.goals is None and not outputs
        if is_first or name == "all" or "default_target" in written.sections:
            self.goals = [e for each in rule.inputs({}).values() for e in each]
        if not outputs:
            return
        if self.goals is None:
            self.goals = rule.patterns if not rule.wildcards else []
        self.read[name] = read
        self.book.rules.append(rule)

    def _inputs_of(self, written: WrittenRule) -> Callable[[Wildcards], dict[str, list[str]]]:
        section = written.sections.get("input")

        def inputs(wildcards: Wildcards) -> dict[str, list[str]]:
            try:
                values, named = self.arguments(section)
                values = [_called(each, wildcards) for each in values]
                named = {key: _called(each, wildcards) for key, each in named.items()}
            except (NotPlain, TypeError, KeyError) as unknown:
                self.say_once(
                    section.where if section else written.where,
                    f"the inputs of {written.name} are not known, as `{unknown}` is not run: "
                    "write them into the stage",
                )
                return {}
            found = _by_name(values, named)
            return {key: [put(str(p), wildcards) for p in ps] for key, ps in found.items()}

        return inputs

    def params(self, read: ReadRule, wildcards: Wildcards) -> dict[str, str]:
        """Return the values of `params`, as a command line has them."""
        section = read.written.sections.get("params")
        try:
            values, named = self.arguments(section)
            values = [_called(each, wildcards) for each in values]
            named = {key: _called(each, wildcards) for key, each in named.items()}
        except (NotPlain, TypeError, KeyError) as unknown:
            if not any(HOLE.search(each) for each in wildcards.values()):
                self.say_once(
                    section.where if section else read.rule.where,
                    f"params of {read.rule.name} are not known, as `{unknown}` is not run",
                )
            return {}
        numbered = {str(index): each for index, each in enumerate(values)}
        return {
            key: put(" ".join(map(str, flat(each))), wildcards)
            for key, each in {**numbered, **named}.items()
        }

    def say_once(self, where: Location, text: str) -> None:
        """Note what is not carried over, if it was not noted yet."""
        if text not in self._said:
            self._said.add(text)
            self.scope.remark(where, text)


def _called(value: Any, wildcards: Wildcards) -> Any:
    """Return a value, or what a function of the wildcards gives."""
    return value(Fields(wildcards)) if callable(value) else value


def _by_name(
    values: Sequence[Any], named: Mapping[str, Any], prefix: str = ""
) -> dict[str, list[Any]]:
    """Return paths by name; those of one that has none by its number."""
    found: dict[str, list[Any]] = {}
    for each in values:
        if isinstance(each, Mapping):
            found |= {str(key): list(flat(those)) for key, those in each.items()}
            continue
        for path in flat(each):
            found[f"{prefix}{len(found)}" if prefix else str(len(found))] = [path]
    return {**found, **{f"{prefix}{key}": list(flat(each)) for key, each in named.items()}}


def _agree(patterns: Sequence[str], constraints: Mapping[str, str]) -> bool:
    """Tell whether all patterns have the same wildcards, and can be matched at all."""
    try:
        return len({frozenset(compiled(each, constraints).groupindex) for each in patterns}) <= 1
    except re.error:
        return False


def _output_fields(values: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """Return what `rules.x.output` is: a path, or several with names."""
    if not named and len(values) == 1:
        return values[0]
    return Fields(named) if named else list(values)


def _forms(patterns: Any) -> dict[str, str]:
    """Return the expressions that patterns give with their wildcards."""
    found: dict[str, str] = {}
    for each in patterns:
        for name, form in re.findall(r"\{\s*(\w+)\s*,\s*((?:[^{}]|\{\d+(?:,\d*)?\})+)\}", each):
            found[name] = form.strip()
    return found
