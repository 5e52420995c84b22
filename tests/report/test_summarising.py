"""Without a model, a summary is made by fixed rules and says so wherever it goes."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.report.conftest import Load

from capstone_build.errors import MissingExtraError
from capstone_report.compressed import Compressed
from capstone_report.compression import compress_profile
from capstone_report.errors import ModelError
from capstone_report.model_server import chosen_server
from capstone_report.pipeline import llm
from capstone_report.profiling import profile_table
from capstone_report.report import make_report
from capstone_report.report_page import report_page
from capstone_report.summary import Answer, Finding, ModelAuthor, OfflineAuthor, Summary

TEXT = "day,kind,size\n" + "".join(
    f"2024-01-{1 + i % 28:02d},{'abca'[i % 4]},{i * 1.5}\n" for i in range(100)
)


@pytest.fixture
def told(load: Load) -> Compressed:
    """What is told of a small table."""
    table = load({"a.csv": TEXT})
    return compress_profile(profile_table(table), table, 4000)


def run_offline(told: Compressed, folder: Path) -> Summary:
    """Run stage `llm` as on a machine where no model is named."""
    raw, validated = folder / "llm_raw.txt", folder / "llm_validated.json"
    llm(
        told,
        raw,
        validated,
        model="",
        base_url="",
        temperature=0.0,
        repairs=2,
        timeout_seconds=1.0,
    )
    return Summary.model_validate_json(validated.read_bytes())


def test_offline_summary_says_so_everywhere(told: Compressed, load: Load, project: Path) -> None:
    """Raw answer, summary, report and page all call it an offline summary without a model."""
    summary = run_offline(told, project)
    report = make_report(profile_table(load({"a.csv": TEXT})), summary)

    assert isinstance(summary.author, OfflineAuthor)
    written = [
        (project / "llm_raw.txt").read_text(),
        (project / "llm_validated.json").read_text(),
        report.model_dump_json(),
        report_page(report),
    ]
    assert all("offline summary (no model)" in each for each in written)


def test_offline_summary_tells_the_figures(told: Compressed, project: Path) -> None:
    """Rows, columns, time span and the most frequent value are in it."""
    summary = run_offline(told, project)
    said = " ".join([summary.headline, *(each.text for each in summary.findings)])

    assert "100 rows in 3 columns from 1 file, 2024-01-01 to 2024-01-28" in said
    assert "'a', in 50 % of the rows" in said
    assert "mean of 74.25" in said


def test_offline_summary_is_the_same_each_time(told: Compressed, project: Path) -> None:
    """The same input gives the same bytes."""
    run_offline(told, project)
    first = [path.read_bytes() for path in sorted(project.glob("llm_*"))]
    run_offline(told, project)

    assert [path.read_bytes() for path in sorted(project.glob("llm_*"))] == first


@pytest.mark.parametrize("text", ["x\n", "x,y\n1,2\n", "x\n\n1\n", "x,y\n,\n"])
def test_little_to_tell(load: Load, project: Path, text: str) -> None:
    """Tables with hardly anything in them have a summary and a page too."""
    table = load({"a.csv": text})
    profile = profile_table(table)
    summary = run_offline(compress_profile(profile, table, 4000), project)

    assert summary.findings
    assert "# Data report" in report_page(make_report(profile, summary))


def test_offline_needs_no_client(told: Compressed, project: Path) -> None:
    """Neither the client library nor pandas is imported for a summary without a model."""
    (project / "told.json").write_text(told.written(), encoding="utf-8")
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from capstone_report.compressed import Compressed\n"
        "from capstone_report.pipeline import llm\n"
        "told = Compressed.model_validate_json(Path('told.json').read_bytes())\n"
        "llm(told, Path('r'), Path('v'), model='', base_url='', temperature=0.0, repairs=0,\n"
        "    timeout_seconds=1.0)\n"
        "print(sorted({'openai', 'pydantic_ai', 'httpx', 'httpx2', 'pandas'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=project
    )

    assert done.stdout.strip() == "[]"


def test_client_that_is_not_installed(
    told: Compressed, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a model is named and its client is missing, the extra to install is named."""
    monkeypatch.setitem(sys.modules, "pydantic_ai", None)
    monkeypatch.setenv("CAPSTONE_LLM_MODEL", "tiny")
    monkeypatch.setenv("CAPSTONE_LLM_BASE_URL", "http://127.0.0.1:9/v1")

    with pytest.raises(MissingExtraError, match="pydantic-ai-slim") as caught:
        run_offline(told, project)

    assert "capstone-build[llm]" in caught.value.hint


def test_choice_of_model() -> None:
    """Parameters count before the environment; without both there is no model."""
    environment = {
        "CAPSTONE_LLM_MODEL": "small",
        "CAPSTONE_LLM_BASE_URL": "http://localhost:8000/v1",
        "OPENAI_API_KEY": "second",
    }

    assert chosen_server("", "", {}) is None
    found = chosen_server("", "", environment)
    assert found is not None
    assert (found.model, found.base_url, found.key) == (
        "small",
        "http://localhost:8000/v1",
        "second",
    )
    found = chosen_server("big", "http://h/v1", environment | {"CAPSTONE_LLM_API_KEY": "first"})
    assert found is not None
    assert (found.model, found.base_url, found.key) == ("big", "http://h/v1", "first")
    found = chosen_server("big", "", {"OPENAI_API_KEY": "k"})
    assert found is not None
    assert found.base_url == "https://api.openai.com/v1"


@pytest.mark.parametrize(
    ("model", "base_url", "message"),
    [
        ("", "http://localhost:8000/v1", "no model of it"),
        ("big", "", "needs a key"),
        ("big", "localhost:8000/v1", "address"),
        ("big", "http://:8000", "address"),
        ("big", "http://h:port/v1", "address"),
    ],
)
def test_choice_that_cannot_work(model: str, base_url: str, message: str) -> None:
    """Half a choice is an error that says what to set, not an offline summary in silence."""
    with pytest.raises(ModelError, match=message):
        chosen_server(model, base_url, {})


def test_secrets_of_an_address() -> None:
    """Neither the key nor a password in the address is shown."""
    server = chosen_server("m", "https://user:pass-word-1@h:8/v1?k=v", {"OPENAI_API_KEY": "k" * 9})

    assert server is not None
    assert server.address == "https://h:8"
    assert "k" * 9 not in repr(server)
    assert server.redacted(f"{'k' * 9} pass-word-1") == "[redacted] [redacted]"


def test_model_is_named_on_the_page(load: Load) -> None:
    """A page whose summary a model wrote names it, and takes its words as words."""
    author = ModelAuthor(name="model m", model="m", server="http://h", answers=1)
    finding = Finding(text="![x](http://evil) <b>", columns=("size",))
    answer = Answer(headline="A | headline", findings=(finding,), quality=("Bad.",))
    summary = Summary(**answer.model_dump(), author=author)

    page = report_page(make_report(profile_table(load({"a.csv": TEXT})), summary))

    assert "written by model m at http&#58;//h" in page
    assert r"A \| headline" in page
    assert r"!\[x\](http&#58;//evil) \<b>" in page
    assert "## Quality of the data" in page
    assert "offline" not in page
