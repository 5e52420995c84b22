"""
What a model costs is written down, is bounded before it is spent, and is not spent twice.

Everything here goes through the real client library and a real HTTP server on loopback.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.report.conftest import FakeServer, Load, Reply, answer, failure, run_llm
from tests.report.test_model_client import GOOD, TOLD

from capstone_report.errors import ModelError
from capstone_report.ledger import MEMORY, Entry, Result, ledger_json, ledger_lines, read_ledger
from capstone_report.model_client import Terms
from capstone_report.price import price_of
from capstone_report.profiling import profile_table
from capstone_report.summarising import memory_of
from capstone_report.summary import ModelAuthor, Summary

PRICES = {"input_price": 100.0, "output_price": 1000.0}
"""US dollars for a million tokens: the answers of the server, of 11 and 5, cost 0.0061."""
COST = (11 * 100 + 5 * 1000) / 1e6

Ask = Callable[..., Summary]


@pytest.fixture
def ask(server: FakeServer, load: Load) -> Ask:
    """Run stage `llm` against the server, in a project of its own."""
    profile = profile_table(load({"a.csv": "size\n1\n2\n"}))

    def asked(**parameters: Any) -> Summary:
        return run_llm(TOLD, profile, **{"model": "tiny", "base_url": server.url, **parameters})

    return asked


def results(project: Path) -> list[Result]:
    """Return what came of each request."""
    return [each.result for each in read_ledger(project)]


def test_every_request_is_in_the_ledger(ask: Ask, server: FakeServer, project: Path) -> None:
    """Refused, broken off and answered requests are written down, with tokens and money."""
    whole = answer(json.dumps(GOOD))
    busy = failure(429, "slow down", retry_after_ms="5")
    server.replies = [busy, Reply(whole.body, cut=60), answer("not JSON"), whole]

    ask(**PRICES)

    assert results(project) == [Result.REFUSED, Result.BROKEN, Result.ANSWERED, Result.ANSWERED]
    entries = read_ledger(project)
    assert [each.cost for each in entries] == [0.0, None, COST, COST]
    assert (entries[-1].input_tokens, entries[-1].output_tokens) == (11, 5)
    assert all(each.model == "tiny" for each in entries)


def test_same_question_is_not_asked_again(ask: Ask, server: FakeServer, project: Path) -> None:
    """The answer to the same prompt, model and parameters is replayed, to the byte, for nothing."""
    server.says("not JSON", json.dumps(GOOD))
    first = ask()
    written = {path.name: path.read_bytes() for path in project.glob("llm_*")}

    # Neither how long nor how often anything is tried changes what an answer would be.
    again = ask(timeout_seconds=60, repairs=1)

    assert len(server.requests) == 2
    assert again == first
    assert {path.name: path.read_bytes() for path in project.glob("llm_*")} == written
    assert results(project)[-1] is Result.REPLAYED


@pytest.mark.parametrize(
    "other", [{"temperature": 0.5}, {"model": "other"}, {"answer_tokens": 100}]
)
def test_another_question_is_asked(ask: Ask, server: FakeServer, other: dict[str, Any]) -> None:
    """Another temperature, model or length of the answer is another question."""
    server.says(json.dumps(GOOD))
    ask()
    ask(**other)

    assert len(server.requests) == 2


def test_answer_that_did_not_fit_is_not_replayed(ask: Ask, server: FakeServer) -> None:
    """A question that got no usable answer is asked again."""
    server.says("not JSON", json.dumps(GOOD))
    with pytest.raises(ModelError):
        ask(repairs=0)

    assert ask(repairs=0).headline == GOOD["headline"]


def test_kept_answer_that_rotted(ask: Ask, server: FakeServer, project: Path) -> None:
    """A kept answer that cannot be read is none."""
    server.says(json.dumps(GOOD))
    ask()
    for path in (project / MEMORY / "answers").iterdir():
        path.write_bytes(path.read_bytes()[:20])

    assert ask().headline == GOOD["headline"]
    assert len(server.requests) == 2


def test_time_of_the_answer_is_kept_with_it(ask: Ask, server: FakeServer) -> None:
    """When a model answered is what its server says, and stays so when it is replayed."""
    server.says(json.dumps(GOOD))
    authors = [ask().author, ask().author]

    assert isinstance(authors[0], ModelAuthor)
    assert authors[0].answered_at == "2023-11-14T22:13:20Z"
    assert authors[0] == authors[1]


def test_budget_stops_before_it_is_passed(ask: Ask, server: FakeServer, project: Path) -> None:
    """A request that could cost more than is left is not made; what was spent is said."""
    server.says("not JSON", json.dumps(GOOD))
    with pytest.raises(ModelError, match="could pass the budget") as caught:
        ask(**PRICES, answer_tokens=5, max_cost=0.0001)

    assert server.requests == []
    assert results(project) == [Result.STOPPED]
    assert "max_cost" in caught.value.facts["budget"]
    assert "max_cost" in caught.value.hint

    # Enough for one request, and not for the repair.
    most = read_ledger(project)[0].at_most
    assert most is not None
    with pytest.raises(ModelError, match="could pass the budget") as caught:
        ask(**PRICES, answer_tokens=5, max_cost=most * 1.01)

    assert len(server.requests) == 1
    assert caught.value.facts["spent"] == f"{COST:.6g} USD"
    spent = sum(each.cost or 0.0 for each in read_ledger(project))
    assert spent <= most * 1.01


def test_broken_requests_count_at_their_most(ask: Ask, server: FakeServer, project: Path) -> None:
    """A request whose answer never came may have cost all that it could."""
    server.replies = [Reply(answer(json.dumps(GOOD)).body, cut=60)]
    with pytest.raises(ModelError, match="could pass the budget"):
        ask(**PRICES, answer_tokens=5, max_cost=1.0)

    broken = [each for each in read_ledger(project) if each.result is Result.BROKEN]
    assert len(server.requests) == len(broken) >= 1
    assert sum(each.at_most or 0.0 for each in broken) <= 1.0


def test_budget_without_a_price(ask: Ask, server: FakeServer) -> None:
    """Where nobody knows the price, a budget cannot be kept: an error says what to set."""
    with pytest.raises(ModelError, match="nobody says what") as caught:
        ask(max_cost=1.0)

    assert "input_price" in caught.value.hint
    assert server.requests == []


def test_price_is_looked_up() -> None:
    """Prices of models of well-known servers need not be given; those of others must."""
    known = price_of("gpt-4o-mini", "https://api.openai.com/v1", None, None)

    assert known is not None
    assert 0 < known.input < known.output
    assert price_of("gpt-4o-mini", "http://localhost:8000/v1", None, None) is None
    assert price_of("no-such-model", "https://models.example.com/v1", None, None) is None
    assert price_of("gpt-4o-mini", "https://api.openai.com/v1", 7.0, None) != known


@pytest.mark.parametrize("name", ["temperature", "repairs", "max_cost", "input_price"])
def test_terms_name_what_is_wrong(name: str) -> None:
    """Terms on which nobody can be asked are an error that names the parameter."""
    with pytest.raises(ModelError, match=f"{name} >= 0") as caught:
        Terms(**{name: -1})

    assert name in caught.value.facts


def test_ledger_on_a_terminal() -> None:
    """Each request has a line, all of them a sum; what steers a terminal is taken out."""
    entry = Entry(
        at="2026-01-02T03:04:05Z",
        model="ti\x1b[31mny",
        server="http://h",
        result=Result.ANSWERED,
        status=200,
        input_tokens=1200,
        output_tokens=300,
        cost=0.5,
        seconds=1.25,
    )
    lines = ledger_lines([entry, Entry(at="x", model="m", server="s", result=Result.BROKEN)])

    assert len(lines) == 5
    assert "1,200" in lines[1]
    assert not any("\x1b" in line for line in lines)
    assert lines[-1] == (
        "2 requests: 1,200 tokens in, 300 out, 0.5000 USD, and 1 at a price that is not known"
    )
    assert ledger_lines([]) == ["no model was asked yet"]
    assert json.loads(ledger_json([entry])[0])["cost"] == 0.5


def test_ledger_that_was_cut_off(project: Path) -> None:
    """Lines that are none, or not whole, cost nothing but themselves."""
    (project / MEMORY).mkdir(parents=True)
    good = '{"at":"x","model":"m","server":"s","result":"answered","cost":0.5}'
    text = (
        f'{good}\n{{"at":1,"model":"m","server":"s","result":"answered"}}\nrubbish\n[]\n{good[:30]}'
    )
    (project / MEMORY / "ledger.jsonl").write_text(text)

    assert [each.cost for each in read_ledger(project)] == [0.5]


def test_second_runs_share_the_memory(tmp_path: Path) -> None:
    """A run in a copy below a project's `.cache` keeps its accounts with the project."""
    copy = tmp_path / ".cache" / "rebuilding" / "llm"

    assert memory_of(copy) == tmp_path / MEMORY
    assert memory_of(tmp_path) == tmp_path / MEMORY
