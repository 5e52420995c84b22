"""The command line: help, version, completion, places from which it is called, terminals."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.project import COMMAND, Project

PIPELINE = """
    from capstone_build import command

    make = command("echo x > {outputs.out}", name="make", outputs={"out": "output/made.txt"})
    copy = command(
        "cp {inputs.made} {outputs.out}",
        name="copy", inputs={"made": "output/made.txt"}, outputs={"out": "output/copy.txt"},
    )
    """


@pytest.fixture
def two(project: Project) -> Project:
    """Two commands: make -> copy."""
    project.write("pipeline.py", PIPELINE)
    return project


def on_terminal(project: Project, *arguments: str, env: dict[str, str] | None = None) -> str:
    """Run the command on a pseudo-terminal of 80 columns; return all that it wrote."""
    assert COMMAND is not None
    master, slave = pty.openpty()
    kept = {n: v for n, v in os.environ.items() if n not in {"CI", "NO_COLOR", "COLUMNS"}}
    with subprocess.Popen(
        [COMMAND, *arguments],
        cwd=project.root,
        env={**kept, "TERM": "xterm", "COLUMNS": "80", "LINES": "24", **(env or {})},
        stdin=slave,
        stdout=slave,
        stderr=slave,
    ) as process:
        os.close(slave)
        written = b""
        while True:
            try:
                piece = os.read(master, 1 << 16)
            except OSError:  # Linux says so when the other end is closed
                break
            if not piece:
                break
            written += piece
        assert process.wait(60) == 0, written
    os.close(master)
    return written.decode()


def test_version_and_help_are_told(project: Project) -> None:
    """`--version` and `--help` need no project; the exit codes are among the help."""
    assert project.run("--version").out.startswith("capstone 0.")
    told = project.run("--help").out
    for word in ("build", "graph", "status", "completion", "Exit codes"):
        assert word in told
    for option in ("--target", "--jobs", "--keep-going", "--dry-run", "--force", "--set", "--file"):
        assert option in project.run("build", "--help").out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_completion(project: Project, shell: str) -> None:
    """The script is the shell's own and calls the command back."""
    done = project.run("completion", shell)

    assert done.code == 0
    assert f"_CAPSTONE_COMPLETE={shell}_complete" in done.out


def test_targets_are_completed_without_running_the_pipeline(two: Project) -> None:
    """Stages and artifacts of earlier builds are offered; the user's code is not touched."""
    two.build()
    two.write("pipeline.py", "raise SystemExit('imported')\n")

    def offered(words: str) -> list[str]:
        count = str(len(words.split()) - (0 if words.endswith(" ") else 1))
        done = two.run(
            env={"_CAPSTONE_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": count}
        )
        return [line.removeprefix("plain,") for line in done.out.splitlines()]

    assert offered("capstone build ") == ["copy", "make", "output/copy.txt", "output/made.txt"]
    assert offered("capstone build --force ma") == ["make"]


def test_it_works_from_any_folder_of_the_project(two: Project) -> None:
    """The pipeline is found upwards, and a path is one from here."""
    (two.root / "output").mkdir()

    done = two.run("build", "made.txt", "--target", "copy.txt", cwd="output")

    assert done.code == 0, done.err
    assert done.ran == ["make", "copy"]
    assert two.run("status", "../output/made.txt", cwd="output").code == 0


def test_the_pipeline_may_have_another_name(project: Project) -> None:
    """`--file` and `[tool.capstone] pipeline` name it; a folder of configuration is the root."""
    project.write("flows/daily.py", PIPELINE)
    assert project.run("build", "--file", "flows/daily.py").ran == ["make", "copy"]
    assert project.exists("flows/output/made.txt"), "without configuration its folder is the root"

    project.write("pyproject.toml", '[tool.capstone]\npipeline = "flows/daily.py"\n')

    assert project.build().ran == ["make", "copy"]
    assert project.exists("output/made.txt")


def test_a_pipe_gets_plain_lines(two: Project) -> None:
    """No escape sequence reaches a file, whatever the command."""
    for arguments in (["build"], ["build"], ["status"], ["graph"], ["build", "nosuch"]):
        done = two.run(*arguments)

        assert "\x1b" not in done.out + done.err


def test_a_terminal_gets_colours_and_a_live_bar(two: Project) -> None:
    """Colours for people; the last line is the verdict; the cursor is shown again."""
    written = on_terminal(two, "build")

    assert "\x1b[3" in written, "colours"
    assert "\x1b[?25l" in written, "the bar hides the cursor"
    assert written.rindex("\x1b[?25h") > written.rindex("\x1b[?25l"), "and shows it again"
    assert "built 2" in written.splitlines()[-1]


def test_no_color_and_ci_are_respected(two: Project) -> None:
    """`NO_COLOR` takes the colours, `CI` the live bar."""
    plain = on_terminal(two, "build", env={"NO_COLOR": "1", "CI": "true"})
    assert "\x1b" not in plain
    assert "built" in plain

    assert "\x1b[?25l" not in on_terminal(two, "build", "--force", "make", env={"CI": "true"})
    assert "\x1b[3" not in on_terminal(two, "status", env={"NO_COLOR": "1"})
    assert "\x1b[" in on_terminal(two, "status")


def test_the_graph_is_told_to_other_programs(two: Project) -> None:
    """JSON is JSON, and says what the drawing says; Mermaid and DOT begin as they must."""
    two.build("make")

    told = json.loads(two.run("graph", "--format", "json").out)

    assert [(each["name"], each["state"]) for each in told["stages"]] == [
        ("make", "up-to-date"),
        ("copy", "must-run"),
    ]
    assert told["stages"][1]["upstream"] == ["make"]
    assert two.run("graph", "--format", "mermaid").out.splitlines()[0].startswith("flowchart")
    assert two.run("graph", "--format", "dot").out.startswith("digraph")
    assert "copy" not in two.run("graph", "make").out


def test_reading_commands_change_nothing(two: Project) -> None:
    """`status`, `graph` and `build -n` leave no trace, not even a folder."""
    for arguments in (["status"], ["graph"], ["build", "-n"]):
        assert two.run(*arguments).code == 0

    assert sorted(path.name for path in Path(two.root).iterdir()) == ["pipeline.py"]


def test_stage_output_cannot_move_the_cursor(project: Project) -> None:
    """Escape sequences in names, messages and output of stages are shown, not obeyed."""
    project.write(
        "pipeline.py",
        """
        from capstone_build import stage


        @stage(outputs={"out": "output/a\\x1bJb.txt"})
        def bad() -> str:
            print("\\x1b]0;title\\x07printed")
            raise ValueError("\\x1b[31mred")
        """,
    )

    done = project.run("build")

    assert done.code == 1
    assert "\x1b" not in done.out + done.err
    assert "\x07" not in done.out
    assert "printed" in done.out
    assert "red" in done.out


def test_the_resume_command_repeats_what_was_asked(project: Project) -> None:
    """After a failure the command to go on with has the options that still matter."""
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        bad = command(
            "exit {params.code}", name="bad", outputs={"o": "output/o"}, params={"code": 1}
        )
        """,
    )

    done = project.run("build", "bad", "-k", "--force", "bad", "--set", "bad.code=2")

    assert done.code == 1
    assert "capstone build -k --set bad.code=2 bad" in done.out


def test_what_the_pipeline_prints_at_import_is_shown_apart(project: Project) -> None:
    """It is neither lost nor mixed into what another program reads."""
    project.write("pipeline.py", "    print('hello from import')\n" + PIPELINE)

    assert "hello from import" in project.build().out
    told = project.run("graph", "--format", "json")
    assert json.loads(told.out)["stages"]
    assert "hello from import" in told.err


@pytest.mark.parametrize("command", ["graph", "status", "build"])
def test_a_reader_that_has_enough_is_no_error(two: Project, command: str) -> None:
    """`capstone graph` into a pipe that nobody reads ends without a word, not as done."""
    with two.start(command) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()

    assert said == ""
    assert process.returncode == 1


def test_an_answer_for_which_there_is_no_room_is_told_in_a_line(two: Project) -> None:
    """As of `capstone status --json > answer.json` on a full disk: no traceback, and code 3."""
    assert COMMAND is not None
    for arguments in (["build", "--json"], ["status", "--json"]):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [COMMAND, *arguments],
                cwd=two.root,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )

        assert done.stderr == "standard output cannot be written: No space left on device\n"
        assert done.returncode == 3
    assert two.build().last_line == "nothing to do: 2 stages are up to date"


@pytest.mark.parametrize("closed", [(1,), (1, 2), (0, 1, 2)])
def test_streams_that_are_closed_take_nothing(two: Project, closed: tuple[int, ...]) -> None:
    """What would be printed goes nowhere, and into no file that is opened meanwhile."""
    assert COMMAND is not None

    def close() -> None:
        for each in closed:
            os.close(each)

    for _ in range(2):
        done = subprocess.run(
            [COMMAND, "build"], cwd=two.root, stderr=subprocess.PIPE, check=False, preexec_fn=close
        )
        assert (done.returncode, done.stderr) == (0, b"")
    assert two.build().last_line.startswith("nothing to do")
