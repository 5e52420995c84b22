"""
Correct: after any history of edits and builds, the outputs are those of a clean build.

A stage is never reported fresh when its inputs, its code in any module, its
parameters or its declared environment variables have changed.
"""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.project import Project, wait_until


@pytest.fixture
def words(project: Project) -> Project:
    """data/*.txt -> count -> report, with code in three modules."""
    project.write("data/a.txt", "one two\n")
    project.write("data/b.txt", "three\n")
    project.write("texts/__init__.py", "")
    project.write(
        "texts/split.py",
        """
        SEPARATOR = None


        def words(text):
            return text.split(SEPARATOR)
        """,
    )
    project.write(
        "helpers.py",
        """
        from texts.split import words


        def count(text):
            return len(words(text))
        """,
    )
    project.write(
        "pipeline.py",
        """
        import os
        from pathlib import Path

        import helpers
        from capstone_build import stage


        @stage(inputs={"texts": "data/*.txt"}, outputs={"counts": "output/counts.json"})
        def count(texts: list[Path]) -> dict:
            return {path.name: helpers.count(path.read_text()) for path in texts}


        @stage(
            inputs={"counts": "output/counts.json"},
            outputs={"report": "output/report.txt"},
            params={"title": "Words"},
            env=["MOOD"],
        )
        def report(counts: dict, title: str) -> str:
            lines = [f"{name}: {number}" for name, number in sorted(counts.items())]
            return "\\n".join([title, os.environ.get("MOOD", "calm"), *lines]) + "\\n"
        """,
    )
    project.build()
    return project


def test_the_outputs_are_what_the_stages_say(words: Project) -> None:
    """The first build makes everything."""
    assert words.read("output/report.txt") == "Words\ncalm\na.txt: 2\nb.txt: 1\n"


def test_an_edited_input_reaches_the_end(words: Project) -> None:
    """A new word is counted and reported."""
    words.write("data/a.txt", "one two three\n")

    assert words.build().ran == ["count", "report"]
    assert "a.txt: 3" in words.read("output/report.txt")


def test_an_input_of_the_same_size_and_time_is_seen(words: Project) -> None:
    """An edit that keeps size and modification time is an edit."""
    file = words.root / "data/a.txt"
    before = file.stat()
    file.write_text("onettwo\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert file.stat().st_size == before.st_size
    assert words.build().ran == ["count", "report"]


def test_a_new_file_that_a_pattern_matches_is_an_input(words: Project) -> None:
    """A file added and a file removed change what the pattern stands for."""
    words.write("data/c.txt", "four\n")
    assert words.build().ran == ["count", "report"]
    assert "c.txt: 1" in words.read("output/report.txt")

    (words.root / "data/a.txt").unlink()
    assert words.build().ran == ["count", "report"]
    assert "a.txt" not in words.read("output/report.txt")


def test_an_edited_helper_in_another_module_runs_what_reaches_it(words: Project) -> None:
    """Code two modules away from the stage counts, a global of it too."""
    words.edit("texts/split.py", "SEPARATOR = None", "SEPARATOR = 't'")

    assert words.build().ran == ["count", "report"]

    words.edit("helpers.py", "len(words(text))", "len(words(text)) * 10")

    assert words.build().ran == ["count", "report"]
    assert "a.txt: 20" in words.read("output/report.txt")


def test_an_edit_that_keeps_size_and_second_never_runs_old_bytecode(words: Project) -> None:
    """Code is compiled from what the file says now, however quickly it was edited."""
    for factor in ("2", "3", "4"):
        words.write(
            "helpers.py",
            f"""
            from texts.split import words


            def count(text):
                return {factor} * len(words(text))
            """,
        )

        words.build()
        assert f"a.txt: {2 * int(factor)}" in words.read("output/report.txt")


def test_a_parameter_counts_wherever_it_is_set(words: Project) -> None:
    """The declared default, `capstone.toml` and `--set`: the last one wins, each re-runs."""
    words.write("capstone.toml", '[params]\ntitle = "Global"\n')
    assert words.build().ran == ["report"]
    words.write("capstone.toml", '[params]\ntitle = "Global"\n[params.report]\ntitle = "Own"\n')
    assert words.build().ran == ["report"]
    assert words.read("output/report.txt").startswith("Own\n")
    assert words.build("--set", "report.title=Told").ran == ["report"]
    assert words.read("output/report.txt").startswith("Told\n")
    words.edit("pipeline.py", '"Words"', '"Default"')
    (words.root / "capstone.toml").unlink()
    assert words.build().ran == ["report"]
    assert words.read("output/report.txt").startswith("Default\n")


def test_a_declared_environment_variable_counts(words: Project) -> None:
    """Setting, changing and unsetting it re-run the stage that declares it."""
    assert words.build(env={"MOOD": "merry"}).ran == ["report"]
    assert "merry" in words.read("output/report.txt")
    assert words.build(env={"MOOD": ""}).ran == ["report"]


def test_swapped_names_are_a_change(project: Project) -> None:
    """The same paths under other names mean another run."""
    project.write("a.txt", "a")
    project.write("b.txt", "b")
    pipeline = """
        from capstone_build import command

        join = command(
            "cat {inputs.first} {inputs.second} > {outputs.out}",
            name="join",
            inputs={"first": "FIRST", "second": "SECOND"},
            outputs={"out": "output/out.txt"},
        )
        """
    project.write("pipeline.py", pipeline.replace("FIRST", "a.txt").replace("SECOND", "b.txt"))
    project.build()
    project.write("pipeline.py", pipeline.replace("FIRST", "b.txt").replace("SECOND", "a.txt"))

    assert project.build().ran == ["join"]
    assert project.read("output/out.txt") == "ba"


def test_an_output_moved_to_another_path_is_made_there(words: Project) -> None:
    """A declaration that names another output path is a change."""
    words.edit("pipeline.py", "output/report.txt", "output/words.txt")

    words.build()

    assert words.exists("output/words.txt")


def test_what_a_removed_stage_left_is_not_read(project: Project) -> None:
    """A pattern does not match the output of a stage that is gone: a clean build would not."""
    part = """
        part{n} = command(
            "echo {n} > {{outputs.out}}", name="part{n}", outputs={{"out": "output/part{n}.txt"}}
        )
        """
    total = """
        total = command(
            "cat {inputs.parts} > {outputs.total}",
            name="total",
            inputs={"parts": "output/part*.txt"},
            outputs={"total": "output/total.txt"},
        )
        """
    head = "        from capstone_build import command\n"
    project.write("pipeline.py", head + part.format(n=1) + part.format(n=2) + total)
    project.build()
    assert project.read("output/total.txt") == "1\n2\n"
    project.write("pipeline.py", head + part.format(n=1) + total)

    done = project.build()

    assert project.read("output/total.txt") == "1\n"
    assert "output/part2.txt" in done.out
    assert project.read("output/part2.txt") == "2\n", "nothing is removed silently"


def test_an_input_that_changes_while_its_stage_runs_is_read_again(project: Project) -> None:
    """What was read belongs to neither version: the stage runs once more, with the new one."""
    project.write("data.txt", "old\n")
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        slow = command(
            "cat data.txt > {outputs.out}; touch started; while [ ! -e go ]; do sleep 0.01; done",
            name="slow",
            inputs={"data": "data.txt"},
            outputs={"out": "output/out.txt"},
        )
        """,
    )
    process = project.start("build")
    wait_until(lambda: project.exists("started"), "the stage has read its input")
    project.write("data.txt", "new\n")
    project.write("go", "")
    out, err = process.communicate(timeout=60)

    assert process.returncode == 0, out + err
    assert "data.txt" in out
    assert project.read("output/out.txt") == "new\n"
    assert project.build().ran == []


def test_an_input_that_keeps_changing_fails_its_stage(project: Project) -> None:
    """A stage whose input moves each time is failed with a clear error, never recorded."""
    project.write("data.txt", "x\n")
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        restless = command(
            "echo x >> data.txt; cp data.txt {outputs.out}",
            name="restless",
            inputs={"data": "data.txt"},
            outputs={"out": "output/out.txt"},
        )
        """,
    )

    done = project.run("build")

    assert done.code == 1
    assert "data.txt" in done.out
    assert "changed while it ran" in done.out
    assert not project.exists("output/out.txt")


def test_code_that_changes_while_its_stage_runs_is_not_recorded_as_run(project: Project) -> None:
    """A helper edited during the build: the next state on disk is what the new code makes."""
    project.write("helper.py", "def value():\n    return 'old'\n")
    project.write(
        "pipeline.py",
        """
        import time
        from pathlib import Path

        from capstone_build import stage


        @stage(outputs={"out": "output/out.txt"})
        def slow() -> str:
            from helper import value

            Path("started").touch()
            while not Path("go").exists():
                time.sleep(0.01)
            return value()
        """,
    )
    process = project.start("build")
    wait_until(lambda: project.exists("started"), "the stage has loaded its code")
    project.write("helper.py", "def value():\n    return 'new'\n")
    project.write("go", "")
    process.communicate(timeout=60)

    project.build()

    assert project.read("output/out.txt") == "new"


def test_code_imported_later_than_it_was_read_is_not_recorded(project: Project) -> None:
    """A module edited between the plan and its import: that run does not count."""
    project.write("helper.py", "def value():\n    return 'old'\n")
    project.write(
        "pipeline.py",
        """
        import time
        from pathlib import Path

        from capstone_build import stage


        @stage(outputs={"out": "output/out.txt"})
        def slow() -> str:
            Path("started").touch()
            while not Path("go").exists():
                time.sleep(0.01)
            from helper import value

            return value()
        """,
    )
    process = project.start("build")
    wait_until(lambda: project.exists("started"), "the stage is at work")
    project.write("helper.py", "def value():\n    return 'new'\n")
    project.write("go", "")
    out, _ = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "helper.py" in out
    project.write("helper.py", "def value():\n    return 'old'\n")
    project.build()
    assert project.read("output/out.txt") == "old"


letters = st.sampled_from("abc")


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.lists(st.tuples(letters, letters), max_size=3),
            st.dictionaries(st.sampled_from(["x", "y", "xy"]), letters, max_size=1),
            st.sampled_from(["", "x", "y", "xy", "all"]),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_incremental_equals_clean_with_real_files(
    project: Project,
    history: list[tuple[list[tuple[str, str]], dict[str, str], str]],
) -> None:
    """Random edits of sources and outputs with stages failing: the end is that of a clean build."""
    shutil.rmtree(project.root)
    project.root.mkdir()
    for source in "abc":
        project.write(f"{source}.txt", source)
    project.write(
        "pipeline.py",
        """
        from pathlib import Path

        from capstone_build import stage


        def joined(name, *texts):
            if Path("failing").read_text() in (name, "all"):
                raise RuntimeError(f"{name} fails")
            return "".join(sorted(set("".join(texts))))


        @stage(inputs={"a": "a.txt", "b": "b.txt"}, outputs={"out": "output/x"})
        def x(a: str, b: str) -> str:
            return joined("x", a, b)


        @stage(inputs={"b": "b.txt", "c": "c.txt"}, outputs={"out": "output/y"})
        def y(b: str, c: str) -> str:
            return joined("y", b, c)


        @stage(inputs={"x": "output/x", "y": "output/y"}, outputs={"out": "output/xy"})
        def xy(x: str, y: str) -> str:
            return joined("xy", x, y)
        """,
    )
    content = {source: source for source in "abc"}
    for edits, tampered, failing in history:
        for source, text in edits:
            content[source] = text
            project.write(f"{source}.txt", text)
        for output, text in tampered.items():
            project.write(f"output/{output}", text)
        project.write("failing", failing)
        project.run("build", "-k")
        project.write("failing", "")
        project.build()

        x = set(content["a"] + content["b"])
        y = set(content["b"] + content["c"])
        clean = {"x": x, "y": y, "xy": x | y}
        assert {
            name.removeprefix("output/"): text.decode()
            for name, text in project.artifacts().items()
        } == {name: "".join(sorted(each)) for name, each in clean.items()}
        assert project.build().ran == []


def test_what_a_removed_stage_left_in_a_folder_is_set_aside(project: Project) -> None:
    """A stage that reads a whole folder does not find there what a clean build would not have."""
    head = """
        from pathlib import Path

        from capstone_build import command, stage


        a = command("echo a > {outputs.o}", name="a", outputs={"o": "parts/a.csv"})
        """
    other = """
        b = command("echo b > {outputs.o}", name="b", outputs={"o": "parts/b.csv"})
        """
    tail = """
        @stage(inputs={"parts": "parts/"}, outputs={"o": "output/o.txt"})
        def c(parts: Path) -> str:
            return "".join(path.read_text() for path in sorted(parts.iterdir()))
        """
    project.write("pipeline.py", head + other + tail)
    project.build()
    assert project.read("output/o.txt") == "a\nb\n"
    project.write("pipeline.py", head + tail)

    done = project.build()

    assert project.read("output/o.txt") == "a\n"
    assert ".cache/kept/" in done.out
    assert project.build().ran == []
