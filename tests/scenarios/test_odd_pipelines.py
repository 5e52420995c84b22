"""What users write, however odd, is counted, run as they mean it, or refused by name."""

from __future__ import annotations

import signal
import sqlite3

import pytest

from tests.project import Project, is_running, kill, wait_until

# Values that one of several functions made from the same lines was given: each pair
# is what is captured before and after an edit of pipeline.py.
CAPTURED = {
    "slots": ("Region(1)", "Region(2)"),
    "date": ("date(2020, 1, 1)", "date(2020, 1, 2)"),
    "decimal": ("Decimal('1')", "Decimal('2')"),
    "path": ("Path('a')", "Path('b')"),
    "array": ("np.array([1])", "np.array([2])"),
    "frame": ("pd.DataFrame({'a': [1]})", "pd.DataFrame({'a': [2]})"),
    "range": ("range(1)", "range(2)"),
    "tuple": ("(1, 2)", "[1, 2]"),
    "keys": ("{1: 2}", "{'1': 2}"),
    "order": ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}"),
    "partial": ("functools.partial(pow, 2)", "functools.partial(pow, 3)"),
    "local class": ("local(1)", "local(2)"),
    "deque": ("deque([1])", "deque([2])"),
    "attribute": ("Thing(1)", "Thing(2)"),
}


@pytest.mark.parametrize("case", CAPTURED)
def test_a_captured_value_counts_whatever_it_is(project: Project, case: str) -> None:
    """What a closure holds is part of the code: spelled out, opened, or by its module."""
    before, after = CAPTURED[case]
    text = """
        import functools
        from collections import deque
        from dataclasses import dataclass
        from datetime import date
        from decimal import Decimal
        from pathlib import Path

        import numpy as np
        import pandas as pd

        from capstone_build import stage


        @dataclass(slots=True)
        class Region:
            rate: int


        class Thing:
            def __init__(self, size):
                self.size = size


        def local(number):
            class Local:
                value = number

            return Local


        def make(name, held):
            @stage(name=name, outputs={"out": f"output/{name}.txt"})
            def inner() -> str:
                return repr(getattr(held, "value", getattr(held, "size", held)))

            return inner


        pipeline = [make("held", VALUE)]
        """
    project.write("pipeline.py", text.replace("VALUE", before))
    project.build()
    assert project.build().ran == []
    project.write("pipeline.py", text.replace("VALUE", after))

    assert project.build().ran == ["held"]


def test_an_order_that_a_stage_sees_counts(project: Project) -> None:
    """All inputs as a row, returned outputs, the keys of a mapping: reordered is changed."""
    for name in "ab":
        project.write(f"{name}.txt", name)
    text = """
        from capstone_build import command, stage

        row = command(
            "cat {inputs} > {outputs.o}", name="row", inputs=INPUTS, outputs={"o": "o/row"}
        )
        one = command(
            "cat {inputs.a} {inputs.b} > {outputs.o}",
            name="one", inputs=INPUTS, outputs={"o": "o/one"},
        )


        @stage(outputs=OUTPUTS)
        def pair() -> tuple[str, str]:
            return "first", "second"


        @stage(outputs={"o": "o/keys"}, params={"mapping": MAPPING})
        def keys(mapping: dict) -> str:
            return ",".join(mapping)
        """

    def written(inputs: str, outputs: str, mapping: str) -> None:
        words = {"INPUTS": inputs, "OUTPUTS": outputs, "MAPPING": mapping}
        filled = text
        for word, value in words.items():
            filled = filled.replace(word, value)
        project.write("pipeline.py", filled)

    written("{'a': 'a.txt', 'b': 'b.txt'}", "{'x': 'o/x', 'y': 'o/y'}", "{'k': 1, 'l': 2}")
    project.build()
    written("{'b': 'b.txt', 'a': 'a.txt'}", "{'y': 'o/y', 'x': 'o/x'}", "{'l': 2, 'k': 1}")

    assert sorted(project.build().ran) == ["keys", "pair", "row"]
    assert project.read("o/row") == "ba"
    assert (project.read("o/y"), project.read("o/x")) == ("first", "second")
    assert project.read("o/keys") == "l,k"


CONTRACTS = {
    "made by a function": ("at_least(1)", "at_least(30)"),
    "a model inside a list": ("list[Row]", "list[Row]  # stricter"),
    "a partial": ("functools.partial(check, least=1)", "functools.partial(check, least=30)"),
    "an object": ("Check(1)", "Check(30)"),
}


@pytest.mark.parametrize("case", CONTRACTS)
def test_a_stricter_contract_is_checked_again(project: Project, case: str) -> None:
    """Whatever a contract is made of, a change of it makes its stage run."""
    before, after = CONTRACTS[case]
    text = """
        import functools

        from capstone_build import Artifact, stage
        from contracts import Check, Row, at_least, check


        @stage(outputs={"o": Artifact("output/o.json", contract=CONTRACT)})
        def numbers() -> list:
            return [{"n": 5}]
        """
    contracts = """
        from pydantic import BaseModel, Field


        class Row(BaseModel):
            n: int = Field(ge=LEAST)


        def check(rows: list, least: int) -> list[str]:
            return [f"{row['n']} is too small" for row in rows if row["n"] < least]


        def at_least(least):
            def inner(rows: list) -> list[str]:
                return check(rows, least)

            return inner


        class Check:
            def __init__(self, least):
                self.least = least

            def __call__(self, rows: list) -> list[str]:
                return check(rows, self.least)
        """
    project.write("contracts.py", contracts.replace("LEAST", "1"))
    project.write("pipeline.py", text.replace("CONTRACT", before))
    project.build()
    if "stricter" in after:
        project.write("contracts.py", contracts.replace("LEAST", "30"))
    else:
        project.write("pipeline.py", text.replace("CONTRACT", after))

    assert project.run("build").code == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "def above(f):\n    return lambda: f()\n\n\n@above\nSTAGE",
            "nothing in the file holds it",
        ),
        ("class Stages:\n    @stage(outputs={'o': 'o'})\n    def inner(self): ...\n", "holds it"),
        ("STAGE\n\nSTAGE", "nothing in the file holds it"),
        ("@stage(outputs={'o': 'o'})\nasync def soon() -> str: ...\n", "its function is async"),
        ("@stage(outputs={'o': 'o'})\ndef some():\n    yield 1\n", "its function is a generator"),
        ("it = stage(outputs={'o': 'o'}, name='it')(int)\n", "is no function"),
        ("it = stage(outputs={'o': 'o'}, params={'p': {1: 2}})(print)\n", "is no plain value"),
        ("@stage(outputs={'o': 'o\\udcff'})\ndef odd() -> str: ...\n", "is no path"),
        ("@stage(outputs={'o': 'o'}, timeout=float('inf'))\ndef it() -> str: ...\n", "timeout=inf"),
    ],
)
def test_what_cannot_be_a_stage_is_refused(project: Project, text: str, words: str) -> None:
    """With the line of the declaration, before anything runs, and no traceback of ours."""
    good = "@stage(outputs={'o': 'o'})\ndef good() -> str:\n    return 'x'\n"
    project.root.joinpath("pipeline.py").write_text(
        "from capstone_build import stage\n\n\n" + text.replace("STAGE", good)
    )

    done = project.run("build")

    assert done.code == 2
    assert words in done.err
    assert "pipeline.py:" in done.err
    assert "Traceback" not in done.err


def test_partials_and_objects_can_be_stages(project: Project) -> None:
    """What can be called with names for its parameters is a function."""
    project.write(
        "pipeline.py",
        """
        import functools

        from capstone_build import stage


        def repeat(text: str, times: int) -> str:
            return text * times


        class Shout:
            mark = "!"

            def __call__(self, text: str) -> str:
                return text + self.mark


        twice = stage(
            name="twice", inputs={"text": "in.txt"}, outputs={"o": "output/twice"}
        )(functools.partial(repeat, times=2))
        shout = stage(
            name="shout", inputs={"text": "in.txt"}, outputs={"o": "output/shout"}
        )(Shout())
        """,
    )
    project.write("in.txt", "a")

    project.build()

    assert project.artifacts() == {"output/twice": b"aa", "output/shout": b"a!"}


def test_a_variable_that_the_pipeline_sets_counts_as_the_stages_see_it(project: Project) -> None:
    """A pipeline that loads a file of settings into its environment: the values there count."""
    project.write("settings.txt", "one")
    project.write(
        "pipeline.py",
        """
        import os
        from pathlib import Path

        from capstone_build import stage

        os.environ["SETTING"] = Path("settings.txt").read_text()


        @stage(outputs={"o": "output/o"}, env=["SETTING"])
        def use() -> str:
            return os.environ["SETTING"]
        """,
    )
    project.build()
    project.write("settings.txt", "two")

    assert project.build().ran == ["use"]
    assert project.read("output/o") == "two"


def test_random_numbers_that_the_pipeline_seeds_are_the_same_each_time(project: Project) -> None:
    """`random.seed` at the top of a module holds in its stages, as in a script."""
    project.write(
        "pipeline.py",
        """
        import random

        from capstone_build import stage

        random.seed(1)


        @stage(outputs={"o": "output/o"})
        def draw() -> str:
            return str(random.random())
        """,
    )
    project.build()
    first = project.read("output/o")

    project.build("--force", "draw")

    assert project.read("output/o") == first


@pytest.mark.parametrize(
    "body",
    [
        "os.chdir('/'); out.write_text('done')",
        "sys.stdout = None; out.write_text('done')",
        "shutil.rmtree('.cache/staging'); out.parent.mkdir(parents=True); out.write_text('done')",
    ],
)
def test_a_stage_may_disturb_its_own_process(project: Project, body: str) -> None:
    """Another working folder, no standard output, staging removed: the stage's own affair."""
    project.write(
        "pipeline.py",
        f"""
        import os
        import shutil
        import sys
        from pathlib import Path

        from capstone_build import stage


        @stage(outputs={{"out": "output/out"}})
        def wild(out: Path) -> None:
            {body}
        """,
    )

    assert project.build().ran == ["wild"]
    assert project.read("output/out") == "done"


def test_empty_folders_are_part_of_a_folder(project: Project) -> None:
    """They are restored with it, and a new one is a change of it."""
    project.write(
        "pipeline.py",
        """
        from pathlib import Path

        from capstone_build import stage


        @stage(outputs={"parts": "output/parts/"})
        def split(parts: Path) -> None:
            (parts / "empty").mkdir()
            (parts / "file").write_text("x")


        @stage(inputs={"parts": "output/parts/", "more": "more/"}, outputs={"o": "output/names"})
        def names(parts: Path, more: Path) -> str:
            return " ".join(sorted(p.name for f in (parts, more) for p in f.iterdir()))
        """,
    )
    project.write("more/file2", "")
    project.build()
    (project.root / "output/parts/empty").rmdir()
    assert project.build().restored == ["split"]
    assert (project.root / "output/parts/empty").is_dir()
    (project.root / "more/new").mkdir()

    assert project.build().ran == ["names"]
    assert project.read("output/names") == "empty file file2 new"


def test_links_that_lead_nowhere_are_kept_too(project: Project) -> None:
    """A user's folder of links to a disk that is not there now is set aside, not deleted."""
    folder = project.root / "output/folder"
    folder.mkdir(parents=True)
    (folder / "link").symlink_to("/nowhere/at/all")
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        make = command("touch {outputs.o}/a", name="make", outputs={"o": "output/folder/"})
        """,
    )

    project.build()

    (kept,) = (path for path in (project.root / ".cache/kept").rglob("*") if path.is_symlink())
    assert str(kept.readlink()) == "/nowhere/at/all"


def test_what_a_removed_stage_left_may_be_a_source_and_is_said_to_be(project: Project) -> None:
    """A file that another stage names is still read; every build says where it came from."""
    head = "from capstone_build import command\n\n"
    a = 'a = command("echo 1 > {outputs.o}", name="a", outputs={"o": "o/a"})\n'
    b = 'b = command("cat o/a > {outputs.o}", name="b", inputs={"a": "o/a"}, outputs={"o": "b"})\n'
    project.write("pipeline.py", head + a + b)
    project.build()
    project.write("pipeline.py", head + b)

    assert "o/a: left by stage a" in project.build().out


def test_two_pipelines_of_one_project_do_not_disown_each_other(project: Project) -> None:
    """What one file's stages made is a source to the other's."""
    head = "from capstone_build import command\n\n"
    project.write(
        "one.py", head + 's = command("echo 1 > {outputs.o}", name="s", outputs={"o": "o/a.csv"})\n'
    )
    project.write(
        "two.py",
        head + 's = command("cat {inputs.all} > {outputs.o}", name="s", '
        'inputs={"all": "o/*.csv"}, outputs={"o": "p/all"})\n',
    )
    project.build("--file", "one.py")

    assert project.build("--file", "two.py").ran == ["s"]
    assert project.read("p/all") == "1\n"
    assert project.build("--file", "one.py").ran == []


def test_an_output_may_be_called_previous(project: Project) -> None:
    """No name is taken by the engine's own bookkeeping."""
    project.write("in.txt", "1")
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        s = command(
            "cat in.txt > o/previous", name="s",
            inputs={"i": "in.txt"}, outputs={"previous": "o/previous"},
        )
        """,
    )
    project.build()
    project.write("in.txt", "2")

    project.build()

    assert project.read("o/previous") == "2"


def test_a_force_that_no_target_needs_is_refused(project: Project) -> None:
    """It would be ignored otherwise, without a word."""
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        s = command("touch {outputs.o}", name="s", outputs={"o": "o/s"})
        t = command("touch {outputs.o}", name="t", outputs={"o": "o/t"})
        """,
    )

    done = project.run("build", "s", "--force", "t")

    assert done.code == 2
    assert "no target needs it" in done.err


def test_files_in_the_way_inside_the_memory_are_moved(project: Project) -> None:
    """`.cache` is the engine's own: whatever stands where its folders belong is no obstacle."""
    for name in ("logs", "objects", "staging", "kept"):
        project.write(f".cache/{name}", "in the way")
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        s = command("echo 1 > {outputs.o}", name="s", outputs={"o": "o/s"})
        """,
    )
    project.write("o/s", "mine")

    assert project.build().ran == ["s"]
    assert project.read(".cache/logs.in-the-way") == "in the way"


@pytest.mark.parametrize(
    "damage",
    [
        "DROP TABLE files",
        "CREATE TRIGGER t AFTER INSERT ON files BEGIN DELETE FROM files; END",
        "UPDATE traces SET record = '{'",
        "UPDATE traces SET record = replace(record, 'declaration', 'nonsense')",
        "UPDATE traces SET record = replace(record, 'outputs', 'nonsense')",
        "UPDATE traces SET record = CAST(x'ff' AS TEXT)",
        "UPDATE latest SET because = 'nonsense'",
    ],
)
def test_a_manifest_that_is_not_ours_is_no_obstacle(project: Project, damage: str) -> None:
    """Other tables, a trigger, rows that mean nothing: read as absent, and made anew."""
    project.write(
        "pipeline.py",
        """
        from capstone_build import command

        s = command("echo 1 > {outputs.o}", name="s", outputs={"o": "o/s"})
        """,
    )
    project.build()
    connection = sqlite3.connect(project.root / ".cache/manifest.sqlite3")
    connection.execute(damage)
    connection.commit()
    connection.close()

    done = project.build()

    assert "Traceback" not in done.out + done.err
    assert project.build().ran == []


def test_an_import_that_asks_for_input_gets_none(project: Project) -> None:
    """`input()` at import ends at once instead of waiting for ever."""
    project.write("pipeline.py", "name = input('who? ')\n")

    done = project.run("build")

    assert done.code == 2
    assert "EOFError" in done.err


def test_a_build_told_to_end_during_the_import_leaves_nothing_running(project: Project) -> None:
    """What the user's modules started while they were imported ends with the command."""
    project.write(
        "pipeline.py",
        """
        import subprocess
        from pathlib import Path

        child = subprocess.Popen(["sleep", "600"])
        Path("pid.tmp").write_text(str(child.pid))
        Path("pid.tmp").rename("pid")
        child.wait()
        """,
    )
    process = project.start("build")
    wait_until(lambda: project.exists("pid"), "the pipeline is being imported")

    done = kill(process, signal.SIGTERM)

    assert done.code == 143
    wait_until(lambda: not is_running(int(project.read("pid"))), "the child has ended")


def test_a_thread_at_import_does_not_hold_up_the_command(project: Project) -> None:
    """A client library's background thread ends with the command, and does not delay it."""
    project.write(
        "pipeline.py",
        """
        import threading
        import time

        from capstone_build import stage

        threading.Thread(target=lambda: time.sleep(600)).start()


        @stage(outputs={"o": "output/o"})
        def s() -> str:
            return "x"
        """,
    )

    assert project.build().ran == ["s"]
    assert project.build().ran == []
