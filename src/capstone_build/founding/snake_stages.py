"""
The rules of a Snakefile as stages.

Knows what sections of a rule are in a declaration; does not know how commands
are formatted (`snake_command`), nor how rules are found.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from capstone_build.errors import UsageError
from capstone_build.founding.adopted import (
    AdoptedPipeline,
    AdoptedStage,
    Clause,
    Hole,
    Names,
    Remark,
    Spelling,
    joined,
    stage_name,
)
from capstone_build.founding.gathering import gathered
from capstone_build.founding.plain_python import Fields, NotPlain
from capstone_build.founding.snake_command import Declared, Formatting, Given, SnakeCommand
from capstone_build.founding.snake_hole import as_pattern, hole, spelled_text
from capstone_build.founding.snake_loops import Columns, Loops
from capstone_build.founding.snake_rules import put
from capstone_build.founding.snake_workflow import ReadRule, Workflow
from capstone_build.founding.snakefile import Snakefile

_LOST_SECTIONS = {
    "conda": "the environment is not made: start capstone in one that has the programs",
    "container": "the container is not started: start capstone where the programs are",
    "singularity": "the container is not started: start capstone where the programs are",
    "envmodules": "modules are not loaded: load them before",
    "benchmark": "nothing is measured into a file; `capstone log` tells times",
    "retries": "write retries=... in the stage",
    "shadow": "the command runs in the project's folder",
    "resources": "capstone reserves nothing; memory=... in a stage is a limit",
    "threads": "capstone reserves no cores; `capstone build -j N` says how many stages run at once",
}
_MANY = 3
"""So many inputs of one folder, or more, are listed under one name."""

_BODIES = ("shell", "run", "script", "notebook", "wrapper", "cwl", "template_engine")
_MARKS = {
    "temp": "is kept, though it is marked temp",
    "temporary": "is kept, though it is marked temporary",
    "protected": "is not made read-only, though it is marked protected",
    "ancient": "counts when it changes, though it is marked ancient",
    "pipe": "is a file here, no pipe",
    "service": "is a file here, no service",
}


def adopted_snakefile(snakefile: Snakefile, folder: Path, beside: Path) -> AdoptedPipeline:
    """
    Return the stages that a Snakefile declares.

    Args:
        snakefile: What it says.
        folder: Where its commands run.
        beside: The folder that it is in.

    Raises:
        UsageError: If no rule of it makes a file.
    """
    workflow = Workflow(folder)
    workflow.take_in(snakefile, beside)
    return _Adoption(snakefile.name, workflow).pipeline()


class _Adoption:
    def __init__(self, name: str, workflow: Workflow) -> None:
        self._name = name
        self._workflow = workflow
        self._scope, self._book = workflow.scope, workflow.book
        self._loops = Loops(workflow.scope)
        self._said: set[str] = set()

    def pipeline(self) -> AdoptedPipeline:
        """Return what was read."""
        plain_goals = [p for r in self._book.rules if not r.wildcards for p in r.patterns]
        runs: dict[str, list[dict[str, str]]] = {}
        for rule, wildcards in self._book.runs([*(self._workflow.goals or []), *plain_goals]):
            runs.setdefault(rule.name, []).append(wildcards)
        stages = [
            s for name, rows in runs.items() for s in self._stages(self._workflow.read[name], rows)
        ]
        for name, read in self._workflow.read.items():
            if name not in runs:
                self._scope.remark(
                    read.rule.where,
                    f"rule {name} is not carried over: no target asks for what it makes",
                )
        if not stages:
            raise UsageError(
                f"no rule of {self._name} makes a file",
                facts={"at": f"{self._name}:1"},
                hint="Stages are rules with outputs that the first rule leads to.",
            )
        return AdoptedPipeline(
            file=self._name,
            tool="Snakemake",
            imports=self._loops.imports(stages),
            constants=self._loops.constants(stages),
            stages=gathered(stages, self._book.folder),
            remarks=tuple(self._scope.remarks),
        )

    def _stages(self, read: ReadRule, rows: list[dict[str, str]]) -> Iterator[AdoptedStage]:
        rule = read.rule
        if rule.wildcards and len(rows) > 1:
            looped = self._looped(read, rows)
            if looped is not None:
                yield looped
                return
        for row in rows:
            label = "-".join([rule.name, *row.values()]) if len(rows) > 1 else rule.name
            given = self._given(read, row)
            yield self._stage(read, [given], given, (stage_name(label),), ())

    def _given(self, read: ReadRule, wildcards: Mapping[str, str]) -> Given:
        """Return what a rule is given for *wildcards*, which may be holes."""
        rule = read.rule
        return Given(
            outputs={k: [put(p, wildcards) for p in ps] for k, ps in rule.outputs.items()},
            inputs=rule.inputs(wildcards),
            params=self._workflow.params(read, wildcards),
            wildcards=wildcards,
            row=dict(wildcards),
        )

    def _looped(self, read: ReadRule, rows: list[dict[str, str]]) -> AdoptedStage | None:
        """Return one stage for all rows, if they differ in values that a loop can go through."""
        names = read.rule.wildcards
        rounds = [self._given(read, row) for row in rows]
        symbolic = self._given(read, {name: hole(name) for name in names})
        columns = Columns(rounds)
        inputs = columns.inputs(symbolic.inputs)
        if inputs is None:
            return None
        params = columns.params(symbolic.params)
        symbolic = replace(symbolic, inputs=inputs, params=params, row={})
        clauses = self._loops.clauses(names, rows, columns.values)
        is_nested = any("/" in value for row in rows for value in row.values())
        holes = [Hole(f"{n}.replace('/', '.')" if is_nested else n) for n in names]
        parts = [part for each in holes for part in ("-", each)][1:]
        name = joined([f"{stage_name(read.rule.name)}@", *parts])
        return self._stage(read, rounds, symbolic, name, clauses)

    def _stage(
        self,
        read: ReadRule,
        rounds: Sequence[Given],
        given: Given,
        name: Spelling,
        clauses: tuple[Clause, ...],
    ) -> AdoptedStage:
        remarks = list(self._marked(read))
        names = Names()
        outputs = _named_paths(given.outputs, names)
        inputs = _named_inputs(given.inputs, names)
        declared = Declared(outputs=outputs, inputs=inputs, names=names)
        command = self._command(read, given, rounds, declared)
        remarks += [Remark(read.rule.where, each) for each in command.remarks]
        lost = {k: s for k, s in read.written.sections.items() if k in _LOST_SECTIONS}
        for keyword, section in lost.items():
            if keyword not in self._said:
                self._said.add(keyword)
                self._scope.remark(section.where, f"`{keyword}`: {_LOST_SECTIONS[keyword]}")
        expressions = [e for c in clauses for e in c.target.split(", ")]
        return AdoptedStage(
            name=name,
            command=spelled_text(command.text),
            shell=command.shell,
            inputs={n: tuple(map(spelled_text, ps)) for n, ps in inputs.items()},
            outputs={n: spelled_text(p) for n, p in outputs.items()},
            params=self._coded(read, command.params),
            clauses=clauses,
            about=read.written.about or self._message(read),
            remarks=tuple(remarks),
            instances=tuple(
                {
                    **{e: each.row[e] for e in expressions if e in each.row},
                    **{f"{e}.replace('/', '.')": each.row[e].replace("/", ".") for e in each.row},
                }
                for each in rounds
            )
            if clauses
            else ({},),
            where=read.rule.where,
        )

    def _message(self, read: ReadRule) -> str:
        section = read.written.sections.get("message")
        try:
            values, _ = self._workflow.arguments(section)
        except NotPlain:
            return ""
        text = str(values[0]) if values else ""
        return "" if "{" in text else " ".join(text.split())

    def _coded(self, read: ReadRule, params: Mapping[str, str]) -> dict[str, str]:
        """Return parameters as Python: from the configuration where they come from there."""
        section = read.written.sections.get("params")
        nodes = {
            e.arg: e.value
            for e in (section.arguments.keywords if section and section.arguments else ())
        }
        found = dict(params)
        for name in params:
            node = nodes.get(name)
            code = self._scope.code_of(node) if node is not None else None
            if code is not None and "lambda" not in code:
                found[name] = code
        return found

    def _command(
        self,
        read: ReadRule,
        given: Given,
        rounds: Sequence[Given],
        declared: Declared,
    ) -> SnakeCommand:
        body = next((read.written.sections[k] for k in _BODIES if k in read.written.sections), None)
        touched = [
            n for n, p in declared.outputs.items() if "touch" in read.marks.get(as_pattern(p), ())
        ]
        if body is None and touched:
            return SnakeCommand("\n".join(f"touch {{outputs.{n}}}" for n in touched))
        if body is None or body.keyword != "shell":
            what = f"`{body.keyword}:`" if body is not None else "nothing to run"
            name = read.rule.name
            if body is not None:
                self._workflow.say_once(
                    body.where,
                    f"{what} of {name} is not carried over: write the stage's command, or a "
                    "function with @stage",
                )
            return SnakeCommand.missing(name, what)
        try:
            values, _ = self._workflow.arguments(body)
            threads = self._number(read, "threads")
            resources = self._workflow.arguments(read.written.sections.get("resources"))[1]
            scope = {**self._scope.values, "threads": threads, "resources": Fields(resources)}
            declared = replace(declared, touched=tuple(touched))
            return Formatting(given, rounds, declared, scope).command(str(values[0]))
        except (NotPlain, IndexError) as unknown:
            self._workflow.say_once(
                body.where,
                f"the command of {read.rule.name} is not known, as `{unknown}` is not run",
            )
            return SnakeCommand.missing(read.rule.name, str(unknown))

    def _number(self, read: ReadRule, keyword: str) -> Any:
        values, _ = self._workflow.arguments(read.written.sections.get(keyword))
        return values[0] if values and not callable(values[0]) else 1

    def _marked(self, read: ReadRule) -> Iterator[Remark]:
        for path, marks in read.marks.items():
            for mark in sorted(marks & _MARKS.keys()):
                yield Remark(read.rule.where, f"{path} {_MARKS[mark]}")


def _named_paths(paths: Mapping[str, list[str]], names: Names) -> dict[str, str]:
    """Return outputs by the names that they have, or that their paths give them."""
    found: dict[str, str] = {}
    for key, those in paths.items():
        is_log = key.startswith("log")
        for index, each in enumerate(those):
            if key[-1:].isdigit() and not is_log:
                name = names.of_path(spelled_text(each), "out")
            else:
                wanted = "log" if key[-1:].isdigit() else key
                name = names.new(wanted if not index else f"{wanted}_{index + 1}", "out")
            found[name] = each
    return found


def _named_inputs(paths: Mapping[str, list[str]], names: Names) -> dict[str, list[str]]:
    """Return the same for inputs; many of one folder without names are one list."""
    found: dict[str, list[str]] = {}
    unnamed = [path for key, those in paths.items() if key.isdigit() for path in those]
    for folder, those in groupby(unnamed, posixpath.dirname):
        group = list(those)
        if len(group) >= _MANY:
            found[names.new(posixpath.basename(folder), "files")] = group
        else:
            found |= {names.of_path(spelled_text(each), "data"): [each] for each in group}
    named = {key: those for key, those in paths.items() if those and not key.isdigit()}
    return {**found, **{names.new(key): those for key, those in named.items()}}
