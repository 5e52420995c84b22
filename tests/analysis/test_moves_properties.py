"""
Random moves in projects that are in order, against running them.

Unlike those of `test_edits_properties` the projects here are what people write:
each module imports what it uses, and who moves a definition takes its imports
along and leaves one behind, or nearly so. What is moved shares lists, rebinds
globals, calls in circles, and shows where it lies, now and then.
"""

from __future__ import annotations

import importlib
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from capstone_build.analysis import Closure, ProjectCode
from capstone_build.core.stage import Symbol

MODULES = ["pipeline", "shop", "kit", "kit.inner", "base"]
FUNCTIONS = ["f0", "f1", "f2", "f3"]
VALUES = ["c0", "c1", "l0", "l1", "k0"]
MEMORY: dict[str, str] = {}

HEAD = """\
import math
import pickle
from fractions import Fraction

"""
SHOWN = """

def show(x):
    return repr(x).split(" at 0x")[0][:80]


def work():
    out = []
    shown = [lambda: f0(2), lambda: f1(2), lambda: f0(1), lambda: show(c0), lambda: show(l0)]
    for each in shown:
        try:
            out.append(each())
        except (NameError, TypeError, AttributeError) as error:
            out.append(error.__class__.__name__)
    return repr(out)
"""

_NAME = re.compile(r"\b[fclk]\d\b")


@dataclass
class Module:
    """
    A module while it is edited.

    Attributes:
        definitions: The statements, by the name that each binds or, if none, by any other key.
        imports: Which module each name comes from that is not defined here.
        star: Whether the imports are star imports.
    """

    definitions: dict[str, str] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    star: bool = False

    def copy(self) -> Module:
        """Return one that can be edited without this one."""
        return Module(dict(self.definitions), dict(self.imports), self.star)

    def text(self) -> str:
        """Spell it."""
        imports = [
            f"from {source} import {'*' if self.star else name}\n"
            for name, source in self.imports.items()
        ]
        return HEAD + "".join([*imports, *self.definitions.values()])


_ORDER = ["l0", "l1", *FUNCTIONS, "k0", "c1", "c0", "an effect"]

Project = dict[str, Module]


@st.composite
def lines(draw: st.DrawFn, plain: int) -> str:
    """Any statement of a function; the higher *plain* is, the rarer are odd ones."""
    function = draw(st.sampled_from(FUNCTIONS))
    value = draw(st.sampled_from(VALUES))
    items = draw(st.sampled_from(["l0", "l1"]))
    module = draw(st.sampled_from(MODULES[1:]))
    usual = [
        f"out.append({function}(n - 1))",
        f"out.append({function}(n - 1))",
        f"out.append({value})",
        f"out.append({value} and {function}(0))",
        f"{items}.append(n)",
        f"out.append(len({items}))",
        f"out.append([n for _ in {items}])",
        f"out.append((lambda: {function}(0))())",
        "out.append(math.floor(2.5))",
    ]
    odd = [
        f"out.append(pickle.dumps({function}))",
        "out.append(__name__)",
        f"out.append({function}.__module__)",
        f"out.append(str({value}))",
        f"out.extend(map({function}, [n - 1]))",
        f"out.append(globals().get('{value}'))",
        f"global {value}; {value} = n",
        f"out.append(getattr({function}, '__module__'))",
        f"out.append((lambda: 1).{'__module__'})",
        "out.append(pickle.dumps(k0()))",
        f"import {module} as m; m.{value} = n",
        f"import {module} as m; out.append(m.{value})",
        f"import {module} as m; setattr(m, '{value}', n)",
        f"from {module} import {value} as v; out.append(v)",
        "out.append(type('T', (), {}))",
        f"{function}.count = n; out.append({function}.count)",
        f"exec('out.append({value})')",
        "class T: pass\n    out.append(T)",
    ]
    return draw(st.sampled_from(usual * plain + odd))


@st.composite
def definitions(draw: st.DrawFn, name: str, plain: int) -> str:
    """Any definition of *name*."""
    number = draw(st.integers(0, 2))
    value = draw(st.sampled_from([each for each in VALUES if each > name] or VALUES[:4]))
    function = draw(st.sampled_from(FUNCTIONS))
    match name[0]:
        case "f":
            heads = [f"def {name}(n):"] * (3 * plain)
            heads += [
                f"def {name}(n, seen=[]):\n    seen.append(n); n = min(n, len(seen))",
                f"def {name}(n, v={value}):",
                f"def {name}(n, v={number}):",
            ]
            body = draw(st.lists(lines(plain), min_size=1, max_size=3))
            parts = [draw(st.sampled_from(heads)), f"out = [{number}]", "if n < 1: return out"]
            # What is declared global must be so before it is used.
            body.sort(key=lambda line: not line.startswith("global"))
            return "\n    ".join([*parts, *body, "return out"]) + "\n"
        case "l":
            return f"{name} = [{number or ''}]\n"
        case "k":
            method = f"    def run(self):\n        return {function}(0)\n"
            return f"class {name}:\n    v = {number}\n{draw(st.sampled_from(['', method]))}"
        case _:
            odd = [
                f"{name} = Fraction({number}, 2)\n",
                f"{name} = ({number}, {number})\n",
                f"{name} = {function}(1)\n",
                f"{name} = [{value}, {number}]\n",
                f"{name} = {value}\n",
                f"{name} = {function}\n",
                f"{name} = len({value})\n",
                f"try:\n    {name} = {value}\nexcept NameError:\n    {name} = {number}\n",
            ]
            return draw(st.sampled_from([f"{name} = {number}\n"] * plain + odd))


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """Any project whose modules import from those after them what they use, if it is there."""
    plain = draw(st.sampled_from([1, 4, 40]))
    project = {module: Module() for module in MODULES}
    for module in project.values():
        for name in draw(st.permutations([*FUNCTIONS, *VALUES]))[: draw(st.integers(0, 4))]:
            module.definitions[name] = draw(definitions(name, plain))
        if draw(st.integers(0, 4 * plain)) == 0:
            module.definitions["an effect"] = f"{draw(st.sampled_from(['l0', 'l1']))}.append(7)\n"
        module.star = draw(st.integers(0, 9)) == 0
    for name in MODULES:
        here = project[name]
        provide(draw, project, name)
        if draw(st.integers(0, 19)):
            while missing := used(project, name):  # nobody has it yet
                for each in missing:
                    here.definitions[each] = draw(definitions(each, plain))
                    provide(draw, project, name)
        if draw(st.integers(0, 9)):
            here.definitions = in_order(here.definitions)
    return project


def in_order(statements: dict[str, str]) -> dict[str, str]:
    """Sort statements so that what is executed at once comes after what it is likely to need."""
    return dict(sorted(statements.items(), key=lambda item: _ORDER.index(item[0])))


def used(project: Project, module: str) -> list[str]:
    """Return the names that *module* uses and neither defines nor imports."""
    here = project[module]
    wanted = dict.fromkeys(_NAME.findall("".join(here.definitions.values())))
    if module == "pipeline":
        wanted |= dict.fromkeys(["f0", "f1", "c0", "l0"])
    return [each for each in wanted if each not in here.definitions and each not in here.imports]


def provide(draw: st.DrawFn, project: Project, module: str) -> None:
    """Import what *module* uses from modules that have it: later ones, as long as there are any."""
    for name in used(project, module):
        having = [each for each in MODULES if name in project[each].definitions and each != module]
        later = [each for each in having if MODULES.index(each) > MODULES.index(module)]
        if later or (having and draw(st.integers(0, 39)) == 0):
            project[module].imports[name] = draw(st.sampled_from(later or having))


def move(draw: st.DrawFn, project: Project) -> None:
    """Move definitions, and adapt imports as people do, or forget to."""
    having = [each for each in MODULES if project[each].definitions]
    if not having:
        return  # some projects define nothing
    source = draw(st.sampled_from(having))
    sink = draw(st.sampled_from([each for each in MODULES if each != source]))
    moved = [draw(st.sampled_from([*project[source].definitions]))]
    if draw(st.integers(0, 7)):
        for name in moved:  # what it uses goes with it
            uses = _NAME.findall(project[source].definitions[name])
            moved += dict.fromkeys(
                each for each in uses if each in project[source].definitions and each not in moved
            )
    moved.sort(key=[*project[source].definitions].index)
    careless = draw(st.integers(0, 4)) == 0
    for name in moved:
        _move(draw, project, source, sink, name, careless=careless)
    if careless:
        provide(draw, project, sink)
        return
    for each in used(project, sink):
        if each in project[source].definitions:
            project[sink].imports[each] = source
        elif project[source].imports.get(each, sink) != sink:
            project[sink].imports[each] = project[source].imports[each]


def _move(
    draw: st.DrawFn, project: Project, source: str, sink: str, name: str, *, careless: bool
) -> None:
    there = project[sink].definitions
    if name in there and not draw(st.integers(0, 3)):
        return
    text = project[source].definitions[name]
    if not (careless and draw(st.booleans())):  # else it is copied
        del project[source].definitions[name]
        if not careless or draw(st.booleans()):
            project[source].imports[name] = sink
    project[sink].imports.pop(name, None)
    items = [each for each in there.items() if each[0] != name]
    items.insert(draw(st.integers(0, len(items))), (name, text))
    project[sink].definitions = in_order(dict(items)) if draw(st.integers(0, 4)) else dict(items)
    for module, content in project.items():
        if content.imports.get(name) == source and module != sink and draw(st.booleans()):
            content.imports[name] = sink


@st.composite
def histories(draw: st.DrawFn) -> tuple[Project, Project]:
    """Any project before and after a few moves."""
    before = draw(projects())
    after = {name: module.copy() for name, module in before.items()}
    for _ in range(draw(st.integers(1, 3))):
        move(draw, after)
    if draw(st.integers(0, 9)) == 0:
        for module in MODULES:
            provide(draw, after, module)
    return before, after


@contextmanager
def written(project: Project) -> Iterator[Path]:
    """Put a project on disk for a while."""
    with tempfile.TemporaryDirectory() as name:
        for module, content in project.items():
            file = "kit/__init__" if module == "kit" else module.replace(".", "/")
            path = Path(name) / f"{file}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(content.text() + (SHOWN if module == "pipeline" else ""))
        yield Path(name)


def ran(folder: Path) -> str | None:
    """Run the stage of the project in *folder*; None if it fails."""
    kept_path, kept_bytecode = sys.path[:], sys.dont_write_bytecode
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    importlib.invalidate_caches()
    try:
        return re.sub(" at 0x[0-9a-f]+", "", importlib.import_module("pipeline").work())
    except Exception:
        return None
    finally:
        sys.path[:], sys.dont_write_bytecode = kept_path, kept_bytecode
        for name in [each for each in sys.modules if each.partition(".")[0] in MODULES]:
            del sys.modules[name]


def looked_at(project: Project) -> tuple[str | None, Closure]:
    """Return what running the stage gives, and what is read of its code."""
    with written(project) as folder:
        closure = ProjectCode([folder], MEMORY).closure([Symbol("pipeline:work")])
        closure.identity  # noqa: B018 - the files are gone later
        return ran(folder), closure


@settings(max_examples=100, deadline=None)
@given(histories())
def test_no_move_is_missed(history: tuple[Project, Project]) -> None:
    """Where moves change the result, the code is not what it was, wherever it lies."""
    (result, then), (after, now) = map(looked_at, history)

    same = None in (result, after) or result == after

    assert same or then.identity != now.identity
