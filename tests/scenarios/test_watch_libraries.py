"""
`capstone watch` has the libraries loaded before an edit, and that changes nothing but the time.

The library is one in an environment of its own: it can be upgraded, and reads
the environment when it is imported, as libraries do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import capstone_build
from tests.project import Project
from tests.watched import Watched, watching

PIPELINE = """\
    import sys
    import rulers
    from capstone_build import stage

    @stage(outputs={"found": "found.txt"})
    def find() -> str:
        return f"{rulers.LENGTH} {rulers.UNIT} 0"
    """


class Environment:
    """A virtual environment with capstone in it, and a library."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, symlinks=True)
        self.python = folder / "bin" / "python"
        [self.packages] = folder.glob("lib/python*/site-packages")
        others = [each for each in sys.path if each.endswith("site-packages")]
        source = str(Path(capstone_build.__file__).parents[1])
        (self.packages / "others.pth").write_text("\n".join([source, *others]))
        self.install("1.0", 10)

    def install(self, version: str, length: int) -> None:
        """Put a version of the library in the place of the one that is there, as pip does."""
        for old in self.packages.glob("rulers-*.dist-info"):
            shutil.rmtree(old)
        # Of the same size and in the same second, the bytecode would pass for that of the new one.
        shutil.rmtree(self.packages / "__pycache__", ignore_errors=True)
        code = f"import os\nLENGTH = {length}\nUNIT = os.environ.get('UNIT', 'cm')\n"
        beside = self.packages / "rulers.py.new"
        beside.write_text(code)
        beside.replace(self.packages / "rulers.py")
        described = self.packages / f"rulers-{version}.dist-info"
        described.mkdir()
        about = f"Metadata-Version: 2.1\nName: rulers\nVersion: {version}\n"
        (described / "METADATA").write_text(about)
        (described / "RECORD").write_text("rulers.py,,\n")

    def watch(self, project: Project) -> subprocess.Popen[str]:
        """Start `capstone watch` in it."""
        return subprocess.Popen(
            [self.python, "-m", "capstone_build", "watch"],
            cwd=project.root,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """An environment that has the first version of the library."""
    return Environment(tmp_path / "environment")


def found(project: Project, watched: Watched, text: str) -> None:
    """Wait until the stage has left *text*."""
    watched.until(lambda: project.reads("found.txt", text), f"found.txt holds {text!r}")


def test_the_library_is_loaded_once_and_the_project_each_time(
    project: Project, environment: Environment
) -> None:
    """A library that takes a second to import costs that once; code is always as it is now."""
    project.write("pipeline.py", PIPELINE)
    (environment.packages / "rulers.py").write_text(
        "import os, pathlib\nLENGTH, UNIT = 10, 'cm'\n"
        "with open(os.environ['LOADS'], 'a') as file:\n    file.write('loaded ')\n"
    )
    loads = environment.packages.parent / "loads"
    os.environ["LOADS"] = str(loads)
    try:
        process = environment.watch(project)
    finally:
        del os.environ["LOADS"]
    with watching(project, process=process) as watched:
        found(project, watched, "10 cm 0")
        project.write("mark.py", "MARK = 1")
        project.edit("pipeline.py", "import rulers", "import rulers\nimport mark")
        project.edit("pipeline.py", "UNIT} 0", "UNIT} {mark.MARK}")
        found(project, watched, "10 cm 1")
        for each in range(2, 6):
            project.write("mark.py", f"MARK = {each}")
            found(project, watched, f"10 cm {each}")

        # By the first host, and by the zygote for all others; by one host more, if
        # the edits above came while the zygote was at it.
        assert loads.read_text().count("loaded") <= 3


def test_another_version_is_loaded_when_it_is_installed(
    project: Project, environment: Environment
) -> None:
    """A package that is upgraded while the watch runs counts at once, and is what runs."""
    project.write("pipeline.py", PIPELINE)
    with watching(project, process=environment.watch(project)) as watched:
        found(project, watched, "10 cm 0")
        environment.install("2.0", 20)
        found(project, watched, "20 cm 0")
        project.edit("pipeline.py", "UNIT} 0", "UNIT} 1")
        found(project, watched, "20 cm 1")
        environment.install("3.0", 30)
        found(project, watched, "30 cm 1")


def test_a_library_sees_the_environment_that_the_project_made_for_it(
    project: Project, environment: Environment
) -> None:
    """What the project sets before it imports a library is set when that is imported."""
    project.write("pipeline.py", PIPELINE)
    project.edit(
        "pipeline.py", "import rulers", "import os\nos.environ['UNIT'] = 'mm'\nimport rulers"
    )
    with watching(project, process=environment.watch(project)) as watched:
        found(project, watched, "10 mm 0")
        for each in range(1, 4):
            project.edit("pipeline.py", f"UNIT}} {each - 1}", f"UNIT}} {each}")
            found(project, watched, f"10 mm {each}")


def test_what_is_imported_no_more_is_not_there(project: Project, environment: Environment) -> None:
    """Code that works in the watch works in a build: a library stays only while it is asked for."""
    project.write("pipeline.py", PIPELINE)
    with watching(project, process=environment.watch(project)) as watched:
        project.edit("pipeline.py", "UNIT} 0", "UNIT} 1")
        found(project, watched, "10 cm 1")
        project.edit("pipeline.py", "import rulers\n", "")
        project.edit("pipeline.py", "{rulers.LENGTH} {rulers.UNIT} 1", "{'rulers' in sys.modules}")
        found(project, watched, "False")


def test_a_module_of_the_project_comes_before_a_library_of_its_name(
    project: Project, environment: Environment
) -> None:
    """As in a build, whatever was loaded before."""
    project.write("pipeline.py", PIPELINE)
    with watching(project, process=environment.watch(project)) as watched:
        project.edit("pipeline.py", "UNIT} 0", "UNIT} 1")
        found(project, watched, "10 cm 1")
        project.write("rulers.py", "LENGTH, UNIT = 3, 'ell'")
        found(project, watched, "3 ell 1")
        (project.root / "rulers.py").unlink()
        found(project, watched, "10 cm 1")
