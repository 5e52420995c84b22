"""
Loops: what the runs of one rule of Snakemake differ in.

Knows rows of wildcards and the lists that they come from; does not know rules,
nor commands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product

from capstone_build.founding.adopted import (
    AdoptedStage,
    Clause,
    Names,
    identifier,
)
from capstone_build.founding.layout import laid_out, literal
from capstone_build.founding.snake_command import Given
from capstone_build.founding.snake_hole import hole, unholed
from capstone_build.founding.snake_rules import names_in, without_forms
from capstone_build.founding.snake_scope import CONFIG, Scope

Wildcards = Mapping[str, str]


class Loops:
    """
    Finds what loops go through.

    Args:
        scope: What the Snakefile's Python sets.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._constants: dict[str, str] = {}

    def clauses(
        self, names: Sequence[str], rows: Sequence[Wildcards], columns: Mapping[str, list[str]]
    ) -> tuple[Clause, ...]:
        """Return loops that give all rows: one for each wildcard if any may meet any."""
        distinct = {n: list(dict.fromkeys(row[n] for row in rows)) for n in names}
        all_rows = [tuple(row[n] for n in names) for row in rows]
        if not columns and len(all_rows) == len(set(product(*distinct.values()))):
            return tuple(Clause(n, self._source(n, values)) for n, values in distinct.items())
        table = [[*row, *(columns[c][i] for c in columns)] for i, row in enumerate(all_rows)]
        target = ", ".join([*names, *columns])
        value = [row[0] for row in table] if len(table[0]) == 1 else [tuple(row) for row in table]
        lines = [laid_out(literal(each)) for each in value]
        code = [
            f"({line[1:-1]})" if isinstance(e, tuple) else line
            for line, e in zip(lines, value, strict=True)
        ]
        text = "[" + ", ".join(code) + "]"
        return (Clause(target, self._constant("_".join(names), text)),)

    def _source(self, name: str, values: Sequence[str]) -> str:
        """Return what a wildcard's loop goes through, by the name that the file has for it."""
        for known, value in self._scope.values.items():
            code = self._scope.codes.get(known)
            if isinstance(value, list | tuple) and [*map(str, value)] == list(values):
                if code is None:
                    code = self._globbed(values)
                if code is not None:
                    return self._constant(known, code)
        globbed = self._globbed(values)
        if globbed is not None:
            return self._constant(f"{name}s", globbed)
        config = self._scope.values["config"]
        for key, value in config.items() if CONFIG in self._scope.codes else ():
            listed = list(value) if isinstance(value, list | dict) else None
            if listed is not None and [*map(str, listed)] == list(values):
                return f'{CONFIG}["{key}"]'
        return self._constant(f"{name}s", laid_out(literal(list(values))))

    def _globbed(self, values: Sequence[str]) -> str | None:
        for pattern, found in self._scope.globs.asked:
            names = names_in(pattern)
            bare = without_forms(pattern)
            before, _, after = bare.partition(f"{{{names[0]}}}") if names else ("", "", "")
            if len(names) == 1 and found[names[0]] == list(values) and "/" not in after:
                folder, _, start = before.rpartition("/")
                name = f'path.name.removesuffix("{after}")'
                name += f'.removeprefix("{start}")' if start else ""
                glob = f'Path("{folder or "."}").glob("{start}*{after}")'
                return f"sorted({name} for path in {glob})"
        return None

    def _constant(self, name: str, code: str) -> str:
        wanted = identifier(name).upper()
        for known, text in self._constants.items():
            if text == code:
                return known
        while wanted in self._constants:
            wanted += "_"
        self._constants[wanted] = code
        return wanted

    def constants(self, stages: Sequence[AdoptedStage]) -> dict[str, str]:
        """Return the constants that *stages* use, in the order in which they are needed."""
        codes = [e.source for s in stages for e in s.clauses]
        codes += [code for s in stages for code in s.params.values()]
        used: dict[str, str] = {}
        for name in reversed(list(self._constants)):
            if any(re.search(rf"\b{name}\b", code) for code in codes):
                used[name] = self._constants[name]
                codes.append(self._constants[name])
        if any(CONFIG in code for code in codes) and CONFIG in self._scope.codes:
            used[CONFIG] = self._scope.codes[CONFIG]
        return dict(reversed(used.items()))

    def imports(self, stages: Sequence[AdoptedStage]) -> tuple[str, ...]:
        """Return what these import."""
        codes = self.constants(stages).values()
        found = ["from pathlib import Path"] if any("Path(" in code for code in codes) else []
        return (
            *found,
            *(self._scope.imports if any("YAML(" in c or "json." in c for c in codes) else ()),
        )


class Columns:
    """
    What differs from run to run and follows from no wildcard: columns of the loop's rows.

    Args:
        rounds: What each run is given; gets the values of the columns as well.

    Attributes:
        values: Name to the value in each round.
    """

    def __init__(self, rounds: Sequence[Given]) -> None:
        self._rounds = rounds
        self._taken = Names(rounds[0].wildcards)
        self.values: dict[str, list[str]] = {}

    def text(self, values: Sequence[str], tried: str | None, wanted: str) -> str:
        """
        Return one text for all *values*.

        Args:
            values: The text in each round.
            tried: What it may be, with holes for wildcards.
            wanted: What a column of its own would be called.
        """
        rows = [each.wildcards for each in self._rounds]
        if tried is not None and [unholed(tried, row) for row in rows] == list(values):
            return tried
        name = self._taken.new(wanted)
        self.values[name] = list(values)
        for given, value in zip(self._rounds, values, strict=True):
            given.row[name] = value
        return hole(name)

    def inputs(self, symbolic: Mapping[str, list[str]]) -> dict[str, list[str]] | None:
        """Return the inputs with holes; None if the rounds have not as many."""
        concrete = [each.inputs for each in self._rounds]
        if len({tuple((key, len(v)) for key, v in each.items()) for each in concrete}) != 1:
            return None
        found: dict[str, list[str]] = {}
        for key, paths in concrete[0].items():
            wanted = "path" if key.isdigit() else identifier(key)
            tried = symbolic.get(key, [])
            if len(tried) != len(paths):
                tried = []
            found[key] = [
                self.text(
                    [each[key][index] for each in concrete],
                    tried[index] if tried else None,
                    wanted if len(paths) == 1 else f"{wanted}_{index + 1}",
                )
                for index in range(len(paths))
            ]
        return found

    def params(self, symbolic: Mapping[str, str]) -> dict[str, str]:
        """Return the parameters with holes."""
        return {
            key: self.text(
                [each.params.get(key, "") for each in self._rounds],
                symbolic.get(key),
                "value" if key.isdigit() else identifier(key),
            )
            for key in self._rounds[0].params
        }
