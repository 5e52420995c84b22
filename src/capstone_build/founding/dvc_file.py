"""
A `dvc.yaml`: its stages, as capstone would declare them.

Knows what the keys of the file mean; does not know how `${...}` is looked up
(`dvc_text`), and runs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from capstone_build.core.stage import Location
from capstone_build.errors import UsageError
from capstone_build.founding.adopted import (
    AdoptedPipeline,
    AdoptedStage,
    Names,
    Remark,
    identifier,
)
from capstone_build.founding.dvc_folders import with_folders
from capstone_build.founding.dvc_stage import PARAMS_FILE, StageReader
from capstone_build.founding.dvc_text import Source, Values, read_values
from capstone_build.founding.layout import laid_out, literal
from capstone_build.founding.yaml_file import line_of, load_lines, plain_value

_SHOWN = {
    "metrics": "`dvc metrics` shows these; `capstone diff` shows how an output changed",
    "plots": "`dvc plots` draws these; no stage makes anything of them",
    "params": "`dvc params` shows these; no stage reads them by this",
    "artifacts": "models for `dvc artifacts`; name the files as outputs of their stages",
    "datasets": "capstone fetches nothing: let a stage do it",
}


def read_dvc(file: Path) -> AdoptedPipeline:
    """
    Read a `dvc.yaml`.

    Raises:
        MissingExtraError: If there is no library for YAML.
        UsageError: If it is not what DVC would read.
    """
    return _Reader(file).read()


class _Reader:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._root = file.parent
        self._names = Names()
        self._imports: list[str] = []
        self._constants: dict[str, str] = {}
        self._remarks: list[Remark] = []

    def read(self) -> AdoptedPipeline:
        content = load_lines(self._file)
        if not isinstance(content, Mapping) or not isinstance(content.get("stages"), Mapping):
            raise UsageError(
                f"{self._file.name} has no stages",
                facts={"at": f"{self._file.name}:1"},
                hint="A dvc.yaml has `stages:` with a name for each.",
            )
        for key in content:
            if key in _SHOWN:
                self._remark(content, key, f"`{key}` is left out: {_SHOWN[key]}")
            elif key not in {"stages", "vars"}:
                self._remark(content, key, f"`{key}` means nothing to capstone")
        sources = [*self._usual(), *self._sources(content, "VARS")]
        stages = [
            self._stage(content["stages"], str(name), written, sources)
            for name, written in content["stages"].items()
        ]
        codes = list(_code_of(stages))
        used = {name for name in self._constants if any(name in code for code in codes)}
        return AdoptedPipeline(
            file=self._file.name,
            tool="DVC",
            imports=tuple(self._imports) if used else (),
            constants={name: code for name, code in self._constants.items() if name in used},
            stages=with_folders(stages, self._root),
            remarks=tuple(self._remarks),
        )

    # Values.

    def _usual(self) -> Iterator[Source]:
        if (self._root / PARAMS_FILE).is_file():
            yield self._from_file(PARAMS_FILE, Location(PARAMS_FILE, 1))

    def _sources(self, holder: Any, name: str) -> Iterator[Source]:
        """Yield the values that `vars` of *holder* names, and those that stand in it."""
        inline: dict[str, Any] = {}
        for each in holder.get("vars") or ():
            if isinstance(each, Mapping):
                inline |= each
            else:
                file = str(each).partition(":")[0]
                if file != PARAMS_FILE:
                    yield self._from_file(file, self._at(holder, "vars"))
        if inline:
            constant = self._names.new(name.upper()).upper()
            self._constants[constant] = laid_out(literal(plain_value(inline)))
            yield Source(constant, inline)

    def _from_file(self, file: str, where: Location) -> Source:
        path = self._root / file
        if not path.is_file():
            raise UsageError(f"{file}, which `vars` names, is not there", facts={"at": str(where)})
        value, code, imports = read_values(path, Location(file, 1))
        name = self._names.new(identifier(path.stem)).upper()
        self._constants[name] = code
        self._imports += imports
        return Source(name, value)

    # Stages.

    def _stage(self, holder: Any, name: str, written: Any, sources: list[Source]) -> AdoptedStage:
        where = self._at(holder, name)
        if not isinstance(written, Mapping):
            raise UsageError(f"stage {name!r} is no mapping", facts={"at": str(where)})
        body = written.get("do", written) if "foreach" in written else written
        if not isinstance(body, Mapping) or not body.get("cmd"):
            raise UsageError(
                f"stage {name!r} has no command",
                facts={"at": str(where)},
                hint="Write cmd: ... in it; under `do:` beside `foreach:`.",
            )
        own = [*self._sources(body, f"{identifier(name)}_vars"), *reversed(sources)]
        reader = StageReader(self._root, name, written, body, where)
        stage = reader.read(Values(tuple(own)))
        self._constants |= reader.constants
        return stage

    def _at(self, holder: Any, key: object) -> Location:
        return Location(self._file.name, line_of(holder, key))

    def _remark(self, holder: Any, key: object, text: str) -> None:
        self._remarks.append(Remark(self._at(holder, key), text))


def _code_of(stages: list[AdoptedStage]) -> Iterator[str]:
    """Yield all Python that stages hold."""
    for stage in stages:
        yield from (each.source for each in stage.clauses)
        yield from stage.params.values()
        spellings = [stage.name, stage.command, *stage.outputs.values(), *stage.code]
        spellings += [path for paths in stage.inputs.values() for path in paths]
        yield from (e.expression for s in spellings for e in s if not isinstance(e, str))
