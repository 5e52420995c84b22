"""
A folder of CSV files and one command give a report; a change runs what it reaches.

Driven through the command as a user would, in a project that has no pipeline
file of its own; where a model is asked, it is a real server on loopback.
"""

import csv
import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet
from tests.report.conftest import FakeServer, answer, failure
from tests.report.test_model_client import GOOD, KEY

from capstone_report.ledger import read_ledger
from capstone_report.load_report import report_in
from capstone_report.report import Report

STAGES = ["load", "profile", "compress", "llm", "report"]
JANUARY = "day,kind,size\n2024-01-01,a,1.5\n2024-01-02,b,\n2024-01-03,a,2.5\n"
FEBRUARY = "day,kind,size\n2024-02-01,b,3.5\n2024-02-02,a,4.5\n"


@dataclass
class Build:
    """What a build did: its exit code, the stages that ran, and all that it said."""

    code: int
    ran: list[str]
    said: str


Command = Callable[..., Build]


@pytest.fixture
def build(project: Path) -> Command:
    """Run `capstone build` in the project, with some environment and arguments."""
    (project / "data" / "january.csv").write_text(JANUARY)
    (project / "data" / "february.csv").write_text(FEBRUARY)

    def built(*arguments: str, **environment: str) -> Build:
        done = subprocess.run(
            [sys.executable, "-m", "capstone_build", "build", *arguments],
            cwd=project,
            env=os.environ | {"NO_COLOR": "1"} | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        ran = re.findall(r"^(?:built|failed)\s+([a-z]+)\s+<?[\d.]+ m?s", done.stdout, re.MULTILINE)
        return Build(done.returncode, ran, done.stdout + done.stderr)

    return built


def report_of(project: Path) -> Report:
    """Return the report that a build left."""
    return Report.model_validate_json((project / "output" / "report.json").read_bytes())


def outputs_of(project: Path) -> dict[str, bytes]:
    """Return every artifact by name."""
    return {path.name: path.read_bytes() for path in (project / "output").iterdir()}


def test_report_without_a_model(build: Command, project: Path) -> None:
    """One command gives every artifact, with no network, no key and no model; a second, nothing."""
    first = build()

    assert (first.code, first.ran) == (0, STAGES), first.said
    report = report_of(project)
    assert (report.rows, report.column_count) == (5, 3)
    assert [each.file for each in report.sources] == ["data/february.csv", "data/january.csv"]
    assert report.summary.author.kind == "offline"
    artifacts = outputs_of(project)
    for name in ("llm_raw.txt", "llm_validated.json", "report.json", "report.md", "report.html"):
        assert b"offline summary (no model)" in artifacts[name], name

    second = build()

    assert (second.code, second.ran) == (0, []), second.said


def test_a_changed_file_runs_what_it_reaches(build: Command, project: Path) -> None:
    """A row more runs the line; a blank line more runs load, and what names the file's bytes."""
    build()
    with (project / "data" / "february.csv").open("a") as file:
        file.write("\n")

    assert build().ran == ["load", "report"]

    with (project / "data" / "february.csv").open("a") as file:
        file.write("2024-02-03,a,5.5\n")

    assert build().ran == STAGES
    assert report_of(project).rows == 6


def test_same_files_same_bytes(
    build: Command, project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Built in another place, every artifact is the same to the byte."""
    build()
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "data").mkdir()
    for path in (project / "data").iterdir():
        (elsewhere / "data" / path.name).write_bytes(path.read_bytes())
    command = [sys.executable, "-m", "capstone_build", "build"]
    subprocess.run(command, cwd=elsewhere, check=True, capture_output=True)

    assert outputs_of(elsewhere) == outputs_of(project)


def test_model_runs_llm_and_report_only(build: Command, project: Path, server: FakeServer) -> None:
    """Naming a model asks it once; another model re-runs llm and report; the key is nowhere."""
    build()
    server.says(json.dumps(GOOD))
    environment = {
        "CAPSTONE_LLM_MODEL": "tiny",
        "CAPSTONE_LLM_BASE_URL": server.url,
        "CAPSTONE_LLM_API_KEY": KEY,
    }

    named = build(**environment)

    assert (named.code, named.ran) == (0, ["llm", "report"]), named.said
    assert b"written by model tiny" in outputs_of(project)["report.md"]
    assert "counts " not in named.said, "what models cost is kept beside the build, not read by it"
    assert report_of(project).summary.headline == GOOD["headline"]
    assert build(**environment).ran == []
    assert len(server.requests) == 1
    assert [each.input_tokens for each in read_ledger(project)] == [11]
    told = subprocess.run(
        [sys.executable, "-m", "capstone_build", "log", "--llm"],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "tiny at http://127.0.0.1" in told.stdout
    assert "1 request: 11 tokens in, 5 out" in told.stdout

    other = build("--set", "llm.model=other", **environment)

    assert other.ran == ["llm", "report"], other.said
    assert b"written by model other" in outputs_of(project)["report.md"]
    written = [path for path in project.rglob("*") if path.is_file()]
    assert not any(KEY.encode() in path.read_bytes() for path in written)
    assert KEY not in named.said + other.said


def test_model_in_the_configuration(build: Command, project: Path, server: FakeServer) -> None:
    """`capstone.toml` names a model as well as the environment does."""
    server.says(json.dumps(GOOD))
    (project / "capstone.toml").write_text(
        f'[params.llm]\nmodel = "tiny"\nbase_url = "{server.url}"\n'
    )

    assert build().code == 0
    assert report_of(project).summary.author.kind == "model"
    assert server.keys == ["Bearer none"]


def test_failed_call_leaves_all_before_it(
    build: Command, project: Path, server: FakeServer
) -> None:
    """When the model fails, what stands before it stays, and the next build starts at llm."""
    server.replies = [failure(400, "no such model"), answer(json.dumps(GOOD))]
    environment = {"CAPSTONE_LLM_MODEL": "tiny", "CAPSTONE_LLM_BASE_URL": server.url}

    failed = build(**environment)

    assert failed.code == 1
    assert failed.ran == ["load", "profile", "compress", "llm"], failed.said
    assert "no such model" in failed.said
    assert "Traceback" not in failed.said
    assert set(outputs_of(project)) == {
        "loaded.parquet",
        "rejected.csv",
        "profile.json",
        "profile.md",
        "compressed_input.json",
    }
    assert build(**environment).ran == ["llm", "report"]


def test_answer_that_is_not_json_is_kept(build: Command, project: Path, server: FakeServer) -> None:
    """An answer that no repair makes fit fails the stage, and can still be read."""
    server.says("Looks fine to me.")
    environment = {"CAPSTONE_LLM_MODEL": "tiny", "CAPSTONE_LLM_BASE_URL": server.url}

    failed = build("--set", "llm.repairs=0", **environment)

    assert failed.code == 1
    assert "JSON" in failed.said
    kept = [path.read_text() for path in (project / ".cache").rglob("llm_raw.txt")]
    assert any("Looks fine to me." in each for each in kept)


def test_tables_of_all_kinds(build: Command, project: Path) -> None:
    """Packed files, tabs, other encodings and names of capitals are partitions like any other."""
    data = project / "data"
    (data / "march.csv.gz").write_bytes(gzip.compress(b"day;kind;size\n2024-03-01;\xe9;3,5\n"))
    (data / "april.tsv").write_text("day\tkind\tsize\n2024-04-01\ta\t4.5\n", encoding="utf-16")
    (data / "may.CSV").write_bytes(b"# from the till\nday,kind,size\n2024-05-01,b,5.5\n")
    (data / "june.csv.zst").write_bytes(
        pa.compress(b"day,kind,size\n2024-06-01,b,6.5\n", "zstd", asbytes=True)
    )
    (data / "README.txt").write_text("How these were made, and when.\n\nBy hand.\n")
    (data / "june.csv.zst.bak").write_text("not read")

    done = build("--target", "load")

    assert (done.code, done.ran) == (0, ["load"]), done.said
    table = parquet.read_table(project / "output" / "loaded.parquet")
    assert set(table["size"].to_pylist()) >= {1.5, 3.5, 4.5, 5.5, 6.5}
    assert "\u00e9" in table["kind"].to_pylist()
    report = report_in(table)
    assert (report.types["day"], report.types["size"]) == ("date", "float")
    assert set(report.ignored_files) == {"data/README.txt", "data/june.csv.zst.bak"}


def test_rows_that_do_not_fit(build: Command, project: Path) -> None:
    """They are in `rejected.csv`; too many fail the build, which says where and what to do."""
    with (project / "data" / "february.csv").open("ab") as file:
        file.write(b"2024-02-03,b\n2024-02-04,caf\xe9 cr\xc3\xa8me,7.5\n2024-02-05,\xc3\xa9,8.5\n")

    done = build("--target", "load")

    assert done.code == 0, done.said
    with (project / "output" / "rejected.csv").open(encoding="utf-8", newline="") as file:
        _, *rejected = csv.reader(file)
    assert [row[:2] + row[3:] for row in rejected] == [
        ["data/february.csv", "4", "2024-02-03,b"],
        ["data/february.csv", "5", "2024-02-04,caf\ufffd cr\u00e8me,7.5"],
    ]
    assert rejected[0][2] == "2 fields where the header has 3"

    (project / "capstone.toml").write_text("[params.load]\nmax_rejected = 1\n")
    failed = build("--target", "load")

    assert failed.code == 1
    assert "2 rows could not be read, and at most 1 may" in failed.said
    assert "data/february.csv:4" in failed.said
    assert "Traceback" not in failed.said


def test_parameters_have_the_last_word(build: Command, project: Path) -> None:
    """What is declared in `capstone.toml`, for all files or some, is not guessed."""
    (project / "data" / "march.csv").write_text("2024-03-01;x;3,5\n")
    (project / "capstone.toml").write_text(
        "[params.load]\nnull_words = ['b']\nencoding = 'utf-8'\n"
        "[params.load.files.'march.*']\nheader_rows = 0\ndelimiter = ';'\n"
    )

    failed = build("--target", "load")

    assert failed.code == 1
    assert "not of one table" in failed.said
    assert "header_rows" in failed.said

    (project / "data" / "march.csv").write_text("day;kind;size\n2024-03-01;x;3,5\n")
    (project / "capstone.toml").write_text(
        "[params.load]\nnull_words = ['b']\n"
        "[params.load.files.'march.*']\ndecimal = ','\ndelimiter = ';'\n"
    )

    assert build("--target", "load").code == 0
    table = parquet.read_table(project / "output" / "loaded.parquet")
    assert table["kind"].to_pylist().count(None) == 2
    assert table["size"].to_pylist()[-1] == 3.5


def test_file_that_cannot_be_unpacked(build: Command, project: Path) -> None:
    """A file that cannot be read is named, without a traceback."""
    (project / "data" / "march.csv.gz").write_bytes(gzip.compress(b"day,kind,size\n")[:-9])

    failed = build("--target", "load")

    assert failed.code == 1
    assert "data/march.csv.gz cannot be unpacked" in failed.said
    assert "Traceback" not in failed.said
