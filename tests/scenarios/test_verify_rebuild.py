"""
Verify --rebuild: a stage that leaves other bytes the second time is named, with what differs.

It runs in a copy: the project, its outputs included, stays as it is.
"""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests.project import Project, is_running, kill, wait_until

HEAD = """
import gzip
import os
import time
from pathlib import Path

from capstone_build import command, stage

"""


def of_stage(project: Project, text: str) -> None:
    """Write a pipeline, and build it."""
    project.write("pipeline.py", HEAD + text)
    project.build()


def contents(project: Project) -> dict[str, tuple[bytes, int]]:
    """Return content and time of every file of the project but the engine's own."""
    return {
        path.relative_to(project.root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in project.root.rglob("*")
        if path.is_file() and not {".cache", "__pycache__"} & set(path.parts)
    }


def test_a_stage_that_leaves_the_same_bytes_is_the_same(project: Project) -> None:
    """With helpers, undeclared reads, listings and parameters, all found in the copy."""
    project.write("helpers.py", "def twice(text): return text * 2\n")
    project.write("lists/a.txt", "a")
    project.write("lists/b.txt", "b")
    project.write("rates.txt", "3")
    project.write("seed.txt", "x")
    of_stage(
        project,
        """
        import helpers

        ROOT = Path(__file__).parent

        @stage(inputs={"seed": "seed.txt"}, outputs={"out": "output/first.txt"}, params={"n": 2})
        def first(seed: str, n: int) -> str:
            names = sorted(os.listdir(ROOT / "lists"))
            return helpers.twice(seed) * n + (ROOT / "rates.txt").read_text() + str(names)

        second = command(
            "cat {inputs.first} > output/second.txt; cat rates.txt >> output/second.txt",
            name="second",
            inputs={"first": "output/first.txt"}, outputs={"out": "output/second.txt"},
        )
        parts = command(
            "mkdir -p {outputs.parts}/in/empty; cp {inputs.first} {outputs.parts}/in/a",
            name="parts",
            inputs={"first": "output/first.txt"}, outputs={"parts": "output/parts/"},
        )
        """.replace("\n        ", "\n"),
    )

    done = project.run("verify", "--rebuild")

    assert done.code == 0, done.out + done.err
    assert done.last_line.startswith("3 stages left the same bytes twice: same 3 in ")
    assert not project.exists(".cache/rebuilding")


WRITES = {
    "json": (
        '"a.json"',
        """out.write_text('{"a": 1, "b": [{"c d": ' + str(time.time_ns()) + '}]}')""",
        'output/a.json: $.b[0]["c d"]',
    ),
    "text": (
        '"a.txt"',
        'out.write_text("one\\n" + str(time.time_ns()) + "\\nthree\\n")',
        "output/a.txt: line 2",
    ),
    "csv": (
        '"a.csv"',
        'out.write_text("id,at\\n1,x\\n2," + str(time.time_ns()) + "\\n")',
        "output/a.csv: row 2, column 'at'",
    ),
    "bytes": (
        '"a.bin"',
        'out.write_bytes(b"\\0" * 100 + time.time_ns().to_bytes(8, "little"))',
        "output/a.bin: byte 10",
    ),
    "gzip": (
        '"a.gz"',
        'out.write_bytes(gzip.compress(b"x", mtime=time.time_ns() // 10**6 % 2**31))',
        "output/a.gz: the time in the header of gzip",
    ),
    "folder": (
        '"parts/"',
        "out.mkdir(exist_ok=True); (out / str(time.time_ns())).write_text('x')",
        "it was left then, and is not now",
    ),
    "mode": (
        '"a.sh"',
        'out.write_text("x"); out.chmod(0o644 if os.getcwd() == os.environ["ROOT"] else 0o755)',
        "output/a.sh: only whether it can be run",
    ),
}


@pytest.mark.parametrize("kind", WRITES)
def test_what_differs_is_named(project: Project, kind: str) -> None:
    """In the terms of what the file holds; then, and now."""
    name, body, told = WRITES[kind]
    project.write(
        "pipeline.py",
        HEAD
        + f"""
@stage(inputs={{}}, outputs={{"out": "output/" + {name}}})
def odd(out: Path) -> None:
    {body}
""",
    )
    env = {"ROOT": str(project.root)}
    project.build(env=env)
    before = contents(project)

    done = project.run("verify", "--rebuild", env=env)

    assert done.code == 1, done.out + done.err
    assert "odd is not deterministic" in done.out
    assert told in done.out
    assert done.last_line.startswith("not deterministic 1 in ")
    assert contents(project) == before
    assert project.build(env=env).ran == []


def test_a_table_is_compared_as_a_table(project: Project) -> None:
    """Schema, rows, then the first value that differs."""
    pytest.importorskip("pyarrow")
    of_stage(
        project,
        """
import pyarrow as pa

@stage(inputs={}, outputs={"out": "output/a.parquet"})
def table() -> pa.Table:
    return pa.table({"id": range(100), "at": [0] * 40 + [time.time_ns()] * 60})

@stage(inputs={}, outputs={"out": "output/b.parquet"})
def rows() -> pa.Table:
    return pa.table({"id": range(time.time_ns() % 1000 + 1)})

@stage(inputs={}, outputs={"out": "output/c.parquet"})
def columns() -> pa.Table:
    return pa.table({str(time.time_ns()): [1]})
""",
    )

    done = project.run("verify", "--rebuild")

    assert "output/a.parquet: row 41, column 'at'" in done.out
    assert "output/b.parquet: the number of rows" in done.out
    assert "output/c.parquet: the columns" in done.out


def test_a_command_that_writes_in_place_leaves_the_project_alone(project: Project) -> None:
    """Its outputs, what it writes beside them, and files that it changes undeclared."""
    project.write("state.txt", "0\n")
    of_stage(
        project,
        """
inplace = command(
    "echo 1 >> state.txt; date +%s%N > side.log; date +%s%N > output/now.txt; "
    "mkdir -p output/parts; date +%s%N > output/parts/a",
    name="inplace", outputs={"now": "output/now.txt", "parts": "output/parts/"},
)
""",
    )
    before = contents(project)

    done = project.run("verify", "--rebuild", "inplace")

    assert done.code == 1
    assert "output/parts/a: line 1" in done.out
    assert contents(project) == before


def test_an_output_folder_on_another_disk_stays_as_it_is(project: Project, tmp_path: Path) -> None:
    """A link to it is not followed by what writes in place."""
    (tmp_path / "disk").mkdir()
    (project.root / "output").symlink_to(tmp_path / "disk")
    of_stage(
        project,
        """
now = command("date +%s%N > output/now.txt", name="now", outputs={"now": "output/now.txt"})
""",
    )
    before = (tmp_path / "disk/now.txt").read_text()

    assert project.run("verify", "--rebuild").code == 1

    assert (tmp_path / "disk/now.txt").read_text() == before


def test_stages_without_current_outputs_are_skipped(project: Project) -> None:
    """With the reason for which they are not current; what is named is all that runs."""
    project.write("seed.txt", "x")
    of_stage(
        project,
        """
one = command("cp {inputs.s} {outputs.o}", name="one", inputs={"s": "seed.txt"},
              outputs={"o": "output/one.txt"})
two = command("cp {inputs.s} {outputs.o}", name="two", inputs={"s": "output/one.txt"},
              outputs={"o": "output/two.txt"})
three = command("echo 3 > {outputs.o}", name="three", outputs={"o": "output/three.txt"})
""",
    )
    project.write("seed.txt", "y")

    done = project.run("verify", "--rebuild")

    assert done.code == 0
    assert "skipped   one                  must run: input seed.txt changed" in done.out
    assert "skipped   two                  may run: waits for one" in done.out
    assert "same 1, skipped 2 in " in done.last_line
    named = project.run("verify", "--rebuild", "output/one.txt")
    assert "`capstone build` makes what they can be compared with" in named.last_line
    assert "three" not in named.out


def test_a_stage_that_fails_the_second_time_is_named(project: Project) -> None:
    """With what it printed, and what the copy does not have."""
    of_stage(
        project,
        f"""
once = command(
    "echo said; test ! -e {project.root}/ran && echo > {project.root}/ran && echo > {{outputs.o}}",
    name="once", outputs={{"o": "output/once.txt"}},
)
""",
    )

    done = project.run("verify", "--rebuild")

    assert done.code == 1
    assert "once failed the second time: exit code 1" in done.out
    assert "  said" in done.out
    assert ".cache/rebuilding" not in done.out
    assert done.last_line.startswith("failed 1 in ")


def test_the_path_of_the_folder_alone_is_no_difference(project: Project) -> None:
    """It runs elsewhere only because it runs apart."""
    of_stage(
        project,
        """
@stage(inputs={}, outputs={"out": "output/where.txt"})
def where() -> str:
    return os.getcwd() + "/x"
""",
    )

    done = project.run("verify", "--rebuild")

    assert done.code == 0
    assert "same but for the path of the folder that it ran in" in done.out


def test_many_run_at_the_same_time(project: Project) -> None:
    """Each waits for the other, in places of their own outside of the copies."""
    meet = "touch {root}/{me}; i=0; while [ ! -e {root}/{other} ]; do sleep 0.05; i=$((i+1)); "
    meet += "[ $i -lt 400 ] || exit 9; done"
    shared = project.root.parent

    def waiting(me: str, other: str) -> str:
        line = meet.format(root=shared, me=me, other=other)
        return f"""
{me} = command("{line}; echo > {{outputs.o}}", name="{me}", outputs={{"o": "output/{me}.txt"}})
"""

    project.write("pipeline.py", HEAD + waiting("a", "b") + waiting("b", "a"))
    project.build("-j", "2")
    (shared / "a").unlink()
    (shared / "b").unlink()

    done = project.run("verify", "--rebuild", "-j", "2")

    assert done.code == 0, done.out


def test_it_is_told_to_programs(project: Project) -> None:
    """As JSON, with then and now."""
    of_stage(
        project,
        """
@stage(inputs={}, outputs={"out": "output/now.json"})
def now() -> dict:
    return {"at": time.time_ns()}
""",
    )
    was = json.loads(project.read("output/now.json"))["at"]

    done = project.run("verify", "--rebuild", "--json")

    told = json.loads(done.out)
    assert (done.code, told["is_well"]) == (1, False)
    (found,) = told["stages"]
    (difference,) = found["differences"]
    assert (found["stage"], found["sameness"]) == ("now", "differs")
    assert (difference["what"], difference["then"]) == ("$.at", str(was))


def test_interrupted_it_ends_what_runs_and_leaves_no_copy(project: Project) -> None:
    """And a killed one's copy is removed by the next."""
    place = project.root.parent
    slow = f"""
slow = command(
    "echo $$ > {place}/pid; if [ -e {place}/slow ]; then sleep 600; fi; echo > {{outputs.o}}",
    name="slow", outputs={{"o": "output/slow.txt"}},
)
"""
    of_stage(project, slow)
    (project.root.parent / "slow").touch()
    (project.root.parent / "pid").unlink()
    pid_file = project.root.parent / "pid"

    def at_work() -> bool:
        return pid_file.exists() and bool(pid_file.read_text().strip())

    running = project.start("verify", "--rebuild")
    wait_until(at_work, "the stage runs")
    pid = int(pid_file.read_text())
    os.kill(running.pid, signal.SIGINT)
    out, _ = running.communicate(timeout=60)

    assert running.returncode == 130
    assert "interrupted" in out
    wait_until(lambda: not is_running(pid), "the stage is ended")
    assert not project.exists(".cache/rebuilding")

    pid_file.unlink()
    running = project.start("verify", "--rebuild")
    wait_until(at_work, "the stage runs")
    kill(running)
    assert project.exists(".cache/rebuilding")
    wait_until(lambda: not is_running(int(pid_file.read_text())), "the stage is ended")
    (project.root.parent / "slow").unlink()
    assert project.run("verify", "--rebuild").code == 0
    assert not project.exists(".cache/rebuilding")


def test_what_is_read_while_the_pipeline_is_imported_is_in_the_copy(project: Project) -> None:
    """Even what a stage makes; what cannot be known to be needed is named as missing."""
    project.write("output/conf.txt", "1")
    large = project.root / "large.bin"
    large.write_bytes(b"1" * (17 << 20))
    of_stage(
        project,
        """
CONF = Path("output/conf.txt").read_text()

conf = command("printf 1 > {outputs.o}", name="conf", outputs={"o": "output/conf.txt"})

@stage(inputs={}, outputs={"out": "output/a.txt"})
def a() -> str:
    return CONF
""",
    )
    done = project.run("verify", "--rebuild")
    assert done.code == 0, done.out
    project.edit("pipeline.py", "CONF = ", "assert not os.system('test -s lar*.bin')\nCONF = ")
    project.build()

    done = project.run("verify", "--rebuild", "a")

    assert done.code == 1
    assert "a failed the second time: the pipeline does not load there" in done.out
    assert "the copy that it ran in has no large.bin: large, and declared by no stage" in done.out


def test_what_is_named_without_the_option_is_refused(project: Project) -> None:
    """All that is remembered hangs together."""
    of_stage(project, 'a = command("echo > {outputs.o}", name="a", outputs={"o": "output/a"})\n')

    done = project.run("verify", "a")

    assert done.code == 2
    assert "verify --rebuild STAGE" in done.err
    assert project.run("verify", "--rebuild", "nosuch").code == 2
