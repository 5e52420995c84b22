"""Whatever lies in the project, reading it gives an answer, and runs none of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from capstone_build.analysis import Closure, ProjectCode
from capstone_build.core.fingerprint import Aspect
from capstone_build.core.stage import Symbol

ClosureOf = Callable[..., Closure]

WORK = Symbol("pipeline:work")


def test_nothing_is_run_or_imported(closure: ClosureOf) -> None:
    """Code that would end the program is read like any."""
    files = {
        "pipeline.py": "import doom\n\n\ndef work():\n    pass\n",
        "doom.py": "raise SystemExit",
    }
    loaded = set(sys.modules)

    closure(files)

    assert not {"pipeline", "doom"} & (set(sys.modules) - loaded)


def test_file_that_is_no_python_counts_by_its_bytes(closure: ClosureOf) -> None:
    """A file that cannot be read as Python is a part as it is."""
    files = {"pipeline.py": "import broken\n\n\ndef work():\n    return broken.x\n"}

    parts = closure({**files, "broken.py": "def (:\n"}).parts

    assert (Aspect.FILE, "broken.py") in parts
    assert parts[Aspect.FILE, "broken.py"].note.startswith("broken cannot be read as Python")


def test_compiled_module_counts_by_its_bytes(closure: ClosureOf) -> None:
    """A library of the project's own is a part as it is."""
    name = f"native{EXTENSION_SUFFIXES[0]}"
    files = {"pipeline.py": "import native\n\n\ndef work():\n    return native.f()\n", name: "one"}

    before = closure(files).fingerprint()

    assert (Aspect.FILE, name) in before
    assert before != closure({**files, name: "two"}).fingerprint()


def test_long_chains_of_calls(closure: ClosureOf) -> None:
    """Depth is no limit."""
    count = 3000
    steps = [f"def f{n}():\n    return f{n + 1}()\n\n\n" for n in range(count)]
    text = "".join(steps) + f"def f{count}():\n    return 1\n\n\nwork = f0\n"

    before = closure({"pipeline.py": text}).fingerprint()
    after = closure({"pipeline.py": text.replace("return 1\n", "return 2\n")}).fingerprint()

    assert {part for part in before if before[part] != after[part]} == {
        (Aspect.CODE, f"pipeline:f{count}")
    }


def test_long_expressions(closure: ClosureOf) -> None:
    """A sum of thousands of terms is nested as deep, and is still read and spelled."""
    text = "def work():\n    return " + " + ".join(["x"] * 2500) + "\n\n\nx = 1\n"

    reached = closure({"pipeline.py": text}).parts[Aspect.CODE, "pipeline:work"]

    assert reached.source.startswith("def work():")


@pytest.mark.parametrize("kind", ["import", "star"])
def test_modules_that_import_each_other_in_a_ring(closure: ClosureOf, kind: str) -> None:
    """A ring ends."""
    line = "from {0} import x, y\n" if kind == "import" else "from {0} import *\n"
    files = {
        "pipeline.py": line.format("a") + "\n\ndef work():\n    return x + z\n",
        "a.py": line.format("b"),
        "b.py": line.format("a"),
    }

    assert closure(files).fingerprint()


def test_module_that_its_package_replaces_by_what_it_defines(closure: ClosureOf) -> None:
    """`from .scale import scale` in a package gives one name to two things, and reading ends."""
    files = {
        "pipeline.py": "from tools import scale\n\n\ndef work():\n    return scale()\n",
        "tools/__init__.py": "from .scale import scale\n",
        "tools/scale.py": "def scale():\n    return 1\n",
    }

    before = closure(files).fingerprint()
    after = closure({**files, "tools/scale.py": "def scale():\n    return 2\n"}).fingerprint()

    changed = {part for part in before if before[part] != after[part]}
    assert changed == {(Aspect.CODE, "tools.scale:scale")}


def test_name_that_stands_for_an_attribute_of_itself(closure: ClosureOf) -> None:
    """Names that lead to each other for ever, a longer way each time, mean a whole module."""
    files = {
        "pipeline.py": "import tools.scale.by as by\n\n\ndef work():\n    return by()\n",
        "tools/__init__.py": "import tools.scale.by as scale\n",
        "tools/scale.py": "def by():\n    return 1\n",
    }

    before = closure(files).fingerprint()

    assert before != closure({**files, "tools/scale.py": "by = 2\n"}).fingerprint()


def test_pattern_that_is_true_or_false(closure: ClosureOf) -> None:
    """`case True` differs from `case False` and from `case 1`."""
    text = "def work(x=0):\n    match x:\n        case {}:\n            return 1\n"

    told = [closure({"pipeline.py": text.format(each)}) for each in ("True", "False", "1", "None")]

    assert len({each.fingerprint()[Aspect.CODE, "pipeline:work"] for each in told}) == len(told)


def test_relative_import_above_the_top(closure: ClosureOf) -> None:
    """An import that leads nowhere is no error here."""
    assert closure({"pipeline.py": "from ... import x\n\n\ndef work():\n    return x\n"}).parts


def test_damaged_memory_only_costs_time(tmp_path: Path) -> None:
    """What was remembered wrongly is read again."""
    (tmp_path / "pipeline.py").write_text("def work():\n    return 1\n")
    memory: dict[str, str] = {}
    before = ProjectCode([tmp_path], memory).closure([WORK]).fingerprint()

    rows: list[object] = [{}, {"kind": "new"}, [], ["function", ["work"]], ["new", [], "", 1, 1]]
    rows.append(["function", ["work"], "", 1, 1, *[0] * 50])
    for damage in ("", "null", *(json.dumps([[row], None, ""]) for row in rows)):
        memory = dict.fromkeys(memory, damage)
        assert ProjectCode([tmp_path], memory).closure([WORK]).fingerprint() == before


def test_memory_gives_the_same_answer(edit: object, fingerprint: Callable[..., object]) -> None:
    """A summary that was written down and read again says the same."""
    files = getattr(edit, "before")  # noqa: B009 - the type is of conftest
    start = getattr(edit, "start")  # noqa: B009

    assert fingerprint(files, start) == fingerprint(files, start)


def test_package_root_stands_for_itself_alone(tmp_path: Path) -> None:
    """A package given as a root is source; what lies beside it is not."""
    site = tmp_path / "site"
    (site / "bundle").mkdir(parents=True)
    (site / "bundle" / "__init__.py").write_text("import beside\n\n\ndef work():\n    return 1\n")
    (site / "beside.py").write_text("x = 1\n")
    (tmp_path / "project").mkdir()

    code = ProjectCode([tmp_path / "project", site / "bundle"], {})

    assert code.module_file("bundle") == site / "bundle" / "__init__.py"
    assert code.module_file("beside") is None


def test_source_folder_is_looked_into(tmp_path: Path) -> None:
    """Modules in `src` are the project's."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "inside.py").write_text("")

    assert ProjectCode([tmp_path], {}).module_file("inside") == tmp_path / "src" / "inside.py"


def test_stages_share_what_they_reach(tmp_path: Path) -> None:
    """Each file is read once, however many closures are asked for."""
    (tmp_path / "pipeline.py").write_text(
        "import tools\n" + "".join(f"def s{n}():\n    return tools.f({n})\n" for n in range(50))
    )
    (tmp_path / "tools.py").write_text("def f(n):\n    return n\n")
    memory: dict[str, str] = {}
    code = ProjectCode([tmp_path], memory)
    first = code.closure([Symbol("pipeline:s0")]).fingerprint()
    (tmp_path / "tools.py").write_text("gone")

    others = [code.closure([Symbol(f"pipeline:s{n}")]).fingerprint() for n in range(1, 50)]

    assert all(each.items() - first.items() for each in others)
    assert len(memory) == 2


def test_a_package_that_imports_itself_from_below_comes_to_an_end(
    closure: Callable[..., Closure],
) -> None:
    """Python fails on it when it runs; reading it does not."""
    files = {
        "pipeline.py": "from kit import last\n\n\ndef work(text):\n    return last.text\n",
        "kit/__init__.py": "from kit.last import last\n",
        "kit/last.py": "from kit import last\n",
    }
    assert (Aspect.CODE, "pipeline:work") in closure(files).parts


def test_a_pattern_that_is_true_or_false_is_read(closure: ClosureOf) -> None:
    """`case True:` holds a value that no other syntax holds bare."""
    text = (
        "def work(text):\n    match bool(text):\n        case True:\n            return 1\n"
        "        case None | False:\n            return 2\n"
    )
    other = text.replace("case True", "case False", 1)
    first, second = closure({"pipeline.py": text}), closure({"pipeline.py": other})
    assert first.fingerprint() != second.fingerprint()
