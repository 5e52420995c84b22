"""
The past of a project: what is remembered of its builds, and how one is named.

Knows where that is kept; runs none of the project's code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from capstone_build.authoring.project_place import ProjectPlace
from capstone_build.core.artifact import MEMORY_FOLDER
from capstone_build.core.history import PastBuild
from capstone_build.errors import UsageError
from capstone_build.storage.history import History
from capstone_build.storage.manifest import Manifest

LAST = "last"


@contextmanager
def opened_history(place: ProjectPlace, tell: Callable[[str], None]) -> Iterator[History]:
    """Open what is remembered of a project's builds; *tell* why if it cannot be read."""
    manifest = Manifest(place.root / MEMORY_FOLDER / "manifest.sqlite3", place.module)
    try:
        if manifest.problem:
            tell(manifest.problem)
        yield manifest.history()
    finally:
        manifest.close()


def the_build(history: History, name: str) -> PastBuild:
    """Return the build of this name; raise `UsageError` if there is none, or more than one."""
    builds = history.latest(1) if name == LAST else history.named(name)
    exact = [each for each in builds if each.build == name] or builds
    if len(exact) == 1:
        return exact[0]
    if not exact:
        raise UsageError(
            f"no build {name!r} is remembered",
            hint="`capstone log` lists them; `last` is the latest.",
        )
    raise UsageError(
        f"{len(exact)} builds begin with {name!r}",
        facts={"the latest": ", ".join(each.build for each in exact[-3:])},
        hint="Give more of its name.",
    )


def the_log(place: ProjectPlace, build: str, stage: str) -> str:
    """Return where what a *stage* printed in a *build* is kept, from the root; empty if not."""
    path = place.root / MEMORY_FOLDER / "logs" / build / f"{stage}.log"
    return path.relative_to(place.root).as_posix() if path.is_file() else ""
