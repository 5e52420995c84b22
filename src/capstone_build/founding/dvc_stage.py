"""
One stage of a `dvc.yaml`, with the loop that it is in.

Knows dependencies, outputs, parameters and commands; does not know other stages.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from capstone_build.core.stage import Location
from capstone_build.errors import UsageError
from capstone_build.founding.adopted import (
    AdoptedStage,
    Hole,
    Names,
    Remark,
    Spelling,
    filled,
    identifier,
    joined,
    plain,
)
from capstone_build.founding.dvc_loop import DvcLoop
from capstone_build.founding.dvc_text import Values, said
from capstone_build.founding.shell_text import bash_for, with_existing_folders
from capstone_build.founding.yaml_file import line_of

PARAMS_FILE = "params.yaml"

_LOST = {
    "frozen": "`frozen` is not carried over: capstone runs a stage when what it reads changes; "
    "take the stage out to keep what it left",
    "always_changed": "`always_changed` is not carried over: `capstone build --force {name}` runs "
    "it; or let it read what changes",
}
_IGNORED = {
    "matrix",
    "cmd",
    "deps",
    "outs",
    "params",
    "metrics",
    "plots",
    "desc",
    "meta",
    "vars",
    "wdir",
}
_APART = re.compile(r"(^|[;&|(]\s*)(cd|export|set|source|\.|umask|\w+=\S*$)(\s|$)|^\w+=\S*$")


class StageReader:
    """
    Reads one.

    Args:
        root: The project's folder.
        name: What the stage is called.
        written: What stands under its name.
        body: The same without `foreach`.
        where: The line.

    """

    def __init__(self, root: Path, name: str, written: Any, body: Any, where: Location) -> None:
        self._root, self._file = root, where.file
        self._name, self._written, self._body, self._where = name, written, body, where
        self._names = Names()
        self._remarks: list[Remark] = []
        self._values = Values()
        self._loop = DvcLoop(name, written, self._values, where)
        self._holes: dict[Hole, None] = {}
        self._params: dict[str, str] = {}

    def read(self, values: Values) -> AdoptedStage:
        """Return the stage, with *values* for its places."""
        self._values = values
        self._loop = DvcLoop(self._name, self._written, values, self._where)
        name = self._loop.read()
        self._values.named = dict(*self._loop.rounds[:1])
        self._noted(name)
        wdir = self._spelled(self._body.get("wdir") or ".", self._at(self._body, "wdir"))
        outputs = dict(self._outputs(wdir))
        inputs = dict(self._inputs(wdir))
        command, shell = self._command(wdir)
        inputs |= self._parameter_files(wdir, inputs)
        if not outputs:
            done = f"output/{identifier(self._name) or 'stage'}.done"
            outputs = {self._names.new("done"): joined([done, *name[1:]])}
            command = joined([*command, "\ntouch {outputs.done}"])
            self._remark(self._body, "cmd", f"{self._name} leaves no file: {done} stands for it")
        for key in self._body:
            if key in _LOST and self._body[key]:
                self._remark(self._body, key, _LOST[key].format(name=self._name))
            elif key not in _IGNORED and key not in _LOST:
                self._remark(self._body, key, f"`{key}` means nothing to capstone")
        return AdoptedStage(
            name=name,
            command=command,
            shell=shell,
            inputs=inputs,
            outputs=outputs,
            params=self._params,
            clauses=tuple(self._loop.clauses),
            about=" ".join(str(self._body.get("desc") or "").split()),
            remarks=tuple(self._remarks),
            instances=tuple(self._instances()),
            where=self._where,
        )

    @property
    def constants(self) -> Mapping[str, str]:
        """Name to value, as Python, of what its loops go through."""
        return self._loop.constants

    def _instances(self) -> Iterator[dict[str, str]]:
        """Yield what each hole is filled with, round by round."""
        for values in self._loop.rounds:
            yield {hole.expression: said(self._loop.value_of(hole, values)) for hole in self._holes}

    # Paths.

    def _spelled(self, text: object, where: Location) -> Spelling:
        return self._noted(self._values.spelling(str(text), where))

    def _noted(self, spelling: Spelling) -> Spelling:
        self._holes |= dict.fromkeys(each for each in spelling if isinstance(each, Hole))
        return spelling

    def _path(self, wdir: Spelling, text: object, where: Location, what: str) -> Spelling | None:
        """Return a path from the project's root; None, and a remark, if it leads out of it."""
        spelled = self._spelled(text, where)
        first = next(self._instances(), {})
        tried = filled(spelled, first) or ""
        whole = posixpath.normpath(posixpath.join(filled(wdir, first) or ".", tried))
        if "://" in tried or tried.startswith("/") or whole == ".." or whole.startswith("../"):
            self._remark_at(
                where,
                f"{what} {plain(spelled)} is outside the project, where capstone looks at nothing",
            )
            return None
        if any(isinstance(each, Hole) for each in (*wdir, *spelled)):
            parts = () if wdir == (".",) else (*wdir, "/")
            return joined([*parts, *spelled])
        return (whole + ("/" if tried.endswith("/") else ""),)

    def _entries(self, key: str) -> Iterator[tuple[str, Any, Location]]:
        """Yield the paths that stand under *key*, each with what is said of it."""
        listed = self._body.get(key) or ()
        if isinstance(listed, str | Mapping):
            listed = [listed]
        for index, each in enumerate(listed):
            where = self._at(listed, index)
            if isinstance(each, Mapping):
                for path, said_of_it in each.items():
                    yield str(path), said_of_it, where
            else:
                yield str(each), {}, where

    def _outputs(self, wdir: Spelling) -> Iterator[tuple[str, Spelling]]:
        for key in ("outs", "metrics", "plots"):
            for text, said_of_it, where in self._entries(key):
                path = self._path(wdir, text, where, "the output")
                if path is None:
                    continue
                if isinstance(said_of_it, Mapping) and said_of_it.get("persist"):
                    self._remark_at(
                        where,
                        f"`persist` is not carried over: {plain(path)} is moved away before a run; "
                        "what goes on from it belongs into a file that is no output",
                    )
                yield self._names.of_path(path, "out"), path

    def _inputs(self, wdir: Spelling) -> Iterator[tuple[str, tuple[Spelling, ...]]]:
        for text, _, where in self._entries("deps"):
            path = self._path(wdir, text, where, "the dependency")
            if path is not None:
                yield self._names.of_path(path, "data"), (path,)

    def _parameter_files(
        self, wdir: Spelling, inputs: Mapping[str, tuple[Spelling, ...]]
    ) -> dict[str, tuple[Spelling, ...]]:
        """Return the files that `params` names; they count whole where DVC looks at keys."""
        found: dict[str, tuple[Spelling, ...]] = {}
        known = {path for paths in inputs.values() for path in paths}
        keys: dict[str, list[str]] = {}
        for text, those, where in self._entries("params"):
            is_file = isinstance(those, list) or those is None
            file = text if is_file else PARAMS_FILE
            if not is_file and self._is_on_command_line(text):
                continue
            path = self._path(wdir, file, where, "the file of parameters")
            if path is None:
                continue
            if path not in known:
                known.add(path)
                found[self._names.of_path(path, "params")] = (path,)
            keys.setdefault(plain(path), []).extend(map(str, those or ()) if is_file else [text])
        for file, names in keys.items():
            if names:
                self._remark(
                    self._body,
                    "params",
                    f"{self._name} runs when anything in {file} changes, not only "
                    f"{_enumerated(names)}: its program reads the whole file",
                )
        return found

    def _is_on_command_line(self, key: str) -> bool:
        """Tell whether the command is given the value of a key, so that it counts by itself."""
        in_round = f"{self._loop.path}.${{key}}"
        if self._loop.path and key.startswith(in_round):
            key = f"item{key.removeprefix(in_round)}"
        try:
            expression, _ = self._values.find(key, self._where)
        except UsageError:
            return False
        return expression.replace("'", '"') in self._params.values()

    # Commands.

    def _command(self, wdir: Spelling) -> tuple[Spelling, tuple[str, ...]]:
        written = self._body["cmd"]
        lines = written if isinstance(written, list) else str(written).splitlines()
        where = self._at(self._body, "cmd")
        texts = [
            self._command_line(str(each).strip(), where) for each in lines if str(each).strip()
        ]
        if len(texts) > 1:  # each had a shell of its own
            texts = [("(", *t, ")") if _APART.search(plain(t)) else t for t in texts]
        command = joined([part for text in texts for part in ("\n", *text)][1:])
        if wdir != (".",):
            separator = "\n" if "\n" in plain(command) else " && "
            command = joined(["cd ", *wdir, separator, *command])
        command = with_existing_folders(command)
        return command, bash_for(plain(command))

    def _command_line(self, text: str, where: Location) -> Spelling:
        """Return a command with values of loops and files as parameters, where that is the same."""
        parts: list[str | Hole] = []
        for part in self._noted(self._values.spelling(text, where)):
            if isinstance(part, str):
                parts.append(part)
                continue
            values = [said(self._loop.value_of(part, each)) for each in self._loop.rounds]
            if all(value and shlex.quote(value) == value for value in values):
                parts.append(f"{{params.{self._parameter(part.expression)}}}")
            else:
                parts.append(part)
        return joined(parts)

    def _parameter(self, expression: str) -> str:
        python = expression.replace("'", '"')
        for name, known in self._params.items():
            if known == python:
                return name
        last = re.split(r"[\[\]']+", expression.rstrip("]'"))[-1]
        name = self._names.new(identifier(last) or "value")
        self._params[name] = python
        return name

    def _at(self, holder: Any, key: object) -> Location:
        return Location(self._file, line_of(holder, key))

    def _remark(self, holder: Any, key: object, text: str) -> None:
        self._remark_at(self._at(holder, key), text)

    def _remark_at(self, where: Location, text: str) -> None:
        self._remarks.append(Remark(where, text))


def _enumerated(names: list[str]) -> str:
    return ", ".join(names[:-1]) + (" and " if names[1:] else "") + names[-1]
