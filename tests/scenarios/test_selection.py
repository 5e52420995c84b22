"""Selection: a part of a pipeline is named by its places, tags and states, and left out as well."""

from __future__ import annotations

from tests.project import Project

PIPELINE = """\
from capstone_build import command

def copy(name, source, **more):
    return command("cat {inputs.source} > {outputs.it}", name=name,
                   inputs={"source": source}, outputs={"it": f"output/{name}.txt"}, **more)

pipeline = [
    copy("load", "data/a.txt"),
    copy("fit", "output/load.txt", tags=["slow"]),
    copy("plot_a", "output/fit.txt"),
    copy("plot_b", "output/load.txt"),
    copy("alone", "data/b.txt"),
]
"""


def test_parts_are_built_by_pattern_tag_place_and_state(project: Project) -> None:
    """A build brings up to date what is named and what that needs, and nothing else."""
    project.write("pipeline.py", PIPELINE)
    project.write("data/a.txt", "1")
    project.write("data/b.txt", "1")

    assert sorted(project.build("plot_b").ran) == ["load", "plot_b"]
    assert project.build("tag:slow").ran == ["fit"]
    assert project.build("plot_*").ran == ["plot_a"]
    assert project.build("plot_*").last_line == "nothing to do: 4 stages are up to date"
    assert project.build("state:stale").ran == ["alone"]
    assert project.build("state:stale").last_line == "nothing to do: no stage is selected"

    project.write("data/a.txt", "2")
    project.write("data/b.txt", "2")
    left = project.build("load+", "-x", "tag:slow")
    assert sorted(left.ran) == ["load", "plot_b"]
    assert "left out  plot_a: needs what is excluded" in left.out
    assert sorted(project.build("state:stale").ran) == ["alone", "fit", "plot_a"], (
        "what is stale is asked anew each time, and not remembered with the words"
    )
    assert project.build("-x", "fit").last_line == "nothing to do: 3 stages are up to date"
    project.write("data/a.txt", "3")
    assert sorted(project.build("-x", "fit").ran) == ["load", "plot_b"]
    for _ in range(2):
        none = project.build("plot_a", "-x", "load")
        assert "left out  plot_a: needs what is excluded" in none.out, "though nothing is to do"
        assert none.last_line == "nothing to do: no stage is selected"


def test_each_command_takes_the_same_words(project: Project) -> None:
    """What names a part of a build names it for a question, too."""
    project.write("pipeline.py", PIPELINE)
    project.write("data/a.txt", "1")
    project.write("data/b.txt", "1")

    status = project.run("status", "+plot_a", "-x", "fit").out
    assert "left out: plot_a: needs what is excluded" in status
    assert [line.split()[0] for line in status.splitlines()[1:-2]] == ["load"]
    assert "plot_b" not in project.run("graph", "+tag:slow").out
    assert project.run("status", "--check").code == 1
    project.build()
    assert project.run("status", "--check").code == 0
    assert project.run("status", "load", "--check", "--json").code == 0
    why = project.run("why", "plot_*", "-x", "plot_a").out
    assert "plot_b" in why
    assert "plot_a" not in why
    project.write("data/b.txt", "2")
    assert "alone" in project.run("why", "state:stale").out
    assert "plot_a.txt" not in project.run("clean", "--outputs", "plot_*", "-x", "plot_a").out
    assert project.exists("output/plot_a.txt")
    assert not project.exists("output/plot_b.txt")
    forced = project.build("--force", "tag:slow", "-x", "alone", "-x", "plot_b")
    assert "fit" in forced.ran


def test_a_word_that_names_nothing_builds_nothing(project: Project) -> None:
    """A slip of the pen is told with what is near, and all of them at once."""
    project.write("pipeline.py", PIPELINE)
    project.write("data/a.txt", "1")
    project.write("data/b.txt", "1")

    done = project.run("build", "tag:slwo", "+fti", "-x", "polt_*")

    assert done.code == 2
    for words in ("Did you mean 'tag:slow'", "Did you mean 'fit'?", "'polt_*' matches no stage"):
        assert words in done.err
    assert not project.exists("output")
