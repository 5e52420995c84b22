"""What the README shows is what happens."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys

import pytest

from tests.page import BLOCK, ROOT, blocks, page, shows, typed
from tests.project import Project
from tests.report import conftest as report
from tests.report.test_model_client import GOOD
from tests.story import Story
from tests.watched import watching

README = page("README.md")
BLOCKS = {each.mark: each.text for each in blocks(README)}
"""Each block of code that has a mark."""
SPANS = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", BLOCK.sub("", README))]
"""Each piece of code in the text between the blocks."""


MEANT = {"FOLDER": "new", "STAGE": "report", "BUILD": "last", "ARTIFACT": "output/report.md"}
"""What stands for the words in capitals."""


@pytest.fixture
def sample(project: Project) -> Project:
    """A project with the sample data and nothing else."""
    shutil.copytree(ROOT / "data", project.root / "data")
    return project


def test_no_example_is_left_out() -> None:
    """Each has a mark by which a test below finds it, or is among those that are followed."""
    marks = {"try", "tests", "watch", "pipeline.py", "undeclared", "counts", "python"}
    assert set(BLOCKS) == {*marks, ""}
    unmarked = [each.heading for each in blocks(README) if not each.mark]
    assert set(unmarked) == {"What you see", "The edit loop", "A model for the summary"}


def test_each_command_of_the_set_up_is_one_line() -> None:
    """Two commands do all of it, with Python's own venv and pip."""
    for mark in ("try", "tests"):
        assert BLOCKS[mark].count("\n") == 1
        assert BLOCKS[mark].startswith("python3 -m venv .venv && .venv/bin/pip install ")


def test_the_report_is_made_and_its_edits_do_what_is_shown(sample: Project) -> None:
    """Each line that is typed before the pipeline of one's own, with all that is shown of it."""
    sample.write(".venv/bin/activate", "")  # the environment of the tests is active already
    author = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "data"], [*author, "commit", "-qm", "data"]):
        subprocess.run(["git", *words], cwd=sample.root, check=True)

    with Story(sample, aside={"try", "tests", "watch"}) as story:
        story.follow(README.partition("## A pipeline of your own")[0])

    assert sample.read("output/report.md").startswith("# Data report")
    assert sample.exists("output/report.json")


def test_the_watch_does_what_is_shown(sample: Project) -> None:
    """Each line that is shown of it, after the edit that its heading names."""
    sample.build()
    ((line, shown),) = typed(BLOCKS["watch"])
    with watching(sample, *line.split()[2:]) as watched:
        file = sample.root / "data/orders-2024-01.csv"
        file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
        watched.until(lambda: shows(shown, watched.told), f"it says {shown}")


def test_every_command_that_the_text_names_works(sample: Project) -> None:
    """As it stands there, with the name of a stage."""
    commands = dict.fromkeys(span for span in SPANS if span.startswith("capstone "))
    assert len(commands) >= 12
    for command in commands:
        arguments = [MEANT.get(word, word) for word in command.split()[1:]]
        if arguments[0] == "watch":
            with watching(sample, *arguments[1:]):
                continue
        done = sample.run(*arguments)
        assert done.code == 0, command + done.err
        assert done.out or "it printed nothing" in done.err, command


def test_every_option_that_the_text_names_works(sample: Project) -> None:
    """With the pipeline of the README, and with a copy of it that goes by another name."""
    for name in ("pipeline.py", "flow.py"):
        sample.write(name, BLOCKS["pipeline.py"])
    sample.build()
    options = [span for span in SPANS if span.startswith("-")]
    assert len(options) >= 7
    for option in options:
        words = option.replace("STAGE", "totals").replace("N", "2").split()
        command = ["why", "totals"] if option in {"--closure", "--all"} else ["build"]
        done = sample.run(*command, *words)
        assert done.code == 0, option + done.err

    assert sample.build("--set", "totals.top=2").ran == ["totals", "count"]


def test_all_that_may_be_written_in_a_declaration_works(sample: Project) -> None:
    """Each keyword of the README at once, and each kind of code reference."""
    keywords = [span for span in SPANS if re.match(r"\w+=", span) and "[...]" not in span]
    names = {each.partition("=")[0] for each in keywords}
    assert names == {"inputs", "outputs", "env", "timeout", "memory", "retries", "tags", "version"}
    references = [
        each for each in SPANS if "helpers" in each or re.match(r'"(quer|sql|plug)', each)
    ]
    assert len(references) == 7
    sample.write("helpers.py", "def clean(table): ...\n")
    sample.write("queries/top.sql", "select 1")
    sample.write("sql/a.sql", "select 2")
    sample.write("plugins/p.py", "SIGN = 1\n")
    sample.write(
        "pipeline.py",
        f"""\
import helpers
import pandas as pd
from pydantic import BaseModel
from capstone_build import Artifact, command, stage

class Totals(BaseModel):
    product: str
    amount: float

@stage({", ".join(keywords)}, code=[{", ".join(references)}])
def totals(raw: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(raw)[["product", "amount"]].head(3)

parts = command(
    "cp a.txt {{outputs.parts}}/a.txt", name="parts",
    outputs={{"parts": {next(each for each in SPANS if each == '"output/parts/"')}}},
)
""",
    )
    sample.write("a.txt", "a")

    assert sorted(sample.build(env={"LANG": "en_GB"}).ran) == ["parts", "totals"]
    assert sample.build(env={"LANG": "C"}).ran == ["totals"]
    for file, edit in (
        ("queries/top.sql", "3"),
        ("sql/b.sql", "4"),
        ("plugins/p.py", "SIGN = 2\n"),
    ):
        sample.write(file, edit)
        assert sample.build(env={"LANG": "C"}).ran == ["totals"], file
    listed = sample.run("why", "totals", "--closure").out
    assert "helpers:clean" in listed


def test_the_pipeline_may_be_named_in_pyproject(sample: Project) -> None:
    """Paths are those from the project's root all the same."""
    table, line = "[tool.capstone]", 'pipeline = "flows/main.py"'
    assert {table, line} <= set(SPANS)
    sample.write("pyproject.toml", f"{table}\n{line}\n")
    sample.write("flows/main.py", BLOCKS["pipeline.py"])

    assert sample.build().ran == ["totals", "count"]
    assert sample.exists("output/lines.txt")


def test_what_is_read_undeclared_is_told_as_shown(sample: Project) -> None:
    """The edit of the README, the line that it shows, and that line's remedy."""
    edit = BLOCKS["undeclared"].splitlines(keepends=True)
    before, after = ("".join(line[1:] for line in edit if line[0] in mark) for mark in (" -", " +"))
    sample.write("pipeline.py", BLOCKS["pipeline.py"])
    sample.edit("pipeline.py", before, after)
    sample.write("rates.csv", "product,rate\nlamp,2\n")
    ((_, (shown, *_)),) = typed(BLOCKS["counts"])

    assert shown in sample.build().out.splitlines()
    assert sample.run("why").out == "2 stages are up to date\n"

    sample.write("rates.csv", "product,rate\nlamp,3\n")
    assert sample.build().ran == ["totals"], "and spares what is below it"
    paste = shown.partition("to paste: ")[2].strip()
    sample.edit("pipeline.py", "inputs={", paste.removesuffix("}") + ", ")
    sample.edit(
        "pipeline.py",
        "orders: list[pd.DataFrame], ",
        "orders: list[pd.DataFrame], rates: pd.DataFrame, ",
    )
    sample.edit("pipeline.py", 'pd.read_csv("rates.csv")', "rates")
    assert "counts" not in sample.build().out


def test_the_accepting_of_a_refactoring_works(sample: Project) -> None:
    """What stands is taken, and `--force` runs the stage after all."""
    sample.write("pipeline.py", BLOCKS["pipeline.py"])
    sample.build()
    sample.edit("pipeline.py", "table = pd.concat(orders)", "table = pd.concat(list(orders))")

    assert sample.run("accept", "totals").out.startswith("accepted  totals  code changed")
    assert sample.build().ran == []
    assert sample.build("--force", "totals").ran == ["totals"]


def test_python_does_the_same(sample: Project) -> None:
    """The lines of the README build the report."""
    sample.write("ask.py", BLOCKS["python"] + "print(report.ok, *report.results)\n")
    done = subprocess.run(
        [sys.executable, "ask.py"], cwd=sample.root, capture_output=True, text=True, check=True
    )
    assert done.stdout == "True load profile compress llm report\n"


model_server = report.server


def test_a_model_is_named_as_shown(sample: Project, model_server: report.FakeServer) -> None:
    """It runs llm and report, nothing else; only where the server listens differs."""
    sample.build()
    model_server.says(json.dumps(GOOD))
    text = README[: README.index("## What it keeps")].partition("## A model for the summary")[1:]

    with Story(sample, stands_for={"http://localhost:11434/v1": model_server.url}) as story:
        story.follow("".join(text))

    assert "qwen3" in sample.read("output/report.md")
    assert sample.exists("output/llm_raw.txt")


def test_the_pipeline_of_ten_lines_works(sample: Project) -> None:
    """The README's own pipeline.py runs as it stands."""
    text = BLOCKS["pipeline.py"]
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
    for file in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for link in re.findall(r"\]\(([^)#]+)", file.read_text(encoding="utf-8")):
            assert (file.parent / link).exists(), f"{file.name}: {link}"
