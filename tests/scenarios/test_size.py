"""Durable: a large pipeline costs time and memory in proportion, and never the stack."""

from __future__ import annotations

import json

from tests.project import Project

CHAIN = """
    from capstone_build import command

    pipeline = [
        command(
            "cat {inputs.i} > {outputs.o}",
            name=f"s{n}",
            inputs={"i": f"out/{n - 1}" if n else "source.txt"},
            outputs={"o": f"out/{n}"},
        )
        for n in range(2500)
    ]
"""


def test_a_chain_longer_than_the_stack_is_deep_is_judged_and_drawn(project: Project) -> None:
    """Status, plan and every form of the graph; and a stage of it is built with all above it."""
    project.write("pipeline.py", CHAIN)
    project.write("source.txt", "1")

    assert project.run("status").last_line == "2500 must run"
    assert project.run("build", "-n").last_line == "2500 must run"
    for form in ("text", "mermaid", "dot", "json"):
        done = project.run("graph", "--format", form)
        assert (done.code, done.err) == (0, "")
        if form == "json":
            assert len(json.loads(done.out)["stages"]) == 2500
    assert len(project.build("s40").ran) == 41
    assert project.read("out/40") == "1"


def test_a_ring_of_many_stages_is_told_as_one(project: Project) -> None:
    """However long the way round is."""
    text = CHAIN.replace('"source.txt"', '"out/2499"')
    project.write("pipeline.py", text)

    done = project.run("build")

    assert done.code == 2
    assert "depend on each other in a cycle" in done.err
    assert "Traceback" not in done.err


def test_a_stage_may_read_many_thousand_files(project: Project) -> None:
    """Each counts, and the next build looks at all of them without reading one."""
    project.write(
        "pipeline.py",
        """
        from pathlib import Path

        from capstone_build import stage


        @stage(inputs={"all": "data/**/*.txt"}, outputs={"o": "output/sum"})
        def total(all: list[Path]) -> str:
            return str(sum(int(each.read_text()) for each in all))
        """,
    )
    for number in range(10_000):
        project.write(f"data/{number % 100}/{number}.txt", "1")

    project.build()
    assert project.read("output/sum") == "10000"
    assert project.build().ran == []
    project.write("data/7/7.txt", "2")
    assert project.build().ran == ["total"]
    assert project.read("output/sum") == "10001"
