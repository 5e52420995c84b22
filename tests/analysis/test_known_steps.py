"""
What is remembered of the way through the code changes nothing but the time it takes.

The oracle is a look at the same files that remembers nothing.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analysis.test_edits_properties import MODULES, Project, files, histories, moves
from tests.corpus import Files, write

from capstone_build.analysis import Closure, ProjectCode
from capstone_build.core.stage import Symbol

STARTS = ("pipeline:work", "first:n0", "kit:n1", "kit.inner:*", "kit:**")
CHAIN = 30


class Memory(dict[str, str]):
    """Keeps what is kept, and records which keys were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def get(self, key: str, default: Any = None, /) -> Any:
        """Return what is kept under *key*, and note that it was asked for."""
        self.asked.append(key)
        return super().get(key, default)

    def read(self) -> int:
        """Return how many summaries were asked for since the last call."""
        asked = {key for key in self.asked if key.startswith("summary")}
        self.asked.clear()
        return len(asked)

    def steps(self) -> dict[str, str]:
        """Return what is kept of steps."""
        return {key: text for key, text in self.items() if key.startswith("steps")}


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name, "project")


def replaced(place: Path, texts: Files) -> None:
    """Let *texts* be all that is in a folder."""
    shutil.rmtree(place, ignore_errors=True)
    write(place, texts)


def told(closure: Closure) -> list[Any]:
    """Return all that a closure tells."""
    return [
        closure.fingerprint(),
        dict(closure.parts),
        closure.undeclared_environment,
        closure.named,
        sorted(closure.coarse()),
        closure.extent.files,
        closure.identity,
    ]


def look(place: Path, memory: dict[str, str], starts: tuple[str, ...] = STARTS) -> list[Any]:
    """Return what is told of the code that some starts reach, and remember it."""
    code = ProjectCode([place], memory)
    closures = [code.closure([Symbol(start)]) for start in starts]
    code.remember()
    return [told(each) for each in closures]


def holds_through(history: list[Project]) -> None:
    """See that no look at a project differs from one that remembers nothing."""
    memory = Memory()
    summaries: dict[str, str] = {}
    with folder() as place:
        for project in [*history, history[0]]:
            replaced(place, files(project))
            fresh = {key: text for key, text in summaries.items() if key.startswith("summary")}

            assert look(place, memory) == look(place, fresh)
            summaries |= fresh


@settings(max_examples=60, deadline=None)
@given(histories(), histories())
def test_edits_are_seen(one: tuple[Project, Project], two: tuple[Project, Project]) -> None:
    """Whatever was edited, all that is told is what a first look tells; edited back, too."""
    holds_through([*one, *two])


@settings(max_examples=30, deadline=None)
@given(moves())
def test_moves_are_seen(history: tuple[Project, Project]) -> None:
    """Definitions that move to other modules are found where they are now."""
    holds_through([*history])


@settings(max_examples=30, deadline=None)
@given(histories(), st.sets(st.sampled_from(MODULES[1:])))
def test_modules_that_come_and_go_are_seen(
    history: tuple[Project, Project], gone: set[str]
) -> None:
    """A module that is gone, or there again, changes all that asked for it."""
    before, after = history
    holds_through([before, {name: lines for name, lines in after.items() if name not in gone}])


def test_corpus_is_seen(edit: Any, tmp_path: Path) -> None:
    """After each edit of the corpus a look that remembers tells what a first one tells."""
    memory = Memory()
    place = tmp_path / "project"
    replaced(place, edit.before)
    look(place, memory, (edit.start,))
    replaced(place, edit.after)

    assert look(place, memory, (edit.start,)) == look(place, {}, (edit.start,))


USER = "from tool import {0}\n\n\n{1}\n\n\ndef work():\n    return 1\n"
DECORATED = USER.format("mark", "@mark\ndef f():\n    return 2")
DERIVED = USER.format("Base", "class Below(Base):\n    x: int = 1")
CALLED = USER.format("make", "made = make(3)")
PLAIN_MARK = "KNOWN = []\n\n\ndef mark(f):\n    return f\n"
ELSEWHERE = {
    "a decorator begins to register": (
        DECORATED,
        PLAIN_MARK,
        PLAIN_MARK.replace("    return f", "    KNOWN.append(f)\n    return f"),
    ),
    "what a decorator calls begins to register": (
        DECORATED,
        "from deep import note\n\n\ndef mark(f):\n    return note(f)\n",
        "from deep import keep as note\n\n\ndef mark(f):\n    return note(f)\n",
    ),
    "a base begins to keep a list": (
        DERIVED,
        "class Base:\n    def say(self):\n        return 1\n",
        "class Base:\n    def __init_subclass__(cls):\n        BELOW.append(cls)\n\n\nBELOW = []\n",
    ),
    "a base begins to read annotations": (
        DERIVED,
        "class Base:\n    pass\n",
        "import pydantic\n\n\nclass Base(pydantic.BaseModel):\n    pass\n",
    ),
    "what is called on import begins to act": (
        CALLED,
        "def make(x):\n    return [x]\n",
        "MADE = {}\n\n\ndef make(x):\n    MADE[x] = x\n    return [x]\n",
    ),
    "a function becomes a module": (
        CALLED.replace("from tool import make", "import tool").replace("make(", "tool.make("),
        "def make(x):\n    return [x]\n",
        "from deep import note as make\n",
    ),
    "a name is no longer exported": (
        "from tool import *\n\n\ndef work():\n    return make(1)\n",
        "def make(x):\n    return x\n",
        "__all__ = []\n\n\ndef make(x):\n    return x\n",
    ),
}


@pytest.mark.parametrize("case", ELSEWHERE)
def test_edits_elsewhere_are_seen(case: str, tmp_path: Path) -> None:
    """What a module that was not edited does by what was edited is judged anew."""
    user, before, after = ELSEWHERE[case]
    texts = {
        "pipeline.py": "import user\n\n\ndef work():\n    return user.work()\n",
        "user.py": user,
        "deep.py": "KEPT = []\n\n\ndef note(f):\n    return f\n\n\n"
        "def keep(f):\n    KEPT.append(f)\n    return f\n",
    }
    memory = Memory()
    place = tmp_path / "project"
    replaced(place, {**texts, "tool.py": before})
    then = look(place, memory, ("pipeline:work",))
    replaced(place, {**texts, "tool.py": after})
    now = look(place, memory, ("pipeline:work",))

    assert now == look(place, {}, ("pipeline:work",))
    assert now != then


def chain() -> Files:
    """Return modules each of which uses the next one, and one that nobody uses."""
    texts = {
        f"m{n}.py": f"from m{n + 1} import f{n + 1}\n\n\ndef f{n}(x):\n    return f{n + 1}(x)\n"
        for n in range(CHAIN)
    }
    return {
        **texts,
        f"m{CHAIN}.py": f"def f{CHAIN}(x):\n    return x\n",
        "pipeline.py": "import m0\n\n\ndef work():\n    return m0.f0(1)\n",
    }


def closure_of(place: Path, memory: Memory) -> Closure:
    """Return the code of the stage in a project, and remember it."""
    code = ProjectCode([place], memory)
    closure = code.closure([Symbol("pipeline:work")])
    code.remember()
    return closure


def test_an_edit_costs_the_module_that_was_edited(tmp_path: Path) -> None:
    """Of modules that were not edited, what they say is not even read."""
    memory = Memory()
    place = write(tmp_path, chain())
    closure_of(place, memory)
    (place / "m7.py").write_text("from m8 import f8\n\n\ndef f7(x):\n    return abs(f8(x) + 1)\n")
    memory.read()

    closure = closure_of(place, memory)

    assert memory.read() <= 3  # where reading begins; what was edited; what that uses
    assert closure.fingerprint() == closure_of(place, Memory()).fingerprint()


def test_what_is_known_is_not_kept_again(tmp_path: Path) -> None:
    """A look that learns nothing leaves nothing to write."""
    memory = Memory()
    place = write(tmp_path, chain())
    closure_of(place, memory)
    kept = memory.steps()

    code = ProjectCode([place], memory)
    code.closure([Symbol("pipeline:work")])
    memory.update(dict.fromkeys(kept, "untouched"))
    code.remember()

    assert set(memory.steps().values()) == {"untouched"}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damage_costs_time_only(data: st.DataObject) -> None:
    """Kept steps that were cut, changed or mixed up are as good as none."""
    with folder() as place:
        write(place, chain())
        memory = Memory()
        expected = look(place, memory)
        for key, text in memory.steps().items():
            at = data.draw(st.integers(0, len(text) - 1))
            end = data.draw(st.sampled_from(["", "x", "\n", "[]", text[at + 1 :], text[: at + 1]]))
            memory[key] = text[:at] + end

        assert look(place, memory) == expected
