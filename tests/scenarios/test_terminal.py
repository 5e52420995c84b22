"""What a person sees: the real command in a pseudo-terminal, and the screen that it draws."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import select
import struct
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import Popen

import pyte
import pytest

from tests.project import COMMAND, PATIENCE_SECONDS, Project

PIPELINE = """
    from capstone_build import command

    pipeline = [
        command(
            f"echo reading part {n} of 9; until test -e ../go; do sleep 0.02; done;"
            " echo done > {outputs.o}",
            name=f"stage_with_a_name_{n}",
            outputs={"o": f"output/{n}.txt"},
        )
        for n in range(COUNT)
    ]
"""


class Screen:
    """
    A terminal in which the command runs.

    Args:
        process: The command.
        master: The terminal's other end.
        columns: How wide it is.
        rows: How high.
    """

    def __init__(self, process: Popen[bytes], master: int, columns: int, rows: int) -> None:
        self._process = process
        self._master = master
        self._screen = pyte.HistoryScreen(columns, rows, history=1000)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""

    @property
    def lines(self) -> list[str]:
        """What is to be seen, without the empty lines at its end."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip().split("\n")

    @property
    def all_lines(self) -> list[str]:
        """The same, and what has scrolled out above."""
        above = [
            "".join(row[x].data for x in range(self._screen.columns)).rstrip()
            for row in self._screen.history.top
        ]
        return [*above, *self.lines]

    @property
    def is_cursor_shown(self) -> bool:
        """Whether the cursor is there."""
        return not self._screen.cursor.hidden

    def until_seen(self, *expected: str) -> None:
        """Wait until the screen shows these lines and no others, but for how long stages run."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while [re.sub(r"^ *\S+ s  ", "", line) for line in self.lines] != [*expected]:
            assert time.monotonic() < deadline, "waited in vain:\n" + "\n".join(self.lines)
            assert self._read(), "it ended:\n" + "\n".join(self.lines)

    def to_the_end(self) -> int:
        """Wait for the end of the command; return its exit code."""
        while self._read():
            pass
        return self._process.wait(PATIENCE_SECONDS)

    def _read(self) -> bool:
        if select.select([self._master], [], [], 0.2)[0]:
            try:
                piece = os.read(self._master, 1 << 16)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                return False  # nobody has its other end any more
            self.written += piece
            self._stream.feed(piece)
            return bool(piece)
        return True


@contextmanager
def seen(
    project: Project,
    *arguments: str,
    columns: int = 80,
    rows: int = 24,
    also: tuple[str, ...] = (),
) -> Iterator[Screen]:
    """Run the command in a terminal; *also* is set in its environment."""
    assert COMMAND is not None
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    kept = {"CI", "NO_COLOR", "TERM", "COLUMNS", "LINES", "FORCE_COLOR"}
    env = {n: v for n, v in os.environ.items() if n not in kept}
    process = Popen(
        [COMMAND, *arguments],
        cwd=project.root,
        env={**env, "TERM": "xterm-256color", **dict(each.split("=") for each in also)},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Screen(process, master, columns, rows)
    finally:
        process.kill()
        process.wait()
        os.close(master)


@pytest.fixture
def many(project: Project) -> Project:
    """A project of nine stages that run until they may end."""
    project.write("pipeline.py", PIPELINE.replace("COUNT", "9"))
    return project


def test_the_running_stages_stand_below_with_what_they_printed_last(many: Project) -> None:
    """On 80x24: for each its time, its name and its last line; then how far it is."""
    with seen(many, "build", "-j", "3") as screen:
        screen.until_seen(
            *(f"stage_with_a_name_{n}  reading part {n} of 9" for n in range(3)),
            "[------------------------------] 0 of 9 stages",
        )
        many.write("../go", "")
        assert screen.to_the_end() == 0
        assert len(screen.lines) == 10
        assert all(line.startswith("built     stage_with_a_name_") for line in screen.lines[:9])
        assert re.fullmatch(r"built 9 in .*", screen.lines[-1])
        assert screen.is_cursor_shown


def test_a_small_terminal_without_colours_is_not_garbled(many: Project) -> None:
    """On 40x6 with NO_COLOR: what has no room is cut or counted, and nothing is left behind."""
    with seen(many, "build", "-j", "9", columns=40, rows=6, also=("NO_COLOR=1",)) as screen:
        screen.until_seen(
            *(f"stage_with_a_name_{n}  readi..." for n in range(3)),
            "          and 6 more",
            "[-----------------------] 0 of 9 stages",
        )
        many.write("../go", "")
        assert screen.to_the_end() == 0
        done = [line for line in screen.all_lines if line]
        assert sum(line.startswith("built     stage_with") for line in done) == 9
        assert not [line for line in done if "more" in line or "reading" in line]
        assert re.search(rb"\x1b\[[0-9;]*m", screen.written) is None


@pytest.mark.parametrize("how", ["TERM=dumb", "CI=true"])
def test_where_nothing_can_be_drawn_anew_there_are_lines_only(many: Project, how: str) -> None:
    """A dumb terminal, or a console of CI: each line once, no cursor moved."""
    many.write("../go", "")
    with seen(many, "build", "-j", "1", also=("PYTHONIOENCODING=ascii", how)) as screen:
        assert screen.to_the_end() == 0
        lines = [line for line in screen.all_lines if line]
        assert [line.split()[0] for line in lines] == [*(["start", "built"] * 9), "built"]
        assert b"\x1b[?25" not in screen.written
        assert screen.written.isascii()


def test_quiet_and_verbose_tell_less_and_more(many: Project) -> None:
    """-q: failures and the verdict. -v: what stages print, with their names, and what is reused."""
    many.write("../go", "")
    many.build("stage_with_a_name_1")
    with seen(
        many, "build", "-v", "stage_with_a_name_*", "-x", "stage_with_a_name_[3-9]"
    ) as screen:
        assert screen.to_the_end() == 0
        text = "\n".join(screen.all_lines)
        assert "up to date stage_with_a_name_1" in text
        for n in (0, 2):
            printed = text.index(f"stage_with_a_name_{n} | reading part {n} of 9\n")
            assert printed < text.index(f"built      stage_with_a_name_{n}")
    piped = many.run("build", "-v", "stage_with_a_name_3")
    assert "stage_with_a_name_3 | reading part 3 of 9\nbuilt " in piped.out
    assert many.run("build", "-v", "stage_with_a_name_3").out.startswith("up to date stage_with")

    many.edit("pipeline.py", "echo reading", "test {n} != 5 || exit 1; echo reading")
    quiet = many.run("build", "-q", "-k", "-j", "1")
    assert quiet.code == 1
    assert quiet.out.startswith("\nstage_with_a_name_5 failed after ")
    assert quiet.last_line.startswith("failed 1, built 8 in ")
    assert "go on with: capstone build -j 1 -q -k" in quiet.out
    assert many.run("build", "-q", "-v").code == 2


def test_an_error_shows_the_line_at_fault(project: Project) -> None:
    """In the file that declares it, underlined; also where the command is run below the root."""
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        copy = command(
            "cp {inputs.a} {outputs.o}",
            name="copy",
            inputs={"a": "data/missing.csv"},
            outputs={"o": "output/copy.csv"},
        )
        """,
    )
    (project.root / "below").mkdir()

    done = project.run("status", cwd="below")

    assert done.code == 2
    assert done.err.splitlines()[:-1] == [
        "'data/missing.csv' does not exist, and no stage writes it",
        "  read by: copy, declared at pipeline.py:4",
        " --> pipeline.py:7",
        '7 |     inputs={"a": "data/missing.csv"},',
        "  |                  ^^^^^^^^^^^^^^^^^^",
    ]
