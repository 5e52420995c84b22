"""
Durable: whatever files are called, they are read, built and shown, or refused by name.

What goes to a terminal holds no control sequence, and what goes into another
language stays a name there.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata

import pytest

from tests.project import Project

ODD = {
    "a space": "two words.txt",
    "a newline": "two\nlines.txt",
    "a tab": "a\tb.txt",
    "quotes": 'it\'s "quoted".txt',
    "a dollar": "$HOME `id` $(touch pwned).txt",
    "a leading dash": "-rf.txt",
    "two leading dashes": "--help.txt",
    "255 bytes": "x" * 251 + ".txt",
    "letters beyond ASCII": "größe 数据 🎉.txt",
    "decomposed letters": unicodedata.normalize("NFD", "größe.txt"),
    "escape sequences": "\x1b[2J\x1b]0;owned\x07.txt",
    "marks that turn text round": "\u202egnp.txt",
    "markup": "<img src=x onerror=alert(1)>.txt",
    "a graph's own signs": '"]; x["a]]> | -->.txt',
    "a brace": "{outputs.o} {x}.txt",
    "a backslash": "a\\nb.txt",
    "a percent sign": "100%s %d.txt",
    "a hash": "#not a comment;&.txt",
}

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What must not reach a terminal: but for line ends and tabs, which are looked for apart."""


@pytest.mark.parametrize("name", list(ODD.values()), ids=list(ODD))
def test_an_odd_name_works_in_a_folder_a_pattern_and_by_itself(project: Project, name: str) -> None:
    """As a source, an output, and a word of a command, which holds it as one word."""
    folder = "a folder"
    output = name.replace("[", "(")  # an output with a bracket is refused: it would be a pattern
    project.write(
        "pipeline.py",
        f"""
        from pathlib import Path

        from capstone_build import command, stage

        NAME = {name!r}

        one = command(
            "cat -- {{inputs.a}} > {{outputs.o}}",
            name="one",
            inputs={{"a": [{f"{folder}/"!r} + NAME.replace("[", "[[]")]}},
            outputs={{"o": {"output/" + output!r}}},
        )


        @stage(inputs={{"all": {f"{folder}/"!r}}}, outputs={{"o": "output/listed"}})
        def listed(all: Path) -> str:
            return "".join(sorted(each.name for each in all.iterdir()))
        """,
    )
    (project.root / folder).mkdir()
    (project.root / folder / name).write_text("content")

    done = project.build()

    assert sorted(done.ran) == ["listed", "one"]
    assert (project.root / "output" / output).read_text() == "content"
    assert (project.root / "output/listed").read_text() == name
    assert not project.exists("pwned")
    (project.root / folder / name).write_text("other")
    told = project.run("why").out + project.run("status").out + project.run("graph").out
    assert not CONTROLS.search(told), "a control character reaches the terminal"
    again = project.build()
    assert again.ran == ["one"] or sorted(again.ran) == ["listed", "one"]
    assert not CONTROLS.search(again.out + again.err)
    assert (project.root / "output" / output).read_text() == "other"
    assert project.build().ran == []


def test_in_a_graph_an_odd_name_is_text(project: Project) -> None:
    """In Mermaid, DOT and JSON: no line of it is anything else."""
    names = [name.replace("[", "(") for name in ODD.values() if len(name) < 200]
    project.write(
        "pipeline.py",
        f"""
        from capstone_build import command

        NAMES = {names!r}
        pipeline = [
            command(["touch", "{{outputs.o}}"], name=f"s{{n}}", outputs={{"o": f"output/{{name}}"}})
            for n, name in enumerate(NAMES)
        ]
        """,
    )

    for form in ("mermaid", "dot", "json"):
        done = project.run("graph", "--format", form)
        assert done.code == 0, done.err
        assert not CONTROLS.search(done.out), form
        if form == "json":
            json.loads(done.out)


def test_a_name_that_is_no_text_is_refused_before_anything_runs(project: Project) -> None:
    """With its bytes, and what to do."""
    folder = os.fsencode(project.root / "in")
    os.mkdir(folder)  # noqa: PTH102 (bytes)
    try:
        with open(folder + b"/\xff\xfe.txt", "wb"):  # noqa: PTH123 (bytes)
            pass
    except OSError:
        pytest.skip("this file system has no such names")
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        first = command("touch {outputs.o}", name="first", outputs={"o": "output/first"})
        second = command(
            "touch {outputs.o}", name="second", inputs={"i": "in/"}, outputs={"o": "output/o"}
        )
        """,
    )

    done = project.run("build")

    assert done.code == 2
    assert "is not UTF-8" in done.err
    assert "udcff" in done.err
    assert "Rename it" in done.err
    assert not project.exists("output")


@pytest.mark.parametrize("wrong", ["a b", "-x", "", "a/b", "a\nb", "\x1b[31m", "é\u202e", "a;b"])
def test_a_stage_has_a_plain_name(project: Project, wrong: str) -> None:
    """Any other is refused, shown with escapes, before anything runs."""
    project.write(
        "pipeline.py",
        f"""
        from capstone_build import command

        odd = command("touch {{outputs.o}}", name={wrong!r}, outputs={{"o": "output/o"}})
        """,
    )

    done = project.run("build")

    assert done.code == 2, done.out
    assert "no name for a stage" in done.err
    assert not CONTROLS.search(done.err)
    assert not project.exists("output")
