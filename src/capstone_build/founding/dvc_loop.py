"""
Loops of a `dvc.yaml`: `foreach` and `matrix`.

Knows what they go through and what each round is called; does not know the stage
that is in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from types import MappingProxyType
from typing import Any

from capstone_build.core.stage import Location
from capstone_build.errors import UsageError
from capstone_build.founding.adopted import (
    Clause,
    Hole,
    Names,
    Spelling,
    identifier,
    joined,
    stage_name,
)
from capstone_build.founding.dvc_text import Source, Values, said
from capstone_build.founding.layout import laid_out, literal
from capstone_build.founding.yaml_file import line_of, plain_value

_LONG = 40
"""A longer list that a loop goes through has a line of its own."""

_LOOP_VARIABLES = ("item", "key", "index")


class DvcLoop:
    """
    The loop that a stage is in, if it is in one.

    Args:
        name: What the stage is called.
        written: What stands under its name.
        values: What can be asked for around it.
        where: The line.

    Attributes:
        clauses: The loops, outermost first.
        rounds: For each round, its values by what they are asked for as.
        constants: Name to value, as Python, of what they go through.
        path: What `foreach` goes through, as `${...}` has it; empty for a list that stands there.
    """

    def __init__(self, name: str, written: Any, values: Values, where: Location) -> None:
        self._name, self._written, self._values, self._where = name, written, values, where
        self._loop_names = Names(_LOOP_VARIABLES)
        self.clauses: list[Clause] = []
        self.rounds: list[dict[str, Source]] = [{}]
        self.constants: dict[str, str] = {}
        self.path = ""

    def read(self) -> Spelling:
        """Note the loop; return the name of its stage."""
        base = stage_name(self._name)
        if "foreach" in self._written:
            return joined([f"{base}@", Hole(self._foreach())])
        if "matrix" in self._written:
            return joined([f"{base}@", *self._matrix()])
        return (base,)

    def _through(self, key: str, holder: Any) -> tuple[str, Any]:
        """Return what a loop goes through, as Python and as a value."""
        where = self._at(holder, key)
        if found := self._values.whole(holder[key], where):
            return found[0].replace("'", '"'), found[1]
        value = holder[key]
        if isinstance(value, list):
            value = [self._value(each, where) for each in value]
        elif isinstance(value, Mapping):
            value = {str(k): self._value(each, where) for k, each in value.items()}
        else:
            raise UsageError(
                f"`{key}` of stage {self._name!r} is no list and no mapping",
                facts={"at": str(where)},
            )
        code = laid_out(literal(value))
        if len(code) > _LONG:
            name = f"{identifier(self._name)}_{key}".upper().removesuffix("_FOREACH")
            self.constants[name] = code
            code = name
        return code, value

    def _value(self, value: Any, where: Location) -> Any:
        """Return a value with its places filled in, as plain Python."""
        if found := self._values.whole(value, where):
            return plain_value(found[1])
        if isinstance(value, str):
            spelled = self._values.spelling(value, where)
            texts = [p if isinstance(p, str) else said(self.value_of(p)) for p in spelled]
            return "".join(texts)
        if isinstance(value, Mapping):
            return {str(key): self._value(each, where) for key, each in value.items()}
        if isinstance(value, list):
            return [self._value(each, where) for each in value]
        return plain_value(value)

    def value_of(self, hole: Hole, values: Mapping[str, Source] = MappingProxyType({})) -> Any:
        """Return what a hole is filled with, in the round that *values* is."""
        name, *_ = re.split(r"\[", hole.expression, maxsplit=1)
        sources = [*values.values(), *self._values.sources]
        value = next(each.value for each in sources if each.name == name)
        for key, index in re.findall(r"\['([^']*)'\]|\[(\d+)\]", hole.expression):
            try:
                value = value[int(index)] if index else value[key]
            except (LookupError, TypeError):
                raise UsageError(
                    f"{hole.expression} is not there in every round of {self._name!r}",
                    facts={"at": str(self._where)},
                ) from None
        return value

    def _foreach(self) -> str:
        source, value = self._through("foreach", self._written)
        self.path = str(self._written["foreach"]).strip("${} ")
        if isinstance(value, Mapping):
            self.clauses.append(Clause("key, item", f"{source}.items()"))
            self.rounds = [
                {"key": Source("key", key), "item": Source("item", each)}
                for key, each in value.items()
            ]
            return "key"
        self.rounds = [{"item": Source("item", each)} for each in value]
        if all(isinstance(each, str | int | float) for each in value):
            self.clauses.append(Clause("item", source))
            return "item"
        self.clauses.append(Clause("index, item", f"enumerate({source})"))
        for index, each in enumerate(self.rounds):
            each["index"] = Source("index", index)
        return "index"

    def _matrix(self) -> Iterator[str | Hole]:
        matrix = self._written["matrix"]
        if not isinstance(matrix, Mapping):
            raise UsageError(
                f"`matrix` of stage {self._name!r} is no mapping",
                facts={"at": str(self._at(self._written, "matrix"))},
            )
        columns: list[list[dict[str, Source]]] = []
        for key in map(str, matrix):
            source, value = self._through(key, matrix)
            variable = self._loop_names.new(identifier(key))
            column = [{f"item.{key}": Source(variable, each)} for each in value]
            if columns:
                yield "-"
            if all(isinstance(each, str | int | float) for each in value):
                self.clauses.append(Clause(variable, source))
                yield Hole(variable)
            else:
                index = self._loop_names.new(f"{variable}_index")
                self.clauses.append(Clause(f"{index}, {variable}", f"enumerate({source})"))
                for number, each in enumerate(column):
                    each[index] = Source(index, number)
                yield from (key, Hole(index))
            columns.append(column)
        self.rounds = [
            {k: v for each in chosen for k, v in each.items()} for chosen in product(*columns)
        ]

    def _at(self, holder: Any, key: object) -> Location:
        return Location(self._where.file, line_of(holder, key))
