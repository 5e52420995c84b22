"""
Named code: whether what stages name in `code=` and `ignore=` is there, and may be named.

Knows declarations, source and files; does not know how a name is spelled in a
declaration (`capstone_build.authoring.code_reference`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from capstone_build.analysis import Owner, ProjectCode
from capstone_build.core.artifact import Artifact, fixed_prefix, is_pattern
from capstone_build.core.stage import PythonCall, Stage, Symbol, is_with_all_below
from capstone_build.errors import DeclarationError
from capstone_build.storage.files import Files


class NamedCode:
    """
    What the stages of a pipeline name.

    Args:
        code: The project's source.
        files: The project's files.
        nearest: Tells paths that one may be a slip for.
    """

    def __init__(
        self, code: ProjectCode, files: Files, nearest: Callable[[str], Sequence[str]]
    ) -> None:
        self._code = code
        self._files = files
        self._nearest = nearest

    def problems(self, stage: Stage, stages: Sequence[Stage]) -> Iterator[DeclarationError]:
        """Tell all that is wrong with what *stage*, one of *stages*, names."""
        found = [
            *(each for symbol in stage.added for each in self._added(symbol, stage)),
            *(each for artifact in stage.files for each in self._file(artifact, stages)),
            *(each for symbol in stage.ignored for each in self._ignored(symbol, stage)),
        ]
        for problem, hint in found:
            yield DeclarationError(
                f"stage {stage.name!r}: {problem}",
                facts={"declared at": str(stage.location)},
                hint=hint,
            )

    def _added(self, symbol: Symbol, stage: Stage) -> Iterator[tuple[str, str]]:
        if self._code.naming(symbol).owner is Owner.NOBODY:
            yield self._nobodys(symbol, "code")
        elif stage.ignored and self._code.is_ignored(symbol, frozenset(stage.ignored)):
            yield f"{_spelled(symbol)!r} is in code and in ignore", "Leave it out of one of them."

    def _ignored(self, symbol: Symbol, stage: Stage) -> Iterator[tuple[str, str]]:
        owner = self._code.naming(symbol).owner
        said = f"{_spelled(symbol)!r} in ignore"
        if owner is Owner.NOBODY:
            yield self._nobodys(symbol, "ignore")
        elif owner is Owner.LIBRARY:
            yield (
                f"{said} is a library's, whose version counts as a whole",
                "Ignore the function of the project that uses it, with what only it calls.",
            )
        elif owner is Owner.PYTHON:
            yield f"{said} is Python's own, and does not count", "Leave it out."
        elif isinstance(stage.action, PythonCall) and self._code.is_ignored(
            stage.action.function, frozenset([symbol])
        ):
            yield f"{said} takes out the stage's own function", "Name only what it calls."

    def _nobodys(self, symbol: Symbol, where: str) -> tuple[str, str]:
        """Say that there is nothing called *symbol*, and what there is."""
        naming = self._code.naming(symbol)
        module, _, name = symbol.partition(":")
        near = list(naming.nearest)
        if is_with_all_below(symbol):
            problem = f"{module!r} in {where} is no module" + (
                ", and there is no such file" if where == "code" else ""
            )
            near += self._nearest(module) if where == "code" else []
        elif naming.module:
            problem = f"{symbol!r} in {where}: {module!r} defines no {name!r}"
        else:
            problem = f"{symbol!r} in {where}: there is no module {module!r}"
        if near:
            return problem, "Did you mean " + " or ".join(map(repr, near[:3])) + "?"
        return problem, "Write 'module', 'module:name', or the function itself."

    def _file(self, artifact: Artifact, stages: Sequence[Stage]) -> Iterator[tuple[str, str]]:
        for writer in stages:
            if any(_meet(artifact, each) for each in writer.writes):
                yield (
                    f"{artifact.path!r} in code is written by stage {writer.name!r}",
                    "Declare it as an input: that orders the two.",
                )
                return
        found = self._files.contents(artifact)
        if not found or None in found.values():
            what = "matches no file" if is_pattern(artifact.path) else "does not exist"
            near = self._nearest(artifact.location)
            yield (
                f"{artifact.path!r} in code {what}",
                "Did you mean " + " or ".join(map(repr, near)) + "?"
                if near
                else "Create it, or correct the path.",
            )


def _meet(one: Artifact, written: Artifact) -> bool:
    """Tell whether what *one* stands for may hold what is *written*, or lie in it."""
    if one.stands_for(written.location):
        return True
    place = fixed_prefix(one.path) if is_pattern(one.path) else one.location
    return written.stands_for(place)


def _spelled(symbol: Symbol) -> str:
    """Spell *symbol* as a declaration does."""
    return symbol.removesuffix(":**")
