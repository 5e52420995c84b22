"""What the README shows is what happens."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import PATIENCE_SECONDS, Project
from tests.report import conftest as report
from tests.report.test_model_client import GOOD
from tests.watched import watching

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = _FENCED.findall(README)
"""Each block of code: its language and its text."""
SPANS = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", _FENCED.sub("", README))]
"""Each piece of code in the text between them."""


MEANT = {"FOLDER": "new", "STAGE": "report", "BUILD": "last", "ARTIFACT": "output/report.md"}
"""What stands for the words in capitals."""


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


def test_the_report_is_made_and_its_edits_do_what_is_shown(sample: Project) -> None:
    """Each line that is typed in the README, in its order, with each line that is shown of it."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }

    def typed(line: str) -> str:
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=sample.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
        assert done.returncode == 0, line + done.stdout + done.stderr
        return done.stderr + done.stdout

    sample.write(".venv/bin/activate", "")  # the environment of the tests is active already
    author = "-c user.name=a -c user.email=a@example.org"
    typed(f"git init -q && git add data && git {author} commit -qm data")
    watch = block("watch")
    consoles = [text for _, text in BLOCKS if text.startswith("$ ") and text != watch]
    assert len(consoles) == 2
    for entry in re.split(r"^\$ ", "".join(consoles), flags=re.MULTILINE)[1:]:
        line, *shown = entry.splitlines()
        printed = iter(map(same_in_every_run, typed(line).splitlines()))
        for each in shown:
            assert each == "..." or same_in_every_run(each) in printed, f"{line}: {each}"

    assert sample.read("output/report.md").startswith("# Data report")
    assert sample.exists("output/report.json")


def test_the_watch_does_what_is_shown(sample: Project) -> None:
    """Each line that is shown of it, in this order, after the edit that its heading names."""
    sample.build()
    command, *shown = block("watch").splitlines()
    with watching(sample, *command.removeprefix("$ capstone watch").split()) as watched:
        file = sample.root / "data/orders-2024-01.csv"
        file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
        watched.until_built(2)
    printed = iter(map(same_in_every_run, watched.told.splitlines()))
    for each in shown:
        assert each in {"...", ""} or same_in_every_run(each) in printed, each


def same_in_every_run(line: str) -> str:
    """Return a line that was printed, without what differs from run to run, nor its layout."""
    line = re.sub(r"^\d\d:\d\d:\d\d", "now", line)
    return " ".join(re.sub(r"<?\b[\d.]+ m?s\b", "N s", line).split())


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
        sample.write(name, block("pipeline.py"))
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
    sample.write("flows/main.py", block("pipeline.py"))

    assert sample.build().ran == ["totals", "count"]
    assert sample.exists("output/lines.txt")


def test_what_is_read_undeclared_is_told_as_shown(sample: Project) -> None:
    """The edit of the README, the line that it shows, and that line's remedy."""
    edit = block("undeclared").splitlines(keepends=True)
    before, after = ("".join(line[1:] for line in edit if line[0] in mark) for mark in (" -", " +"))
    sample.write("pipeline.py", block("pipeline.py"))
    sample.edit("pipeline.py", before, after)
    sample.write("rates.csv", "product,rate\nlamp,2\n")
    shown = next(text for _, text in BLOCKS if text.startswith("counts "))

    assert shown in sample.build().out
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
    sample.write("pipeline.py", block("pipeline.py"))
    sample.build()
    sample.edit("pipeline.py", "table = pd.concat(orders)", "table = pd.concat(list(orders))")

    assert sample.run("accept", "totals").out.startswith("accepted  totals  code changed")
    assert sample.build().ran == []
    assert sample.build("--force", "totals").ran == ["totals"]


model_server = report.server


def test_a_model_is_named_as_shown(project: Project, model_server: report.FakeServer) -> None:
    """It runs llm and report, nothing else; only where the server listens differs."""
    text = next(text for _, text in BLOCKS if text.startswith("export "))
    variables = dict(re.findall(r"(CAPSTONE_\w+)=(\S+)", text))
    assert variables.keys() == {f"CAPSTONE_LLM_{name}" for name in ("BASE_URL", "MODEL", "API_KEY")}
    project.write("data/a.csv", "kind,size\na,1\nb,2\n")
    project.build()
    model_server.says(json.dumps(GOOD))

    done = project.build(env={**variables, "CAPSTONE_LLM_BASE_URL": model_server.url})

    assert done.ran == ["llm", "report"]
    assert variables["CAPSTONE_LLM_MODEL"] in project.read("output/report.md")
    assert project.exists("output/llm_raw.txt")


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
