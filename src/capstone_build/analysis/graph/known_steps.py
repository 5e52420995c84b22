"""
Known steps: what was found at each node in an earlier look, as far as it still holds.

A module's steps hold while its file is what it was and everything that they were
found by is answered as it was: where modules are, who provides packages, and
what other modules say of the names that were asked for (`file.answers`). That is
asked again first, of the modules whose files changed; if any answer is another
one, nothing holds. So an edit of one module costs the steps of that module.

Who asks notes the question in one place (`names.sources`), not here: nobody can
forget to say what a step was found by.

Kept are steps at definitions and at the execution of modules of Python source.
Those that reach more than they spell, and all that is no module, are taken anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from capstone_build.analysis.file.answers import answers
from capstone_build.analysis.graph.step import Step
from capstone_build.analysis.names.node import Node, Sort
from capstone_build.analysis.names.sources import Sources
from capstone_build.core.digest import Digest, digest_bytes
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.stage import Location

VERSION = "2"
"""Changes whenever the same code may give other steps."""

Moment: TypeAlias = "str | list[Any]"
"""What happens while a module is executed (`order`), in what JSON can say."""

_KEPT = frozenset({Sort.SYMBOL, Sort.LOADED, Sort.WHOLE})
_SORTS = {each.value: each for each in Sort}
_DAMAGED = (ValueError, TypeError, KeyError, IndexError, AttributeError)


@dataclass(slots=True)
class _Row:
    """
    What is known of one module.

    Attributes:
        digest: What its file held.
        text: The rest as it is kept; read when it is first needed.
        steps: The steps at its nodes.
        moments: What happens while it is executed; None if nobody asked.
        is_read: Whether `text` has been read.
        is_new: Whether there is more than `text` says.
    """

    digest: Digest
    text: str = ""
    steps: dict[Node, Step] = field(default_factory=dict)
    moments: list[Moment] | None = None
    is_read: bool = False
    is_new: bool = False


class KnownSteps:
    """
    Remembers steps.

    Args:
        sources: What each module says.
        kept: What `text` gave in an earlier look; None if there was none.
    """

    def __init__(self, sources: Sources, kept: str | None) -> None:
        self._sources = sources
        self._rows: dict[str, _Row] = {}
        self._answers: dict[str, list[str]] = {}
        self._nodes: list[Node] = []
        self._numbers: dict[Node, int] = {}
        if kept is not None:
            try:
                self._recall(kept)
            except _DAMAGED:
                self._rows = {}  # a damaged memory costs time, never a wrong answer

    def steps(self, node: Node) -> Mapping[Node, Step]:
        """Return the steps that are known in the module of *node*, as far as it lies in one."""
        row = self._rows.get(node.module) if node.sort in _KEPT else None
        return {} if row is None else self._read(node.module, row).steps

    def note(self, node: Node, step: Step) -> None:
        """Remember the *step* at *node*."""
        if node.sort in _KEPT and not step.flags and (row := self._row(node.module)) is not None:
            row.steps[node] = step
            row.is_new = True

    def moments(self, module: str) -> list[Moment] | None:
        """Return what happens while *module* is executed; None if it is not known."""
        row = self._rows.get(module)
        return None if row is None else self._read(module, row).moments

    def note_moments(self, module: str, moments: list[Moment]) -> None:
        """Remember what happens while *module* is executed."""
        if (row := self._row(module)) is not None:
            row.moments = moments
            row.is_new = True

    def text(self) -> str | None:
        """Return all that is known, to be kept; None if it is what was kept before."""
        if not any(row.is_new for row in self._rows.values()):
            return None
        sources = self._sources
        found = {
            name: [module.file, module.is_package] if module is not None else None
            for name in sorted(sources.sought - sources.placed)
            for module in [sources.find(name)]
        }
        questions = {
            module: self._answered(module, digest, sorted(asked))
            for module, asked in sorted(sources.questions.items())
            if (digest := self._digest(module))
        }
        lines: list[str] = []
        for module, row in self._rows.items():
            body = self._written(self._read(module, row)) if row.is_new else row.text
            lines += [json.dumps([module, row.digest]), body]
        nodes = [[each.sort.value, each.module, each.name] for each in self._nodes]
        ground = [found, dict(sources.packages.providers()), questions, nodes]
        text = "\n".join([json.dumps(ground, separators=(",", ":")), *lines])
        return f"{digest_bytes(text.encode())}\n{text}"

    def _answered(self, module: str, digest: Digest, asked: list[str]) -> list[str]:
        """Return the digest of a file, that of its answers to what was *asked*, and that."""
        known = self._answers.get(module)
        if known is not None and known[0] == digest and known[2:] == asked:
            return known
        return [digest, answers(self._sources.summary(module), asked), *asked]

    def _digest(self, module: str) -> Digest | None:
        """Return the digest of the file of *module*, if that is Python that counts by name."""
        found = self._sources.find(module)
        if module in self._sources.placed or found is None or not found.is_source:
            return None
        return self._sources.digest(found.file or "")

    def _row(self, module: str) -> _Row | None:
        row = self._rows.get(module)
        if row is None and (digest := self._digest(module)) is not None:
            row = self._rows[module] = _Row(digest, is_read=True)
        return row

    def _recall(self, kept: str) -> None:
        """Take what was *kept*, as far as it holds."""
        digest, _, text = kept.partition("\n")
        if digest != digest_bytes(text.encode()):
            return
        first, *lines = text.split("\n")
        found, providers, questions, nodes = json.loads(first)
        if not (self._lie(found) and self._are_provided(providers) and self._answer(questions)):
            return
        rows = {}
        for head, body in zip(lines[::2], lines[1::2], strict=True):
            module, digest = json.loads(head)
            if self._digest(module) == digest:
                rows[module] = _Row(digest, body)
        self._rows = rows
        self._answers = questions
        self._nodes = [Node(_SORTS[sort], module, name) for sort, module, name in nodes]
        self._numbers = {node: number for number, node in enumerate(self._nodes)}
        for module, (_, _, *asked) in questions.items():
            self._sources.questions.setdefault(module, set()).update(asked)

    def _lie(self, found: dict[str, list[Any] | None]) -> bool:
        """Tell whether modules are where they were."""
        for name, place in found.items():
            module = self._sources.find(name)
            if (None if module is None else [module.file, module.is_package]) != place:
                return False
        return True

    def _are_provided(self, providers: dict[str, str]) -> bool:
        """Tell whether what is not the project's comes from where it came."""
        packages = self._sources.packages
        for top in providers:
            packages.provider(top)
        now = dict(packages.providers())
        return all(now[top] == provider for top, provider in providers.items())

    def _answer(self, questions: dict[str, list[str]]) -> bool:
        """Tell whether modules that changed answer as they did."""
        return all(
            self._digest(module) == digest
            or answers(self._sources.summary(module), asked) == answer
            for module, (digest, answer, *asked) in questions.items()
        )

    def _read(self, module: str, row: _Row) -> _Row:
        """Return *row*, read."""
        if not row.is_read:
            row.is_read = True
            found = self._sources.find(module)
            self._fill(row, "" if found is None else found.file or "")
        return row

    def _fill(self, row: _Row, file: str) -> None:
        """Read the text of *row*, which is of the module in *file*."""
        nodes = self._nodes
        name = self._sources.spell(file)
        steps, row.moments = json.loads(row.text)
        for at, key, digest, line, units, follows, reasons, named, environment in steps:
            step = row.steps[nodes[at]] = Step(
                None if key is None else (Aspect.CODE, key),
                digest,
                (name, line) if line else None,
                None if units is None else (file, units),
                {nodes[each]: None for each in follows},
            )
            if reasons or named or environment:
                step.reasons = {nodes[each]: reason for each, reason in reasons}
                step.named = set(named)
                step.environment = {
                    variable: Location(name, line) for variable, line in environment
                }

    def _written(self, row: _Row) -> str:
        """Return what is in *row*: a list for each step, and the moments."""
        steps = [
            [
                self._number(node),
                None if step.part is None else step.part[1],
                step.digest,
                0 if step.place is None else step.place[1],
                None if step.units is None else step.units[1],
                [self._number(each) for each in step.follows],
                [[self._number(each), reason] for each, reason in step.reasons.items()],
                sorted(step.named),
                [[name, where.line] for name, where in step.environment.items()],
            ]
            for node, step in row.steps.items()
        ]
        return json.dumps([steps, row.moments], separators=(",", ":"))

    def _number(self, node: Node) -> int:
        """Return the number of *node*, in the order in which rows first mention nodes."""
        if node not in self._numbers:
            self._numbers[node] = len(self._nodes)
            self._nodes.append(node)
        return self._numbers[node]
