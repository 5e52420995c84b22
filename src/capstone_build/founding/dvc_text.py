"""
Values in a `dvc.yaml`: what `${...}` stands for, and how Python gets at it.

Knows the files that values come from and the words of interpolation; does not
know stages.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from capstone_build.core.stage import Location
from capstone_build.errors import UsageError
from capstone_build.founding.adopted import Hole, Spelling, joined
from capstone_build.founding.yaml_file import load_values

_PLACE = re.compile(r"(?P<escaped>\\\$\{)|\$\{\s*(?P<path>[^{}]*?)\s*\}")
_STEP = re.compile(r"[^.\[\]]+")
_NOTHING = object()

YAML_IMPORT = "from ruamel.yaml import YAML"
PATH_IMPORT = "from pathlib import Path"


@dataclass(frozen=True, slots=True)
class Source:
    """
    Values under one name of the Python file.

    Attributes:
        name: The name: a constant, or a loop's variable.
        value: What it holds; of a loop, for one of its rounds.
    """

    name: str
    value: Any


@dataclass(slots=True)
class Values:
    """
    What can be asked for in one place of the file, the nearest source first.

    Attributes:
        sources: Values whose first key stands for itself: `${train.lr}`.
        named: Values that go by a name of their own: `${item.lr}`.
        used: The names of the sources that were asked.
    """

    sources: Sequence[Source] = ()
    named: Mapping[str, Source] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def find(self, path: str, where: Location) -> tuple[str, Any]:
        """
        Return Python that gives the value at *path*, and the value.

        Raises:
            UsageError: If there is none.
        """
        steps = _STEP.findall(path)
        for length in (2, 1):
            source = self.named.get(".".join(steps[:length]))
            if source and (value := _at(source.value, steps[length:])) is not _NOTHING:
                return _python(source.name, source.value, steps[length:]), value
        for source in self.sources:
            if steps and (value := _at(source.value, steps)) is not _NOTHING:
                self.used.add(source.name)
                return _python(source.name, source.value, steps), value
        raise UsageError(
            f"${{{path}}} stands for nothing",
            facts={"at": str(where)},
            hint="Add it to `vars` or to params.yaml, or correct its name.",
        )

    def spelling(self, text: str, where: Location) -> Spelling:
        """Return *text* with holes; values that Python spells otherwise are written out."""
        return joined(self._parts(text, where))

    def _parts(self, text: str, where: Location) -> list[str | Hole]:
        parts: list[str | Hole] = []
        at = 0
        for place in _PLACE.finditer(text):
            parts.append(text[at : place.start()])
            at = place.end()
            if place["escaped"]:
                parts.append("${")
                continue
            expression, value = self.find(place["path"], where)
            is_same = isinstance(value, str | int | float) and not isinstance(value, bool)
            parts.append(Hole(expression) if is_same else said(value))
        return [*parts, text[at:]]

    def whole(self, text: object, where: Location) -> tuple[str, Any] | None:
        """Return what `find` does of a text that is one place and nothing else."""
        place = _PLACE.fullmatch(text.strip()) if isinstance(text, str) else None
        return self.find(place["path"], where) if place and place["path"] else None


def said(value: object) -> str:
    """Return how a command line of DVC spells a value: a mapping as options, a list as words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return " ".join(_option(str(key), each) for key, each in value.items() if each is not False)
    if isinstance(value, list | tuple):
        return " ".join(map(said, value))
    return str(value)


def _option(name: str, value: object) -> str:
    if value is True:
        return f"--{name}"
    return f"--{name} {said(value)}"


def _at(value: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        keys: Container[Any] = value if isinstance(value, Mapping) else ()
        if isinstance(value, list):
            keys = range(len(value))
        chosen = [key for key in (step, int(step) if step.isdigit() else step) if key in keys]
        if not chosen:
            return _NOTHING
        value = value[chosen[0]]
    return value


def _python(name: str, value: Any, steps: Sequence[str]) -> str:
    for step in steps:
        is_number = not (isinstance(value, Mapping) and step in value)
        name += f"[{int(step)}]" if is_number else f"['{step}']"
        value = _at(value, [step])
    return name


def read_values(file: Path, where: Location) -> tuple[Any, str, tuple[str, ...]]:
    """
    Return what a file of parameters holds, Python that reads it, and what that imports.

    Raises:
        UsageError: If it is not there, or of a kind that cannot be read without running it.
    """
    name, suffix = json.dumps(where.file), file.suffix.lower()
    try:
        if suffix in {".yaml", ".yml"}:
            value = load_values(file)
            code = f'YAML(typ="safe", pure=True).load(Path({name}))'
            return value, code, (PATH_IMPORT, YAML_IMPORT)
        text = file.read_text(encoding="utf-8")
        if suffix == ".json":
            code = f'json.loads(Path({name}).read_text(encoding="utf-8"))'
            return json.loads(text), code, ("import json", PATH_IMPORT)
        if suffix == ".toml":
            code = f'tomllib.loads(Path({name}).read_text(encoding="utf-8"))'
            return tomllib.loads(text), code, ("import tomllib", PATH_IMPORT)
    except (OSError, ValueError) as error:
        raise UsageError(f"{where.file} cannot be read: {error}") from None
    raise UsageError(
        f"the values in {where.file} cannot be read without running it",
        hint="Put them into a YAML, JSON or TOML file.",
    )
