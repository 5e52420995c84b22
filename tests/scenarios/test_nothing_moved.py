"""
A build that finds nothing moved loads nothing; whatever a definition may hang on, moves it.

Each way in which what a pipeline declares can change is a case: a few lines of
`pipeline.py` that give a `value`, files before, and a change that gives it
another. Every load of a pipeline leaves a mark outside of the project.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.project import Project

TAIL = """
from pathlib import Path as MarkPath
from capstone_build import command
with open(MarkPath(__file__).parent.parent / "loads", "a") as marks:
    marks.write("x")
made = command(f"printf %s '{value}' > {{outputs.o}}", name="made", outputs={"o": "output/made"})
"""


@dataclass(frozen=True)
class Way:
    """
    One way in which a definition can change.

    Attributes:
        code: What gives the value.
        change: What changes.
        files: What is there before.
        env: Variables before.
        env_after: Variables after; the same if None.
        settles: Whether builds with nothing to do can know that nothing moved.
    """

    code: str
    change: Callable[[Path], object] = Path.exists  # nothing
    files: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    env_after: Mapping[str, str] | None = None
    settles: bool = True


def write(path: str, text: str) -> Callable[[Path], object]:
    """Return what writes a file."""

    def act(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")

    return act


def remove(path: str) -> Callable[[Path], object]:
    """Return what removes a file."""
    return lambda root: (root / path).unlink()


def rewrite_unseen(root: Path) -> None:
    """Change a file, but neither its size nor the time that anyone may set."""
    file = root / "settings.txt"
    times = file.stat()
    file.write_text("B", encoding="utf-8")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def link_to_another(root: Path) -> None:
    """Let a link lead to another file of the same size."""
    (root / "current").unlink()
    (root / "current").symlink_to("b.txt")


def insert_row(root: Path) -> None:
    """Change a database."""
    with sqlite3.connect(root / "stages.db") as connection:
        connection.execute("UPDATE stages SET name = 'B'")
    connection.close()


DATABASE = """
import sqlite3
with sqlite3.connect("stages.db") as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS stages (name TEXT)")
    if not connection.execute("SELECT 1 FROM stages").fetchone():
        connection.execute("INSERT INTO stages VALUES ('A')")
    value = connection.execute("SELECT name FROM stages").fetchone()[0]
connection.close()
"""

WAYS = {
    "the pipeline file": Way("value = 'A'", write("pipeline.py", f"value = 'B'\n{TAIL}")),
    "a module": Way(
        "from names import value", write("names.py", "value = 'B'"), {"names.py": "value = 'A'"}
    ),
    "a module in a package": Way(
        "from parts.names import value",
        write("parts/names.py", "value = 'B'"),
        {"parts/__init__.py": "", "parts/names.py": "value = 'A'"},
    ),
    "a package that comes before a module": Way(
        "from names import value",
        write("names/__init__.py", "value = 'B'"),
        {"names.py": "value = 'A'"},
    ),
    "a module that was not there": Way(
        "try:\n    from local import value\nexcept ImportError:\n    value = 'A'",
        write("local.py", "value = 'B'"),
    ),
    "a module of which something is not there": Way(
        "try:\n    from names import more as value\nexcept ImportError:\n    value = 'A'",
        write("names.py", "more = 'B'"),
        {"names.py": ""},
    ),
    "a module that is found by its folder": Way(
        "import importlib, pkgutil, plugins\n"
        "found = [m.name for m in pkgutil.iter_modules(plugins.__path__)]\n"
        "value = ''.join(importlib.import_module(f'plugins.{n}').value for n in sorted(found))",
        write("plugins/b.py", "value = 'B'"),
        {"plugins/__init__.py": "", "plugins/a.py": "value = 'A'"},
    ),
    "a file that is read": Way(
        "import json\nvalue = json.load(open('stages.json'))['value']",
        write("stages.json", '{"value": "B"}'),
        {"stages.json": '{"value": "A"}'},
    ),
    "a file that a module reads": Way(
        "from names import value",
        write("conf/value.toml", "value = 'B'"),
        {
            "names.py": "import pathlib, tomllib\n"
            "value = tomllib.loads(pathlib.Path('conf/value.toml').read_text())['value']",
            "conf/value.toml": "value = 'A'",
        },
    ),
    "a file outside of the project": Way(
        "value = open('../outside.txt').read()",
        write("../outside.txt", "B"),
        {"../outside.txt": "A"},
    ),
    "a file of the same size and time": Way(
        "value = open('settings.txt').read()", rewrite_unseen, {"settings.txt": "A"}
    ),
    "a file that a link leads to": Way(
        "import os\n"
        "os.path.lexists('current') or os.symlink('a.txt', 'current')\n"
        "value = open('current').read()",
        link_to_another,
        {"a.txt": "A", "b.txt": "B"},
    ),
    "a file that is gone": Way(
        "try:\n    value = open('maybe.txt').read()\nexcept OSError:\n    value = 'none'",
        remove("maybe.txt"),
        {"maybe.txt": "A"},
    ),
    "a file that was not there to be read": Way(
        "try:\n    value = open('maybe.txt').read()\nexcept OSError:\n    value = 'none'",
        write("maybe.txt", "B"),
    ),
    "a database": Way(DATABASE, insert_row),
    "whether a file exists, by its path": Way(
        "import os\nvalue = os.path.exists('flag')", write("flag", "")
    ),
    "whether a file exists no more": Way(
        "from pathlib import Path\nvalue = Path('flag').exists()", remove("flag"), {"flag": ""}
    ),
    "whether a folder exists": Way(
        "from pathlib import Path\nvalue = Path('more').is_dir()", write("more/x", "")
    ),
    "whether a file can be read": Way(
        "import os\nvalue = os.access('flag', os.R_OK)", write("flag", "")
    ),
    "how long a file is": Way(
        "from pathlib import Path\nvalue = Path('big').stat().st_size",
        write("big", "xx"),
        {"big": "x"},
    ),
    "the names in a folder": Way(
        "import os\nvalue = ' '.join(sorted(os.listdir('cities')))",
        write("cities/b.csv", ""),
        {"cities/a.csv": ""},
    ),
    "a name gone from a folder": Way(
        "from pathlib import Path\n"
        "value = ' '.join(sorted(p.name for p in Path('cities').iterdir()))",
        remove("cities/b.csv"),
        {"cities/a.csv": "", "cities/b.csv": ""},
    ),
    "the files that a pattern matches": Way(
        "from pathlib import Path\nvalue = ' '.join(sorted(map(str, Path().glob('cities/*.csv'))))",
        write("cities/b.csv", ""),
        {"cities/a.csv": ""},
    ),
    "the files that a pattern matches at any depth": Way(
        "import glob\nvalue = ' '.join(sorted(glob.glob('cities/**/*.csv', recursive=True)))",
        write("cities/south/deep/b.csv", ""),
        {"cities/a.csv": "", "cities/south/deep/c.txt": ""},
    ),
    "the files that a walk finds": Way(
        "import os\nvalue = ' '.join(sorted(f for _, _, fs in os.walk('cities') for f in fs))",
        write("cities/south/b.csv", ""),
        {"cities/a.csv": "", "cities/south/c.csv": ""},
    ),
    "a variable": Way(
        "import os\nvalue = os.environ['REGION']", env={"REGION": "A"}, env_after={"REGION": "B"}
    ),
    "a variable that was not set": Way(
        "import os\nvalue = os.getenv('REGION', 'A')", env_after={"REGION": "B"}
    ),
    "a variable that a function asks for": Way(
        "from names import region\nvalue = region()",
        files={"names.py": "import os\ndef region():\n    return os.environ.get('REGION')"},
        env={"REGION": "A"},
        env_after={"REGION": "B"},
    ),
    "whether a key is set": Way(
        "import os\nvalue = bool(os.getenv('SERVICE_TOKEN'))", env_after={"SERVICE_TOKEN": "x"}
    ),
    "all variables of a kind": Way(
        "import os\nvalue = ' '.join(sorted(k for k in os.environ if k.startswith('REGION_')))",
        env={"REGION_A": "1"},
        env_after={"REGION_B": "1"},
        settles=False,
    ),
    "the import path": Way(
        "from elsewhere import value",
        files={"../one/elsewhere.py": "value = 'A'", "../two/elsewhere.py": "value = 'B'"},
        env={"PYTHONPATH": "../one"},
        env_after={"PYTHONPATH": "../two"},
    ),
    "the version of a distribution": Way(
        "from importlib.metadata import version\nvalue = version('grain')",
        write("../site/grain-1.0.dist-info/METADATA", "Name: grain\nVersion: 2.0\n"),
        {"../site/grain-1.0.dist-info/METADATA": "Name: grain\nVersion: 1.0\n"},
        env={"PYTHONPATH": "../site"},
    ),
    "parameters of the project": Way(
        "value = '{params.which}'.replace('{', '{{').replace('}', '}}')\nvalue = 'A'",
        write("capstone.toml", "[params]\nnone = 1\n"),
    ),
    "the output of a program": Way(
        "import subprocess\nvalue = subprocess.check_output(['cat', 'x.txt'], text=True)",
        write("x.txt", "B"),
        {"x.txt": "A"},
        settles=False,
    ),
    "the time": Way("import time\nvalue = time.time()", settles=False),
    "the date, in a function of a module": Way(
        "from names import stamp\nvalue = stamp()",
        files={"names.py": "import datetime\ndef stamp():\n    return datetime.datetime.now()"},
        settles=False,
    ),
    "chance": Way("import uuid\nvalue = uuid.uuid4()", settles=False),
}


def ready(project: Project, way: Way) -> Callable[[], int]:
    """Write the project of a case; return what tells how often its pipeline was loaded."""
    for path, text in way.files.items():
        write(path, text)(project.root)
    write("pipeline.py", f"{way.code}\n{TAIL}")(project.root)
    marks = project.root.parent / "loads"
    return lambda: len(marks.read_text(encoding="utf-8")) if marks.exists() else 0


def at_rest(project: Project, loads: Callable[[], int], env: Mapping[str, str]) -> bool:
    """Build until a build loads nothing; tell whether one did so."""
    for _ in range(3):
        before = loads()
        done = project.build(env=env)
        if loads() == before:
            assert done.last_line == "nothing to do: 1 stage is up to date"
            return True
    return False


@pytest.mark.parametrize("name", WAYS)
def test_whatever_a_definition_hangs_on_is_seen_to_move(project: Project, name: str) -> None:
    """A pipeline that would declare something else is loaded again, and only such a one."""
    way = WAYS[name]
    loads = ready(project, way)

    assert at_rest(project, loads, way.env) == way.settles
    before = loads()
    way.change(project.root)
    done = project.run("build", env=way.env if way.env_after is None else way.env_after)

    assert loads() > before
    if name == "parameters of the project":
        assert done.code == 2
        assert "none" in done.err
    else:
        assert done.ran == ["made"], done.out + done.err


QUIET = {
    "a file beside": write("notes.txt", "..."),
    "a file beside those that are listed": write("other/x.csv", ""),
    "a file that comes and goes": lambda root: (
        write(".pipeline.py.swp", "")(root),
        remove(".pipeline.py.swp")(root),
    ),
    "bytecode": write("__pycache__/names.cpython-311.pyc", ""),
}


@pytest.mark.parametrize("name", QUIET)
def test_what_nothing_hangs_on_loads_nothing(project: Project, name: str) -> None:
    """Files that neither the pipeline nor a stage asked for do not even let it be loaded."""
    code = "import os, names\nvalue = ' '.join(os.listdir('cities')) + names.x"
    way = Way(code, files={"names.py": "x = 'A'", "cities/a.csv": ""})
    loads = ready(project, way)
    assert at_rest(project, loads, {})
    before = loads()

    QUIET[name](project.root)
    project.build(env={"UNASKED": "1"})

    assert loads() == before


@pytest.mark.parametrize(
    ("words", "same"),
    [((), True), (("made",), False), (("-k",), False), (("--force", "made"), False)],
)
def test_other_words_are_another_build(
    project: Project, words: tuple[str, ...], same: bool
) -> None:
    """What was found for one command line says nothing of another."""
    loads = ready(project, Way("value = 'A'"))
    assert at_rest(project, loads, {})
    before = loads()

    project.build(*words)

    assert (loads() == before) == same


def test_a_nearer_pipeline_is_seen(project: Project) -> None:
    """A pipeline that appears between the current folder and the project's is the one meant."""
    loads = ready(project, Way("value = 'A'", files={"sub/notes.txt": ""}))
    assert project.run("build", cwd="sub").code == 0
    assert project.run("build", cwd="sub").last_line.startswith("nothing to do")
    before = loads()
    assert project.run("build", cwd="sub").last_line.startswith("nothing to do")
    assert loads() == before

    project.write("sub/pipeline.py", "value = 'B'\n" + TAIL)
    done = project.run("build", cwd="sub")

    assert done.ran == ["made"]
    assert project.read("sub/output/made") == "B"


DAMAGE: dict[str, Callable[[Path], object]] = {
    "an output that is edited": write("output/made", "Z"),
    "an output that is gone": remove("output/made"),
    "a manifest that is gone": remove(".cache/manifest.sqlite3"),
    "a manifest that is cut short": lambda root: os.truncate(
        root / ".cache" / "manifest.sqlite3", 5000
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_what_the_build_left_is_looked_at_too(project: Project, name: str) -> None:
    """Outputs and the engine's own memory are part of what must not have moved."""
    loads = ready(project, Way("value = 'A'"))
    assert at_rest(project, loads, {})

    DAMAGE[name](project.root)
    done = project.build()

    assert not done.last_line.startswith("nothing to do")
    assert project.read("output/made") == "A"


@pytest.mark.parametrize("cut", [0, 10, 30, 100, 400, -1])
def test_a_damaged_footing_is_none(project: Project, cut: int) -> None:
    """What is remembered of a build, cut short or overwritten, costs a look and nothing else."""
    loads = ready(project, Way("value = 'A'"))
    assert at_rest(project, loads, {})
    (footing,) = (project.root / ".cache" / "footings").iterdir()
    content = footing.read_bytes()
    footing.write_bytes(content[:cut] if cut >= 0 else content[:-1] + b"?")
    before = loads()

    assert project.build().last_line == "nothing to do: 1 stage is up to date"
    assert loads() > before
    assert at_rest(project, loads, {})


def test_an_input_that_moves_is_seen(project: Project) -> None:
    """So is one that a pattern begins to match, and one that nothing declares."""
    project.write("data/a.txt", "1\n")
    project.write("undeclared.txt", "u\n")
    project.write(
        "pipeline.py",
        """
        from pathlib import Path
        from capstone_build import stage

        @stage(inputs={"parts": "data/*.txt"}, outputs={"sum": "output/sum"})
        def total(parts: list[Path]) -> str:
            more = Path("undeclared.txt").read_text()
            return "".join(sorted(path.read_text() for path in parts)) + more
        """,
    )
    for _ in range(3):
        project.build()
    for path, text in (("data/a.txt", "2\n"), ("data/b.txt", "3\n"), ("undeclared.txt", "v\n")):
        project.write(path, text)
        assert project.build().ran == ["total"], path
        project.build()
        assert project.build().last_line.startswith("nothing to do")
    assert project.read("output/sum") == "2\n3\nv\n"


def test_no_key_is_written_down(project: Project) -> None:
    """The value of a variable that holds a key neither counts nor is in the memory."""
    loads = ready(project, Way("import os\nvalue = bool(os.environ['SERVICE_TOKEN'])"))
    env = {"SERVICE_TOKEN": "kept-to-myself"}
    assert at_rest(project, loads, env)

    before = loads()
    assert project.build(env={"SERVICE_TOKEN": "another"}).last_line.startswith("nothing to do")
    assert loads() == before
    for path in (project.root / ".cache").rglob("*"):
        assert not path.is_file() or b"kept-to-myself" not in path.read_bytes()
