"""Options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from capstone_build.authoring.parameters import read_option
from capstone_build.authoring.project_place import ProjectPlace, find_project
from capstone_build.cli.source_lines import remember
from capstone_build.core.artifact import MEMORY_FOLDER
from capstone_build.errors import MemoryFailedError, PipelineNotFoundError, UsageError
from capstone_build.looking.session import Session
from capstone_build.presentation.build_view import Telling
from capstone_build.presentation.escaping import block_for_terminal, for_terminal
from capstone_build.presentation.nothing import BUNDLED
from capstone_build.request import Wish
from capstone_build.storage.manifest import Manifest

Function = TypeVar("Function", bound=Callable[..., Any])


def _known_targets(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Complete a target from what earlier builds made, without running any of the user's code."""
    try:
        project = find_project(Path.cwd(), context.params.get("file"))
    except (PipelineNotFoundError, UsageError):
        return []
    try:
        manifest = Manifest(project.root / MEMORY_FOLDER / "manifest.sqlite3", project.module)
        made = manifest.made()
        manifest.close()
    except MemoryFailedError:
        return []
    names = {each.stage for each in made.values()} | made.keys()
    return sorted(name for name in names if name.startswith(incomplete))


targets_argument = click.argument(
    "targets", nargs=-1, metavar="[TARGET]...", shell_complete=_known_targets
)
stages_argument = click.argument(
    "stages", nargs=-1, required=True, metavar="STAGE...", shell_complete=_known_targets
)
stages_or_none_argument = click.argument(
    "stages", nargs=-1, metavar="[STAGE]...", shell_complete=_known_targets
)
file_option = click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path),
    metavar="F",
    help="The pipeline file; by default the nearest pipeline.py from here upwards.",
)
settings_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="K=V",
    help="Set a parameter: stage.name=value, or name=value for every stage that has it.",
)
select_option = click.option(
    "--select",
    "selected",
    multiple=True,
    metavar="T",
    shell_complete=_known_targets,
    help="Only what T names, and not what that needs, unless T says so (+report).",
)


def _excluding(what: str) -> Callable[[Function], Function]:
    return click.option(
        "-x",
        "--exclude",
        "excluded",
        multiple=True,
        metavar="T",
        shell_complete=_known_targets,
        help=f"Leave out {what}.",
    )


exclude_option = _excluding("what T names, and what needs it")
except_option = _excluding("what T names")
force_option = click.option(
    "--force",
    "forced",
    multiple=True,
    metavar="T",
    shell_complete=_known_targets,
    help="Run what T names whatever is known of it.",
)

dry_run_option = click.option(
    "-n", "--dry-run", is_flag=True, help="Say what would be removed; remove nothing."
)

jobs_option = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Do so many at the same time; by default as many as there are cores.",
)
keep_going_option = click.option(
    "-k", "--keep-going", is_flag=True, help="Go on with what does not depend on a failure."
)
quiet_option = click.option(
    "-q", "--quiet", "is_quiet", is_flag=True, help="Tell how stages failed, and the verdict."
)
verbose_option = click.option(
    "-v",
    "--verbose",
    "is_verbose",
    is_flag=True,
    help="Tell of stages that are up to date as well, and what stages print.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Tell it as JSON.")


def opened_project(file: Path | None) -> ProjectPlace:
    """Find the project of the current folder; say so where it is the bundled pipeline."""
    project = find_project(Path.cwd(), file)
    remember(project.root)
    if project.is_bundled:
        click.echo(BUNDLED, err=True)
    return project


def read_wish(
    project: ProjectPlace,
    targets: Sequence[str],
    settings: Sequence[str] = (),
    *,
    excluded: Sequence[str] = (),
    forced: Sequence[str] = (),
) -> Wish:
    """Read what the command line asks for; paths are those from the current folder."""
    here = Path.cwd()
    inside = here.is_relative_to(project.root)
    return Wish(
        targets=tuple(map(project.from_root, targets)),
        excluded=tuple(map(project.from_root, excluded)),
        forced=tuple(map(project.from_root, forced)),
        settings=tuple(read_option(option) for option in settings),
        folder=here.relative_to(project.root).as_posix() if inside else "",
    )


def read_telling(is_quiet: bool, is_verbose: bool) -> Telling:
    """Return how much is to be told."""
    if is_quiet and is_verbose:
        raise UsageError("-q and -v contradict each other", hint="Leave out one of them.")
    return Telling.QUIET if is_quiet else Telling.FULL if is_verbose else Telling.USUAL


def tell_asides(session: Session) -> None:
    """Show what the pipeline printed and what is wrong with the memory, apart from the answer."""
    tell_printed(session.printed)
    if problem := session.world.manifest.problem:
        click.echo(f"what was remembered cannot be read: {for_terminal(problem)}", err=True)


def tell_printed(printed: str) -> None:
    """Show what the pipeline printed while it was loaded, apart from the answer."""
    if printed:
        click.echo(block_for_terminal(printed.rstrip()), err=True)


def tell_waiting(pid: int | None) -> None:
    """Say whom the command waits for."""
    click.echo(f"waits for another build here{f' (process {pid})' if pid else ''}", err=True)
