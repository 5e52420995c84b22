"""What commands that look back share: the history, and how a build in it is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from capstone_build.authoring.project_place import ProjectPlace
from capstone_build.core.artifact import MEMORY_FOLDER
from capstone_build.core.history import PastBuild
from capstone_build.errors import UsageError
from capstone_build.presentation.escaping import for_terminal
from capstone_build.storage.history import History
from capstone_build.storage.manifest import Manifest

LAST = "last"


@contextmanager
def opened_history(project: ProjectPlace) -> Iterator[History]:
    """Open what is remembered of a project's builds; none of its code is run."""
    manifest = Manifest(project.root / MEMORY_FOLDER / "manifest.sqlite3", project.module)
    try:
        if manifest.problem:
            click.echo(
                f"what was remembered cannot be read: {for_terminal(manifest.problem)}", err=True
            )
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
