"""What tests of several rooms share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import BINARY, NAMES, Browser
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


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser without a window."""
    if BINARY is None:
        pytest.skip(f"there is no browser here: none of {', '.join(NAMES)}")
    opened = Browser(BINARY, tmp_path_factory.mktemp("browser"))
    yield opened
    opened.close()
