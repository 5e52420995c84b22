"""
`capstone init` founds a project: what it writes is built at once, and nothing is overwritten.

One file per promise to the user; each test reads as the story of that promise.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.founding.example import examples
from tests.project import Project

EXAMPLES = {f"{each.tool}-{each.name}": each for each in examples()}


def test_a_new_project_builds_something_real(project: Project) -> None:
    """In a folder that was not there: a pipeline, its data, and git kept out of the memory."""
    done = project.run("init", "first")
    assert done.code == 0, done.err
    assert done.out.endswith("next: cd first && capstone build\n")
    assert project.read("first/.gitignore") == ".cache/\n"

    built = project.run("build", cwd="first")
    assert built.ran == ["columns", "gaps"], built.out + built.err
    assert "degrees\t6\t2\t4" in project.read("first/output/gaps.tsv")
    unkept = project.read("first/pipeline.py").replace("if rows else", "if not rows else")
    project.write("first/pipeline.py", unkept)
    broken = project.run("build", cwd="first")
    assert broken.failed == ["columns"]
    assert "the files have no columns" in broken.out

    again = project.run("init", cwd="first")
    assert again.code == 2
    assert again.err == (
        "there is a pipeline already: pipeline.py\n"
        "hint: `capstone build` builds it. To begin anew, move it away, or name another folder: "
        "capstone init FOLDER.\n"
    )
    assert project.read("first/pipeline.py") == unkept


def test_the_first_pipeline_is_about_the_tables_that_are_there(project: Project) -> None:
    """Wherever they are and whatever parts their fields; a .gitignore gets a line, once."""
    project.write("raw/a.csv", "name;age\nAnn;3\nBob;\n")
    project.write(".gitignore", "*.pyc")

    done = project.run("init")
    assert "added to  .gitignore   the line .cache/" in done.out
    assert project.read(".gitignore") == "*.pyc\n.cache/\n"
    assert not project.exists("data")
    project.build()
    assert project.read("output/gaps.tsv").splitlines()[1:] == ["age\t2\t1\t1\t3"]

    (project.root / "pipeline.py").unlink()
    assert "it ignores .cache/ already" in project.run("init").out


def test_the_report_can_be_taken_over(project: Project) -> None:
    """Its stages are the project's from then on; that they are the same is tested of the text."""
    project.write("data/a.csv", "kind,size\na,1\n")

    assert project.run("init", "--from", "report").code == 0
    told = project.run("build", "-n")
    assert "bundled" not in told.err
    stages = [line.split()[0] for line in told.out.splitlines()[:5]]
    assert stages == ["load", "profile", "compress", "llm", "report"]


def test_the_pipeline_of_another_tool_is_taken_over(project: Project) -> None:
    """It is written, it builds, and what was not carried over is told by line."""
    example = EXAMPLES["dvc-training"]
    example.put(project.root)
    project.write("bad.yaml", "stages:\n  a: [1,\n")
    bad = project.run("init", "--from", "dvc", "bad.yaml")
    assert bad.code == 2
    assert bad.err.startswith("bad.yaml is no YAML: ")
    assert "at: bad.yaml:3\n" in bad.err
    assert not project.exists("pipeline.py")
    done = project.run("init", "--from", "dvc")

    assert done.code == 0, done.err
    assert project.read("pipeline.py") == example.expected["pipeline.py"]
    for line in example.expected["said"].splitlines():
        where, _, text = line.partition(": ")
        assert f"  {where}  {text}\n" in done.out
    assert project.build().ran == ["prepare", "train", "evaluate"]
    assert project.build().last_line.startswith("nothing to do")


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make to compare with")
def test_it_leaves_what_make_leaves(project: Project, tmp_path: Path) -> None:
    """Byte for byte."""
    example = EXAMPLES["make-gnu"]
    example.put(project.root)
    example.put(tmp_path / "made")
    subprocess.run(["make", "-s"], cwd=tmp_path / "made", check=True, capture_output=True)
    project.run("init", "--from", "make")
    project.build()

    made = [path for path in (tmp_path / "made").rglob("*") if path.is_file()]
    assert len(made) > len(example.files)
    for path in made:
        name = path.relative_to(tmp_path / "made").as_posix()
        assert path.read_bytes() == (project.root / name).read_bytes(), name
