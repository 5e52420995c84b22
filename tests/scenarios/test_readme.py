"""What the README shows is what happens."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.project import Project

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(mark: str) -> str:
    """Return the code block that follows a comment in the README."""
    found = re.search(rf"<!-- {re.escape(mark)} -->\n```\w*\n(.*?)```", README, re.DOTALL)
    assert found is not None, mark
    return found[1]


@pytest.fixture
def sample(project: Project) -> Project:
    """A project with the sample data and nothing else."""
    shutil.copytree(ROOT / "data", project.root / "data")
    return project


def test_each_command_of_the_set_up_is_one_line() -> None:
    """Two commands do all of it, with Python's own venv and pip."""
    for mark in ("try", "tests"):
        assert block(mark).count("\n") == 1
        assert block(mark).startswith("python3 -m venv .venv && .venv/bin/pip install ")


def test_the_edit_loop_does_what_it_shows(sample: Project) -> None:
    """Built, nothing to do, touched, edited and forecast, put back and restored."""
    stages = ["load", "profile", "compress", "llm", "report"]
    assert sample.build().ran == stages
    assert sample.build().last_line == "nothing to do: 5 stages are up to date"
    assert sample.read("output/report.md").startswith("# Data report")
    file = sample.root / "data/orders-2024-01.csv"
    os.utime(file)
    assert sample.build().last_line == "nothing to do: 5 stages are up to date"
    before = file.read_text(encoding="utf-8")
    lines = before.splitlines(keepends=True)
    file.write_text("".join([lines[0], *lines[2:]]), encoding="utf-8")
    told = sample.run("build", "-n")
    assert re.search(r"load .*must run: input data/orders-2024-01.csv changed", told.out)
    assert re.search(r"profile .*may run", told.out)
    assert sample.build().ran == stages
    file.write_text(before, encoding="utf-8")
    assert sample.build().restored == stages


def test_the_pipeline_of_ten_lines_works(sample: Project) -> None:
    """The README's own pipeline.py runs as it stands."""
    text = block("pipeline.py")
    sample.write("pipeline.py", text)
    assert len([line for line in text.splitlines() if line.strip()]) <= 11

    assert sample.build().ran == ["totals", "count"]
    assert sample.read("output/totals.csv").startswith("product,amount\n")
    assert sample.read("output/lines.txt").strip() == "6"
    sample.write("capstone.toml", "[params.totals]\ntop = 3\n")
    assert sample.build().ran == ["totals", "count"]
    assert sample.read("output/lines.txt").strip() == "4"


def test_the_graph_and_the_target_work(sample: Project) -> None:
    """`capstone graph` draws the five stages; a target builds what it needs."""
    assert sample.build("--target", "output/profile.json").ran == ["load", "profile"]
    drawn = sample.run("graph")
    for stage in ("load", "profile", "compress", "llm", "report"):
        assert len([line for line in drawn.out.splitlines() if f" {stage} " in line]) == 1
    assert sample.build("--target", "report").ran == ["compress", "llm", "report"]


def test_every_link_of_the_documents_leads_somewhere() -> None:
    """No dead link in README and docs."""
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for link in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
