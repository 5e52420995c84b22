"""
The annotation decides how an input arrives, and the value how an output is written.

A contract is kept before an output is put in place, and on inputs before the stage runs.
"""

from __future__ import annotations

import json

import pytest

from tests.project import Project

FORMS = """\
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pydantic import BaseModel

from capstone_build import stage


class Point(BaseModel):
    x: int
    y: float = 0.5


def note(name, value):
    return f"{name}: {type(value).__name__} {value!r}"


@stage(
    inputs={
        "path": "in/text.txt",
        "bare": "in/text.txt",
        "text": "in/text.txt",
        "raw": "in/text.txt",
        "mapping": "in/point.json",
        "numbers": "in/numbers.json",
        "typed": "in/numbers.json",
        "point": "in/point.json",
        "points": "in/points.json",
        "many": "in/*.txt",
        "texts": ["in/text.txt", "in/more.txt"],
        "folder": "in/folder/",
    },
    outputs={"seen": "output/seen.json"},
)
def arrive(
    path: Path, bare, text: str, raw: bytes, mapping: dict, numbers: list, typed: list[int],
    point: Point, points: list[Point], many: list[Path], texts: list[str], folder: Path,
) -> dict[str, str]:
    seen = {name: note(name, value) for name, value in list(locals().items())}
    seen["inside"] = sorted(each.name for each in folder.iterdir())
    return seen


@stage(inputs={"csv": "in/table.csv"}, outputs={"p": "output/t.parquet", "j": "output/t.json"})
def frames(csv: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    csv["total"] = csv.a + csv.b
    return csv, csv


@stage(
    inputs={"table": "output/t.parquet", "frame": "output/t.parquet", "rows": "output/t.json"},
    outputs={
        "csv": "output/u.csv", "jsonl": "output/u.jsonl", "feather": "output/u.feather",
        "model": "output/model.json", "text": "output/text.txt", "raw": "output/raw.bin",
    },
)
def tables(table: pa.Table, frame: pd.DataFrame, rows: list) -> Any:
    assert table.num_rows == len(frame) == len(rows) == 2
    return table, frame, table, Point(x=1), "é\\n", b"\\x00\\xff"


@stage(
    inputs={"csv": "output/u.csv", "jsonl": "output/u.jsonl", "feather": "output/u.feather"},
    outputs={"same": "output/same.json", "index": "output/index.csv"},
)
def back(csv: pd.DataFrame, jsonl: pa.Table, feather: pd.DataFrame, index: Path) -> bool:
    csv.groupby("a").sum().to_csv(index)
    return csv.equals(jsonl.to_pandas()) and csv.equals(feather)
"""


def test_every_form_arrives_and_is_written(project: Project) -> None:
    """Paths, text, bytes, JSON, models, tables and lists of them go in; as many come out."""
    project.write("pipeline.py", FORMS)
    project.write("in/text.txt", "hello")
    project.write("in/more.txt", "more")
    project.write("in/point.json", '{"x": 3}')
    project.write("in/points.json", '[{"x": 1}, {"x": 2, "y": 4}]')
    project.write("in/numbers.json", "[1, 2]")
    project.write("in/folder/one", "")
    project.write("in/folder/two", "")
    project.write("in/table.csv", "a,b\n1,2\n3,4\n")

    project.build()

    seen = json.loads(project.read("output/seen.json"))
    assert seen["path"] == "path: PosixPath PosixPath('in/text.txt')"
    assert seen["bare"] == "bare: PosixPath PosixPath('in/text.txt')"
    assert seen["text"] == "text: str 'hello'"
    assert seen["raw"] == "raw: bytes b'hello'"
    assert seen["mapping"] == "mapping: dict {'x': 3}"
    assert seen["numbers"] == seen["typed"].replace("typed", "numbers") == "numbers: list [1, 2]"
    assert seen["point"] == "point: Point Point(x=3, y=0.5)"
    assert seen["points"] == "points: list [Point(x=1, y=0.5), Point(x=2, y=4.0)]"
    assert seen["many"] == "many: list [PosixPath('in/more.txt'), PosixPath('in/text.txt')]"
    assert seen["texts"] == "texts: list ['hello', 'more']"
    assert seen["inside"] == ["one", "two"]
    assert json.loads(project.read("output/t.json"))[0] == {"a": 1, "b": 2, "total": 3}
    assert project.read("output/u.csv").splitlines()[0].replace('"', "") == "a,b,total"
    assert json.loads(project.read("output/model.json")) == {"x": 1, "y": 0.5}
    assert project.read("output/text.txt") == "é\n"
    assert (project.root / "output/raw.bin").read_bytes() == b"\x00\xff"
    assert json.loads(project.read("output/same.json")) is True
    assert project.read("output/index.csv").splitlines()[0] == "a,b,total"
    assert project.build().ran == []


def test_a_stage_is_still_the_plain_function(project: Project) -> None:
    """It can be called, and tested, without any build."""
    project.write(
        "pipeline.py",
        """
        from capstone_build import stage


        @stage(inputs={"a": "a.txt"}, outputs={"b": "b.txt"})
        def double(a: str) -> str:
            \"\"\"Say it twice.\"\"\"
            return a * 2


        assert double("x") == "xx"
        assert double(a="y") == "yy"
        assert double.__name__ == "double"
        assert double.__doc__ == "Say it twice."
        """,
    )
    project.write("a.txt", "z")

    project.build()

    assert project.read("b.txt") == "zz"


@pytest.mark.parametrize(
    ("annotation", "content", "returned", "words"),
    [
        ("dict", "[1]", '"x"', ["in.json holds a JSON list", "a dict is expected"]),
        ("dict", "{", '"x"', ["in.json cannot be read as dict"]),
        ("Point", '{"x": "no"}', '"x"', ["in.json cannot be read as Point", "valid integer"]),
        ("dict", "{}", "None", ["returned None for out.txt"]),
        ("dict", "{}", "object()", ["JSON has no object"]),
    ],
)
def test_a_value_that_does_not_fit_is_explained(
    project: Project, annotation: str, content: str, returned: str, words: list[str]
) -> None:
    """The file, the form and what is wrong with it; nothing is put in place."""
    project.write("in.json", content)
    project.write(
        "pipeline.py",
        f"""
        from typing import Any

        from pydantic import BaseModel

        from capstone_build import stage


        class Point(BaseModel):
            x: int


        @stage(inputs={{"value": "in.json"}}, outputs={{"out": "output/out.txt"}})
        def use(value: {annotation}) -> Any:
            return {returned}
        """,
    )

    done = project.run("build")

    assert done.code == 1
    for each in words:
        assert each in done.out
    assert not project.exists("output/out.txt")


CONTRACTS = """\
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
from pydantic import BaseModel, Field

from capstone_build import Artifact, Violation, stage


class Report(BaseModel):
    rows: int = Field(ge=1)


class Row(BaseModel):
    a: int = Field(ge=0)


schema = pandera.DataFrameSchema({"a": pandera.Column(int, pandera.Check.ge(0))})


def at_least_two(table: pd.DataFrame) -> list[str]:
    return [] if len(table) >= 2 else [f"{len(table)} rows, where 2 are promised"]


def short(path: Path) -> Any:
    if path.stat().st_size > 100:
        yield Violation(str(path), "is too long")


CONTRACT = {
    "model": Report, "rows": Row, "pandera": schema, "function": at_least_two, "generator": short,
    "arrow": pa.schema([("a", pa.int64())]),
}


@stage(
    inputs={"kind": Artifact("kind.txt")},
    outputs={
        "json": Artifact("output/report.json", contract=CONTRACT["model"]),
        "csv": Artifact("output/table.csv", contract=CONTRACT["KIND"]),
    },
)
def make(kind: str) -> Any:
    good = kind == "good"
    rows = [1, 2] if good else [-1]
    frame = pd.DataFrame({"a" if good else WRONG: rows * (1 if good else 90)})
    return {"rows": 1 if good else 0}, frame.head(1) if not good and "KIND" == "function" else frame
"""


@pytest.mark.parametrize(
    ("kind", "column", "words"),
    [
        ("rows", "a", "greater than or equal to 0"),
        ("pandera", "a", "greater_than_or_equal_to(0)"),
        ("function", "a", "1 rows, where 2 are promised"),
        ("generator", "a", "is too long"),
        ("arrow", "b", "column 'a' is missing"),
    ],
)
def test_an_output_that_breaks_its_contract_is_not_put_in_place(
    project: Project, kind: str, column: str, words: str
) -> None:
    """Each form of contract: the violation is named, the artifact set aside, the old one stands."""
    project.write("pipeline.py", CONTRACTS.replace("KIND", kind).replace("WRONG", repr(column)))
    project.write("kind.txt", "good")
    project.build()
    before = project.artifacts()
    project.write("kind.txt", "bad")

    done = project.run("build")

    assert done.code == 1
    assert words in done.out
    assert "output/report.json" in done.out, "all broken contracts are named"
    assert "output/table.csv" in done.out
    assert project.artifacts() == before
    assert list((project.root / ".cache/kept").rglob("table.csv"))
    assert done.out.index("kept") > 0


def test_a_contract_that_changes_is_checked_again(project: Project) -> None:
    """A stricter contract makes its stage run; a comment in it does not."""
    project.write(
        "pipeline.py",
        CONTRACTS.replace("KIND", "function").replace("WRONG", '"a"'),
    )
    project.write("kind.txt", "good")
    project.build()
    project.edit("pipeline.py", "    return [] if len", "    # two\n    return [] if len")
    assert project.build().ran == []
    project.edit("pipeline.py", ">= 2 else", ">= 3 else")

    done = project.run("build")

    assert done.code == 1
    assert "2 rows, where 2 are promised" in done.out


def test_a_contract_on_an_input_is_kept_before_the_stage_runs(project: Project) -> None:
    """Bad data is named as such, each file of a pattern, and the stage does not start."""
    project.write("data/good.json", '{"rows": 1}')
    project.write("data/bad.json", '{"rows": 0}')
    project.write(
        "pipeline.py",
        """
        from pathlib import Path

        from pydantic import BaseModel, Field

        from capstone_build import Artifact, stage


        class Report(BaseModel):
            rows: int = Field(ge=1)


        @stage(
            inputs={"reports": Artifact("data/*.json", contract=Report)},
            outputs={"total": "output/total.txt"},
        )
        def total(reports: list[Path]) -> str:
            Path("started").touch()
            return str(len(reports))
        """,
    )

    done = project.run("build")

    assert done.code == 1
    assert "data/bad.json: rows" in done.out
    assert "data/good.json: " not in done.out
    assert not project.exists("started")


@pytest.mark.parametrize(
    ("body", "declared", "words"),
    [
        ("pass", "output/x", "did not write it"),
        ("x.mkdir()", "output/x", "left a folder"),
        ("x.symlink_to('/etc/passwd')", "output/x", "symbolic link"),
        ("pass", "output/x/", "wrote nothing into this folder"),
        ("x.rmdir(); x.write_text('')", "output/x/", "left a file"),
    ],
)
def test_a_stage_that_leaves_something_else_has_failed(
    project: Project, body: str, declared: str, words: str
) -> None:
    """No output, a folder for a file, a link: named, and nothing at the final path."""
    project.write(
        "pipeline.py",
        f"""
        from pathlib import Path

        from capstone_build import stage


        @stage(outputs={{"x": "{declared}"}})
        def odd(x: Path) -> None:
            {body}
        """,
    )

    done = project.run("build")

    assert done.code == 1
    assert words in done.out
    assert not project.exists("output/x")
