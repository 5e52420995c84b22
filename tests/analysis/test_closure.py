"""A closure tells what it holds, where that is, how it is reached and why it counts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from capstone_build.analysis import Closure
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.stage import Location

ClosureOf = Callable[..., Closure]

REPORT = {
    "pipeline.py": """\
from tables import render


def work(text):
    return render(text)
""",
    "tables.py": """\
import money


def render(text):
    return money.form(text)  # one
""",
    "money.py": """\
UNIT = "EUR"


def form(text: str) -> str:
    \"\"\"Spell an amount.\"\"\"
    return text + UNIT
""",
}


def test_chain_names_each_step(closure: ClosureOf) -> None:
    """The way to a definition goes by the names that lead to it."""
    parts = closure(REPORT).parts

    assert parts[Aspect.CODE, "money:UNIT"].chain == ("work", "render", "form", "UNIT")


def test_place_is_file_and_line(closure: ClosureOf) -> None:
    """A definition is found where it is written, from the project's folder."""
    parts = closure(REPORT).parts

    assert parts[Aspect.CODE, "money:form"].where == Location("money.py", 4)


def test_source_is_what_was_digested(closure: ClosureOf) -> None:
    """The text kept for a later comparison leaves out what does not count."""
    parts = closure(REPORT).parts

    assert parts[Aspect.CODE, "money:form"].source == "def form(text):\n    return text + UNIT\n"


def test_python_is_always_a_part(closure: ClosureOf) -> None:
    """Another minor version of Python may do otherwise."""
    assert (Aspect.PACKAGE, "python") in closure(REPORT).parts


def test_every_part_can_be_told_of(closure: ClosureOf) -> None:
    """What the fingerprint holds, the closure explains, and by the same digest."""
    found = closure(REPORT)

    assert {part: each.digest for part, each in found.parts.items()} == found.fingerprint()
    with pytest.raises(KeyError):
        found.parts[Aspect.CODE, "money:other"]


def test_module_as_a_value_is_explained(closure: ClosureOf) -> None:
    """Where all of a module counts, the line that is the reason is named."""
    files = {
        "pipeline.py": "import tools\n\n\ndef work(text):\n    return getattr(tools, text)()\n",
        "tools.py": "def cut():\n    return 1\n",
    }

    note = closure(files).parts[Aspect.CODE, "tools:cut"].note

    assert note == "pipeline.py:5 tools is used as a value: whole module counts"


def test_computed_import_is_explained(closure: ClosureOf) -> None:
    """Where every module may be meant, the line that is the reason is named."""
    files = {
        "pipeline.py": "import importlib\n\n\ndef work(text):\n    importlib.import_module(text)\n",
        "tools.py": "def cut():\n    return 1\n",
    }

    note = closure(files).parts[Aspect.CODE, "tools:cut"].note

    assert note.startswith("pipeline.py:5 importlib.import_module with a computed name")


def test_effects_are_reached_through_the_import(closure: ClosureOf) -> None:
    """An effect has the chain of modules that import it."""
    files = {
        "pipeline.py": "import patches\n\n\ndef work(text):\n    return text\n",
        "patches.py": "import json\n\njson.answer = 1\n",
    }

    reached = closure(files).parts[Aspect.CODE, "patches:<effects>"]

    assert reached.chain == ("work", "patches")
    assert reached.where == Location("patches.py", 3)
    assert reached.source == "json.answer = 1\n"


def test_environment_is_found(closure: ClosureOf) -> None:
    """Variables that are read by literal name are named with their place."""
    files = {
        "pipeline.py": """\
import os
from os import environ, getenv

import settings


def work(text):
    if "E" in os.environ:
        os.environ["WRITTEN"] = "1"
    return os.environ["A"] + os.getenv("B", "") + environ.get("C", "") + getenv("D") + settings.X
""",
        "settings.py": 'import os\n\nX = os.environ.get("F")\nUNUSED = os.environ["G"]\n',
    }

    assert closure(files).undeclared_environment == {
        **{name: Location("pipeline.py", 10) for name in "ABCD"},
        "E": Location("pipeline.py", 8),
        "F": Location("settings.py", 3),
    }


@pytest.mark.parametrize(
    "start",
    [
        "pipeline:make.<locals>.inner",
        "pipeline:make.<locals>.<lambda>",
        "pipeline:Box.method",
        "pipeline:<lambda>",
        "pipeline:nobody",
    ],
)
def test_any_start_has_a_closure(closure: ClosureOf, start: str) -> None:
    """What lies inside a definition stands for it; what cannot be told, for the module."""
    files = {
        "pipeline.py": """\
SIZE = 1


def make():
    def inner():
        return SIZE

    return inner


class Box:
    def method(self):
        return SIZE
"""
    }

    assert (Aspect.CODE, "pipeline:SIZE") in closure(files, start).parts


def test_start_in_a_package_stands_for_the_package(closure: ClosureOf) -> None:
    """A start that is not the project's counts by its version."""
    parts = closure({"pipeline.py": ""}, "hypothesis.strategies:text").parts

    assert (Aspect.PACKAGE, "hypothesis") in parts
    assert not any(aspect is Aspect.CODE for aspect, _ in parts)


def test_missing_name_is_a_part(closure: ClosureOf) -> None:
    """A name that is not there counts too: it may come."""
    files = {"pipeline.py": "import tools\n\n\ndef work():\n    return tools.cut\n", "tools.py": ""}

    assert (Aspect.CODE, "tools:cut is not defined") in closure(files).parts


def test_the_engine_is_no_code_of_a_stage(closure: ClosureOf) -> None:
    """Where capstone itself is worked on its source lies in the project, and counts for nothing."""
    engine = "def __getattr__(name):\n    import importlib\n    importlib.import_module(name)\n"
    files = {
        "pipeline.py": "from capstone_build import Artifact\n\n\ndef work():\n    Artifact\n",
        "src/capstone_build/__init__.py": engine,
        "src/other.py": "VALUE = 1\n",
    }

    parts = closure(files).parts

    assert not [name for _, name in parts if "capstone_build:" in name or "other" in name]
