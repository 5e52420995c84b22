"""
A command runs again when the code that it runs changes, and only then.

What the code is, is read from the command's text; see `test_commands` for how
commands are run.
"""

from __future__ import annotations

import pytest

from tests.project import Project


@pytest.fixture
def cleaning(project: Project) -> Project:
    """A script with a helper, started by a command."""
    project.write("data/raw.txt", "pear\n")
    project.write("scripts/clean.py", CLEAN)
    project.write("scripts/texts.py", TEXTS)
    project.write("pipeline.py", PIPELINE)
    project.build()
    return project


PIPELINE = """
    from capstone_build import command

    clean = command(
        "python scripts/clean.py {inputs.raw} {outputs.clean}",
        name="clean",
        inputs={"raw": "data/raw.txt"},
        outputs={"clean": "output/clean.txt"},
    )
    """

CLEAN = """
    import sys

    from texts import shout

    with open(sys.argv[1]) as raw, open(sys.argv[2], "w") as out:
        out.write(shout(raw.read()))
    """

TEXTS = """
    def shout(text):
        return text.upper()


    def whisper(text):
        return text.lower()
    """


def test_an_edited_script_runs_again(cleaning: Project) -> None:
    """The command's text is the same, what it starts is not."""
    cleaning.edit("scripts/clean.py", "shout(raw.read())", "shout(raw.read()) * 2")

    assert cleaning.build().ran == ["clean"]
    assert cleaning.read("output/clean.txt") == "PEAR\nPEAR\n"
    assert cleaning.build().ran == []


def test_an_edited_helper_of_a_script_runs_again_and_is_named(cleaning: Project) -> None:
    """Modules beside the script count, symbol by symbol, and the reason says which."""
    cleaning.edit("scripts/texts.py", "text.upper()", "text.title()")

    forecast = cleaning.run("build", "-n")
    assert "texts" in forecast.out
    assert "shout" in forecast.out
    assert cleaning.build().ran == ["clean"]
    assert cleaning.read("output/clean.txt") == "Pear\n"


def test_what_the_script_does_not_use_runs_nothing(cleaning: Project) -> None:
    """Comments, other functions and other scripts are not code of the command."""
    cleaning.edit("scripts/texts.py", "text.lower()", "text.casefold()")
    cleaning.edit("scripts/clean.py", "import sys\n", "import sys  # for its arguments\n")
    cleaning.write("scripts/other.py", "print(1)\n")

    assert cleaning.build().ran == []


def test_a_shell_script_and_what_it_starts_run_again(project: Project) -> None:
    """A shell script counts by its bytes, what it starts by what that reaches."""
    project.write("run.sh", "python clean.py > $1\n")
    project.write("clean.py", "print(1)\n")
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        run = command(["sh", "run.sh", "{outputs.o}"], name="run", outputs={"o": "output/o"})
        """,
    )
    project.build()

    project.write("clean.py", "print(2)\n")
    assert project.build().ran == ["run"]
    assert project.read("output/o") == "2\n"

    project.write("run.sh", "python clean.py | tr 2 3 > $1\n")
    assert project.build().ran == ["run"]
    assert project.read("output/o") == "3\n"

    project.write("clean.py", "# Two.\nprint(2)\n")
    assert project.build().ran == []


def test_a_script_that_is_declared_counts_with_what_it_imports(project: Project) -> None:
    """Declared as an input, the script is compared as such; its helpers are code all the same."""
    project.write("clean.py", "import tools\n\nprint(tools.X)\n")
    project.write("tools.py", "X = 1\n")
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        run = command(
            "python {inputs.script} > {outputs.o}",
            name="run",
            inputs={"script": "clean.py"},
            outputs={"o": "output/o"},
        )
        """,
    )
    project.build()

    project.write("tools.py", "X = 2\n")
    assert project.build().ran == ["run"]
    assert project.read("output/o") == "2\n"


def test_a_script_that_another_stage_writes(project: Project) -> None:
    """It settles at once: the second build runs nothing, and what it imports counts."""
    project.write("tools.py", "X = 1\n")
    project.write("words.txt", "X\n")
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        write = command(
            "echo 'import sys; sys.path.insert(0, str()); import tools' > {outputs.script};"
            " echo print\\\\(tools.$(cat {inputs.word})\\\\) >> {outputs.script}",
            name="write",
            inputs={"word": "words.txt"},
            outputs={"script": "output/made.py"},
        )
        run = command(
            "python {inputs.script} > {outputs.o}",
            name="run",
            inputs={"script": "output/made.py"},
            outputs={"o": "output/o"},
        )
        """,
    )
    project.build()
    assert project.build().ran == []

    project.write("tools.py", "X = 2\nY = 3\n")
    assert project.build().ran == ["run"]
    assert project.read("output/o") == "2\n"

    project.write("words.txt", "Y\n")
    assert project.build().ran == ["write", "run"]
    assert project.read("output/o") == "3\n"
    assert project.build().ran == []


def test_a_parameter_chooses_the_script(project: Project) -> None:
    """The code is that of the line with its values filled in."""
    project.write("one.py", "print(1)\n")
    project.write("two.py", "print(2)\n")
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        run = command(
            "python {params.which}.py > {outputs.o}",
            name="run",
            params={"which": "one"},
            outputs={"o": "output/o"},
        )
        """,
    )
    project.build()

    project.write("two.py", "print(3)\n")
    assert project.build().ran == []
    project.write("one.py", "print(4)\n")
    assert project.build().ran == ["run"]
