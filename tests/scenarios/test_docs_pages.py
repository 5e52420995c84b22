"""Whoever follows a page of the documentation sees what it shows."""

from __future__ import annotations

import shlex
import shutil

import click
import pytest
from ruamel.yaml import YAML

from capstone_build.cli import capstone
from tests.page import ROOT, blocks, page
from tests.project import Project
from tests.report import conftest as report
from tests.story import Story

OTHERWISE = {
    "docs/code.md": "tests/scenarios/test_docs_code.py",
    "docs/graph.md": "tests/presentation/test_graph_text.py",
    "docs/index.md": "tests/test_site.py",
    "docs/json.md": "tests/scenarios/test_json.py",
    "docs/python.md": "tests/scenarios/test_python.py",
}
"""Pages whose examples have a form of their own, and where they are run."""

PAGES = [
    name
    for file in sorted((ROOT / "docs").glob("*.md"))
    if (name := f"docs/{file.name}") not in OTHERWISE and blocks(page(name))
]


OF_THE_SAMPLE = {"docs/load.md"}
"""Pages that speak of the sample data, and begin in a folder that has it."""

model_server = report.server


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_followed(
    project: Project, model_server: report.FakeServer, name: str
) -> None:
    """Each file, each edit, each line that is typed, from top to bottom."""
    if name in OF_THE_SAMPLE:
        shutil.copytree(ROOT / "data", project.root / "data")
    model_server.says("complaint")
    with Story(project, stands_for={"http://localhost:11434/v1": model_server.url}) as story:
        story.follow(page(name))


def test_what_ci_is_told_to_run_can_be_run() -> None:
    """The files of the page are YAML, keep the memory, and say what the command understands."""
    parts = {each.mark: each.text for each in blocks(page("docs/ci.md"))}
    read = YAML(typ="safe").load
    steps = read(parts[".github/workflows/build.yml"])["jobs"]["build"]["steps"]
    job = read(parts[".gitlab-ci.yml"])["build"]
    assert [each["with"]["path"] for each in steps if "path" in each.get("with", {})] == [
        ".cache",
        "output",
    ]
    assert job["cache"]["paths"] == [".cache/"]
    for lines in ([each.get("run", "") for each in steps], job["script"]):
        assert [understood(line) for line in lines if line.startswith("capstone ")] == [
            "build",
            "gc",
        ]


def test_a_list_of_commands_can_be_typed() -> None:
    """A block of the shell without answers lists ways to call the command: each is one."""
    lists = [each for name in OTHERWISE for each in blocks(page(name)) if each.language == "sh"]
    lines = [line for each in lists for line in each.text.splitlines()]
    assert len(lines) >= 6
    assert {understood(line) for line in lines} == {"graph"}


def understood(line: str) -> str:
    """Return which command a line calls, once its words are found to be such as it takes."""
    program, name, *arguments = shlex.split(line, comments=True)
    assert program == "capstone"
    command = capstone.get_command(click.Context(capstone), name)
    assert command is not None, line
    command.make_context(name, arguments)
    return name
