"""
Wishing: what is asked for from Python, in the engine's words.

Knows arguments of calls; does not know the command line (`capstone_build.cli`), nor
whether there is what they name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from capstone_build.authoring.loading import is_held
from capstone_build.authoring.parameters import Setting
from capstone_build.authoring.project_place import ProjectPlace
from capstone_build.core.digest import JsonValue, is_plain
from capstone_build.cores import cores
from capstone_build.errors import UsageError
from capstone_build.request import Wish


def wish_of(
    place: ProjectPlace,
    targets: Iterable[str | Path],
    params: Mapping[str, JsonValue] | None = None,
    exclude: Iterable[str | Path] = (),
    force: Iterable[str | Path] = (),
) -> Wish:
    """
    Return what is asked of the project at *place*.

    Raises:
        UsageError: If a value is none, or if it would never come to an end: asked of a project
            by its own pipeline.
    """
    if is_held(place.root):
        raise UsageError(
            "a pipeline cannot ask for its own project to be loaded, nor can a stage of it",
            hint="Put it under `if __name__ == '__main__':`, or into a file of its own.",
        )
    found = []
    for key, value in (params or {}).items():
        if not is_plain(value):
            raise UsageError(
                f"params: {key}={value!r} is no plain value",
                hint="Use texts, numbers, true or false, lists, and mappings.",
            )
        stage, _, name = key.rpartition(".")
        found.append(Setting(stage or None, name, value, f"params={{{key!r}: ...}}"))
    return Wish(
        targets=tuple(map(place.from_root, targets)),
        excluded=tuple(map(place.from_root, _each(exclude))),
        forced=tuple(map(place.from_root, _each(force))),
        settings=tuple(found),
    )


def jobs_of(jobs: int | None) -> int:
    """
    Return how much is done at the same time; as much as there are cores, if it is not said.

    Raises:
        UsageError: If it is nothing.
    """
    if jobs is not None and jobs < 1:
        raise UsageError(f"jobs={jobs}: at least one thing is done at a time")
    return jobs or cores()


def _each(words: Iterable[str | Path] | str | Path) -> Iterable[str | Path]:
    """Take one word for a list of one: its letters are nothing to select by."""
    return [words] if isinstance(words, str | Path) else words
