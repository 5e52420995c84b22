"""What code is, apart from the module that it lies in; see `corpus/moves.txt` for the edits."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from capstone_build.analysis import Closure

ClosureOf = Callable[..., Closure]

WORK = "from {} import cut\n\n\ndef work(text):\n    return cut(text)\n"
CUT = "SIZE = 2\n\n\ndef cut(text):\n    return text[:SIZE]\n"


def test_code_is_the_same_in_another_module(closure: ClosureOf) -> None:
    """A move changes the names of parts, not what the code is."""
    here = closure({"pipeline.py": WORK.format("tools"), "tools.py": CUT})
    there = closure({"pipeline.py": WORK.format("texts"), "texts.py": CUT})

    assert here.fingerprint() != there.fingerprint()
    assert here.identity == there.identity


def test_other_code_is_another(closure: ClosureOf) -> None:
    """What a definition far away says is part of what the code is."""
    here = closure({"pipeline.py": WORK.format("tools"), "tools.py": CUT})
    there = closure({"pipeline.py": WORK.format("tools"), "tools.py": CUT.replace("2", "3")})

    assert here.identity != there.identity


def test_identity_does_not_depend_on_who_asked_before(closure: ClosureOf) -> None:
    """Stages that share definitions do not see each other."""
    circle = "def a(n):\n    return n and b(n - 1)\n\n\ndef b(n):\n    return n and a(n - 1)\n"
    start = "from tools import a, b\n\n\ndef work(text):\n    return {}(3)\n"

    by_a = closure({"pipeline.py": start.format("a"), "tools.py": circle})
    by_b = closure({"pipeline.py": start.format("b"), "tools.py": circle})
    by_a_again = closure({"pipeline.py": start.format("a"), "tools.py": circle})

    assert by_a.identity == by_a_again.identity != by_b.identity


@pytest.mark.parametrize("length", [1, 2, 3, 5])
def test_circles_are_told_apart(closure: ClosureOf, length: int) -> None:
    """A circle of calls is what it does, not a circle of some other length."""

    def circle(calls: int, last: str) -> Closure:
        tools = "".join(
            f"def f{n}(text):\n    return f{(n + 1) % calls}(text) if {n} else {last}\n\n\n"
            for n in range(calls)
        )
        return closure(
            {"pipeline.py": WORK.replace("cut", "f0").format("tools"), "tools.py": tools}
        )

    assert circle(length, "1").identity != circle(length, "2").identity
    assert circle(length, "1").identity != circle(length + 1, "1").identity


def test_stages_of_other_modules_are_others(closure: ClosureOf) -> None:
    """The stage itself is known by its name: the engine may hand it to anybody."""
    files = {"pipeline.py": CUT, "tools.py": CUT}

    assert closure(files, "pipeline:cut").identity != closure(files, "tools:cut").identity


BELONGING = {
    "what a library decorates": """\
from library import mark


@mark
def cut(text):
    return text
""",
    "what has a function inside that a library decorates": """\
from library import mark


def cut(text):
    @mark
    def inner():
        return text

    return inner
""",
    "what asks a library by a name of its own who called it": """\
def cut(text):
    from collections import namedtuple

    return namedtuple(text, "x")
""",
    "what a function of the project computes": """\
from other import double

cut = double(2)
""",
    "what a library computes": "from library import draw\n\ncut = draw()\n",
    "a class": "class cut:\n    pass\n",
    "what has one of two values": "try:\n    cut = one\nexcept NameError:\n    cut = 2\n",
    "what is bound twice": "cut = 1\n\n\ndef cut(text):\n    return text\n",
    "what is in a list": "def one():\n    return 1\n\n\ncut = [one]\n",
}


@pytest.mark.parametrize("text", BELONGING.values(), ids=BELONGING)
def test_what_may_show_its_module_belongs_there(closure: ClosureOf, text: str) -> None:
    """It is another in another module, though nothing is known of what it shows."""
    other = "def double(number):\n    return number * 2\n"

    here = closure({"pipeline.py": WORK.format("tools"), "tools.py": text, "other.py": other})
    there = closure({"pipeline.py": WORK.format("texts"), "texts.py": text, "other.py": other})

    assert here.identity != there.identity


def test_compiled_code_is_that_of_its_file(closure: ClosureOf) -> None:
    """What a compiled module defines is not known: a call of another is another call."""
    begin = "import fast as {}\nimport faster as {}\n\n\n"
    work = begin + "def work(text):\n    return [f.cut(text)]\n"
    files = {"fast.abi3.so": "one", "faster.abi3.so": "two"}

    here = closure({"pipeline.py": work.format("f", "g"), **files})
    there = closure({"pipeline.py": work.format("g", "f"), **files})

    assert here.identity != there.identity


def test_an_import_left_behind_counts(closure: ClosureOf) -> None:
    """A module that still imports what moved away can no longer be imported."""
    work = f"import plots\n{WORK}"
    plots = {"plots.py": "from tools import cut\n"}
    moved = {"texts.py": CUT, "tools.py": "SIZE = 2\n"}

    here = closure({"pipeline.py": work.format("tools"), "tools.py": CUT, **plots})
    there = closure({"pipeline.py": work.format("texts"), **moved, **plots})

    assert here.identity != there.identity


OBSTACLES = {
    "its module is looked at as a value": "import tools\nKEPT = [tools]\n",
    "it is asked for its module": "def ask(f):\n    return f.__module__\n",
    "its text is read": "import inspect\n\n\ndef ask(f):\n    return inspect.getsource(f)\n",
    "a global is bound anew": "N = 1\n\n\ndef ask():\n    global N\n    N = 2\n",
    "functions are written out by value": "import cloudpickle\n\n\ndef ask():\n    cloudpickle.x\n",
    "a module is imported when a function runs": "def ask():\n    import other\n",
}


@pytest.mark.parametrize("obstacle", OBSTACLES.values(), ids=OBSTACLES)
def test_in_doubt_modules_count(closure: ClosureOf, obstacle: str) -> None:
    """Where something else in the stage's reach may tell modules apart, a move is an edit."""
    name = "KEPT" if "KEPT" in obstacle else "ask"
    begin = WORK.format("tools").replace("return cut(text)", f"return {name} and cut(text)")
    here = f"{obstacle}\n\n{begin}"
    there = here.replace("tools", "texts")

    before = closure({"pipeline.py": here, "tools.py": CUT, "other.py": ""})
    after = closure({"pipeline.py": there, "texts.py": CUT, "other.py": ""})

    assert before.identity != after.identity
