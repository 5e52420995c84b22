"""
Loading a pipeline: importing the user's module and reading its declarations.

The only place where the user's modules are imported. It runs in the host
process (`capstone_build.hosting.host`), never in the engine's own.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from capstone_build.authoring.declaration import ALL_DECLARED, DeclaredStage
from capstone_build.authoring.interpretation import Interpretation
from capstone_build.authoring.project_place import BUNDLED_MODULE
from capstone_build.core.stage import Location, Stage, StageName
from capstone_build.errors import (
    DeclarationError,
    MissingExtraError,
    PipelineError,
    PipelineLoadError,
    UsageError,
)
from capstone_build.witness.capstone_fresh_source import import_from_source

LIST_NAME = "pipeline"

_held: list[Path] = []
"""Of which projects this process has imported the pipeline, or is about to."""


def is_held(root: Path) -> bool:
    """Tell whether the code that asks is the pipeline's of the project at *root*, or a stage's."""
    return root in _held


class LoadedPipeline:
    """
    A pipeline as it was loaded, with the user's own objects.

    What a declaration means is read when it is asked for.

    Args:
        module: The module that declares it.
        root: The project's folder.
    """

    def __init__(self, module: ModuleType, root: Path) -> None:
        self._module = module
        self._root = root
        self._found = _declared_in(module)
        self._read: list[tuple[Stage, DeclaredStage]] = []
        self._by_name: dict[StageName, tuple[Stage, DeclaredStage]] = {}

    def interpret(self) -> list[PipelineError]:
        """
        Read all declarations; return what is wrong with those that mean nothing.

        Raises:
            PipelineLoadError: If there is no stage.
        """
        problems: list[PipelineError] = [*_lost(self._found, self._module, self._root)]
        for each in self._found:
            problems += self._interpreted(each)
        if not self._read and not problems:
            raise PipelineLoadError(
                f"{self._module.__name__!r} declares no stage",
                hint="Decorate a function with @stage(...), or make one with command(...).",
            )
        return problems

    def stages(self) -> list[tuple[Stage, DeclaredStage]]:
        """Return the stages that were read, in the order declared, each as the user has it."""
        return self._read

    def stage(self, name: StageName) -> tuple[Stage, DeclaredStage] | None:
        """Return one stage, and the same as the user has it; None if it is not declared."""
        if name not in self._by_name:
            for each in self._found:
                if each.declaration.name == name:
                    self._interpreted(each)
        return self._by_name.get(name)

    def _interpreted(self, declared: DeclaredStage) -> Sequence[PipelineError]:
        _shorten_location(declared, self._root)
        reading = Interpretation(declared, self._module, str(self._root))
        if reading.stage is not None:
            read = self._by_name[reading.stage.name] = (reading.stage, declared)
            self._read.append(read)
        return reading.problems


def load(
    root: Path, module_name: str, on_source: Callable[[str, bytes], None] = lambda *_: None
) -> LoadedPipeline:
    """
    Import *module_name* with *root* first on the path, and find its stages.

    Stages are those in the module's namespace, or in its list named `pipeline`
    where it has one.

    Args:
        root: The project's folder.
        module_name: The module that declares the pipeline.
        on_source: Told the file and the source of each project module that is compiled.

    Raises:
        PipelineLoadError: If the module does not load.
    """
    _held.append(root)
    folder = str(root)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    import_from_source([root, *_package_folders(module_name)], on_source)
    return LoadedPipeline(_imported(module_name, root), root)


def _package_folders(module: str) -> list[Path]:
    """Return where the package of a pipeline is that is not in the project: the bundled one."""
    try:
        spec = importlib.util.find_spec(module.partition(".")[0])
    except (ImportError, ValueError):
        return []  # importing it will tell why
    return [Path(each) for each in (spec and spec.submodule_search_locations) or ()]


def _imported(name: str, root: Path) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise _load_error(name, error, root) from None
    except SystemExit as error:
        raise PipelineLoadError(
            f"{name!r} ends the program while it is imported (exit code {error.code})",
            hint="Put what should run only as a script under `if __name__ == '__main__':`.",
        ) from None


def _load_error(name: str, error: Exception, root: Path) -> PipelineLoadError:
    """Describe an error of the user's module with the user's part of the traceback."""
    if isinstance(error, SyntaxError) and error.filename is not None:
        place = Location(_from_root(error.filename, root), error.lineno or 1)
        source = (error.text or "").strip()
        return PipelineLoadError(
            f"syntax error: {error.msg}",
            facts={"at": f"{place}:{error.offset or 1}\n{source}" if source else str(place)},
        )
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith("<frozen importlib") and not is_ours(frame.filename)
    ]
    frames = [f for f in frames if f.filename != importlib.__file__]
    shown = "".join(traceback.format_list(frames)).rstrip()
    said = "".join(traceback.format_exception_only(error)).strip()
    facts = {"traceback": shown} if shown else {}
    if isinstance(error, UsageError):
        return PipelineLoadError(error.problem, facts=facts, hint=error.hint)
    hint = ""
    if isinstance(error, ModuleNotFoundError) and name == BUNDLED_MODULE:
        raise MissingExtraError(str(error.name), "the bundled data report", "report") from None
    if isinstance(error, ModuleNotFoundError):
        hint = f"Install it, or correct the import: {error.name}"
    return PipelineLoadError(f"{name!r} does not load: {said}", facts=facts, hint=hint)


def is_ours(file: str) -> bool:
    """Tell whether *file* is part of the engine, which no user's traceback should show."""
    return file.startswith(str(Path(__file__).parents[1]) + os.sep)


def _declared_in(module: ModuleType) -> list[DeclaredStage]:
    listed = getattr(module, LIST_NAME, None)
    candidates: Iterable[Any] = vars(module).values()
    if isinstance(listed, list | tuple):
        for each in listed:
            if not isinstance(each, DeclaredStage):
                raise PipelineLoadError(
                    f"the list `{LIST_NAME}` holds {each!r}, which is no stage",
                    hint="Fill it with what @stage(...) and command(...) return.",
                )
        candidates = listed
    found = {id(each): each for each in candidates if isinstance(each, DeclaredStage)}
    return list(found.values())


def _lost(found: list[DeclaredStage], module: ModuleType, root: Path) -> Iterator[DeclarationError]:
    """Find stages that the pipeline's module declares and that its namespace does not hold."""
    if isinstance(getattr(module, LIST_NAME, None), list | tuple):
        return  # the list says which ones are meant
    for each in ALL_DECLARED:
        if each.declaration.module == module.__name__ and each not in found:
            _shorten_location(each, root)
            yield DeclarationError(
                f"stage {each.declaration.name!r} is declared, and nothing in the file holds it",
                facts={"declared at": str(each.declaration.location)},
                hint="Put @stage on top of all other decorators, outside of classes and "
                f"functions, under a name of its own; or list the stages in `{LIST_NAME}`.",
            )


def _shorten_location(declared: DeclaredStage, root: Path) -> None:
    """Name the place from the project's root, as the user knows it."""
    declaration = declared.declaration
    place = declaration.location
    short = Location(_from_root(place.file, root), place.line)
    declared.declaration = replace(declaration, location=short)


def _from_root(file: str, root: Path) -> str:
    path = Path(file)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else file
