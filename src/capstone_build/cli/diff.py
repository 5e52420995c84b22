"""`capstone diff`: what changed in an artifact between builds."""

from __future__ import annotations

import posixpath
import sys
from pathlib import Path

import click

from capstone_build.asking.comparing import Comparing
from capstone_build.asking.past import the_build
from capstone_build.authoring.project_place import ProjectPlace, find_project
from capstone_build.cli.options import file_option, json_option
from capstone_build.cli.past import opened_history
from capstone_build.cli.terminal import Terminal
from capstone_build.errors import UsageError
from capstone_build.presentation.artifact_change import USUAL_LINES, change_lines, changes_json
from capstone_build.presentation.escaping import for_terminal


@click.command("diff")
@click.argument("words", nargs=-1, required=True, metavar="[BUILD] ARTIFACT")
@click.option("--all", "everything", is_flag=True, help="Leave nothing out, however long it is.")
@json_option
@file_option
def diff_command(words: tuple[str, ...], everything: bool, as_json: bool, file: Path | None) -> int:
    """
    Say what changed in ARTIFACT: since it was last another, or since BUILD.

    Of a text its lines, of JSON each value by its path, of a table (CSV, Parquet)
    columns, rows, values, and how its numbers drifted. An ARTIFACT is a file or a
    folder; a BUILD is named as in `capstone log`.
    """
    if len(words) > 2:
        raise UsageError(
            "one artifact is compared at a time", hint="`capstone diff [BUILD] ARTIFACT`."
        )
    project = find_project(Path.cwd(), file)
    artifact = _from_root(words[-1], project)
    with opened_history(project) as history:
        since = the_build(history, words[0]) if len(words) == 2 else None
        changes = Comparing(project.root, history).changes(artifact, since)
    if as_json:
        click.echo(changes_json(changes), nl=False)
        return 0
    if not changes:
        when = f"build {since.build}" if since else "the first build that is remembered"
        click.echo(f"{for_terminal(artifact)} is what it was since {when}")
    colour = Terminal.of(sys.stdout).colour
    for change in changes:
        for line in change_lines(change, None if everything else USUAL_LINES, colour):
            click.echo(line, color=True)
    return 0


def _from_root(artifact: str, project: ProjectPlace) -> str:
    """Return the path from the project's root of what is named from the current folder."""
    here = Path.cwd()
    folder = here.relative_to(project.root).as_posix() if here.is_relative_to(project.root) else ""
    path = posixpath.normpath(posixpath.join(project.root.as_posix(), folder, artifact))
    return posixpath.relpath(path, project.root.as_posix())
