"""Other programs are told in JSON whose shape is published, on a standard output of its own."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

from capstone_build.core.contract import Violation
from capstone_build.core.digest import digest_bytes
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.plan import Difference
from capstone_build.core.prospect import Prospect
from capstone_build.core.report import (
    BuildStarted,
    CalledBack,
    Cause,
    EditKept,
    Event,
    Failure,
    MemoryReset,
    NotSettled,
    OrphanAdopted,
    OrphanIgnored,
    OrphanKept,
    Outcome,
    PipelinePrinted,
    ReadUndeclared,
    StageEnded,
    StageResult,
    StageRetried,
    StagesLeftOut,
    StageStarted,
    Waiting,
)
from capstone_build.core.stage import StageName
from capstone_build.presentation.event_json import event_line
from tests.done import Done
from tests.project import Project
from tests.watched import watching

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "json.schema.json").read_text(encoding="utf-8"))

PIPELINE = """
    from capstone_build import command, stage

    print("imported")

    @stage(inputs={"text": "words.txt"}, outputs={"table": "output/table.csv"}, params={"n": 1})
    def load(text: str, n: int) -> str:
        return "word,at\\n" + "".join(f"{w},{i}\\n" for i, w in enumerate(text.split()))

    @stage(inputs={"table": "output/table.csv", "how": "how.json"},
           outputs={"out": "output/o.json"})
    def count(table: str, how: dict) -> dict:
        return {"rows": len(table), **how}

    check = command("test -e fine", name="check", inputs={"out": "output/o.json"}, outputs={})
"""


def of(kind: str, document: Any) -> Any:
    """Return a document that is what the schema says of its kind."""
    schema = {**SCHEMA, "$ref": f"#/$defs/{kind}"}
    jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(document)
    return document


def told(kind: str, done: Done) -> Any:
    """Return what a command told: nothing but one document of its kind."""
    return of(kind, json.loads(done.out))


def lines(kind: str, text: str) -> list[Any]:
    """Return what lines tell, each of which is a document of its kind."""
    return [of(kind, json.loads(line)) for line in text.splitlines()]


@pytest.fixture
def words(project: Project) -> Project:
    """A project of three stages, of which the last fails at first."""
    project.write("pipeline.py", PIPELINE.replace("outputs={})", 'outputs={"ok": "ok"})'))
    project.edit("pipeline.py", '"test -e fine"', '"test -e fine && touch {outputs.ok}"')
    project.write("words.txt", "a b c\n")
    project.write("how.json", '{"deep": [1, 2]}')
    return project


def test_each_answer_is_what_its_schema_says(words: Project) -> None:
    """And standard output holds nothing else, whatever the pipeline prints and stages do."""
    forecast = told("status", words.run("build", "-n", "--json"))
    failed = words.run("build", "--json")
    report = told("report", failed)
    words.write("fine", "")
    events = lines("event", words.run("build", "--events", "-").out)
    words.write("words.txt", "a B c d\n")
    words.write("how.json", '{"deep": [1, 3]}')
    told("report", words.run("build", "load", "--json"))
    words.write("output/table.csv", "edited\n")
    status = told("status", words.run("status", "--json"))
    why = told("why", words.run("why", "count", "check", "--closure", "--json"))
    log = told("log", words.run("log", "--json"))
    diff = told("diff", words.run("diff", log["builds"][0]["build"], "output", "--json"))
    graph = told("graph", words.run("graph", "--json"))

    assert forecast["counts"] == {"up-to-date": 0, "may-run": 0, "can-restore": 0, "must-run": 3}
    assert (failed.code, failed.err.strip()) == (1, "imported")
    assert report["counts"]["failed"] == 1
    assert report["stages"][-1]["failure"]["cause"] == "exited"
    assert [e["event"] for e in events] == [
        "pipeline-printed", "build-started", "stage-ended", "stage-ended",
        "stage-started", "read-undeclared", "stage-ended", "build-ended",
    ]  # fmt: skip
    assert [s["state"] for s in status["stages"]] == ["can-restore", "must-run", "may-run"]
    (by_input,) = [c for c in why["stages"][0]["changes"] if c["key"] == "how.json"]
    assert by_input["content"] == {"kind": "json", "change": {"values": [["$.deep[1]", "2", "3"]]}}
    assert [(a["stage"], a["artifacts"]) for a in why["stages"][1]["upstream"]] == [
        ("count", ["output/o.json"]), ("load", []),
    ]  # fmt: skip
    assert {row["aspect"] for row in why["stages"][0]["closure"]} >= {"code", "input"}
    assert [len(build["stages"]) for build in log["builds"]] == [3, 1, 1]
    assert [each["path"] for each in diff["artifacts"]] == ["output/table.csv"]
    assert graph["stages"] == status["stages"]


def test_events_are_written_as_they_happen_and_never_harm_a_build(words: Project) -> None:
    """One that cannot be opened is an error before anything runs; one that fails later is told."""
    refused = words.run("build", "--events", "no/such/folder")
    assert (refused.code, words.exists("output")) == (2, False)
    assert "it cannot be written: No such file or directory" in refused.err

    full = words.run("build", "load", "--events", "/dev/full")
    assert (full.code, full.ran) == (0, ["load"])
    assert full.err.count("events are no longer written to /dev/full: No space left on device") == 1

    words.write("fine", "")
    assert words.run("build", "--events", "e.jsonl").ran == ["count", "check"]
    assert lines("event", words.read("e.jsonl"))[-1]["report"]["counts"]["built"] == 2
    assert words.run("build", "--events", "e.jsonl").last_line.startswith("nothing to do")
    (_, ended) = lines("event", words.read("e.jsonl"))
    assert ended["report"]["build"] is None

    words.edit("pipeline.py", "words.txt", "wrods.txt")
    wrong = words.run("build", "--events", "e.jsonl")
    (*_, last) = lines("event", words.read("e.jsonl"))
    assert (wrong.code, last["exit_code"]) == (2, 2)
    assert last["problems"][0]["hint"] == "Did you mean 'words.txt'?"
    assert words.run("build", "--events", "-", "--json").code == 2


def test_a_reader_that_goes_away_does_not_harm_the_build(project: Project) -> None:
    """As `capstone build --events - | head -1` does."""
    waits = "until test -e gone; do sleep 0.01; done; touch {outputs.out}"
    project.write(
        "pipeline.py",
        f"""
        from capstone_build import command
        late = command({waits!r}, name="late", outputs={{"out": "out"}})
        """,
    )
    os.mkfifo(project.root / "pipe")
    process = project.start("build", "--events", "pipe")
    with (project.root / "pipe").open(encoding="ascii") as pipe:
        first = json.loads(pipe.readline())
    project.write("gone", "")
    out, err = process.communicate(timeout=60)

    assert first["event"] == "build-started"
    assert (process.returncode, Done(0, out, err).ran) == (0, ["late"])
    assert err == "events are no longer written to pipe: Broken pipe\n"


def test_a_watch_writes_the_events_of_all_its_builds(words: Project) -> None:
    """One file, one build after the other, each with its end."""
    with watching(words, "load", "--events", "e.jsonl") as watch:
        watch.until_built(1)
        words.write("words.txt", "x\n")
        watch.until_built(2)
    ended = [e for e in lines("event", words.read("e.jsonl")) if e["event"] == "build-ended"]

    assert [e["report"]["counts"]["built"] for e in ended] == [1, 1]


CHANGED = Difference(Aspect.INPUT, "a.csv", digest_bytes(b"a"), digest_bytes(b"b"), "1", "2")
BROKE = Failure(cause=Cause.BROKE_CONTRACT, message="no", violations=(Violation("a", "empty"),))
LOAD, OTHER = StageName("load"), StageName("other")
EVENTS: tuple[Event, ...] = (
    BuildStarted(3, 2, {LOAD: Prospect(1.5, 2)}),
    StageStarted(LOAD, (CHANGED,), 2, ".cache/logs/x/load.log"),
    StageRetried(LOAD, BROKE),
    StageEnded(StageResult(stage=LOAD, outcome=Outcome.FAILED, failure=BROKE)),
    StagesLeftOut((LOAD, OTHER)),
    EditKept(LOAD, "a", ".cache/kept/a", is_half=True),
    OrphanIgnored(LOAD, "a"),
    OrphanAdopted(LOAD, "a"),
    OrphanKept(LOAD, "a", "b"),
    ReadUndeclared(LOAD, Aspect.READ, ("a\nb",), ""),
    CalledBack(LOAD, ("a",), (OTHER,)),
    NotSettled(LOAD, ("a",), (OTHER,), is_shared=False),
    PipelinePrinted("two\nlines \u2028 \udc80"),
    Waiting(None),
    MemoryReset("it rotted"),
)


def test_every_event_is_what_the_schema_says() -> None:
    """Each sort of event, on one line whatever it holds."""
    assert {type(each) for each in EVENTS} == set(get_args(Event))
    for event in EVENTS:
        (told,) = lines("event", event_line(event, 1e9))
        assert told["at"].startswith("2001-09-0")


def test_every_key_is_on_the_page() -> None:
    """The page names each answer, each event and each key of what it speaks of."""
    page = (DOCS / "json.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_-]+)`", page))
    events = SCHEMA["$defs"]["event"]["oneOf"]

    for kind in ("report", "status", "why", "graph", "log", "diff", "difference", "stage_state"):
        assert SCHEMA["$defs"][kind]["properties"].keys() - {"format"} <= named, kind
    for event in events:
        assert event["properties"]["event"]["const"] in named
        assert event["properties"].keys() - {"format"} <= named
