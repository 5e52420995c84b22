"""
Random edits of random projects, against the only oracle that cannot be wrong: running them.

A project has a few modules that import each other downwards in every way that
Python has. Functions refer only to names of higher number, so that nothing
recurses; all else is left to chance, errors included: an error is a result.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from capstone_build.analysis import Closure, ProjectCode
from capstone_build.core.stage import Symbol

Project = dict[str, list[str]]
"""For each module its statements."""

MODULES = ["pipeline", "first", "kit", "kit.inner", "kit.last"]
NAMES = [f"n{number}" for number in range(6)]
REGISTRY = """
KNOWN = []


def register(f):
    KNOWN.append(f)
    return f


def show(x):
    if callable(x):
        x = x()
    return repr(x)[:60].split(" at 0x")[0]


def safe(f):
    try:
        return f()
    except Exception as e:
        return type(e).__name__
"""
MEMORY: dict[str, str] = {}

numbers = st.integers(0, 3)


@st.composite
def values(draw: st.DrawFn, module: int, above: int) -> str:
    """Any expression of *module* that uses names numbered over *above*."""
    name = draw(st.sampled_from(NAMES[above + 1 :] or ["n9"]))
    lower = draw(st.sampled_from(MODULES[module + 1 :] or ["kit"]))
    number = draw(numbers)
    return draw(
        st.sampled_from(
            [
                str(number),
                name,
                f"show({name})",
                f"[show({name}), {number}]",
                f"[show({name}) for {name} in ({number},)]",
                f"(lambda v: [v, show({name})])({number})",
                f"show({lower}.{name})",
                f"show(getattr({lower}, '{name}', {number}))",
                f"show(globals().get('{name[0]}' + '{name[1:]}'))",
                f"[show(f) for f in KNOWN[:{number + 1}]]",
                "len([1])",
            ]
        )
    )


@st.composite
def statements(draw: st.DrawFn, module: int) -> str:
    """Any statement of *module*."""
    index = draw(st.integers(0, len(NAMES) - 1))
    name = NAMES[index]
    value = draw(values(module, index))
    default = f"safe(lambda: {draw(values(module, index))})"
    now = f"safe(lambda: {value})"  # a module that cannot be imported shows nothing
    lower = draw(st.sampled_from(MODULES[module + 1 :] or ["registry"]))
    other = draw(st.sampled_from(NAMES[index:]))
    taken = f"from {lower} import {other} as {name}\n"
    inner = draw(st.sampled_from(["inner", "last"]))
    function = f"def {name}(v={draw(numbers)}):\n    w = v\n    return [w, {value}]\n"
    return draw(
        st.sampled_from(
            [
                f"{name} = {now}\n",
                f"{name} = {draw(numbers)}\n",
                function,
                function,
                f"def {name}(v={default}):\n    return [v, {value}]\n",
                f"@register\n{function}",
                f"def {name}():\n    from {lower} import {other} as n\n    return show(n)\n",
                f"def {name}():\n    import {lower} as m\n    return show(m.{other})\n",
                f"class {name}:\n    v = {now}\n    def __call__(self):\n        return {value}\n",
                f"class {name}:\n    {other} = {now}\n    v = {other}\n",
                f"try:\n    {taken}except ImportError:\n    pass\n",
                taken,
                f"from {lower} import *\n",
                f"import {lower}\n",
                f"import {lower}\n",
                f"from kit import {inner}\n",
                f"import {lower}\n{lower}.{other} = {now}\n",
                f"KNOWN.append({now})\n",
                f"_ = KNOWN.append({now})\n",
                f"if {now}:\n    {name} = {default}\nelse:\n    {name} = 0\n",
                f"for {name} in range({draw(numbers)}):\n    pass\n",
                f"try:\n    from absent import {name}\nexcept ImportError:\n    {name} = {now}\n",
                "def len(v):\n    return 9\n",
                f"{name} = 5\n__all__ = ['{name}']\n",
            ]
        )
    )


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """Any project; its stage shows a few of the names that the pipeline sees."""
    return {
        module: draw(st.lists(statements(index), min_size=1, max_size=6))
        for index, module in enumerate(MODULES)
    }


@st.composite
def histories(draw: st.DrawFn) -> tuple[Project, Project]:
    """Any project before and after an edit."""
    before = draw(projects())
    after = {module: list(lines) for module, lines in before.items()}
    for _ in range(draw(st.integers(1, 2))):
        index = draw(st.integers(0, len(MODULES) - 1))
        lines = after[MODULES[index]]
        place = draw(st.integers(0, len(lines)))
        match draw(st.sampled_from(["insert", "replace", "remove", "move"])):
            case "insert":
                lines.insert(place, draw(statements(index)))
            case "replace" if place < len(lines):
                lines[place] = draw(statements(index))
            case "remove" if place < len(lines):
                del lines[place]
            case "move" if place < len(lines):
                lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(place))
    return before, after


@st.composite
def moves(draw: st.DrawFn) -> tuple[Project, Project]:
    """Any project before and after statements of it moved to other modules."""
    before = draw(projects())
    after = {module: list(lines) for module, lines in before.items()}
    for _ in range(draw(st.integers(1, 2))):
        source, sink = draw(st.permutations(range(len(MODULES))))[:2]
        lines = after[MODULES[source]]
        if not lines:
            continue
        place = draw(st.integers(0, len(lines) - 1))
        moved = lines.pop(place)
        others = after[MODULES[sink]]
        others.insert(draw(st.integers(0, len(others))), moved)
        names = draw(st.sampled_from([*(n for n in NAMES if n in moved), "*"]))
        behind = {
            "imported": f"from {MODULES[sink]} import {names}\n",
            "copied": moved,
            "gone": "",
        }[draw(st.sampled_from(["imported", "imported", "copied", "gone"]))]
        lines.insert(draw(st.sampled_from([0, place])), behind)
        if draw(st.booleans()):  # what it reads is handed on to where it is now
            wanted = draw(st.sampled_from(NAMES))
            others.insert(0, f"from {MODULES[source]} import {wanted}\n")
        _retarget(draw, after, MODULES[source], MODULES[sink])
    return before, after


def _retarget(draw: st.DrawFn, project: Project, source: str, sink: str) -> None:
    """Let some of the imports from *source* be imports from *sink*."""
    for lines in project.values():
        for index, line in enumerate(lines):
            if f"from {source} import" in line and draw(st.booleans()):
                lines[index] = line.replace(f"from {source} import", f"from {sink} import")


def files(project: Project) -> dict[str, str]:
    """Spell a project out."""
    head = "from registry import KNOWN, register, safe, show\n"
    texts = {"registry.py": REGISTRY}
    for module, lines in project.items():
        name = "kit/__init__" if module == "kit" else module.replace(".", "/")
        texts[f"{name}.py"] = head + "".join(lines)
    texts["pipeline.py"] += (
        "def work():\n    found = []\n"
        + "".join(
            f"    try:\n        found.append(show({name}))\n"
            f"    except Exception as error:\n        found.append(type(error).__name__)\n"
            for name in NAMES[:3]
        )
        + "    return found\n"
    )
    return texts


@contextmanager
def written(project: Project) -> Iterator[Path]:
    """Put a project on disk for a while."""
    with tempfile.TemporaryDirectory() as name:
        for file, text in files(project).items():
            path = Path(name) / file
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        yield Path(name)


def ran(folder: Path) -> str | None:
    """Run the stage of the project in *folder*; None if its modules cannot be imported."""
    tops = {"pipeline", "first", "kit", "registry", "absent"}
    kept_path, kept_bytecode = sys.path[:], sys.dont_write_bytecode
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    importlib.invalidate_caches()
    try:
        return str(importlib.import_module("pipeline").work())
    except Exception:
        return None
    finally:
        sys.path[:], sys.dont_write_bytecode = kept_path, kept_bytecode
        for name in [each for each in sys.modules if each.partition(".")[0] in tops]:
            del sys.modules[name]


def read(folder: Path) -> Closure:
    """Return the code that the stage of the project in *folder* reaches."""
    return ProjectCode([folder], MEMORY).closure([Symbol("pipeline:work")])


def looked_at(history: tuple[Project, Project]) -> tuple[list[str | None], list[Closure]]:
    """Return what running the stage gives before and after, and what is read of its code."""
    results, closures = [], []
    for project in history:
        with written(project) as folder:
            results.append(ran(folder))
            closures.append(read(folder))
            closures[-1].identity  # noqa: B018 - the files are gone later
    return results, closures


@settings(max_examples=200, deadline=None)
@given(histories())
def test_no_edit_is_missed(history: tuple[Project, Project]) -> None:
    """
    Where running the stage gives another result, its code is another.

    A stage that fails has left no trace to compare with.
    """
    results, (then, now) = looked_at(history)

    same = None in results or results[0] == results[1]

    assert same or then.fingerprint() != now.fingerprint()
    assert same or then.identity != now.identity


@settings(max_examples=200, deadline=None)
@given(moves())
def test_no_move_is_missed(history: tuple[Project, Project]) -> None:
    """Where a move changes the result, the code is another, wherever it lies now."""
    results, (then, now) = looked_at(history)

    same = None in results or results[0] == results[1]

    assert same or then.fingerprint() == now.fingerprint() or then.identity != now.identity


@settings(max_examples=50, deadline=None)
@given(projects(), st.integers(1, len(MODULES) - 1))
def test_equal_parts_have_equal_identities(project: Project, index: int) -> None:
    """What does not change the parts of the code does not change what it is."""
    talkative = {module: list(lines) for module, lines in project.items()}
    talkative[MODULES[index]].append("# A comment.\n")

    _, (then, now) = looked_at((project, talkative))

    assert then.fingerprint() == now.fingerprint()
    assert then.identity == now.identity


@settings(max_examples=50, deadline=None)
@given(projects(), st.integers(0, len(MODULES) - 1))
def test_comments_and_docstrings_change_nothing(project: Project, index: int) -> None:
    """What nobody can see in a result is not in the fingerprint."""
    talkative = {module: list(lines) for module, lines in project.items()}
    lines = talkative[MODULES[index]]
    lines[:] = [
        "# A comment.\n\n" + line.replace(":\n    w", ':\n    """A text."""\n    w')
        for line in lines
    ]

    with written(project) as folder:
        before = read(folder).fingerprint()
    with written(talkative) as folder:
        after = read(folder).fingerprint()

    assert before == after
