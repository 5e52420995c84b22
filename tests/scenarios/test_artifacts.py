"""Artifacts in odd places: what can be run, what stands in the way, what is gone."""

from __future__ import annotations

import os

from tests.project import Project

HEAD = "from capstone_build import command\n\n"


def test_whether_a_file_can_be_run_is_part_of_it(project: Project) -> None:
    """A stage that only makes its output executable has changed it; the store keeps both."""
    project.write("source.sh", "#!/bin/sh\necho hello\n")
    text = HEAD + (
        'text = command("cp {inputs.s} {outputs.o}", name="text", '
        'inputs={"s": "source.sh"}, outputs={"o": "out/tool.txt"})\n'
        'tool = command("cp {inputs.s} {outputs.o}CHMOD", name="tool", '
        'inputs={"s": "out/tool.txt"}, outputs={"o": "bin/tool"})\n'
        'use = command("{inputs.t} > {outputs.o}", name="use", '
        'inputs={"t": "bin/tool"}, outputs={"o": "out/said"})\n'
    )
    project.write("pipeline.py", text.replace("CHMOD", ""))
    assert project.run("build").failed == ["use"]
    project.write("pipeline.py", text.replace("CHMOD", "; chmod +x {outputs.o}"))
    assert project.build().ran == ["tool", "use"]
    (project.root / "bin/tool").unlink()

    assert project.build().restored == ["tool"]
    assert os.access(project.root / "bin/tool", os.X_OK)
    assert not os.access(project.root / "out/tool.txt", os.X_OK)


def test_a_file_where_a_folder_has_to_be_is_set_aside(project: Project) -> None:
    """An output that moved below its old name, and a file of the user's in the way."""
    text = HEAD + 'a = command("echo 1 > {outputs.o}", name="a", outputs={"o": "PATH"})\n'
    project.write("pipeline.py", text.replace("PATH", "result"))
    project.build()
    project.write("pipeline.py", text.replace("PATH", "result/x.txt"))
    assert project.build().ran == ["a"]
    assert project.read("result/x.txt") == "1\n"
    project.write("other", "mine")
    project.write("pipeline.py", text.replace("PATH", "other/deep/x.txt"))

    done = project.build()

    assert project.read("other/deep/x.txt") == "1\n"
    (kept,) = (p for p in (project.root / ".cache/kept").rglob("other") if p.is_file())
    assert kept.read_text() == "mine"
    assert kept.relative_to(project.root).as_posix() in done.out


def test_a_forecast_sees_through_folders_that_will_be_filled_again(project: Project) -> None:
    """Empty folders that the outputs to be restored will fill are no new input."""
    project.write("a.txt", "1")
    project.write(
        "pipeline.py",
        HEAD + 'a = command("cp a.txt {outputs.o}", name="a", '
        'inputs={"i": "a.txt"}, outputs={"o": "out/a.txt"})\n'
        'b = command("cp a.txt {outputs.o}", name="b", '
        'inputs={"i": "a.txt"}, outputs={"o": "out/sub/b.txt"})\n'
        'r = command("ls -R {inputs.d} > {outputs.o}", name="r", '
        'inputs={"d": "out/"}, outputs={"o": "r.txt"})\n',
    )
    project.build()
    for path in ("out/a.txt", "out/sub/b.txt"):
        (project.root / path).unlink()

    told = project.run("status").out

    assert "must run" not in told
    assert project.build().ran == []


def test_a_pattern_of_which_only_leavings_are_left_is_a_missing_source(project: Project) -> None:
    """What a stage that is gone left is no match: a clean build would find none."""
    project.write("a.txt", "1")
    a = (
        'a = command("cp a.txt {outputs.o}", name="a", '
        'inputs={"i": "a.txt"}, outputs={"o": "out/a.txt"})\n'
    )
    count = (
        'n = command("ls {inputs.f} > {outputs.o}", name="n", '
        'inputs={"f": "out/*.txt"}, outputs={"o": "n.txt"})\n'
    )
    project.write("pipeline.py", HEAD + a + count)
    project.build()
    project.write("pipeline.py", HEAD + count)

    done = project.run("build")

    assert done.code == 2
    assert "'out/*.txt' matches no file" in done.err


def test_a_contract_holds_for_each_file_of_a_pattern_in_a_list(project: Project) -> None:
    """And not for the other paths of that list."""
    project.write("data/a.csv", "x")
    project.write("other.csv", "")
    project.write(
        "pipeline.py",
        """
        from pathlib import Path

        from capstone_build import Artifact, stage


        def filled(path: Path) -> bool:
            return path.stat().st_size > 0


        @stage(
            inputs={"all": [Artifact("data/*.csv", contract=filled), "other.csv"]},
            outputs={"n": "n.txt"},
        )
        def count(all: list[Path]) -> str:
            return str(len(all))
        """,
    )
    assert project.build().ran == ["count"]
    project.write("data/b.csv", "")

    done = project.run("build")

    assert done.code == 1
    assert "data/b.csv: filled does not hold" in done.out


def test_a_stage_that_cannot_be_put_in_place_costs_no_other_artifact(project: Project) -> None:
    """Whatever ends a build, what a command was about to replace in place is put back."""
    project.write("keep.txt.in", "old")
    text = HEAD + (
        'slow = command("WAITcat keep.txt.in > keep.txt", name="slow", '
        'inputs={"i": "keep.txt.in"}, outputs={"o": "keep.txt"})\n'
    )
    project.write("pipeline.py", text.replace("WAIT", ""))
    project.build()
    project.write("keep.txt.in", "new")
    wait = "touch started; while [ ! -e go ]; do sleep 0.01; done; "
    blocked = (
        'bad = command("while [ ! -e started ]; do sleep 0.01; done; mkdir {outputs.o}/d; '
        'rm -rf .cache/objects; echo > .cache/objects; echo > {outputs.o}/d/e", '
        'name="bad", outputs={"o": "bad/"})\n'
    )
    project.write("pipeline.py", text.replace("WAIT", wait) + blocked)

    done = project.run("build", "-j2")

    assert done.code == 3, done.out + done.err
    assert "Traceback" not in done.err
    assert project.read("keep.txt") == "old"
