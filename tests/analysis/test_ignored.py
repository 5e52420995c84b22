"""What is ignored is left out by whatever way it is reached, and nothing else is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.corpus import write

from capstone_build.analysis import Closure, ProjectCode
from capstone_build.core.fingerprint import Aspect, Fingerprint
from capstone_build.core.stage import Symbol

LOGS = """\
import rates

SINK = []


def say(text):
    return _shown(text)


def _shown(text):
    return text


class Quiet:
    def write(self, text):
        return text


def used(text):
    return rates.of(text)
"""

EDITED = """\
import rates, secrets, click

SINK = []


@click.command()
def say(text: int) -> str:
    "Say it."
    SINK.append(text)
    click.echo(_shown(text))
    return globals()[text]()


def _shown(text):
    SINK.clear()
    return secrets.token_hex(text)


class Quiet(dict):
    def __init_subclass__(cls):
        SINK.append(cls)

    def write(self, text):
        return text + "!"


def used(text):
    return rates.of(text)
"""

WAYS = {
    "from import": "from logs import say\n\ndef work(text):\n    return say(text)\n",
    "module": "import logs\n\ndef work(text):\n    return logs.say(text)\n",
    "module by another name": "import logs as l\n\ndef work(text):\n    return l.say(text)\n",
    "another name": "from logs import say as s\n\ndef work(text):\n    return s(text)\n",
    "star": "from logs import *\n\ndef work(text):\n    return say(text)\n",
    "in the function": "def work(text):\n    from logs import say\n    return say(text)\n",
    "re-exported": "from face import say\n\ndef work(text):\n    return say(text)\n",
    "re-exported by a star": "from wide import say\n\ndef work(text):\n    return say(text)\n",
    "through two modules": "import face\n\ndef work(text):\n    return face.logs.say(text)\n",
    "kept under a name": "import logs\n\nS = logs.say\n\ndef work(text):\n    return S(text)\n",
    "handed over": "import logs\n\ndef work(text):\n    return list(map(logs.say, text))\n",
    "decorator": (
        "from logs import say\n\n@say\ndef f(text):\n    return text\n\n"
        "@say\ndef spare(text):\n    return text\n\n"
        "def work(text):\n    return f(text)\n"
    ),
    "decorator of the stage": "import logs\n\n@logs.say\ndef work(text):\n    return text\n",
    "at the top level": "import logs\n\nX = logs.say(1)\n\ndef work(text):\n    return X\n",
    "base class": (
        "from logs import Quiet\n\nclass Own(Quiet):\n    pass\n\n"
        "class Spare(Quiet):\n    pass\n\n"
        "def work(text):\n    return Own().write(text)\n"
    ),
}

FILES = {
    "logs.py": LOGS,
    "rates.py": "def of(text):\n    return text * 2\n",
    "face.py": "import logs\nfrom logs import say\n",
    "wide.py": "from logs import *\n",
}

USING = "import logs\n\ndef work(text):\n    return logs.used(logs.say(text))\n"

NAMES = (Symbol("logs:say"), Symbol("logs:Quiet"))
MODULE = (Symbol("logs:**"),)


@pytest.fixture
def closure(tmp_path: Path, memory: dict[str, str]) -> object:
    """Return what gives the closure of `pipeline:work` that ignores something."""
    count = 0

    def of(files: Mapping[str, str], *ignoring: Symbol) -> Closure:
        nonlocal count
        count += 1
        folder = write(tmp_path / str(count), files)
        code = ProjectCode([folder], memory)
        return code.closure([Symbol("pipeline:work")], frozenset(ignoring))

    return of


class ClosureOf:
    """The type of the fixture `closure`."""

    def __call__(self, files: Mapping[str, str], *ignoring: Symbol) -> Closure:
        """Give the closure of *files*."""
        raise NotImplementedError


@pytest.mark.parametrize("ignoring", [NAMES, MODULE], ids=["names", "module"])
@pytest.mark.parametrize("way", WAYS)
def test_no_edit_of_what_is_ignored_counts(
    closure: ClosureOf, way: str, ignoring: tuple[Symbol, ...]
) -> None:
    """Not even one that makes it register, draw random numbers or read annotations."""
    before = {**FILES, "pipeline.py": WAYS[way]}
    after = {**before, "logs.py": EDITED}
    assert closure(before).fingerprint() != closure(after).fingerprint(), "it counts otherwise"

    found = closure(before, *ignoring).fingerprint()

    assert found == closure(after, *ignoring).fingerprint()
    assert not any(name.startswith("logs:") for name in _code(found))


@pytest.mark.parametrize("ignoring", [NAMES, MODULE], ids=["names", "module"])
@pytest.mark.parametrize("way", WAYS)
def test_what_uses_it_still_counts(
    closure: ClosureOf, way: str, ignoring: tuple[Symbol, ...]
) -> None:
    """The stage's own code, however it reaches what is ignored."""
    before = {**FILES, "pipeline.py": WAYS[way]}
    after = {**before, "pipeline.py": WAYS[way].replace("    return ", "    return 1, ")}

    assert closure(before, *ignoring).fingerprint() != closure(after, *ignoring).fingerprint()


def test_what_only_it_leads_to_does_not_count(closure: ClosureOf) -> None:
    """What something else leads to as well does."""
    files = {**FILES, "pipeline.py": "import logs\n\ndef work(text):\n    return logs.used(text)\n"}
    assert "rates:of" in _code(closure(files).fingerprint())
    assert "rates:of" not in _code(closure(files, Symbol("logs:used")).fingerprint())

    files["pipeline.py"] = "import logs, rates\n\ndef work(t):\n    return logs.used(rates.of(t))\n"

    assert "rates:of" in _code(closure(files, Symbol("logs:used")).fingerprint())


def test_an_ignored_name_takes_nothing_else_of_its_module_out(closure: ClosureOf) -> None:
    """A neighbour counts, and so do effects that bind other names."""
    files = {
        **FILES,
        "pipeline.py": USING,
        "logs.py": LOGS + "\nimport os\nos.environ['A'] = '1'\n",
    }

    found = _code(closure(files, Symbol("logs:say")).fingerprint())

    assert {"logs:used", "logs:<effects>", "rates:of"} <= found
    assert not {"logs:say", "logs:_shown"} & found


def test_an_ignored_definition_is_no_effect_of_its_module(closure: ClosureOf) -> None:
    """Nor is it when it is made by a call that registers it."""
    files = {
        "pipeline.py": "import logs\n\ndef work(text):\n    return logs.used(text)\n",
        "logs.py": (
            "SINK = []\n\ndef add(x):\n    SINK.append(x)\n    return x\n\n"
            "LOG = add(1)\n\ndef used(text):\n    return text\n"
        ),
    }
    edited = {**files, "logs.py": files["logs.py"].replace("add(1)", "add(2)")}
    assert closure(files).fingerprint() != closure(edited).fingerprint()

    ignoring = Symbol("logs:LOG")

    assert closure(files, ignoring).fingerprint() == closure(edited, ignoring).fingerprint()


def test_an_ignored_package_takes_its_modules_out(closure: ClosureOf) -> None:
    """With what is below it, and not what only begins like it."""
    files = {
        "pipeline.py": (
            "import kit.deep.inner, kitchen\n\n"
            "def work(text):\n    return kit.deep.inner.run(kitchen.run(text))\n"
        ),
        "kit/__init__.py": "import os\nos.environ['A'] = '1'\n",
        "kit/deep/__init__.py": "",
        "kit/deep/inner.py": "def run(text):\n    return text\n",
        "kitchen.py": "def run(text):\n    return text\n",
    }

    found = _code(closure(files, Symbol("kit:**")).fingerprint())

    assert "kitchen:run" in found
    assert not any(name.startswith(("kit:", "kit.")) for name in found)


def test_the_order_of_modules_does_not_hang_on_one_that_is_ignored(closure: ClosureOf) -> None:
    """To move its import is no change."""
    effect = "import os\nos.environ['A'] = '{}'\n"
    files = {
        "pipeline.py": "import one\nimport logs\nimport two\n\ndef work(text):\n    return text\n",
        **{f"{name}.py": effect.format(name) for name in ("one", "logs", "two")},
    }
    moved = {
        **files,
        "pipeline.py": "import logs\nimport one\nimport two\n\ndef work(text):\n    return text\n",
    }
    assert closure(files).fingerprint() != closure(moved).fingerprint()

    ignoring = Symbol("logs:**")

    assert closure(files, ignoring).fingerprint() == closure(moved, ignoring).fingerprint()


def test_a_script_that_is_ignored_as_a_module_is_left_out(closure: ClosureOf) -> None:
    """Where it is named by its path."""
    files = {
        "pipeline.py": (
            "import subprocess, sys\n\n"
            "def work(text):\n    subprocess.run([sys.executable, 'tools/run.py'])\n"
        ),
        "tools/run.py": "print(1)\n",
    }
    assert "tools/run.py:<script>" in _code(closure(files).fingerprint())

    assert "tools/run.py:<script>" not in _code(
        closure(files, Symbol("tools.run:**")).fingerprint()
    )


def test_ignoring_is_no_matter_of_who_asks_first(tmp_path: Path) -> None:
    """Closures share what was read, and not what is left out."""
    code = ProjectCode([write(tmp_path, {**FILES, "pipeline.py": USING})], {})
    start = [Symbol("pipeline:work")]
    full = code.closure(start).fingerprint()

    less = code.closure(start, frozenset(NAMES)).fingerprint()
    least = code.closure(start, frozenset(MODULE)).fingerprint()

    assert code.closure(start).fingerprint() == full
    assert set(least) < set(less) < set(full)


def test_what_is_added_is_told_with_its_chain(tmp_path: Path) -> None:
    """From what the declaration names."""
    code = ProjectCode([write(tmp_path, {**FILES, "pipeline.py": "def work(): ...\n"})], {})

    closure = code.closure([Symbol("pipeline:work"), Symbol("logs:used")])

    assert closure.parts[Aspect.CODE, "rates:of"].chain == ("used", "of")


def _code(fingerprint: Fingerprint) -> set[str]:
    return {name for aspect, name in fingerprint if aspect is Aspect.CODE}
