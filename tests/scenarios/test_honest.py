"""
Honest: it says why each stage runs, and a dry run claims no more than it knows.

An artifact edited by hand is named as such before it is replaced, and the edit
is kept.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project import Project


@pytest.fixture
def chain(project: Project) -> Project:
    """number.txt -> double -> show."""
    project.write("number.txt", "2\n")
    project.write("helpers.py", "def twice(number):\n    return 2 * number\n")
    project.write(
        "pipeline.py",
        """
        from capstone_build import stage
        from helpers import twice


        @stage(inputs={"number": "number.txt"}, outputs={"doubled": "output/doubled.txt"})
        def double(number: str) -> str:
            return str(twice(int(number)))


        @stage(
            inputs={"doubled": "output/doubled.txt"},
            outputs={"shown": "output/shown.txt"},
            params={"mark": "!"},
            env=["TOKEN_OF_MINE"],
        )
        def show(doubled: str, mark: str) -> str:
            return doubled + mark
        """,
    )
    project.build(env={"TOKEN_OF_MINE": "sesame-1"})
    return project


def kept(project: Project) -> list[str]:
    """Return the contents of what was set aside."""
    folder = project.root / ".cache" / "kept"
    return [path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()]


SAME = {"TOKEN_OF_MINE": "sesame-1"}


def test_the_reason_names_the_input(chain: Project) -> None:
    """A changed file is named."""
    chain.write("number.txt", "3\n")

    assert "number.txt" in chain.build(env=SAME).line("double")


def test_the_reason_names_the_definition_and_its_line(chain: Project) -> None:
    """A changed helper is named with the place where it stands."""
    chain.write("helpers.py", "import math\n\ndef twice(number):\n    return number + number\n")

    line = chain.build(env=SAME).line("double")

    assert "twice" in line
    assert "helpers.py:3" in line


def test_the_reason_names_old_and_new_value_of_a_parameter(chain: Project) -> None:
    """A parameter is told with what it was and what it is."""
    line = chain.build("--set", "show.mark=?", env=SAME).line("show")

    assert "mark" in line
    assert '"!"' in line
    assert '"?"' in line


def test_the_reason_names_a_variable_and_never_its_value(chain: Project) -> None:
    """The value of an environment variable is nowhere: not shown, not remembered."""
    done = chain.build(env={"TOKEN_OF_MINE": "sesame-2"})

    assert "TOKEN_OF_MINE" in done.line("show")
    assert "sesame" not in done.out + done.err
    for path in (chain.root / ".cache").rglob("*"):
        assert not path.is_file() or b"sesame" not in path.read_bytes(), path


@pytest.mark.parametrize("command", [["status"], ["build", "-n"]])
def test_a_forecast_says_what_the_build_then_does(chain: Project, command: list[str]) -> None:
    """What must run runs; what may run is told so; a forecast itself changes nothing."""
    chain.write("number.txt", "5\n")
    before = chain.artifacts()

    told = chain.run(*command, env=SAME)

    assert told.code == 0
    assert chain.artifacts() == before
    (double,) = [line for line in told.out.splitlines() if "double" in line and "show" not in line]
    assert "must run" in double
    assert "number.txt" in double
    (show,) = [
        line
        for line in told.out.splitlines()
        if line.strip().startswith("show") or " show " in line
    ]
    assert "may run" in show
    assert chain.build(env=SAME).ran == ["double", "show"]
    assert "up to date" in chain.run(*command, env=SAME).out


def test_a_forecast_of_what_can_be_restored(chain: Project) -> None:
    """After an edit is taken back, status promises that nothing runs, and nothing does."""
    chain.write("number.txt", "5\n")
    chain.build(env=SAME)
    chain.write("number.txt", "2\n")

    told = chain.run("status", env=SAME)

    assert "must run" not in told.out
    assert told.out.count("can be restored") >= 2
    assert chain.build(env=SAME).ran == []


def test_an_artifact_edited_by_hand_is_named_and_kept(chain: Project) -> None:
    """The edit is set aside, with a line that says where, and the artifact is right again."""
    chain.write("output/shown.txt", "my own words")

    done = chain.build(env=SAME)

    assert chain.read("output/shown.txt") == "4!"
    assert kept(chain) == ["my own words"]
    (line,) = [line for line in done.out.splitlines() if ".cache/kept/" in line]
    assert "output/shown.txt" in line
    assert (chain.root / line[line.index(".cache/kept/") :].split()[0].rstrip(".,;")).exists()


def test_an_edit_is_kept_when_its_stage_runs(chain: Project) -> None:
    """An edited artifact that is about to be replaced by a new one is kept as well."""
    chain.write("output/doubled.txt", "my own number")
    chain.write("number.txt", "50\n")

    chain.build(env=SAME)

    assert chain.read("output/doubled.txt") == "100"
    assert kept(chain) == ["my own number"]


def test_a_file_that_capstone_never_made_is_not_overwritten(project: Project) -> None:
    """Something of the user's that sits at an output's path is set aside, a folder too."""
    project.write("output/out.txt", "precious")
    project.write("output/folder/deep/file", "precious too")
    project.write(
        "pipeline.py",
        """
        from pathlib import Path

        from capstone_build import stage


        @stage(outputs={"out": "output/out.txt", "folder": "output/folder/"})
        def make(out: Path, folder: Path) -> None:
            out.write_text("made")
            (folder / "file").write_text("made")
        """,
    )

    project.build()

    assert project.read("output/out.txt") == "made"
    assert project.read("output/folder/file") == "made"
    assert not Path(project.root, "output/folder/deep").exists()
    assert sorted(kept(project)) == ["precious", "precious too"]


def test_an_edit_in_place_of_a_command_s_own_output_is_kept(project: Project) -> None:
    """Also where the command writes to the final path by itself."""
    project.write("in.txt", "1")
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        copy = command(
            "cp in.txt output/out.txt",
            name="copy",
            inputs={"source": "in.txt"},
            outputs={"out": "output/out.txt"},
        )
        """,
    )
    project.build()
    project.write("output/out.txt", "mine")
    project.write("in.txt", "2")

    project.build()

    assert project.read("output/out.txt") == "2"
    assert kept(project) == ["mine"]


def test_a_parameter_that_is_a_key_by_its_name_is_kept_as_a_digest(project: Project) -> None:
    """It counts; neither the memory, nor the logs, nor any explanation holds its value."""
    project.write(
        "pipeline.py",
        """
        from capstone_build import command, stage

        @stage(outputs={"o": "output/f.txt"}, params={"api_key": "none", "service": {}})
        def f(api_key: str, service: dict) -> str:
            return str(len(api_key) + len(service))

        c = command(
            "test -n {params.password} && echo done > {outputs.o}",
            name="c",
            outputs={"o": "output/c.txt"},
            params={"password": "none"},
        )
        """,
    )
    project.build()
    keys = ("hidden-one", "hidden-two")
    for key in keys:
        project.write(
            "capstone.toml",
            f"""
            [params.f]
            api_key = "{key}"
            service = {{ name = "{key[:0]}shown", token = "{key}" }}
            [params.c]
            password = "{key}"
            """,
        )
        said = project.run("why", "f").out + project.run("why", "c").out
        said += project.run("build", "-n").out
        done = project.build()
        assert set(done.ran) == {"f", "c"}
        said += done.out + project.run("why", "f").out + project.run("why", "f", "--closure").out
        assert "parameter api_key" in said
        assert "shown" in said
        assert not any(each in said for each in keys)
    kept = b"".join(f.read_bytes() for f in (project.root / ".cache").rglob("*") if f.is_file())
    assert not any(each.encode() in kept for each in keys)
    assert b"shown" in kept
