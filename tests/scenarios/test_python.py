"""What the command does can be done from Python, as a guest in somebody else's program."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest

from capstone_build import BuildReport, CapstoneError, Outcome, Project
from capstone_build.errors import (
    InvalidPipelineError,
    StageFailedError,
    UsageError,
)
from capstone_build.events import BuildStarted, Event, PipelinePrinted, StageEnded, StageStarted
from tests.project import Project as Folder
from tests.project import is_running, wait_until

PIPELINE = """
    from capstone_build import command, stage

    @stage(inputs={"text": "a.txt"}, outputs={"many": "output/many.txt"}, params={"times": 2})
    def repeat(text: str, times: int) -> str:
        print("repeating")
        return text * times

    @stage(inputs={"many": "output/many.txt"}, outputs={"size": "output/size.json"})
    def count(many: str) -> dict:
        return {"size": len(many)}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A project of two stages, of which nothing is built."""
    folder = Folder(tmp_path)
    folder.write("pipeline.py", PIPELINE)
    folder.write("a.txt", "ab\n")
    return folder


def children() -> set[str]:
    """Return the processes that this one has started and that run still."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {pid for task in tasks for pid in task.read_text(encoding="ascii").split()}


def test_a_project_is_built_and_asked_from_python(
    folder: Folder, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each answer is data, prints as the command does, and shows itself in a notebook."""
    project = Project(folder.root)
    events: list[Event] = []

    first = project.build("repeat", on_event=events.append)
    rest = project.build(params={"repeat.times": 2})
    folder.write("a.txt", "abc\n")
    status, why, graph = project.status(), project.why("output/many.txt"), project.graph()
    again = project.build("repeat")
    log, diff = project.log(), project.diff("output/many.txt")

    assert first.ok
    assert [each.result.stage for each in events if isinstance(each, StageEnded)] == ["repeat"]
    assert re.fullmatch(r"<BuildReport: built 1, up to date 1 in .* s>", repr(rest))
    assert {name: each.outcome for name, each in rest.results.items()} == {
        "repeat": Outcome.REUSED,
        "count": Outcome.BUILT,
    }
    assert status.stale == ("repeat", "count")
    assert str(status).splitlines()[-1] == "1 must run, 1 may run"
    assert [each.difference.key for each in why.stages["repeat"].changes] == ["a.txt"]  # type: ignore[index]
    assert graph.mermaid().startswith("flowchart")
    assert graph.svg(files=True).startswith("<svg")
    assert graph.png().startswith(b"\x89PNG")
    assert graph._repr_html_() == graph.svg()
    assert project.page().startswith("<!doctype html>")
    assert [each.build for each in log.builds] == [first.build, rest.build, again.build]
    assert "+ abc" in str(diff).replace("+abc", "+ abc")
    assert project.printed("repeat", first.build) == "repeating\n"
    assert "<td" in again._repr_html_()
    for each in (status, why, graph, log, diff):
        assert each._repr_html_().startswith("<svg" if each is graph else "<pre")
        assert each.as_dict()["format"] == 1
    assert capfd.readouterr() == ("", "")


def test_what_looks_after_a_project_is_there_too(folder: Folder) -> None:
    """Accepting, cleaning, collecting and both ways of verifying."""
    project = Project(folder.root / "pipeline.py")
    assert project.build().ok

    folder.edit("pipeline.py", "text * times", "times * text")
    accepted = project.accept("repeat")
    rebuilt = project.rebuild("count")
    would, cleaned = project.clean(outputs=True, dry_run=True), project.clean(outputs=True)
    verified = project.verify()

    assert [each.stage for each in accepted.stages] == ["repeat"]
    assert "code changed" in accepted.as_dict()["stages"][0]["because"][0]
    assert str(rebuilt).splitlines()[-1].startswith("1 stage left the same bytes twice")
    assert str(would).startswith("remove ")
    assert str(cleaned).startswith("removed ")
    assert not folder.exists("output/many.txt")
    assert {each.flaw.value for each in verified.findings} == {"output missing"}
    assert project.gc(keep_seconds=0, dry_run=True).as_dict()["runs"] == 0
    assert project.build().counts[Outcome.RESTORED] == 2
    with pytest.raises(UsageError, match="nothing says what to remove"):
        project.clean()


def test_a_stage_that_fails_is_told_and_a_wrong_declaration_raised(folder: Folder) -> None:
    """A failure is a result; what the author has to mend before anything runs is an exception."""
    folder.edit("pipeline.py", "return text * times", "raise ValueError(times)")
    project = Project(folder.root)

    report = project.build(keep_going=True)

    assert not report.ok
    assert report.counts == {**dict.fromkeys(Outcome, 0), Outcome.FAILED: 1, Outcome.SKIPPED: 1}
    assert "ValueError: 2" in report._repr_html_()
    with pytest.raises(StageFailedError, match=r"stage 'repeat' failed: .*ValueError"):
        report.raise_if_failed()
    with pytest.raises(InvalidPipelineError, match="Did you mean 'count'"):
        project.build("cuont")
    with pytest.raises(CapstoneError, match="no stage has a parameter 'timez'"):
        project.status(params={"timez": 3})
    with pytest.raises(UsageError, match="no build 'x' is remembered"):
        project.log("x")


def test_builds_of_one_program_have_names_of_their_own_in_a_running_loop(folder: Folder) -> None:
    """In threads beside an asyncio loop builds wait for each other, and leave all as it was."""
    project = Project(folder.root)
    before = (signal.getsignal(signal.SIGINT), os.stat, Path.cwd(), dict(os.environ))

    async def several() -> list[BuildReport]:
        return await asyncio.gather(
            *(asyncio.to_thread(project.build, force=["repeat"]) for _ in range(3))
        )

    reports = asyncio.run(several())

    assert all(each.ok and each.results["repeat"].outcome is Outcome.BUILT for each in reports)  # type: ignore[index]
    assert len({each.build for each in reports}) == 3
    assert (signal.getsignal(signal.SIGINT), os.stat, Path.cwd(), dict(os.environ)) == before


def test_what_a_listener_raises_ends_the_build_in_order(folder: Folder) -> None:
    """Its own error comes back, also one that the engine would take for the disk's."""
    folder.edit("pipeline.py", "@stage", "print('imported')\n\n@stage")
    project = Project(folder.root)

    def full_at(sort: type[Event], event: Event) -> None:
        if isinstance(event, sort):
            raise OSError(28, "no space for my notes")

    before = children()
    for sort in (PipelinePrinted, BuildStarted, StageStarted, StageEnded):
        with pytest.raises(OSError, match="no space for my notes"):
            project.build(on_event=partial(full_at, sort))
        assert children() == before, "the host is gone, and with it what ran"

    (past,) = project.log("last").builds
    assert [each.stage for each in past.stages] == ["repeat"], "what was built is remembered"
    assert project.printed("repeat") == "repeating\n"
    assert project.build().ok


def test_ctrl_c_ends_what_runs_and_is_raised(folder: Folder) -> None:
    """A `KeyboardInterrupt` comes when all is in order: nothing is left running."""
    folder.write(
        "slow.py",
        """
        from capstone_build import command
        late = command("echo $$ > pid; exec sleep 600", name="late", outputs={"late": "late.txt"})
        """,
    )
    project = Project(folder.root / "slow.py")

    def interrupt() -> None:
        wait_until(lambda: folder.exists("pid") and folder.read("pid").endswith("\n"), "it runs")
        os.kill(os.getpid(), signal.SIGINT)

    waiting = threading.Thread(target=interrupt)
    waiting.start()
    with pytest.raises(KeyboardInterrupt):
        project.build()
    waiting.join()

    assert not is_running(int(folder.read("pid")))
    assert project.log("last").builds[0].interrupted == signal.SIGINT


def test_the_examples_of_the_page_run(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each block of docs/python.md, one after the other, in a project with a stage `report`."""
    page = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")
    folder.edit("pipeline.py", "def count", "def report")
    monkeypatch.chdir(folder.root)
    known: dict[str, object] = {}

    for block in re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        exec(compile(block, "docs/python.md", "exec"), known)  # noqa: S102 (it is our page)

    printed = capsys.readouterr().out
    assert "Did you mean 'report'" in printed
    assert printed.endswith("report built\n")


def test_what_declares_a_pipeline_imports_nothing_of_the_engine() -> None:
    """`from capstone_build import stage` is as cheap as before there was a `Project`."""
    code = "import sys; from capstone_build import stage; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    heavy = {"capstone_build.project", "capstone_build.build", "networkx", "rich", "click"}
    assert heavy.isdisjoint(loaded)


def test_what_is_no_value_of_a_parameter_is_said_so(folder: Folder) -> None:
    """As the command can be given nothing else, and before anything is loaded."""
    for value in (object(), {1, 2}, {1: 2}):
        with pytest.raises(UsageError, match="is no plain value"):
            Project(folder.root).build(params={"times": value})  # type: ignore[dict-item]


def test_a_program_whose_working_directory_is_gone_can_build(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a notebook whose folder was moved: the project is where it was."""
    project = Project(folder.root)
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()

    assert project.build().ok
    assert {each.outcome for each in project.build().results.values()} == {Outcome.REUSED}


def test_a_target_may_be_a_path(folder: Folder) -> None:
    """From the root or absolute, as text or as what `pathlib` makes of it."""
    project = Project(folder.root)
    size = Path("output/size.json")

    first = project.build(project.root / "output" / "many.txt")
    status = project.status(size, exclude=[project.root / "output" / "many.txt"])

    assert [each.stage for each in first.results.values()] == ["repeat"]
    assert status.left_out == ("count",)
    assert project.build(str(project.root / size)).ok
    assert not project.status(size).stale


def test_a_pipeline_that_builds_its_own_project_is_told_so(folder: Folder) -> None:
    """When it is imported, which would import it again without end, or in a stage of it."""
    once = """
        from pathlib import Path

        from capstone_build import Project

        if not Path("once").exists():  # lest a test that fails fills the machine
            Path("once").touch()
            Project(".").build()
        """
    folder.write("pipeline.py", once)
    with pytest.raises(InvalidPipelineError) as error:
        Project(folder.root).status()
    assert "cannot ask for its own project" in str(error.value)

    folder.write(
        "pipeline.py",
        """
        from capstone_build import Project, stage

        @stage(outputs={"it": "it.txt"}, timeout=20)
        def builds() -> str:
            assert len(Project(".").log().builds) == 0, "what loads nothing may be asked"
            return str(Project(".").build())
        """,
    )
    (failed,) = Project(folder.root).build().failures
    assert failed.failure is not None
    assert "cannot ask for its own project" in failed.failure.message
