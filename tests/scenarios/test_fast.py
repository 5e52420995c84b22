"""Fast: a build with nothing to do looks, and does nothing else."""

from __future__ import annotations

from tests.project import Project, wait_until

PIPELINE = """
    from capstone_build import command

    made = command("echo x > {outputs.o}", name="made", outputs={"o": "output/made"})
    slow = command(
        "touch started; while [ ! -e go ]; do sleep 0.01; done; touch {outputs.o}",
        name="slow", outputs={"o": "output/slow"},
    )
    """


def test_a_build_with_nothing_to_do_writes_nothing(project: Project) -> None:
    """Once all is up to date, no file of the project is written by another build."""
    project.write("pipeline.py", PIPELINE)
    project.build("made")
    project.build("made")  # reads what was too young to be trusted, and remembers it

    def states() -> dict[str, tuple[int, int]]:
        return {
            str(path): (path.stat().st_mtime_ns, path.stat().st_size)
            for path in project.root.rglob("*")
            if path.is_file()
        }

    before = states()
    assert project.build("made").last_line.startswith("nothing to do")
    assert states() == before


def test_a_build_with_nothing_to_do_waits_for_nobody(project: Project) -> None:
    """It takes no lock, so a long build of something else is no obstacle."""
    project.write("pipeline.py", PIPELINE)
    project.build("made")
    process = project.start("build", "slow")
    wait_until(lambda: project.exists("started"), "the other build is at work")

    done = project.build("made")

    assert done.last_line.startswith("nothing to do")
    assert process.poll() is None, "the other build is still at work"
    project.write("go", "")
    process.communicate(timeout=60)


def test_the_first_build_spares_the_second_a_look(project: Project) -> None:
    """It leaves what the next one sweeps, though the folders of its outputs were not there."""
    project.write("data/a.txt", "a")
    project.write(
        "pipeline.py",
        """
        from pathlib import Path

        from capstone_build import stage


        @stage(inputs={"all": "data/*.txt"}, outputs={"o": "made/for/this/o.txt"})
        def count(all: list[Path]) -> str:
            return str(len(all))
        """,
    )

    project.build()

    assert list((project.root / ".cache/footings").iterdir())
    assert project.build().last_line == "nothing to do: 1 stage is up to date"


def test_an_edit_of_code_joins_no_stages_anew(project: Project) -> None:
    """What joins the stages is known until a path changes, so networkx is not even imported."""
    pipeline = (
        "from capstone_build import command, stage\n"
        "a = command('echo 1 > {outputs.o}', name='a', outputs={'o': 'output/a'})\n"
        "b = command('cat {inputs.i} > {outputs.o}', name='b', inputs={'i': 'output/a'},\n"
        "            outputs={'o': 'output/b'})\n"
    )
    project.write("pipeline.py", pipeline)
    importing = {"PYTHONPROFILEIMPORTTIME": "1"}
    first = project.run("build", env=importing)
    assert "| networkx\n" in first.err
    assert first.ran == ["a", "b"]

    project.edit("pipeline.py", "echo 1", "echo 2")
    second = project.run("build", env=importing)
    assert "capstone_build.looking.session\n" in second.err
    assert "networkx" not in second.err
    assert second.ran == ["a", "b"]

    project.edit("pipeline.py", "outputs={'o': 'output/a'}", "outputs={'o': 'output/other'}")
    project.edit("pipeline.py", "'i': 'output/a'", "'i': 'output/other'")
    third = project.run("build", env=importing)
    assert "| networkx\n" in third.err
    assert third.ran == ["a", "b"]
