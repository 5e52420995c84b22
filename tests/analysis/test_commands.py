"""What a command runs and names: parts, chains, notes, packages, other files."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.corpus import write

from capstone_build.analysis import CommandCode, ProjectCode
from capstone_build.core.fingerprint import Aspect

CodeOf = Callable[..., CommandCode]


@pytest.fixture
def code(tmp_path: Path, memory: dict[str, str]) -> CodeOf:
    """Return what gives the code of a command in a project of files."""

    def of(
        text: str | tuple[str, ...], files: dict[str, str] | None = None, made: tuple[str, ...] = ()
    ) -> CommandCode:
        folder = write(tmp_path / "project", files or {})
        return ProjectCode([folder], memory).command(text, made.__contains__)

    return of


def parts(found: CommandCode, aspect: Aspect) -> set[str]:
    """Return the names of the parts of an *aspect*."""
    return {name for each, name in found.closure.fingerprint() if each is aspect}


def test_no_python_no_version_of_python(code: CodeOf) -> None:
    """A command of other programs depends on no package."""
    assert code("sort a.txt > b.txt").closure.fingerprint() == {}


@pytest.mark.parametrize(
    "command", ["python -c 'print(1)'", "python -m json.tool a", "/x/python3.11 -V"]
)
def test_python_counts_where_it_runs(code: CodeOf, command: str) -> None:
    """Whatever it runs, its version does."""
    assert parts(code(command), Aspect.PACKAGE) == {"python"}


def test_words_without_a_shell(code: CodeOf) -> None:
    """A list is a program and its arguments; nothing in it is expanded."""
    files = {"clean.py": "print(1)\n", "a b.py": "print(2)\n"}

    assert parts(code((sys.executable, "a b.py"), files), Aspect.CODE) >= {"a b.py:<script>"}
    assert "clean.py:<script>" not in parts(code(("cat", "c*.py"), files), Aspect.CODE)


def test_the_way_is_told(code: CodeOf) -> None:
    """From the shell script to the script, and from there as between functions."""
    files = {
        "run.sh": "python scripts/clean.py\n",
        "scripts/clean.py": "import helpers\n\nhelpers.scale(1)\n",
        "scripts/helpers.py": "def norm(x):\n    return x\n\n\ndef scale(x):\n    return norm(x)\n",
    }

    found = code("sh run.sh", files).closure.parts

    norm = found[Aspect.CODE, "helpers:norm"]
    assert norm.chain == ("run.sh", "scripts/clean.py", "scale", "norm")
    assert str(norm.where) == "scripts/helpers.py:1"
    assert found[Aspect.FILE, "run.sh"].chain == ("run.sh",)


def test_code_in_the_command_is_told_as_such(code: CodeOf) -> None:
    """It is no part of its own, since the command's text counts."""
    found = code("python -c 'import tools; tools.cut()'", {"tools.py": "def cut():\n    pass\n"})

    assert found.closure.parts[Aspect.CODE, "tools:cut"].chain == ("python -c", "cut")
    assert parts(found, Aspect.CODE) == {"tools:cut"}


@pytest.mark.parametrize(
    ("command", "note"),
    [
        ("python $SCRIPT", "the script that Python runs is computed"),
        ("python missing.py", "the script that Python runs 'missing.py' is not there"),
        ("tac x | python", "what Python is fed cannot be told"),
        ('python -c "$CODE"', "the Python in the command cannot be read"),
        ("python -m $MODULE", "what Python runs is computed"),
        ("find . | xargs -n1 python", "what Python is fed cannot be told"),
        ("python -m pytest tests", "pytest runs what it finds"),
    ],
)
def test_what_cannot_be_read_lets_every_module_count(code: CodeOf, command: str, note: str) -> None:
    """Coarser, and never wrong; the note says why."""
    found = code(command, {"tools.py": "def cut():\n    pass\n"}).closure.parts

    assert found[Aspect.CODE, "tools:cut"].note == f"{note}: every project module counts"


def test_files_that_are_no_code_are_named(code: CodeOf) -> None:
    """Arguments, options with a file, redirections, files of a pattern and their folder."""
    files = {
        "clean.py": "print(1)\n",
        "config": "a\n",
        "data/a.csv": "1\n",
        "data/b.csv": "1\n",
        "more/x": "1\n",
    }
    line = "A=e.env python clean.py data/*.csv config more fast 1 --to=c.yaml in.txt >log.d <x"

    found = code(line, files, made=("in.txt",))

    assert set(found.named) == {
        "data/",
        "data/a.csv",
        "data/b.csv",
        "config",
        "c.yaml",
        "log.d",
        "x",
        "e.env",
    }


def test_files_that_code_in_the_line_names(code: CodeOf) -> None:
    """A query or a line of R in the command names files too."""
    files = {"part.R": "1\n", "in.csv": "1\n"}

    found = code('Rscript -e \'source("part.R"); read.csv("in.csv")\'', files)

    assert parts(found, Aspect.FILE) == {"part.R"}
    assert "in.csv" in found.named


def test_what_is_made_counts_elsewhere(code: CodeOf) -> None:
    """A script or query that is an artifact is no part; what the script imports is."""
    files = {
        "clean.py": "import tools\n\ntools.cut()\n",
        "tools.py": "def cut(): pass\n",
        "q.sql": "",
    }

    found = code("python clean.py && db < q.sql > out", files, made=("clean.py", "q.sql", "out"))

    assert "tools:cut" in parts(found, Aspect.CODE)
    assert parts(found, Aspect.FILE) == set()
    assert found.named == ()
    assert set(found.made) == {"clean.py", "q.sql"}


def test_a_declared_function_is_a_program(code: CodeOf) -> None:
    """`module:function` of the project, as servers are given it."""
    files = {"app/__init__.py": "", "app/main.py": "def make():\n    return 1\n\n\nX = 2\n"}

    assert "app.main:make" in parts(code("gunicorn app.main:make", files), Aspect.CODE)


def test_an_installed_program_counts_by_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A console script stands for its distribution, with what it requires."""
    site = {
        "grain/__init__.py": "",
        "grain-1.0.dist-info/METADATA": "Name: grain\nVersion: 1.0\nRequires-Dist: husk\n",
        "grain-1.0.dist-info/RECORD": "grain/__init__.py,,\n",
        "grain-1.0.dist-info/entry_points.txt": "[console_scripts]\nmill = grain.cli:main\n",
        "husk-2.dist-info/METADATA": "Name: husk\nVersion: 2\n",
    }
    write(tmp_path / "site-packages", site)
    write(tmp_path / "project", {"a": ""})
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site-packages")])

    found = [
        ProjectCode([tmp_path / "project"], {}).command(line, lambda _: False)
        for line in ("mill a", "nice -n 3 mill a", "python -m grain a")
    ]

    for each in found:
        assert parts(each, Aspect.PACKAGE) == {"grain", "husk", "python"}


def test_scripts_that_start_each_other_are_read_once(code: CodeOf) -> None:
    """A ring of shell scripts ends."""
    found = code("sh a.sh", {"a.sh": "sh b.sh\n", "b.sh": "sh a.sh; python c.py\n", "c.py": "1\n"})

    assert parts(found, Aspect.FILE) == {"a.sh", "b.sh"}
    assert parts(found, Aspect.CODE) == {"c.py:<script>"}


def test_files_outside_the_project(code: CodeOf, tmp_path: Path) -> None:
    """A script elsewhere is code by its absolute path; other files there are not looked at."""
    write(tmp_path / "shared", {"clean.py": "print(1)\n", "x.csv": "1\n"})

    found = code("python ../shared/clean.py ../shared/x.csv")

    assert f"{tmp_path}/shared/clean.py:<script>" in parts(found, Aspect.CODE)
    assert found.named == ()


def test_what_a_file_defines_counts_unless_it_is_started(code: CodeOf) -> None:
    """A program that imports a file may use anything in it; one that is not known may read it."""
    files = {"app.py": "def page():\n    return 1\n"}

    started = code("torchrun app.py", files)
    imported = code("flask --app=app.py run", files)
    unknown = code("frobnicate app.py", files)

    assert "app:page" not in parts(started, Aspect.CODE)
    assert "app:page" in parts(imported, Aspect.CODE)
    assert "app:page" in parts(unknown, Aspect.CODE)
    assert [parts(each, Aspect.FILE) for each in (started, imported, unknown)] == [
        set(),
        set(),
        {"app.py"},
    ]


def test_programs_of_the_system_are_not_code(code: CodeOf) -> None:
    """Their paths may be spelled out; they are no files of the project."""
    assert code("/bin/sort a.txt > b.txt").closure.fingerprint() == {}
