"""
Lists of inputs that are all that a loop makes, or all files of a pattern.

Knows paths and loops; does not know where they were read.
"""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from capstone_build.core.artifact import Artifact, Kind
from capstone_build.founding.adopted import (
    AdoptedStage,
    Clause,
    Names,
    Spelling,
    plain,
)


@dataclass(frozen=True, slots=True)
class _Whole:
    """Paths that belong together: those of a loop's output, or of a pattern."""

    paths: tuple[str, ...]
    spelling: Spelling
    clauses: tuple[Clause, ...] = ()


def gathered(
    stages: Sequence[AdoptedStage], root: Path, patterns: Iterable[str] = ()
) -> tuple[AdoptedStage, ...]:
    """
    Return *stages* with one input for files that belong together.

    Args:
        stages: The stages of a pipeline.
        root: Where patterns are looked for.
        patterns: Those that the file asks for.
    """
    wholes = [*_made(stages), *_matched(root, patterns)]
    return tuple(stage if stage.clauses else _with_wholes(stage, wholes) for stage in stages)


def _made(stages: Iterable[AdoptedStage]) -> Iterator[_Whole]:
    for stage in stages:
        for path in stage.outputs.values() if stage.clauses else ():
            yield _Whole(tuple(stage.filled(path)), path, stage.clauses)


def _matched(root: Path, patterns: Iterable[str]) -> Iterator[_Whole]:
    for pattern in sorted(patterns):
        if Artifact(pattern).kind is Kind.PATTERN and not pattern.startswith(("/", "..", "./")):
            found = sorted(glob.glob(pattern, root_dir=root))  # noqa: PTH207 (as it is written)
            yield _Whole(tuple(found), (pattern,))


def _with_wholes(stage: AdoptedStage, wholes: Iterable[_Whole]) -> AdoptedStage:
    for whole in sorted(wholes, key=lambda each: -len(each.paths)):
        stage = _with_whole(stage, whole)
    return stage


def _with_whole(stage: AdoptedStage, whole: _Whole) -> AdoptedStage:
    entries = [(name, plain(path)) for name, paths in stage.inputs.items() for path in paths]
    length = len(whole.paths)
    texts = [path for _, path in entries]
    starts = [at for at in range(len(entries)) if tuple(texts[at : at + length]) == whole.paths]
    if length < 2 or not starts or not whole.paths:
        return stage
    inside = dict.fromkeys(name for name, _ in entries[starts[0] : starts[0] + length])
    covered = sum(len(stage.inputs[name]) for name in inside)
    command = plain(stage.command)
    named = [name for name in inside if f"{{inputs.{name}}}" in command]
    if covered != length or (named and len(inside) > 1):
        return stage
    others = [n for n in (*stage.inputs, *stage.outputs, *stage.params) if n not in inside]
    new = named[0] if named else Names(others).of_path(whole.spelling, "files")
    inputs: dict[str, tuple[Spelling, ...]] = {}
    for name, paths in stage.inputs.items():
        if name not in inside:
            inputs[name] = paths
        elif new not in inputs:
            inputs[new] = tuple((path,) for path in whole.paths)
    wholly = {**stage.wholly, new: (whole.spelling, whole.clauses)}
    return replace(stage, inputs=inputs, wholly=wholly)
