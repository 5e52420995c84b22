"""
Command stages: filled in safely, run by the shell or without one, staged or in place.

Timeouts and retries are those of every stage.
"""

from __future__ import annotations

import pytest

from tests.project import Project, is_running

HEAD = "from capstone_build import command\n\n\n"


def test_awkward_names_and_values_reach_the_command_as_they_are(project: Project) -> None:
    """Spaces, quotes, dollars, dashes: one word each."""
    name = "-a 'b' \"c\" $HOME.txt"
    project.write(name, "content")
    project.write(
        "pipeline.py",
        HEAD
        + f"""
show = command(
    "cat {{inputs.file}} > {{outputs.out}}; echo {{params.words}} {{params.n}} >> {{outputs.out}}",
    name="show",
    inputs={{"file": {name!r}}},
    outputs={{"out": "output/it's here.txt"}},
    params={{"words": "a  'b' $PATH `id`", "n": 1.5}},
)
plain = command(
    ["cp", "{{inputs.file}}", "{{outputs.out}}"],
    name="plain", inputs={{"file": {name!r}}}, outputs={{"out": "output/plain"}},
)
""",
    )

    project.build()

    assert project.read("output/it's here.txt") == "contenta  'b' $PATH `id` 1.5\n"
    assert project.read("output/plain") == "content"


def test_the_first_failing_line_fails_the_stage(project: Project) -> None:
    """A command of several lines ends at the first that fails."""
    project.write(
        "pipeline.py",
        HEAD + 'a = command("""false\necho > {outputs.out}""", name="a", outputs={"out": "o/a"})\n',
    )

    done = project.run("build")

    assert done.code == 1
    assert "exit code 1" in done.out


def test_the_text_of_a_command_counts(project: Project) -> None:
    """An edited command runs, another one does not."""
    text = HEAD + 'a = command("echo 1 > {outputs.o}", name="a", outputs={"o": "output/a"})\n'
    text += 'b = command("echo 1 > {outputs.o}", name="b", outputs={"o": "output/b"})\n'
    project.write("pipeline.py", text)
    project.build()
    project.edit(
        "pipeline.py", 'echo 1 > {outputs.o}", name="b"', 'echo 2 > {outputs.o}", name="b"'
    )

    assert project.build().ran == ["b"]
    assert project.read("output/b") == "2\n"


def test_generated_stages_are_listed(project: Project) -> None:
    """A list named `pipeline` holds stages made in a loop, functions and commands."""
    project.write("seed.txt", "s")
    project.write(
        "pipeline.py",
        """
        from capstone_build import command, stage


        def work(seed: str, factor: int) -> str:
            return seed * factor


        pipeline = [
            stage(
                name=f"work{n}",
                inputs={"seed": "seed.txt"},
                outputs={"out": f"output/{n}.txt"},
                params={"factor": n},
            )(work)
            for n in range(1, 4)
        ]
        pipeline.append(
            command(
                "cat {inputs.parts} > {outputs.all}",
                name="join",
                inputs={"parts": [f"output/{n}.txt" for n in range(3, 0, -1)]},
                outputs={"all": "output/all.txt"},
            )
        )
        """,
    )

    assert project.build().ran[-1] == "join"
    assert project.read("output/all.txt") == "ssssss"
    assert project.build("--set", "work2.factor=5").ran == ["work2", "join"]


def test_closures_count_for_what_they_hold(project: Project) -> None:
    """Functions made from the same lines with other values are other functions."""
    text = """
        from capstone_build import stage


        def make(n, word):
            @stage(name=f"make{n}", outputs={"out": f"output/{n}.txt"})
            def inner() -> str:
                return word

            return inner


        pipeline = [make(1, "one"), make(2, "two")]
        """
    project.write("pipeline.py", text)
    project.build()
    project.write("pipeline.py", text.replace('"two"', '"zwei"'))

    assert project.build().ran == ["make2"]
    assert project.read("output/2.txt") == "zwei"


def test_a_stage_that_takes_too_long_is_ended(project: Project) -> None:
    """The timeout ends the stage with all that it started, and says so."""
    project.write(
        "pipeline.py",
        HEAD
        + """
slow = command(
    "sleep 600 & echo $! > pid; sleep 600; touch {outputs.o}",
    name="slow", outputs={"o": "output/slow"}, timeout=0.5,
)
""",
    )

    done = project.run("build")

    assert done.code == 1
    assert "timeout of 0.5 s" in done.out
    assert not is_running(int(project.read("pid")))


def test_a_stage_that_fails_is_tried_again_as_often_as_declared(project: Project) -> None:
    """With `retries=2` the third attempt may succeed; each failure is told."""
    text = """
flaky = command(
    "echo x >> tries; test $(wc -l < tries) -ge 3; touch {outputs.o}",
    name="flaky", outputs={"o": "output/flaky"}, retries=2,
)
"""
    project.write("pipeline.py", HEAD + text)

    done = project.build()

    assert done.ran == ["flaky"]
    assert done.out.count("exit code 1") == 2

    project.write("tries", "")
    project.write(
        "pipeline.py", HEAD + text.replace("retries=2", "retries=1").replace("-ge 3", "-ge 4")
    )
    assert project.run("build").code == 1
    assert project.read("tries").count("x") == 2


def test_a_daemon_left_behind_ends_with_its_stage(project: Project) -> None:
    """What a stage starts and leaves running neither holds up the build nor outlives the stage."""
    project.write(
        "pipeline.py",
        HEAD + 'left = command("sleep 600 & echo $! > pid; touch {outputs.o}", name="left", '
        'outputs={"o": "output/left"})\n',
    )

    project.build()

    assert not is_running(int(project.read("pid")))


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_what_a_stage_prints_is_in_its_log(project: Project, stream: str) -> None:
    """Output is captured to a file a stage, not mixed into the screen."""
    project.write(
        "pipeline.py",
        f"""
        import sys

        from capstone_build import stage


        @stage(outputs={{"o": "output/o"}})
        def chatty() -> str:
            print("a word", file=sys.{stream})
            return ""
        """,
    )

    done = project.build()

    assert "a word" not in done.out + done.err
    (log,) = (project.root / ".cache/logs").rglob("chatty.log")
    assert log.read_text() == "a word\n"
