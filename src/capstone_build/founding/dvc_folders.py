"""
Which paths of a `dvc.yaml` are folders: it does not say, and a declaration does.

Knows the disk, `dvc.lock` and how paths meet; does not know what stages do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from capstone_build.errors import CapstoneError
from capstone_build.founding.adopted import AdoptedStage, Remark, Spelling, joined, plain
from capstone_build.founding.yaml_file import load_values

_SUFFIX = re.compile(r"\.\w+$")


def with_folders(stages: Iterable[AdoptedStage], root: Path) -> tuple[AdoptedStage, ...]:
    """Return *stages* with a `/` at the end of what is a folder."""
    stages = tuple(stages)
    folders = _Folders(stages, root)
    return tuple(_marked(stage, folders) for stage in stages)


class _Folders:
    def __init__(self, stages: tuple[AdoptedStage, ...], root: Path) -> None:
        self._root = root
        self._locked = dict(_locked(root / "dvc.lock"))
        paths = {path for stage in stages for each in _paths(stage) for path in stage.filled(each)}
        self._above = {
            "/".join(parts[:length])
            for parts in (path.rstrip("/").split("/") for path in paths)
            for length in range(1, len(parts))
        }
        outputs = {
            path
            for stage in stages
            for each in stage.outputs.values()
            for path in stage.filled(each)
        }
        self._guessed = {path for path in outputs if self._known(path) is None}

    def holds(self, path: str) -> bool:
        """Tell whether *path* is a folder, or is taken for one."""
        known = self._known(path)
        if known is None:
            return path in self._guessed and _SUFFIX.search(path) is None
        return known

    def is_guessed(self, path: str) -> bool:
        """Tell whether nothing but its name says that *path* is a folder."""
        return path in self._guessed and self.holds(path)

    def _known(self, path: str) -> bool | None:
        if (self._root / path).exists():
            return (self._root / path).is_dir()
        ends = (is_folder for each, is_folder in self._locked.items() if _ends(path, each))
        return True if path in self._above else next(ends, None)


def _ends(path: str, end: str) -> bool:
    return path == end or path.endswith(f"/{end}")


def _locked(file: Path) -> Iterable[tuple[str, bool]]:
    """Yield the paths of `dvc.lock`, each with whether it was a folder."""
    try:
        content = load_values(file) if file.is_file() else {}
    except CapstoneError:
        return
    stages = content.get("stages") if isinstance(content, Mapping) else None
    for stage in stages.values() if isinstance(stages, Mapping) else ():
        for each in [*(stage.get("outs") or ()), *(stage.get("deps") or ())]:
            yield str(each.get("path")), str(each.get("md5")).endswith(".dir")


def _paths(stage: AdoptedStage) -> list[Spelling]:
    return [*(p for paths in stage.inputs.values() for p in paths), *stage.outputs.values()]


def _marked(stage: AdoptedStage, folders: _Folders) -> AdoptedStage:
    remarks: list[Remark] = []

    def marked(path: Spelling) -> Spelling:
        found = stage.filled(path)
        if plain(path).endswith("/") or not found or not all(map(folders.holds, found)):
            return path
        if any(map(folders.is_guessed, found)) and path in stage.outputs.values():
            text = f"{plain(path)} is taken for a folder: take off the / if it is a file"
            remarks.append(Remark(stage.where, text))
        return joined([*path, "/"])

    return replace(
        stage,
        inputs={name: tuple(map(marked, paths)) for name, paths in stage.inputs.items()},
        outputs={name: marked(path) for name, path in stage.outputs.items()},
        remarks=(*stage.remarks, *remarks),
    )
