"""Many files are read on several cores, and nobody can tell by the answer."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path

import pytest
from tests.corpus import Files, write

from capstone_build.analysis import ProjectCode
from capstone_build.analysis.file import abreast
from capstone_build.analysis.file.summary import summarise
from capstone_build.analysis.names.ahead import led_to
from capstone_build.analysis.names.modules import Modules, project_roots
from capstone_build.core.fingerprint import Fingerprint
from capstone_build.core.stage import Symbol

IMPORTS = (
    "import kit.m{n}",
    "import json, kit.m{n} as other",
    "from kit import m{n} as other",
    "from . import m{n}",
    "from .m{n} import f{n}, __name__ as name",
    "from kit.m{n} import (\n    f{n},  # the next\n)",
    "from kit.m{n} import *",
)
COUNT = 40
TEXTS = [f"def f{n}():\n    return {n}\n".encode() for n in range(COUNT)]


def project() -> Files:
    """Return a chain of modules, each of which imports the next one in its own style."""
    files = {"kit/__init__.py": "", "pipeline.py": "import kit.m0\n\n\ndef work(): kit.m0.f0()\n"}
    for number in range(COUNT):
        style = IMPORTS[number % len(IMPORTS)] if number + 1 < COUNT else ""
        text = f"{style.format(n=number + 1)}\n\n\ndef f{number}():\n    return {number}\n"
        files[f"kit/m{number}.py"] = text
    return files


def fingerprint(folder: Path, memory: dict[str, str]) -> Fingerprint:
    """Return what `pipeline.work` and the last of the modules reach."""
    starts = [Symbol("pipeline:work"), Symbol(f"kit.m{COUNT - 1}:f{COUNT - 1}")]
    return ProjectCode([folder], memory).closure(starts).fingerprint()


def cores(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Let the machine have as many cores as that."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(count)), raising=False)


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the processes that are started, as they are."""
    started: list[int] = []
    fork = os.fork

    def noted() -> int:
        process = fork()
        started.append(process)
        return process

    monkeypatch.setattr(os, "fork", noted)
    return started


def test_cores_do_not_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forks: list[int]
) -> None:
    """One core and three give the same fingerprint and remember the same, byte by byte."""
    write(tmp_path, project())
    answers = []
    memories: list[dict[str, str]] = []
    for count in (1, 3):
        cores(monkeypatch, count)
        memories.append({})
        answers.append(fingerprint(tmp_path, memories[-1]))

    assert len(forks) == 2
    assert answers[0] == answers[1]
    assert memories[0] == memories[1]
    assert len(memories[0]) == len(project())


@pytest.mark.parametrize("style", IMPORTS)
def test_every_style_of_import_is_seen_ahead(tmp_path: Path, style: str) -> None:
    """What an import leads to is read with the rest, in whatever style it is written."""
    write(tmp_path, project())
    file, text = tmp_path / "kit" / "m7.py", style.format(n=8).encode()

    led = set(led_to(str(file), text, Modules(project_roots([tmp_path]))))

    package = {str(tmp_path / "kit" / "__init__.py")}  # executed already where it is relative
    assert led - package == {str(tmp_path / "kit" / "m8.py")}


def test_little_is_read_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forks: list[int]
) -> None:
    """After an edit of one file no process is started."""
    cores(monkeypatch, 3)
    write(tmp_path, project())
    memory: dict[str, str] = {}
    fingerprint(tmp_path, memory)
    forks.clear()
    write(tmp_path, {"kit/m7.py": "from . import m8\n\n\ndef f7():\n    return 0\n"})
    fingerprint(tmp_path, memory)

    assert not forks


def test_processes_that_end_early_cost_time_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forks: list[int]
) -> None:
    """Files whose summary did not come are read by the engine itself."""
    cores(monkeypatch, 1)
    write(tmp_path, project())
    before = fingerprint(tmp_path, {})
    cores(monkeypatch, 3)
    own = os.getpid()
    asked = 0

    def killed(text: bytes) -> object:
        nonlocal asked
        asked += 1
        if os.getpid() != own and asked > 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return summarise(text)

    monkeypatch.setattr(abreast, "summarise", killed)

    assert fingerprint(tmp_path, {}) == before
    assert len(forks) == 2


def test_no_more_processes_than_there_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none can be started, one does what it can."""
    cores(monkeypatch, 4)

    def refused() -> int:
        raise BlockingIOError("too many")

    monkeypatch.setattr(os, "fork", refused)
    made = abreast.summarised_abreast(TEXTS)

    assert made
    assert all(text == summarise(TEXTS[place]).to_json() for place, text in made.items())


def test_nothing_is_forked_beside_threads(
    monkeypatch: pytest.MonkeyPatch, forks: list[int]
) -> None:
    """A lock that another thread holds would never be let go in the fork."""
    cores(monkeypatch, 4)
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    made = abreast.summarised_abreast(TEXTS)
    done.set()
    thread.join()

    assert not forks
    assert len(made) == COUNT


def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch, forks: list[int]) -> None:
    """No process, and no open file, outlives the reading, however it ends."""
    cores(monkeypatch, 4)
    open_before = len([*Path("/proc/self/fd").iterdir()])
    own = os.getpid()
    json.loads(abreast.summarised_abreast(TEXTS)[COUNT - 1])

    def interrupted(text: bytes) -> object:
        if os.getpid() == own:
            raise KeyboardInterrupt
        return summarise(text)

    monkeypatch.setattr(abreast, "summarise", interrupted)
    with pytest.raises(KeyboardInterrupt):
        abreast.summarised_abreast(TEXTS)

    assert len(forks) == 6
    assert len([*Path("/proc/self/fd").iterdir()]) == open_before
    for process in forks:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
