"""
What commands name and their file does not declare, and what need not be declared.

Knows the files that a command line, and the code that it runs, lead to; runs
none of it, and does not know the tool that the file was written for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from capstone_build.analysis.commands.code_file import Language, by_name
from capstone_build.analysis.project import ProjectCode
from capstone_build.core.artifact import Artifact
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.stage import Location
from capstone_build.core.template import argument_list, places, shell_line
from capstone_build.founding.adopted import (
    AdoptedPipeline,
    AdoptedStage,
    Spelling,
    filled,
    joined,
    name_of_path,
    plain,
)

_FOLLOWED = {Language.PYTHON, Language.NOTEBOOK, Language.SHELL}
"""Code that is read for what it leads to; other code counts by its bytes, as an input does."""

_MOST_ROUNDS = 20
"""Of a loop, so many rounds are looked at: the others run the same programs."""


class Forgotten(NamedTuple):
    """
    A file that a stage uses, and that its file does not declare.

    Attributes:
        where: The line of the stage.
        stage: Its name.
        path: The file, from the project's root.
        maker: The stage that makes it; empty if none does.
        is_code: Whether it is code, which counts for capstone without being declared.
    """

    where: Location
    stage: str
    path: str
    maker: str
    is_code: bool

    def sentence(self) -> str:
        """Say it, with what to do about it."""
        if self.is_code:
            return f"{self.stage} runs {self.path}: its code counts without being declared"
        made = f", which {self.maker} makes" if self.maker else ""
        name = name_of_path((self.path,)) or "file"
        paste = f'inputs={{"{name}": "{self.path}"}}'
        return f"{self.stage} names {self.path}{made}; if it reads it: {paste}"


@dataclass(frozen=True, slots=True)
class _Use:
    """The files that one stage was found to use: code, and others by name."""

    code: frozenset[str]
    named: frozenset[str]


class CommandFiles:
    """
    The files that the commands of a pipeline lead to.

    Args:
        pipeline: As it was read.
        root: The project's folder.
    """

    def __init__(self, pipeline: AdoptedPipeline, root: Path) -> None:
        self._pipeline = pipeline
        self._root = root.resolve()
        self._uses = [self._use(stage) for stage in pipeline.stages]

    @cached_property
    def _source(self) -> ProjectCode:
        return ProjectCode([self._root], {})

    @cached_property
    def _makers(self) -> Mapping[str, str]:
        return {
            path.rstrip("/"): plain(stage.name)
            for stage in self._pipeline.stages
            for output in stage.outputs.values()
            for path in stage.filled(output)
        }

    def pipeline(self) -> AdoptedPipeline:
        """Return the pipeline without inputs that are code, and with what else is code as such."""
        stages = [
            self._with_code(stage, use)
            for stage, use in zip(self._pipeline.stages, self._uses, strict=True)
        ]
        return replace(self._pipeline, stages=tuple(stages))

    def forgotten(self) -> list[Forgotten]:
        """Return what is used and not declared, stage by stage."""
        found: list[Forgotten] = []
        for stage, use in zip(self._pipeline.stages, self._uses, strict=True):
            declared = [Artifact(path) for path in (*_inputs(stage), *_outputs(stage))]
            for path in (*sorted(use.code), *sorted(use.named - use.code)):
                if not any(each.stands_for(path) for each in declared):
                    maker = self._maker(path)
                    is_code = path in use.code and not maker
                    found.append(Forgotten(stage.where, plain(stage.name), path, maker, is_code))
        return found

    def _maker(self, path: str) -> str:
        parts = path.split("/")
        above = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
        return next((self._makers[each] for each in above if each in self._makers), "")

    def _use(self, stage: AdoptedStage) -> _Use:
        code: set[str] = set()
        named: set[str] = set()
        for values in stage.instances[:_MOST_ROUNDS]:
            text = _command(stage, values)
            if text is None:
                continue
            found = self._source.command(text, lambda _path: False)
            for (aspect, name), reached in (
                (part, found.closure.parts[part]) for part in found.closure.parts
            ):
                if aspect in {Aspect.CODE, Aspect.FILE}:
                    file = reached.where.file if reached.where is not None else name
                    code |= {file} if (self._root / file).is_file() else set()
            named |= set(found.named)
        kept = {each for each in named if not each.endswith("/") and self._is_there(each)}
        return _Use(frozenset(map(self._spelled, code)), frozenset(kept))

    def _spelled(self, file: str) -> str:
        path = Path(file)
        inside = path.is_absolute() and path.is_relative_to(self._root)
        return path.relative_to(self._root).as_posix() if inside else file

    def _is_there(self, path: str) -> bool:
        return not Path(path).is_absolute() and (
            bool(self._maker(path)) or (self._root / path).is_file()
        )

    def _with_code(self, stage: AdoptedStage, use: _Use) -> AdoptedStage:
        inputs: dict[str, tuple[Spelling, ...]] = {}
        code: list[Spelling] = list(stage.code)
        text = plain(stage.command)
        command = stage.command
        for name, paths in stage.inputs.items():
            is_free = len(paths) == 1 and "{inputs}" not in text
            if not is_free or not self._is_code(stage, paths[0]):
                inputs[name] = paths
                continue
            command = _with_path(command, name, paths[0])
            if not set(stage.filled(paths[0])) <= use.code:
                code.append(paths[0])
        return replace(stage, inputs=inputs, code=tuple(code), command=command)

    def _is_code(self, stage: AdoptedStage, path: Spelling) -> bool:
        """Tell whether an input is a file of code of the project, or a folder of nothing else."""
        files = stage.filled(path)
        return bool(files) and all(
            not self._maker(each) and self._is_code_file(self._root / each) for each in files
        )

    def _is_code_file(self, path: Path) -> bool:
        if path.is_dir():
            inside = [
                each
                for each in path.rglob("*")
                if each.is_file() and "__pycache__" not in each.parts and each.name[0] != "."
            ]
            return bool(inside) and all(by_name(str(each)) in _FOLLOWED for each in inside)
        return path.is_file() and by_name(str(path)) in _FOLLOWED


def _inputs(stage: AdoptedStage) -> Iterator[str]:
    for paths in stage.inputs.values():
        for path in paths:
            yield from stage.filled(path)
    for path in stage.code:
        yield from stage.filled(path)


def _outputs(stage: AdoptedStage) -> Iterator[str]:
    for path in stage.outputs.values():
        yield from stage.filled(path)


def _with_path(command: Spelling, name: str, path: Spelling) -> Spelling:
    """Return a command with an input's path in the place of its name."""
    parts = []
    for each in command:
        if isinstance(each, str):
            first, *more = each.split(f"{{inputs.{name}}}")
            parts += [first, *(part for rest in more for part in (*path, rest))]
        else:
            parts.append(each)
    return joined(parts)


def _command(stage: AdoptedStage, values: Mapping[str, str]) -> str | tuple[str, ...] | None:
    """Return the command of one round as it would be run; None if that cannot be told."""
    text = filled(stage.command, values)
    paths: dict[str, Mapping[str, str | Sequence[str]]] = {
        "inputs": {
            name: [filled(each, values) or "" for each in those]
            for name, those in stage.inputs.items()
        },
        "outputs": {name: filled(each, values) or "" for name, each in stage.outputs.items()},
        "params": {
            name: values.get(code.replace('"', "'"), values.get(code, "0"))
            for name, code in stage.params.items()
        },
    }
    is_known = all(n is None or n in paths[group] for group, n in places(text or ""))
    if text is None or not is_known:  # what looks like a place is its own
        return None
    if stage.shell:
        return tuple(argument_list([*stage.shell, text], paths))
    return shell_line(text, paths)
