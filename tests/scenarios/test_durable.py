"""
Durable: killed at any moment, the next build heals by itself.

Outputs appear whole or not at all. When a stage fails, every artifact before
it stands, and `capstone build` goes on from there.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from tests.project import Project, is_running, kill, wait_until

PIPELINE = """
    import os
    import time
    from pathlib import Path

    from capstone_build import command, stage

    BIG = 200_000


    @stage(inputs={"seed": "seed.txt"}, outputs={"first": "output/first.txt"})
    def first(seed: str) -> str:
        return seed.strip() * BIG


    @stage(
        inputs={"first": "output/first.txt"},
        outputs={"second": "output/second.txt", "parts": "output/parts/"},
    )
    def second(first: Path, second: Path, parts: Path) -> None:
        text = first.read_text()
        with second.open("w") as file:
            for start in range(0, len(text), 1000):
                file.write(text[start : start + 1000].upper())
        for number in range(20):
            (parts / f"{number}.txt").write_text(text[: 1000 * number])


    third = command(
        "wc -c < {inputs.second} > {outputs.third}",
        name="third",
        inputs={"second": "output/second.txt", "parts": "output/parts/"},
        outputs={"third": "output/third.txt"},
    )
    """


def clean(project: Project, seed: str) -> dict[str, bytes]:
    """What a clean build makes of this seed."""
    beside = Project(project.root.with_name("clean"))
    shutil.rmtree(beside.root, ignore_errors=True)
    beside.write("pipeline.py", project.read("pipeline.py"))
    beside.write("seed.txt", seed)
    beside.build()
    return beside.artifacts()


@pytest.fixture
def held(project: Project) -> Project:
    """A stage that writes half of its output, says so, and waits to be let go."""
    project.write(
        "pipeline.py",
        """
        import os
        import subprocess
        import time
        from pathlib import Path

        from capstone_build import stage


        @stage(outputs={"before": "output/before.txt"})
        def before() -> str:
            return "stands"


        @stage(inputs={"before": "output/before.txt"}, outputs={"out": "output/out.txt"})
        def slow(before: str, out: Path) -> None:
            with out.open("w") as file:
                file.write("half, ")
                file.flush()
                if not Path("go").exists():
                    child = subprocess.Popen(["sleep", "600"])
                    Path("child").write_text(str(child.pid))
                    Path("pid.tmp").write_text(str(os.getpid()))
                    Path("pid.tmp").rename("pid")
                    time.sleep(600)
                file.write("whole")
        """,
    )
    return project


def half_way(project: Project) -> tuple[int, int]:
    """Wait until the stage is half-way through; return its process and its child's."""
    wait_until(lambda: project.exists("pid"), "the stage is half-way through")
    return int(project.read("pid")), int(project.read("child"))


def heals(project: Project) -> None:
    """The next plain build does what was left and nothing more."""
    assert not project.exists("output/out.txt"), "half an artifact at its final path"
    project.write("go", "")
    done = project.build()
    assert done.ran == ["slow"]
    assert project.artifacts() == {
        "output/before.txt": b"stands",
        "output/out.txt": b"half, whole",
    }
    assert project.build().ran == []


def test_a_stage_killed_half_way_leaves_nothing(held: Project) -> None:
    """SIGKILL of the stage: it failed, what came before stands, the next build heals."""
    process = held.start("build")
    stage, child = half_way(held)
    os.kill(stage, signal.SIGKILL)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 1, out + err
    assert "SIGKILL" in out
    assert held.read("output/before.txt") == "stands"
    wait_until(lambda: not is_running(child), "the stage's child is ended")
    heals(held)


def test_a_build_killed_half_way_leaves_nothing(held: Project) -> None:
    """SIGKILL of the build: its stages end with it, and the next build heals."""
    process = held.start("build")
    stage, child = half_way(held)

    kill(process)

    wait_until(lambda: not is_running(stage) and not is_running(child), "no stage outlives it")
    heals(held)


def test_a_group_killed_half_way_leaves_nothing(held: Project) -> None:
    """SIGKILL of the build with its whole process group."""
    process = held.start("build")
    stage, child = half_way(held)

    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)

    wait_until(lambda: not is_running(stage) and not is_running(child), "no stage outlives it")
    heals(held)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_build_told_to_end_ends_its_stages(held: Project, number: int, code: int) -> None:
    """Ctrl-C, SIGTERM, a closed terminal: children end, what stands is said, the code is right."""
    process = held.start("build")
    stage, child = half_way(held)

    done = kill(process, number)

    assert done.code == code
    assert not is_running(stage)
    assert not is_running(child)
    assert "output/before.txt" in done.out
    assert "capstone build" in done.out
    assert "Traceback" not in done.out + done.err
    heals(held)


def test_an_edit_put_back_after_a_kill_is_not_taken_for_the_other(project: Project) -> None:
    """Killed while at work on another input, which is then put back: the outputs are right."""
    project.write("data.txt", "one")
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        slow = command(
            "cat data.txt > output/out.txt; touch started; while [ ! -e go ]; do sleep 0.01; done",
            name="slow",
            inputs={"data": "data.txt"},
            outputs={"out": "output/out.txt"},
        )
        """,
    )
    project.write("go", "")
    project.build()
    for name in ("go", "started"):
        (project.root / name).unlink()
    project.write("data.txt", "two")
    process = project.start("build")
    wait_until(lambda: project.exists("started"), "the stage is at work")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    project.write("data.txt", "one")
    project.write("go", "")

    project.build()

    assert project.read("output/out.txt") == "one"


def test_a_failure_leaves_all_before_it_and_goes_on_from_there(project: Project) -> None:
    """The last thing on the screen is what failed, why, what stands and how to go on."""
    project.write("mood.txt", "bad")
    project.write(
        "pipeline.py",
        """
        from pathlib import Path

        from capstone_build import stage


        @stage(outputs={"a": "output/a.txt"})
        def a() -> str:
            return "a"


        def explode(mood):
            if mood == "bad":
                raise ValueError("the mood is bad")


        @stage(inputs={"a": "output/a.txt", "mood": "mood.txt"}, outputs={"b": "output/b.txt"})
        def b(a: str, mood: str, b: Path) -> None:
            print("looking at the mood")
            b.write_text("half")
            explode(mood)
            b.write_text("b")


        @stage(inputs={"b": "output/b.txt"}, outputs={"c": "output/c.txt"})
        def c(b: str) -> str:
            return b + "c"
        """,
    )

    done = project.run("build", "-j1")

    assert done.code == 1
    assert (done.ran, done.failed, done.skipped) == (["a"], ["b"], [])
    assert project.artifacts() == {"output/a.txt": b"a"}
    tail = done.out[done.out.index("failed") :]
    assert "ValueError: the mood is bad" in tail
    assert 'raise ValueError("the mood is bad")' in tail, "the user's own traceback"
    assert "capstone_build" not in tail, "none of ours"
    assert "looking at the mood" in tail
    assert "output/a.txt" in tail
    assert "capstone build -j1" in tail or "capstone build -j 1" in tail
    kept = [p for p in (project.root / ".cache/kept").rglob("*") if p.is_file()]
    assert [path.read_text() for path in kept] == ["half"]

    project.write("mood.txt", "good")

    assert project.build().ran == ["b", "c"]
    assert project.read("output/c.txt") == "bc"


def test_a_failed_stage_leaves_its_earlier_output(project: Project) -> None:
    """An artifact is replaced when its stage succeeds, and not before, in place or not."""
    pipeline = """
        from capstone_build import command

        staged = command(
            "cat data.txt > {outputs.out}; TEST",
            name="staged", inputs={"d": "data.txt"}, outputs={"out": "output/staged.txt"},
        )
        in_place = command(
            "cat data.txt > output/in_place.txt; TEST",
            name="in_place", inputs={"d": "data.txt"}, outputs={"out": "output/in_place.txt"},
        )
        """
    project.write("data.txt", "old")
    project.write("pipeline.py", pipeline.replace("TEST", "true"))
    project.build()
    project.write("data.txt", "new")
    project.write("pipeline.py", pipeline.replace("TEST", "false"))

    assert project.run("build", "-k").code == 1
    assert set(project.artifacts().values()) == {b"old"}


def test_keep_going_builds_what_does_not_depend_on_the_failure(project: Project) -> None:
    """With `-k` one failure costs only what is below it."""
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        bad = command("exit 3", name="bad", outputs={"out": "output/bad"})
        below = command(
            "cp {inputs.bad} {outputs.out}",
            name="below", inputs={"bad": "output/bad"}, outputs={"out": "output/below"},
        )
        good = command("echo > {outputs.out}", name="good", outputs={"out": "output/good"})
        """,
    )

    done = project.run("build", "-k", "-j1")

    assert done.code == 1
    assert (done.ran, done.failed) == (["good"], ["bad"])
    assert "below" in done.out
    assert "exit code 3" in done.out


def test_a_rotten_object_is_dropped_and_its_stage_runs(project: Project) -> None:
    """What comes back from the store is verified; damage means a run, never a wrong artifact."""
    project.write("pipeline.py", PIPELINE)
    project.write("seed.txt", "x")
    project.build()
    before = project.artifacts()
    for path in (project.root / ".cache/objects").rglob("*"):
        if path.is_file():
            content = bytearray(path.read_bytes())
            if content:
                content[0] ^= 1
            path.write_bytes(content)
    shutil.rmtree(project.root / "output")

    done = project.build()

    assert done.ran == ["first", "second", "third"]
    assert project.artifacts() == before


def test_two_builds_at_once_share_the_work(held: Project) -> None:
    """The second build waits, says for whom, and finds the work done."""
    first = held.start("build")
    half_way(held)
    second = held.start("build")
    assert second.stdout is not None
    said = ""
    while "waiting" not in said:
        said = second.stdout.readline()
        assert said, "the second build ended without waiting"
    assert str(first.pid) in said
    held.write("go", "")  # what sleeps does not see it: the second build's run will
    kill(first, signal.SIGTERM)
    out, err = second.communicate(timeout=60)

    assert second.returncode == 0, out + err
    assert held.read("output/out.txt") == "half, whole"


def test_an_input_edited_and_put_back_while_its_stage_runs_is_read_again(project: Project) -> None:
    """The content is what it was, but not what the stage read: it runs once more."""
    project.write("data.txt", "one")
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        slow = command(
            "touch started; while [ ! -e go ]; do sleep 0.01; done; cat data.txt > {outputs.out}; "
            "touch read; while [ ! -e end ]; do sleep 0.01; done",
            name="slow",
            inputs={"data": "data.txt"},
            outputs={"out": "output/out.txt"},
        )
        """,
    )
    process = project.start("build")
    wait_until(lambda: project.exists("started"), "the stage has started")
    project.write("data.txt", "two")
    project.write("go", "")
    wait_until(lambda: project.exists("read"), "the stage has read")
    project.write("data.txt", "one")
    project.write("end", "")
    process.communicate(timeout=60)

    assert project.read("output/out.txt") == "one"


def test_two_first_builds_at_once_share_the_work(project: Project) -> None:
    """Also where there is no memory yet: the second finds what the first one remembered."""
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        slow = command(
            "touch started; while [ ! -e go ]; do sleep 0.01; done; touch {outputs.out}",
            name="slow", outputs={"out": "output/out.txt"},
        )
        """,
    )
    first = project.start("build")
    wait_until(lambda: project.exists("started"), "the stage has started")
    second = project.start("build")
    assert second.stdout is not None
    assert "waiting" in second.stdout.readline()
    project.write("go", "")
    assert "built 1" in first.communicate(timeout=60)[0]
    out, err = second.communicate(timeout=60)

    assert second.returncode == 0, err
    assert "nothing to do" in out


def test_outputs_on_another_disk_are_put_in_place(project: Project) -> None:
    """`output` may be a link to another file system, for commands that write in place as well."""
    shared = Path("/dev/shm")  # noqa: S108 (it is there or the test is skipped)
    if not shared.is_dir() or shared.stat().st_dev == project.root.stat().st_dev:
        pytest.skip("no second file system here")
    with tempfile.TemporaryDirectory(dir=shared) as disk:
        (project.root / "output").symlink_to(disk)
        project.write("pipeline.py", PIPELINE)
        project.write(
            "more.py",
            "from capstone_build import command\n"
            'x = command("echo 1 > output/x; rm -rf output/d; mkdir output/d; echo > output/d/e",'
            ' name="x", outputs={"x": "output/x", "d": "output/d/"})\n',
        )
        project.write("seed.txt", "x")
        assert project.build().ran == ["first", "second", "third"]
        assert project.build("--file", "more.py").ran == ["x"]
        assert project.build("--file", "more.py", "--force", "x").ran == ["x"]
        project.write("seed.txt", "y")
        assert project.build().ran == ["first", "second", "third"]
        assert (Path(disk) / "second.txt").read_text().startswith("YYY")
        assert not list(Path(disk).rglob("*.tmp"))


def test_a_tool_that_a_stage_made_stays_executable(project: Project) -> None:
    """What is restored from the store can be run if it could be run before."""
    project.write("source.sh", "echo one")
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        tool = command(
            "{ echo '#!/bin/sh'; cat source.sh; } > {outputs.tool}; chmod +x {outputs.tool}",
            name="tool", inputs={"source": "source.sh"}, outputs={"tool": "bin/tool"},
        )
        """,
    )
    project.build()
    (project.root / "bin/tool").unlink()
    assert project.build().restored == ["tool"]

    assert os.access(project.root / "bin/tool", os.X_OK)


def test_an_output_edited_while_its_stage_runs_is_kept(project: Project) -> None:
    """An edit that arrives between the look and the replacement is not lost."""
    project.write("data.txt", "one")
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        slow = command(
            "touch started; while [ ! -e go ]; do sleep 0.01; done; cat data.txt > {outputs.out}",
            name="slow", inputs={"data": "data.txt"}, outputs={"out": "output/out.txt"},
        )
        """,
    )
    project.write("go", "")
    project.build()
    for name in ("go", "started"):
        (project.root / name).unlink()
    project.write("data.txt", "two")
    process = project.start("build")
    wait_until(lambda: project.exists("started"), "the stage has started")
    project.write("output/out.txt", "hours of work")
    project.write("go", "")
    process.communicate(timeout=60)

    assert project.read("output/out.txt") == "two"
    (kept,) = (path for path in (project.root / ".cache/kept").rglob("out.txt"))
    assert kept.read_text() == "hours of work"


def test_what_cannot_be_an_artifact_is_refused_by_name(project: Project) -> None:
    """A pipe, a name that is not UTF-8, a link that leads out of an output folder."""
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        read = command(
            "cat {inputs.all} > {outputs.o}",
            name="read", inputs={"all": "data/*"}, outputs={"o": "output/o"},
        )
        """,
    )
    project.write("data/a.txt", "a")
    os.mkfifo(project.root / "data/pipe")
    done = project.run("build")
    assert done.code == 2
    assert "'data/pipe' is neither a file nor a folder" in done.err
    (project.root / "data/pipe").unlink()
    bad = os.fsencode(project.root / "data") + b"/b\xff"
    Path(os.fsdecode(bad)).write_text("b")
    done = project.run("build")
    assert done.code == 2
    assert "is not UTF-8" in done.err
    Path(os.fsdecode(bad)).unlink()
    for text in ("mkfifo {outputs.o}/pipe", "ln -s /etc/passwd {outputs.o}/link"):
        project.write(
            "pipeline.py",
            "from capstone_build import command\n"
            f'odd = command("{text}", name="odd", outputs={{"o": "output/folder/"}})\n',
        )
        done = project.run("build")
        assert done.code == 1
        assert "in it is" in done.out


def test_the_end_of_the_host_ends_what_its_workers_started(project: Project) -> None:
    """A host killed from outside (memory ran out, say) fails its stages and leaves none running."""
    project.write(
        "pipeline.py",
        """
        import os
        from pathlib import Path

        from capstone_build import stage


        @stage(outputs={"o": "output/o"})
        def slow() -> str:
            import subprocess

            child = subprocess.Popen(["sleep", "600"])
            Path("pids.tmp").write_text(f"{os.getppid()} {os.getpid()} {child.pid}")
            Path("pids.tmp").rename("pids")
            child.wait()
            return ""
        """,
    )
    process = project.start("build")
    wait_until(lambda: project.exists("pids"), "the stage is at work")
    host, worker, child = map(int, project.read("pids").split())
    os.kill(host, signal.SIGKILL)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 1, out + err
    wait_until(lambda: not is_running(worker) and not is_running(child), "nothing is left running")


def test_threads_that_a_stage_left_at_work_are_waited_for(project: Project) -> None:
    """As when Python ends by itself: what they write is whole."""
    project.write(
        "pipeline.py",
        """
        import threading
        import time
        from pathlib import Path

        from capstone_build import stage


        @stage(outputs={"o": "output/o"})
        def threaded(o: Path) -> None:
            def write() -> None:
                time.sleep(0.2)
                o.write_text("whole")

            threading.Thread(target=write).start()
        """,
    )

    project.build()

    assert project.read("output/o") == "whole"
