"""Without a model, a summary is made by fixed rules and says so wherever it goes."""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from tests.report.conftest import Load, reported, run_llm, told_of

from capstone_build.errors import MissingExtraError
from capstone_report.claim import FigureCheck
from capstone_report.compressed import Compressed
from capstone_report.errors import ModelError
from capstone_report.figure_check import check_figures
from capstone_report.model_server import chosen_server
from capstone_report.profile import Profile
from capstone_report.profiling import profile_table
from capstone_report.report_page import report_page
from capstone_report.summary import Answer, Figure, Finding, ModelAuthor, OfflineAuthor, Summary

TEXT = "day,kind,size\n" + "".join(
    f"2024-01-{1 + i % 28:02d},{'abca'[i % 4]},{i * 1.5}\n" for i in range(100)
)


@pytest.fixture
def table(load: Load) -> pa.Table:
    """A small table."""
    return load({"a.csv": TEXT})


@pytest.fixture
def profile(table: pa.Table) -> Profile:
    """What is known of it."""
    return profile_table(table)


@pytest.fixture
def told(table: pa.Table) -> Compressed:
    """What is told of it."""
    return told_of(table)


def test_offline_summary_says_so_everywhere(
    told: Compressed, table: pa.Table, profile: Profile, project: Path
) -> None:
    """Raw answer, summary, report and page all call it an offline summary without a model."""
    summary = run_llm(told, profile)
    report = reported(table, summary)

    assert isinstance(summary.author, OfflineAuthor)
    written = [
        (project / "llm_raw.txt").read_text(),
        (project / "llm_validated.json").read_text(),
        report.model_dump_json(),
        report_page(report),
    ]
    assert all("offline summary (no model)" in each for each in written)


def test_offline_summary_tells_the_figures(told: Compressed, profile: Profile) -> None:
    """Rows, columns, time span and the most frequent value are in it."""
    summary = run_llm(told, profile)
    said = " ".join([summary.headline, *(each.text for each in summary.findings)])

    assert "100 rows in 3 columns from 1 file, 2024-01-01 to 2024-01-28" in said
    assert "'a', in 50 % of the rows" in said
    assert "mean of 74.25" in said


def test_offline_summary_is_the_same_each_time(
    told: Compressed, profile: Profile, project: Path
) -> None:
    """The same input gives the same bytes."""
    run_llm(told, profile)
    first = [path.read_bytes() for path in sorted(project.glob("llm_*"))]
    run_llm(told, profile)

    assert [path.read_bytes() for path in sorted(project.glob("llm_*"))] == first


@pytest.mark.parametrize("text", ["x\n", "x,y\n1,2\n", "x\n\n1\n", "x,y\n,\n"])
def test_little_to_tell(load: Load, text: str) -> None:
    """Tables with hardly anything in them have a summary and a page too."""
    table = load({"a.csv": text})
    profile = profile_table(table)
    summary = run_llm(told_of(table), profile)

    assert summary.findings
    assert "# Data report" in report_page(reported(table, summary))


def test_offline_needs_no_client(told: Compressed, profile: Profile, project: Path) -> None:
    """Neither the client library nor pandas is imported for a summary without a model."""
    (project / "told.json").write_text(told.written(), encoding="utf-8")
    (project / "profile.json").write_text(profile.model_dump_json(), encoding="utf-8")
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from capstone_report.compressed import Compressed\n"
        "from capstone_report.pipeline import llm\n"
        "from capstone_report.profile import Profile\n"
        "told = Compressed.model_validate_json(Path('told.json').read_bytes())\n"
        "profile = Profile.model_validate_json(Path('profile.json').read_bytes())\n"
        "llm(told, profile, Path('r'), Path('v'), **llm.declaration.params)\n"
        "print(sorted({'openai', 'pydantic_ai', 'httpx', 'httpx2', 'pandas'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=project
    )

    assert done.stdout.strip() == "[]"


def test_client_that_is_not_installed(
    told: Compressed, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a model is named and its client is missing, the extra to install is named."""
    monkeypatch.setitem(sys.modules, "pydantic_ai", None)
    monkeypatch.setenv("CAPSTONE_LLM_MODEL", "tiny")
    monkeypatch.setenv("CAPSTONE_LLM_BASE_URL", "http://127.0.0.1:9/v1")

    with pytest.raises(MissingExtraError, match="pydantic-ai-slim") as caught:
        run_llm(told, profile)

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


def test_model_is_named_on_the_page(table: pa.Table) -> None:
    """A page whose summary a model wrote names it, and takes its words as words."""
    author = ModelAuthor(name="model m", model="m", server="http://h", answers=1)
    finding = Finding(text="![x](http://evil) <b>", columns=("size",))
    answer = Answer(headline="A | headline", findings=(finding,), quality=("Bad.",))
    summary = Summary(**answer.model_dump(), author=author, check=FigureCheck())

    page = report_page(reported(table, summary))

    assert "written by model m at http&#58;//h" in page
    assert r"A \| headline" in page
    assert r"!\[x\](http&#58;//evil) \<b>" in page
    assert "## Quality of the data" in page
    assert "offline" not in page


def test_doubtful_figures_are_marked_on_the_page(table: pa.Table, profile: Profile) -> None:
    """A figure that the data does not confirm is marked where it stands, and counted."""
    author = ModelAuthor(name="model m", model="m", server="http://h", answers=1)
    figure = Figure(column="size", statistic="mean", value=9.25)
    finding = Finding(text="Of 100 rows 98 are odd.", columns=("size",), figures=(figure,))
    answer = Answer(headline="There are 101 rows.", findings=(finding,))
    check = check_figures(answer, profile)
    page = report_page(reported(table, Summary(**dict(answer), author=author, check=check)))

    assert "**There are 101 *(not in the data)* rows.**" in page
    assert "Of 100 rows 98 *(not in the data)* are odd. (size)" in page
    assert "*(not in the data: mean of size: 9.25)*" in page
    assert "1 of 4 figures in it agree with the data (25 %)" in page
