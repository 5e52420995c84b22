"""Durable: a stage that prints, takes or leaves too much harms itself and nobody else."""

from __future__ import annotations

import resource
import sys
import time

import pytest

from tests.project import Project, is_running, wait_until

HEAD = """
    import os
    import subprocess
    import time
    from pathlib import Path

    from capstone_build import command, stage

"""

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of processes this way")


def log_of(project: Project, stage: str) -> bytes:
    """What is kept of what a stage printed."""
    [log] = project.root.glob(f".cache/logs/*/{stage}.log")
    return log.read_bytes()


def test_of_a_gigabyte_printed_the_beginning_and_the_end_are_kept(project: Project) -> None:
    """The log stays small, says how much is left out, and whole lines stand at the cut."""
    text = "echo the beginning; yes some text of a line | head -c {size}; echo; echo the end; {end}"
    project.write(
        "pipeline.py",
        HEAD + f'    loud = command("{text.format(size=10**9, end="echo x > {outputs.o}")}", '
        'name="loud", outputs={"o": "output/o"})\n'
        f'    fails = command("{text.format(size=4 * 10**6, end="exit 3")}", '
        'name="fails", outputs={"o": "output/p"})\n',
    )

    done = project.run("build", "-k")

    assert done.ran == ["loud"]
    log = log_of(project, "loud")
    assert len(log) < 5_000_000
    assert log.startswith(b"the beginning\nsome text of a line\n")
    assert log.endswith(b"the end\n")
    before, said, after = log.partition(b" bytes are left out here ...]\n")
    assert said
    left_out = int(before.rpartition(b"[... ")[2].replace(b",", b""))
    assert left_out + len(log) == pytest.approx(10**9, rel=0.001)
    assert set(after.splitlines()[:-2]) == {b"some text of a line"}
    assert done.failed == ["fails"]
    assert "the end" in done.out, "the failure shows the last that was printed"


def test_what_a_stage_prints_little_by_little_is_in_its_log_at_once(project: Project) -> None:
    """Whoever looks at a stage that hangs finds the last that it said."""
    project.write(
        "pipeline.py",
        HEAD + '    slow = command("echo so far; while [ ! -e go ]; do sleep 0.05; done; '
        'echo done; echo x > {outputs.o}", name="slow", outputs={"o": "output/o"})\n',
    )
    process = project.start("build")
    logs = project.root / ".cache" / "logs"
    wait_until(
        lambda: any(b"so far" in log.read_bytes() for log in logs.glob("*/slow.log")),
        "the log holds what was printed",
    )
    project.write("go", "")
    process.communicate(timeout=60)

    assert log_of(project, "slow") == b"so far\ndone\n"


@linux
def test_a_stage_that_takes_more_memory_than_it_may_is_ended(project: Project) -> None:
    """A function, a command and what a command starts; the others go on, and limits kept are."""
    eat = "x = bytearray(10**9); [x.__setitem__(i, 1) for i in range(0, 10**9, 4096)]"
    project.write(
        "pipeline.py",
        HEAD
        + f"""
    @stage(outputs={{"o": "output/a"}}, memory="250MB")
    def function() -> str:
        {eat}
        return "a"


    @stage(outputs={{"o": "output/b"}}, memory="250MB")
    def modest() -> str:
        kept = bytes(50_000_000)
        return str(len(kept))


    shell = command(
        "sh -c 'python -c \\"{eat}\\"'; echo x > {{outputs.o}}",
        name="shell",
        outputs={{"o": "output/c"}},
        memory=250_000_000,
    )
    """,
    )

    done = project.run("build", "-k")

    assert (done.code, done.ran) == (1, ["modest"])
    assert sorted(done.failed) == ["function", "shell"]
    for name in ("function", "shell"):
        assert "of memory, and its limit is 250 MB" in done.line(name)


@pytest.mark.parametrize("wrong", ["'plenty'", "0", "-5", "True", "'0 GB'", "[1]"])
def test_a_limit_that_is_no_amount_of_memory_is_told(project: Project, wrong: str) -> None:
    """With the stage, and how to write one."""
    project.write(
        "pipeline.py",
        HEAD + f'    a = command("echo > {{outputs.o}}", name="a", outputs={{"o": "o"}}, '
        f"memory={wrong})\n",
    )

    done = project.run("build")

    assert done.code == 2
    assert f"stage 'a': memory={wrong} is no amount of memory" in done.err
    assert "Write memory='2GB'" in done.err


@linux
@pytest.mark.parametrize("end", ["return 'x'", "os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_a_daemon_that_a_stage_leaves_ends_with_it(project: Project, end: str) -> None:
    """Though it is in a session of its own and has no parent any more."""
    project.write(
        "pipeline.py",
        HEAD
        + f"""
    @stage(outputs={{"o": "output/a"}})
    def function() -> str:
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                Path("daemon").write_text(str(os.getpid()))
                time.sleep(600)
            os._exit(0)
        while not Path("daemon").exists():
            time.sleep(0.01)
        {end}


    shell = command(
        "setsid sh -c 'echo $$ > other; exec sleep 600' & while [ ! -s other ]; do sleep 0.01; "
        "done; echo x > {{outputs.o}}",
        name="shell",
        outputs={{"o": "output/b"}},
    )
    """,
    )

    began = time.monotonic()
    project.run("build", "-k", "-j1")

    assert time.monotonic() - began < 60
    for name in ("daemon", "other"):
        pid = int(project.read(name))
        wait_until(lambda pid=pid: not is_running(pid), f"the {name} is gone")  # type: ignore[misc]


@linux
def test_a_daemon_ends_with_a_build_that_is_killed(project: Project) -> None:
    """SIGKILL of the build: a stage in a session of its own does not outlive it either."""
    project.write(
        "pipeline.py",
        HEAD
        + """
    shell = command(
        "setsid sh -c 'echo $$ > daemon.tmp; mv daemon.tmp daemon; exec sleep 600' & sleep 600",
        name="shell",
        outputs={"o": "output/b"},
    )
    """,
    )
    process = project.start("build")
    wait_until(lambda: project.exists("daemon"), "the daemon runs")
    process.kill()
    process.communicate(timeout=60)

    wait_until(lambda: not is_running(int(project.read("daemon"))), "the daemon is gone")


def test_a_stage_that_leaves_all_files_open_fails_nobody(project: Project) -> None:
    """Too many open files: what it was to leave is there, so it is built."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    project.write(
        "pipeline.py",
        HEAD
        + """
    @stage(outputs={"o": "output/a"})
    def opens(o: Path) -> None:
        o.write_text("whole")
        kept = []
        try:
            while True:
                kept.append(os.open("/dev/null", os.O_RDONLY))
        except OSError:
            pass
    """,
    )
    if soft > 1 << 16:
        pytest.skip("the limit of open files is too high to be reached")

    project.build()

    assert project.read("output/a") == "whole"


@linux
def test_a_command_that_writes_in_place_leaves_no_half_when_the_build_is_killed(
    project: Project,
) -> None:
    """What stood at its path stands there again: the host puts it back when the engine is gone."""
    project.write("a.txt", "1")
    project.write(
        "pipeline.py",
        HEAD
        + """
    place = command(
        "cat a.txt > output/o; if [ -e hold ]; then echo $$ > pid; sleep 600; fi; "
        "cat a.txt >> output/o",
        name="place",
        inputs={"a": "a.txt"},
        outputs={"o": "output/o"},
    )
    """,
    )
    project.build()
    project.write("hold", "")
    project.write("a.txt", "2")
    process = project.start("build")
    wait_until(lambda: project.exists("pid") and project.read("pid") != "", "it is half-way")
    assert project.read("output/o") == "2"
    process.kill()
    process.communicate(timeout=60)

    wait_until(lambda: project.reads("output/o", "11"), "it is back")
    (project.root / "hold").unlink()
    assert project.build().ran == ["place"]
    assert project.read("output/o") == "22"
