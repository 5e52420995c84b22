"""The worked examples of docs/from-*.md: what is typed there does what is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.project import Project
from tests.scenarios.test_docs_code import typed

DOCS = Path(__file__).parents[2] / "docs"
_FILE = re.compile(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def block(page: str, mark: str) -> str:
    """Return the code block that follows a comment."""
    found = re.search(
        rf"<!-- {re.escape(mark)} -->\n```\w+\n(.*?)^```$", page, re.DOTALL | re.MULTILINE
    )
    assert found is not None, mark
    return found[1]


@pytest.mark.parametrize("tool", ["make", "dvc", "snakemake"])
def test_the_example_of_a_page_does_what_is_shown(project: Project, tool: str) -> None:
    """Each command with each line that is shown of it, in order, and the file that it writes."""
    page = (DOCS / f"from-{tool}.md").read_text(encoding="utf-8")
    files = _FILE.findall(page)
    assert len(files) > 3
    for name, text in files:
        project.write(name, text)
    commands = list(typed(block(page, "typed")))
    assert len(commands) == 2

    for command, shown in commands:
        done = project.run(*command.split()[1:])
        assert done.code == 0, done.out + done.err
        printed = iter(done.out.splitlines())
        for line in shown:
            pattern = re.escape(line).replace(re.escape("..."), ".*")
            assert any(re.fullmatch(pattern, each) for each in printed), f"{command}: {line}"
    assert project.read("pipeline.py").endswith("\n\n" + block(page, "pipeline.py"))
