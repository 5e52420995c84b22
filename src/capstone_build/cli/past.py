"""What commands that look back share: the history, and what is wrong with it told."""

from __future__ import annotations

from contextlib import AbstractContextManager

import click

from capstone_build.asking.past import opened_history as opened
from capstone_build.authoring.project_place import ProjectPlace
from capstone_build.presentation.escaping import for_terminal
from capstone_build.storage.history import History


def opened_history(place: ProjectPlace) -> AbstractContextManager[History]:
    """Open what is remembered of a project's builds; none of its code is run."""
    return opened(place, _tell)


def _tell(problem: str) -> None:
    click.echo(f"what was remembered cannot be read: {for_terminal(problem)}", err=True)
