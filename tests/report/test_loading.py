"""Several files become one typed table, and how they differ is told."""

import json

import pyarrow as pa
import pytest
from tests.report.conftest import Load

from capstone_report.column_type import ColumnType
from capstone_report.csv_file import Dialect
from capstone_report.errors import TableError
from capstone_report.load_report import METADATA_KEY, check_loaded, report_in, with_report
from capstone_report.loading import load_table


def test_one_table(load: Load) -> None:
    """Columns are united by name, rows keep their order, and each knows its file."""
    table = load({"a.csv": "x,y\n1,p\n2,q\n", "b.csv": "y,x\nr,3\n"})

    assert table.to_pylist() == [
        {"x": 1, "y": "p", "_source": "data/a.csv"},
        {"x": 2, "y": "q", "_source": "data/a.csv"},
        {"x": 3, "y": "r", "_source": "data/b.csv"},
    ]
    assert check_loaded(table) == []


def test_drift(load: Load) -> None:
    """A column of two types gets the one that holds both; file, line and value are named."""
    table = load({"a.csv": "x\n1\n2\n", "b.csv": "x\n3\n4.5\n", "c.csv": "x\n\n"})

    (drift,) = report_in(table).drifts
    assert (drift.column, drift.type) == ("x", ColumnType.FLOAT)
    assert [(each.file, each.type, each.line, each.value) for each in drift.files] == [
        ("data/a.csv", "integer", None, None),
        ("data/b.csv", "float", 3, "4.5"),
    ]
    assert table["x"].to_pylist() == [1.0, 2.0, 3.0, 4.5]


def test_drift_to_text_loses_nothing(load: Load) -> None:
    """Codes with a leading zero in one file make the column text in all of them."""
    table = load({"a.csv": "zip\n10115\n", "b.csv": "zip\n01067\n"})

    assert table["zip"].to_pylist() == ["10115", "01067"]


def test_long_integers_and_decimals_stay_text(load: Load) -> None:
    """Integers that no double holds exactly are not made decimals for the sake of others."""
    table = load({"a.csv": "x\n9007199254740993\n", "b.csv": "x\n1.5\n"})

    assert table["x"].to_pylist() == ["9007199254740993", "1.5"]
    assert check_loaded(table) == []


def test_columns_that_differ(load: Load) -> None:
    """A column that a file lacks is null there and named; so is one that only it has."""
    table = load({"a.csv": "x,y\n1,2\n", "b.csv": "x\n3\n", "c.csv": "x,y,z\n4,5,6\n"})

    files = report_in(table).files
    assert [each.missing_columns for each in files] == [(), ("y",), ()]
    assert [each.extra_columns for each in files] == [(), (), ("z",)]
    assert table["y"].to_pylist() == [2, None, 5]
    assert table["z"].to_pylist() == [None, None, 6]
    assert check_loaded(table) == []


def test_rejected_rows_are_named(load: Load) -> None:
    """Rows in are rows out and rows named, file by file."""
    table = load({"a.csv": "x,y\n1,2\n3\n", "b.csv": "x,y\n4,5\n"})

    report = report_in(table)
    assert [(each.rows_read, each.rows_loaded, each.rows_rejected) for each in report.files] == [
        (2, 1, 1),
        (1, 1, 0),
    ]
    assert [(row.file, row.line) for row in report.rejected] == [("data/a.csv", 3)]
    assert check_loaded(table) == []


def test_too_many_rejected_rows(load: Load) -> None:
    """More misfits than allowed are an error that names the first ones."""
    with pytest.raises(TableError, match="2 rows could not be read, and at most 1 may") as caught:
        load({"a.csv": "x,y\n1,2\n3\n4\n"}, max_rejected=1)

    assert caught.value.facts["data/a.csv:3"] == "1 field where the header has 2"


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ("a;b\n" + "1,5;2,5;3,5\n" * 20, "delimiter = ';'"),
        ("Sales of 2024\na,b\n" + "1,2\n" * 20, "first line"),
    ],
)
def test_header_that_is_none(load: Load, content: str, hint: str) -> None:
    """Where most rows do not fit, it is the header or the delimiter that is wrong."""
    with pytest.raises(TableError, match=r"most rows of data/a\.csv") as caught:
        load({"a.csv": content})

    assert hint in caught.value.hint


def test_empty_file_among_others(load: Load) -> None:
    """An empty file has no rows and lacks no column; it is listed all the same."""
    table = load({"a.csv": "x\n1\n", "b.csv": ""})

    assert [(each.file, each.columns) for each in report_in(table).files] == [
        ("data/a.csv", 1),
        ("data/b.csv", 0),
    ]
    assert report_in(table).files[1].missing_columns == ()
    assert check_loaded(table) == []


def test_header_only(load: Load) -> None:
    """Headers without rows give a table without rows, whose columns are typed."""
    table = load({"a.csv": "x,y\n"})

    assert (table.num_rows, table.column_names) == (0, ["x", "y", "_source"])
    assert report_in(table).types == {"x": ColumnType.EMPTY, "y": ColumnType.EMPTY}
    assert table.schema.field("x").type == pa.string()
    assert check_loaded(table) == []


def test_nothing_to_load(load: Load) -> None:
    """No file, or none with a header, is an error that says so."""
    with pytest.raises(TableError, match="no CSV file"):
        load_table([], Dialect(), 0)
    with pytest.raises(TableError, match="no file has a header"):
        load({"a.csv": "", "b.csv": "\n"})


def test_unreadable_files_are_named_together(load: Load) -> None:
    """All files that are not text are named at once."""
    with pytest.raises(TableError, match="2 of 3 files are not readable") as caught:
        load({"a.csv": b"x\n\xff\n", "b.csv": "x\n1\n", "c.csv": b"x\n1\n\xff\n"})

    assert list(caught.value.facts) == ["data/a.csv", "data/c.csv"]
    assert caught.value.facts["data/c.csv"].startswith("line 3 ")


def test_files_of_two_tables(load: Load) -> None:
    """Files that share fewer than half of their columns are not united in silence."""
    with pytest.raises(TableError, match="not of one table") as caught:
        load({"a.csv": "x,y,z\n", "b.csv": "x,p,q\n"})

    assert caught.value.facts == {
        "one group": "data/a.csv: x, y, z",
        "the others": "data/b.csv: x, p, q",
    }


def test_column_called_source(load: Load) -> None:
    """A column of the data keeps its name; the one that names the file gives way."""
    table = load({"a.csv": "_source,y\nx,1\n"})

    assert table.column_names == ["_source", "y", "_source_"]
    assert check_loaded(table) == []


def test_trailing_blank_line_changes_nothing(load: Load) -> None:
    """A file that changes without changing the table gives an equal table."""
    one = load({"a.csv": "x,y\n1,2\n"})
    two = load({"a.csv": 'x,y\r\n"1",2\r\n\r\n'})

    assert one.equals(two, check_metadata=True)


def test_contract_finds_lost_rows(load: Load) -> None:
    """A table that is not what its report says breaks the contract."""
    table = load({"a.csv": "x,y\n1,2\n3,4\n5\n", "b.csv": "x,y\n6,7\n"})
    report = report_in(table)
    first, second = report.files

    assert check_loaded(table.slice(1))
    assert check_loaded(table.replace_schema_metadata({}))
    assert check_loaded(table.replace_schema_metadata({METADATA_KEY: b"{}"}))
    assert check_loaded(table.drop_columns(["y"]))
    assert check_loaded(table.set_column(0, "x", table["y"].cast(pa.string())))
    assert check_loaded(table.take([2, 0, 1]))
    assert check_loaded(with_report(table, report.model_copy(update={"rejected": ()})))
    wrong = first.model_copy(update={"rows_read": 9})
    assert check_loaded(with_report(table, report.model_copy(update={"files": (wrong, second)})))


def test_report_is_json_in_the_metadata(load: Load) -> None:
    """Whoever has the table can read its story without us."""
    table = load({"a.csv": "x\n1\n"})

    assert json.loads(table.schema.metadata[METADATA_KEY])["files"][0]["rows_read"] == 1
