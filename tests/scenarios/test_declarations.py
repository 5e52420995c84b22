"""Wrong declarations are all reported at once, before anything runs, with file and line."""

from __future__ import annotations

import pytest

from tests.project import Project

WRONG = """\
from pathlib import Path
from capstone_build import command, stage


def touch(name, reads, writes, **more):
    return command("touch {outputs}", name=name, inputs=reads, outputs=writes, **more)


a = touch("a", {"c": "output/c"}, {"a": "output/a"})
b = touch("b", {"a": "output/a"}, {"b": "output/b"})
c = touch("c", {"b": "output/b"}, {"c": "output/c"})
one = touch("one", {}, {"x": "output/same"})
two = touch("two", {}, {"x": "output/same"})
inside = touch("inside", {}, {"x": "output/folder/file"})
outside = touch("outside", {}, {"x": "output/folder/"})
missing = touch("missing", {"x": "data/sales.csv", "y": "data/*.parquet"}, {"z": "output/m"})
own = touch("own", {"x": "output/own"}, {"y": "output/own"})
twin_1 = touch("twin", {}, {"x": "output/t1"})
twin_2 = touch("twin", {}, {"x": "output/t2"})
upper = touch("upper", {}, {"x": "output/Case"})
lower = touch("lower", {}, {"x": "output/case"})
"""


def test_all_wrong_links_are_reported_at_once(project: Project) -> None:
    """Cycle, two writers, nesting, missing source, own input, twins and look-alikes in one go."""
    project.write("pipeline.py", WRONG)
    project.write("data/sale.csv", "")

    done = project.run("build")

    assert done.code == 2
    assert not project.exists("output"), "nothing ran"
    for words in (
        "a -> b -> c -> a",
        "'output/same' is the output of 2 stages",
        "'output/folder/file' lies inside 'output/folder'",
        "'data/sales.csv' does not exist",
        "Did you mean 'data/sale.csv'?",
        "'data/*.parquet' matches no file",
        "stage 'own' reads its own output 'output/own'",
        "2 stages are called 'twin'",
        "'output/Case', 'output/case'",
    ):
        assert words in done.err, words
    assert done.err.count("pipeline.py:6") >= 9, "each with file and line"
    assert "Traceback" not in done.err


SINGLE = """\
from __future__ import annotations
from pathlib import Path
from capstone_build import command, stage


@stage(inputs={"a": "../a.txt"}, outputs={"out": "output/1"})
def outside(a: str) -> str: ...


@stage(outputs={"out": "output/2"}, params={"coutn": 1})
def slip(count: int) -> str: ...


@stage(outputs={"out": "output/3"})
def silent() -> None: ...


@stage(inputs={"a": "data/*.csv"}, outputs={"out": "output/4"})
def one_for_many(a: str) -> str: ...


@stage(inputs={"a": "a.txt"}, outputs={"out": "output/5"})
def odd_form(a: complex) -> str: ...


@stage(inputs={"a": "a.txt"}, outputs={"out": "output/*.csv"})
def many_outputs(a: str, out: Path) -> None: ...


@stage(inputs={"a": "a.txt"}, outputs={"a": "output/6"})
def twice(a: str) -> str: ...


typo = command("cp {inputs.row} {outputs.out}", name="typo",
               inputs={"raw": "a.txt"}, outputs={"out": "output/7"})
spaced = command("true", name="a b", outputs={"out": "output/8"})
hasty = command("touch {outputs.out}", name="hasty", outputs={"out": "output/9"}, timeout=-1)
greedy = command("touch {outputs.out}", name="greedy", outputs={"out": ".cache/x"})
nothing = command("true", name="nothing", outputs={})
"""


def test_all_wrong_stages_are_reported_at_once(project: Project) -> None:
    """What is wrong with single stages, with the line of each declaration and a remedy."""
    project.write("pipeline.py", SINGLE)
    project.write("a.txt", "")
    project.write("data/a.csv", "")

    done = project.run("build")

    assert done.code == 2
    for words, line in (
        ("'../a.txt' is outside the project", 6),
        ("takes 'count', which is no input, output or parameter", 10),
        ("the parameter 'coutn' names nothing", 10),
        ("nobody writes 'out'", 14),
        ("the input 'a' cannot arrive as str", 18),
        ("the input 'a' cannot arrive as complex", 22),
        ("the output 'output/*.csv' is a pattern", 26),
        ("'a' is declared in inputs and in outputs", 30),
        ("{inputs.row} names nothing", 34),
        ("'a b' is no name for a stage", 36),
        ("timeout=-1 is no number of seconds", 37),
        ("'.cache/x' is inside .cache/", 38),
        ("declares no output", 39),
    ):
        assert words in done.err, words
        problem = next(each for each in done.err.split("\n\n") if words in each)
        assert f"pipeline.py:{line}" in problem, problem
    assert "Did you mean" in done.err
    assert "Traceback" not in done.err


GOOD = """
    from capstone_build import command

    make = command(
        "echo {params.word} > {outputs.out}",
        name="make", outputs={"out": "output/made.txt"}, params={"word": "x"},
    )
    """


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["mkae"], "Did you mean 'make'?"),
        (["--target", "output/mad.txt"], "Did you mean 'output/made.txt'?"),
        (["--force", "mack"], "'mack' is no stage"),
        (["--set", "make.wrod=1"], "no stage has a parameter 'make.wrod'"),
        (["--set", "word"], "no value is set"),
        (["--file", "other.py"], "'other.py' does not exist"),
        (["-j0"], "0 is not in the range"),
        (["--no-such-option"], "No such option"),
    ],
)
def test_a_wrong_command_line_is_explained(
    project: Project, arguments: list[str], words: str
) -> None:
    """Exit code 2, the wrong word named, the nearest right one offered."""
    project.write("pipeline.py", GOOD)

    done = project.run("build", *arguments)

    assert done.code == 2
    assert words in done.err
    assert not project.exists("output")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[params.make]\nwrod = "y"\n', "capstone.toml:2"),
        ('[params]\n\nnoise = "y"\n', "capstone.toml:3"),
        ("[parmas]\nword = 1\n", "no section 'parmas'"),
        ("[params\n", "capstone.toml cannot be read"),
    ],
)
def test_a_wrong_configuration_is_explained(project: Project, text: str, words: str) -> None:
    """A parameter that names nothing is found with file and line."""
    project.write("pipeline.py", GOOD)
    project.write("capstone.toml", text)

    done = project.run("build")

    assert done.code == 2
    assert words in done.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def broken(:\n    pass\n", ["syntax error", "pipeline.py:1", "def broken(:"]),
        ("import nosuchmodule\n", ["No module named 'nosuchmodule'", "pipeline.py", "line 1"]),
        ("x = 1\n\nraise ValueError('no')\n", ["ValueError: no", "line 3"]),
        ("x = 1\n", ["declares no stage"]),
        ("import sys\nsys.exit(4)\n", ["exit code 4", "__main__"]),
        ("import os\nos.kill(os.getpid(), 9)\n", ["SIGKILL"]),
        ("pipeline = [1]\n", ["holds 1, which is no stage"]),
    ],
)
def test_a_pipeline_that_does_not_load_is_explained(
    project: Project, text: str, words: list[str]
) -> None:
    """The user's own file and line, no traceback of ours."""
    project.write("pipeline.py", text)

    done = project.run("build")

    assert done.code == 2
    for each in words:
        assert each in done.err
    assert "capstone_build/" not in done.err


def test_an_empty_folder_is_told_what_to_do(project: Project) -> None:
    """Neither a pipeline nor data: the message says what is looked for."""
    done = project.run("build")

    assert done.code == 2
    assert "pipeline.py" in done.err
    assert "data/*.csv" in done.err


def test_a_missing_source_of_another_target_is_no_obstacle(project: Project) -> None:
    """What a target does not need may be missing."""
    project.write(
        "pipeline.py",
        GOOD
        + """
    other = command("cp {inputs.x} {outputs.y}", name="other",
                    inputs={"x": "nowhere.txt"}, outputs={"y": "output/y"})
    """,
    )

    assert project.build("make").ran == ["make"]
    assert project.run("build").code == 2
