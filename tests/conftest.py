"""What tests of several rooms share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project import Project
from tests.ready_command import ReadyCommand, ready_command


@pytest.fixture(scope="session")
def ready() -> Iterator[ReadyCommand]:
    """The command, imported once."""
    with ready_command() as command:
        yield command


@pytest.fixture
def project(tmp_path: Path, ready: ReadyCommand) -> Project:
    """An empty project, whose commands are run by one that is ready, but for those with `env`."""
    root = tmp_path / "project"
    root.mkdir()
    return Project(root, ready)
