"""
A `shell:` of Snakemake as the command of a stage.

Knows its formatting (`{input.x}`, `{wildcards.y:q}`), and where a path may be
replaced by a place for it; does not know rules.
"""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import Formatter
from typing import Any

from capstone_build.founding.adopted import Names, identifier
from capstone_build.founding.layout import laid_out, literal
from capstone_build.founding.make_recipe import Recipe
from capstone_build.founding.plain_python import NotPlain
from capstone_build.founding.shell_text import BASH, bash_for, with_existing_folders
from capstone_build.founding.snake_hole import HOLE, unholed

_STEP = re.compile(r"\.(\w+)|\[([^\]]+)\]")
_PIPE = re.compile(r"(?<!\|)\|(?!\|)")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """
    What a command is given in one round, or with holes in all of them.

    Attributes:
        outputs: Name to paths; what has no name goes by its number.
        inputs: The same.
        params: Name to value, as text.
        wildcards: Name to value.
        row: The values of the loop's variables.
    """

    outputs: Mapping[str, list[str]]
    inputs: Mapping[str, list[str]]
    params: Mapping[str, str]
    wildcards: Mapping[str, str]
    row: dict[str, str]


@dataclass(frozen=True, slots=True)
class SnakeCommand:
    """
    A command.

    Attributes:
        text: With holes for what a shell would not take as one word.
        params: Name to Python, for what is a parameter.
        shell: What reads it, if that is not `sh`.
        remarks: What is meant otherwise.
    """

    text: str
    params: Mapping[str, str] = field(default_factory=dict)
    shell: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @classmethod
    def missing(cls, name: str, what: str) -> SnakeCommand:
        """Return one that says that it is to be written."""
        said = re.sub(r"[\"`$\\{}]", "'", what)
        return cls(f'echo "{name} is to be written by hand: it was {said}" >&2; exit 1')


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """
    What the stage declares whose command it is.

    Attributes:
        outputs: Name to path.
        inputs: Name to paths.
        names: Gives out names that are not taken in it.
        touched: Outputs that are made by touching them.
    """

    outputs: Mapping[str, str]
    inputs: Mapping[str, list[str]]
    names: Names
    touched: Sequence[str] = ()


class Formatting:
    """
    The formatting of one command.

    Args:
        given: What it is given, with holes if it is in a loop.
        rounds: What it is given in each round.
        declared: What its stage declares.
        scope: The names of the Snakefile, threads and resources included.
    """

    def __init__(
        self,
        given: Given,
        rounds: Sequence[Given],
        declared: Declared,
        scope: Mapping[str, Any],
    ) -> None:
        self._given = given
        self._rounds = rounds
        self._declared = declared
        self._scope = scope
        self._params: dict[str, str] = {}

    def command(self, text: str) -> SnakeCommand:
        """
        Return the command that *text*, that of `shell:`, is.

        Raises:
            NotPlain: If something in it has no known value.
        """
        try:
            parts = list(Formatter().parse(textwrap.dedent(text).strip("\n").rstrip()))
        except ValueError as error:
            raise NotPlain(f"the text of the command, {error}", 0) from None
        written = "".join(
            before + (self._place(name) if name is not None else "") for before, name, _, _ in parts
        )
        if "<<" not in written:
            lines = (line.strip() for line in written.split("\n"))
            written = "\n".join(line for line in lines if line)
        needs = [each for those in self._given.inputs.values() for each in those]
        placed = Recipe(written).placed(self._declared.outputs, self._declared.inputs, needs)
        placed = "".join(str(each) for each in with_existing_folders((placed,)))
        is_bash = bool(_PIPE.search(written) or bash_for(written))
        if is_bash:  # places are filled in as they are there
            placed = re.sub(r"(?<![\"'])(\{outputs\.\w+\})(?![\"'])", r'"\1"', placed)
        touches = (f"touch {{outputs.{each}}}" for each in self._declared.touched)
        text = "\n".join([placed, *touches])
        return SnakeCommand(text, self._params, BASH if is_bash else ())

    def _place(self, field_name: str) -> str:
        """Return what is put in the place of a field."""
        first = re.split(r"[.\[]", field_name)[0].strip()
        steps = [a or b for a, b in _STEP.findall(field_name)]
        given = self._given
        if first == "input":
            return _paths(given.inputs, steps, "<", field_name)
        if first == "output":
            outputs = {k: v for k, v in given.outputs.items() if not k.startswith("log")}
            return _paths(outputs, steps, "@", field_name)
        if first == "log":
            logs = {k[3:] or "0": v for k, v in given.outputs.items() if k.startswith("log")}
            return _paths(logs, steps, "@", field_name)
        if first == "params" and not steps:
            return " ".join(given.params.values())
        values = {"params": given.params, "wildcards": given.wildcards}
        value = _chosen(values.get(first, self._scope.get(first)), steps)
        if value is None or callable(value):
            raise NotPlain(f"{{{field_name}}}", 0)
        shown = " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        is_parameter = first in {*values, "threads", "resources"}
        return self._parameter(steps[-1] if steps else first, shown) if is_parameter else shown

    def _parameter(self, name: str, value: str) -> str:
        """Return the place of a parameter for *value*; or the value, where that is not the same."""
        values = [unholed(value, each.row) for each in self._rounds]
        if not all(each and shlex.quote(each) == each for each in values):
            return value
        code = laid_out(literal(value))
        if HOLE.fullmatch(value):
            code = value[1:-1]
        elif HOLE.search(value):
            code = 'f"' + HOLE.sub(r"{\1}", value) + '"'
        elif _NUMBER.fullmatch(value):
            code = value
        for known, other in self._params.items():
            if other == code:
                return f"{{params.{known}}}"
        new = self._declared.names.new(identifier(name), "value")
        self._params[new] = code
        return f"{{params.{new}}}"


def _paths(found: Mapping[str, list[str]], steps: Sequence[str], sign: str, field_name: str) -> str:
    """Return paths, marked so that places can be put there."""
    everything = [each for those in found.values() for each in those]
    if not steps:
        groups = [everything] if sign == "<" else [[each] for each in everything]
        if sign == "<" and len(found) > 1:
            return f"\x02^{' '.join(everything)}\x03"
    elif steps[0].lstrip("-").isdigit():
        index = int(steps[0])
        if not -len(everything) <= index < len(everything):
            raise NotPlain(f"{{{field_name}}}", 0)
        groups = [[everything[index]]]
    elif steps[0] in found:
        chosen = found[steps[0]]
        if len(steps) > 1 and steps[1].isdigit() and int(steps[1]) < len(chosen):
            chosen = [chosen[int(steps[1])]]
        groups = [chosen] if sign == "<" else [[each] for each in chosen]
    else:
        raise NotPlain(f"{{{field_name}}}", 0)
    return " ".join(f"\x02{sign}{' '.join(each)}\x03" for each in groups if each)


def _chosen(value: Any, steps: Sequence[str]) -> Any:
    """Return what *steps* lead to; None for nothing."""
    for step in steps:
        if isinstance(value, Mapping):
            value = value.get(step, value.get(int(step)) if step.isdigit() else None)
        elif isinstance(value, list | tuple) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
