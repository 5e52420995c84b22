"""
`capstone watch` builds whenever a file moves, and shows what is new.

Each test edits the files of a project as people and their editors do, and waits
for what must come of it.
"""

from __future__ import annotations

import os
import pty
import signal
import subprocess

import pytest

from tests.project import COMMAND, PATIENCE_SECONDS, Project
from tests.watched import WAITS, watching

SHOUT = """\
    from capstone_build import stage

    @stage(inputs={"text": "text.txt"}, outputs={"loud": "loud.txt"})
    def shout(text: str) -> str:
        return text.upper() + "!"

    @stage(inputs={"loud": "loud.txt"}, outputs={"size": "size.txt"})
    def measure(loud: str) -> str:
        return str(len(loud))
    """


@pytest.fixture
def shout(project: Project) -> Project:
    """text.txt -> loud.txt -> size.txt."""
    project.write("text.txt", "hello")
    project.write("pipeline.py", SHOUT)
    return project


def test_an_edit_of_code_or_input_is_built_and_only_news_is_shown(shout: Project) -> None:
    """The new output is there without a command; a comment or a touched file says nothing."""
    with watching(shout) as watched:
        assert watched.ran == ["shout", "measure"]
        shout.edit("pipeline.py", '"!"', '"?"')
        watched.until_built(2)

        assert shout.read("loud.txt") == "HELLO?"
        assert watched.ran[2:] == ["shout", "measure"]

        shout.edit("pipeline.py", "    return text", "    # louder\n    return text")
        os.utime(shout.root / "text.txt")
        shout.write("text.txt", "bye")
        watched.until(lambda: shout.reads("size.txt", "4"), "the input is read")
        watched.until_built(3)
    assert len(watched.headings) == 2
    assert watched.ran[4:] == ["shout", "measure"]


def test_what_a_build_writes_builds_nothing_and_an_edit_of_an_output_does(shout: Project) -> None:
    """There is no loop; a hand edit is set aside and the output comes back."""
    with watching(shout) as watched:
        shout.write("loud.txt", "my own words")
        watched.until_told("edited by hand")
        watched.until(lambda: shout.reads("loud.txt", "HELLO!"), "the output is back")
        shout.write("text.txt", "bye")
        watched.until(lambda: shout.reads("size.txt", "4"), "the input is read")
    assert watched.headings == ["loud.txt", "text.txt"]


def test_a_syntax_error_is_told_with_its_place_once_and_the_watch_goes_on(shout: Project) -> None:
    """The line of pipeline.py is named; what is mended builds again, as at the start."""
    shout.edit("pipeline.py", "def shout(", "def shout((")
    with watching(shout) as watched:
        watched.until_told("pipeline.py:4")
        shout.edit("pipeline.py", "def shout((", "def shout(")
        watched.until_built(1)
        shout.edit("pipeline.py", "return str(", "return str((")
        watched.until_told("pipeline.py:9")
        shout.write("notes.md", "this moves, and the error is the same")
        shout.edit("pipeline.py", "return str((", "return str(")
        watched.until_told("nothing to do")
        shout.edit("pipeline.py", "return str(", "return '#' + str(")
        watched.until(lambda: shout.reads("size.txt", "#6"), "the mended stage runs")
    assert watched.told.count("pipeline.py:9\n") == 1


def test_a_stage_that_fails_is_shown_and_runs_again_once_it_is_mended(shout: Project) -> None:
    """The failure stands as in a build, and the edit that mends it is built."""
    with watching(shout) as watched:
        shout.edit("pipeline.py", "return text.upper()", "return text.uper()")
        watched.until_told("has no attribute 'uper'")
        watched.until_told("go on with: an edit")
        shout.edit("pipeline.py", "return text.uper()", "return text.lower()")
        watched.until(lambda: shout.reads("loud.txt", "hello!"), "it is mended")


def test_files_that_come_and_go_in_folders_and_new_folders_are_seen(project: Project) -> None:
    """A pattern stands for what is there now, at any depth."""
    project.write("data/a.txt", "a")
    project.write(
        "pipeline.py",
        """\
        from pathlib import Path
        from capstone_build import stage

        @stage(inputs={"parts": "data/**/*.txt"}, outputs={"all": "all.txt"})
        def join(parts: list[Path]) -> str:
            return "".join(part.read_text() for part in parts)
        """,
    )
    with watching(project) as watched:
        project.write("data/b.txt", "b")
        watched.until(lambda: project.reads("all.txt", "ab"), "the new file is read")
        project.write("data/c/d/e.txt", "e")
        watched.until(lambda: project.reads("all.txt", "abe"), "the new folder is seen")
        project.write("data/c/d/f.txt", "f")
        watched.until(lambda: project.reads("all.txt", "abef"), "what is in it is watched")
        (project.root / "data/a.txt").unlink()
        watched.until(lambda: project.reads("all.txt", "bef"), "the file that is gone is missed")


def test_code_wherever_it_is_and_settings_are_seen(shout: Project) -> None:
    """Modules that are new, in packages, or saved by a rename count; so does capstone.toml."""
    with watching(shout) as watched:
        shout.write("helpers/__init__.py", "")
        shout.write("helpers/deep/marks.py", "MARK = '?'\n")
        edited = shout.read("pipeline.py").replace('"!"', "marks.MARK")
        beside = shout.write(".pipeline.py.swp", f"from helpers.deep import marks\n{edited}")
        beside.replace(shout.root / "pipeline.py")
        watched.until(lambda: shout.reads("loud.txt", "HELLO?"), "the new module is used")
        shout.write("helpers/deep/marks.py", "MARK = '.'\n")
        watched.until(lambda: shout.reads("loud.txt", "HELLO."), "its edit is seen")
        shout.edit("pipeline.py", '"loud.txt"})', '"loud.txt"}, params={"mark": ";"})')
        shout.edit("pipeline.py", "def shout(text: str)", "def shout(text: str, mark: str)")
        shout.edit("pipeline.py", "marks.MARK", "mark")
        watched.until(lambda: shout.reads("loud.txt", "HELLO;"), "the parameter is used")
        shout.write("capstone.toml", "[params.shout]\nmark = '#'\n")
        watched.until(lambda: shout.reads("loud.txt", "HELLO#"), "the settings are read")


SLOW_WHILE_SLOW = """\
    text: str) -> str:
    from pathlib import Path
    import time

    if text == "slow":
        Path("started").touch()
        time.sleep(600)"""


def test_only_the_targets_are_built(shout: Project) -> None:
    """What no target needs is left alone."""
    with watching(shout, "shout") as watched:
        shout.edit("pipeline.py", '"!"', '"?"')
        watched.until_built(2)
    assert set(watched.ran) == {"shout"}
    assert not shout.exists("size.txt")


def test_a_stage_whose_input_moves_while_it_runs_is_restarted(shout: Project) -> None:
    """Nobody waits for a run that is in vain."""
    shout.edit("pipeline.py", "text: str) -> str:", SLOW_WHILE_SLOW)
    with watching(shout) as watched:
        shout.write("text.txt", "slow")
        watched.until(lambda: shout.exists("started"), "the stage runs")
        shout.write("text.txt", "quick")
        watched.until(lambda: shout.reads("loud.txt", "QUICK!"), "it is restarted")
    assert "it runs once more" in watched.told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_watch_that_is_ended_leaves_nothing_running(shout: Project, number: int) -> None:
    """Ctrl-C ends it and the stages at work at once; so does what cannot be caught."""
    shout.edit("pipeline.py", "text: str) -> str:", SLOW_WHILE_SLOW)
    with watching(shout) as watched:
        shout.write("text.txt", "slow")
        watched.until(lambda: shout.exists("started"), "the stage runs")
        code = watched.end(number)

        assert code == (-number if number == signal.SIGKILL else 128 + number)
    assert shout.read("loud.txt") == "HELLO!"
    shout.write("text.txt", "bye")
    assert shout.build().ran == ["shout", "measure"]


def test_without_native_events_it_looks_by_itself_and_says_so_once(shout: Project) -> None:
    """One line tells why; edits are built all the same."""
    with watching(shout, env={"WATCHFILES_FORCE_POLLING": "1"}) as watched:
        shout.write("text.txt", "bye")
        watched.until(lambda: shout.reads("size.txt", "4"), "the input is read")
        shout.write("text.txt", "so long")
        watched.until(lambda: shout.reads("size.txt", "8"), "the next one too")
    assert watched.told.count("looks at the files all the time: WATCHFILES_FORCE_POLLING") == 1


def test_a_pipeline_that_moves_what_it_rests_on_is_built_more_and_more_slowly(
    project: Project,
) -> None:
    """Each build would call for the next: that is said, and nothing spins."""
    project.write("count.txt", "0")
    project.write(
        "pipeline.py",
        """\
        from pathlib import Path
        from capstone_build import command

        count = int(Path("count.txt").read_text())
        Path("count.txt").write_text(str(count + 1))
        hello = command("date > {outputs.now}", name="now", outputs={"now": "now.txt"})
        """,
    )
    with watching(project) as watched:
        watched.until_told("count.txt changes with each build")


def test_a_pipeline_that_is_gone_is_not_taken_for_the_bundled_one(shout: Project) -> None:
    """While an editor saves, the file may be away; the report of data/*.csv is not meant."""
    shout.write("data/a.csv", "a,b\n1,2\n")
    text = shout.read("pipeline.py")
    with watching(shout) as watched:
        (shout.root / "pipeline.py").unlink()
        watched.until_told("No module named 'pipeline'")
        shout.write("pipeline.py", text)
        watched.until_told("nothing to do")
    assert "bundled" not in watched.told


def test_another_build_at_the_same_time_is_no_news(shout: Project) -> None:
    """What `capstone build` did in another window is not done again."""
    with watching(shout) as watched:
        shout.write("text.txt", "bye")
        shout.build()
        watched.until(lambda: shout.reads("size.txt", "4"), "it is built")
        shout.write("text.txt", "so long")
        watched.until(lambda: shout.reads("size.txt", "8"), "the watch goes on")


def test_its_bell_rings_on_a_terminal(shout: Project) -> None:
    """A failure is heard; on a pipe there is nothing to hear it."""
    shout.edit("pipeline.py", "return text.upper()", "return text.uper()")
    with watching(shout) as watched:
        watched.until_told("has no attribute")
    assert "\a" not in watched.told

    assert "\a" in on_terminal(shout)


def on_terminal(project: Project) -> str:
    """Run a watch on a terminal until it waits; return all that the terminal got."""
    assert COMMAND is not None
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [COMMAND, "watch"],
        cwd=project.root,
        env={name: value for name, value in os.environ.items() if name != "CI"} | {"TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    told = b""
    while WAITS.encode() not in told:
        told += os.read(ours, 1 << 12)
    process.send_signal(signal.SIGINT)
    code = process.wait(PATIENCE_SECONDS)
    os.close(ours)

    assert code == 130
    return told.decode()
