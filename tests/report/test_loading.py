"""Several files become one typed table, and how they differ is told."""

import csv
import gzip
import io
import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from tests.report.conftest import Load

from capstone_report.column_type import ColumnType
from capstone_report.dialect import Dialect, Dialects
from capstone_report.errors import TableError
from capstone_report.load_report import METADATA_KEY, check_loaded, report_in, with_report
from capstone_report.loading import load_files, load_table
from capstone_report.rejection import Rejections
from capstone_report.table_sink import ParquetSink


def faults(table: pa.Table) -> list[str]:
    """Return what the contract says of *table*, once it is a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loaded.parquet"
        parquet.write_table(table, path)
        return check_loaded(path)


def test_one_table(load: Load) -> None:
    """Columns are united by name, rows keep their order, and each knows its file."""
    table = load({"a.csv": "x,y\n1,p\n2,q\n", "b.csv": "y,x\nr,3\n"})

    assert table.to_pylist() == [
        {"x": 1, "y": "p", "_source": "data/a.csv"},
        {"x": 2, "y": "q", "_source": "data/a.csv"},
        {"x": 3, "y": "r", "_source": "data/b.csv"},
    ]
    assert faults(table) == []


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
    assert faults(table) == []


def test_columns_that_differ(load: Load) -> None:
    """A column that a file lacks is null there and named; so is one that only it has."""
    table = load({"a.csv": "x,y\n1,2\n", "b.csv": "x\n3\n", "c.csv": "x,y,z\n4,5,6\n"})

    files = report_in(table).files
    assert [each.missing_columns for each in files] == [(), ("y",), ()]
    assert [each.extra_columns for each in files] == [(), (), ("z",)]
    assert table["y"].to_pylist() == [2, None, 5]
    assert table["z"].to_pylist() == [None, None, 6]
    assert faults(table) == []


def test_rejected_rows_are_named(load: Load) -> None:
    """Rows in are rows out and rows named, file by file."""
    table = load({"a.csv": "x,y\n1,2\n3\n", "b.csv": "x,y\n4,5\n"})

    report = report_in(table)
    assert [(each.rows_read, each.rows_loaded, each.rows_rejected) for each in report.files] == [
        (2, 1, 1),
        (1, 1, 0),
    ]
    assert [(row.file, row.line) for row in report.rejected] == [("data/a.csv", 3)]
    assert faults(table) == []


def test_too_many_rejected_rows(load: Load) -> None:
    """More misfits than allowed are an error that names the first ones."""
    with pytest.raises(TableError, match="2 rows could not be read, and at most 1 may") as caught:
        load({"a.csv": "x,y\n1,2\n3\n4\n"}, max_rejected=1)

    assert caught.value.facts["data/a.csv:3"] == "1 field where the header has 2"


def test_header_that_is_none(load: Load) -> None:
    """Where most rows do not fit what is declared, it is the declaration that is wrong."""
    with pytest.raises(TableError, match=r"most rows of data/a\.csv") as caught:
        load({"a.csv": "Sales of 2024\na,b\n" + "1,2\n" * 20}, skip_lines=0, header_rows=1)

    assert "skip_lines" in caught.value.hint


def test_empty_file_among_others(load: Load) -> None:
    """An empty file has no rows and lacks no column; it is listed all the same."""
    table = load({"a.csv": "x\n1\n", "b.csv": ""})

    assert [(each.file, each.columns) for each in report_in(table).files] == [
        ("data/a.csv", 1),
        ("data/b.csv", 0),
    ]
    assert report_in(table).files[1].missing_columns == ()
    assert faults(table) == []


def test_header_only(load: Load) -> None:
    """Headers without rows give a table without rows, whose columns are typed."""
    table = load({"a.csv": "x,y\n"})

    assert (table.num_rows, table.column_names) == (0, ["x", "y", "_source"])
    assert report_in(table).types == {"x": ColumnType.EMPTY, "y": ColumnType.EMPTY}
    assert table.schema.field("x").type == pa.string()
    assert faults(table) == []


def test_nothing_to_load(load: Load) -> None:
    """No file, or none with a header, is an error that says so."""
    with pytest.raises(TableError, match="no CSV file"):
        load_table([], Dialect(), 0)
    with pytest.raises(TableError, match="no file has a row"):
        load({"a.csv": "", "b.csv": "\n"})


def test_unreadable_files_are_named_together(load: Load) -> None:
    """All files that cannot be read are named at once."""
    packed = gzip.compress(b"x\n" * 9)
    with pytest.raises(TableError, match="2 of 3 files are not readable") as caught:
        load({"a.csv.gz": packed[:-9], "b.csv": "x\n1\n", "c.csv.gz": packed[:-9]})

    assert list(caught.value.facts) == ["data/a.csv.gz", "data/c.csv.gz"]


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
    assert faults(table) == []


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

    assert faults(table.slice(1))
    assert faults(table.replace_schema_metadata({}))
    assert faults(table.replace_schema_metadata({METADATA_KEY: b"{}"}))
    assert faults(table.drop_columns(["y"]))
    assert faults(table.set_column(0, "x", table["y"].cast(pa.string())))
    assert faults(table.take([2, 0, 1]))
    assert faults(with_report(table, report.model_copy(update={"rejected": ()})))
    wrong = first.model_copy(update={"rows_read": 9})
    assert faults(with_report(table, report.model_copy(update={"files": (wrong, second)})))


def test_report_is_json_in_the_metadata(load: Load) -> None:
    """Whoever has the table can read its story without us."""
    table = load({"a.csv": "x\n1\n"})

    assert json.loads(table.schema.metadata[METADATA_KEY])["files"][0]["rows_read"] == 1


def test_drift_in_a_later_block(load: Load) -> None:
    """A type that the first rows suggest is given up for all of them where a late one differs."""
    rows = [f"{i},{i % 7},2024-01-02\n" for i in range(400_000)]
    rows[-2] = "n,4.5,\n"
    table = load({"a.csv": "id,x,d\n" + "".join(rows)})

    assert report_in(table).types == {"id": "text", "x": "float", "d": "date"}
    assert (table["id"][5].as_py(), table["x"][5].as_py()) == ("5", 5.0)
    assert table.num_rows == 400_000


def test_late_bytes_and_late_quotes(load: Load) -> None:
    """What only a late block tells of encoding and quotes holds for the whole file."""
    rows = "".join(f"{i};Bar;c\n" for i in range(400_000))
    western = (rows + "1;Caf\u00e9;c\n").encode("cp1252")
    text = rows + '2;"Da Pino;c\n3;Al Porto;c\n4;"Roma;c\n'

    table = load({"a.csv": b"i;n;x\n" + western, "b.csv": "i;n;x\n" + text})

    files = report_in(table).files
    assert [(each.encoding, each.quote) for each in files] == [("cp1252", '"'), ("utf-8", "")]
    assert table["n"].to_pylist()[400_000] == "Caf\u00e9"
    assert table["n"].to_pylist()[-3:] == ['"Da Pino', "Al Porto", '"Roma']


def test_answers_meet_across_files(load: Load) -> None:
    """A file that has only one of yes and no is read as the others are."""
    table = load({"a.csv": "id,ok\n1,yes\n2,yes\n", "b.csv": "id,ok\n3,no\n"})

    assert table["ok"].to_pylist() == [True, True, False]
    assert report_in(table).drifts == ()


def test_marks_of_each_file(load: Load) -> None:
    """Files with a decimal comma and files with a point make one column of numbers."""
    table = load({"a.csv": "n;x\na;1,5\nb;2,25\n", "b.csv": "n,x\nc,1.5\nd,7\n"})

    assert table["x"].to_pylist() == [1.5, 2.25, 1.5, 7.0]
    assert report_in(table).styles == {"x": ("1234,5",)}


def test_dates_that_could_be_either(load: Load) -> None:
    """Whether the day is first is told by the same column, the same file, or a file beside."""
    either, certain = "03/04/2024", "25/04/2024"

    alone = load({"a.csv": f"n,d\n1,{either}\n"})
    assert alone["d"].to_pylist() == [either]
    (ambiguous,) = report_in(alone).ambiguous
    assert (ambiguous.column, ambiguous.readings) == ("d", ("%d/%m/%Y", "%m/%d/%Y"))

    for files in (
        {"a.csv": f"n,d\n1,{either}\n2,{certain}\n"},
        {"a.csv": f"n,d,e\n1,{either},{certain}\n"},
        {"a.csv": f"n,d\n1,{either}\n", "b.csv": f"n,d\n1,{certain}\n"},
        {"a.csv": f"n;d\n1,5;{either}\n"},
    ):
        assert load(files)["d"][0].as_py() == date(2024, 4, 3), files
    assert load({"a.csv": f"n,d\n1,{either}\n"}, date_order="mdy")["d"][0].as_py() == date(
        2024, 3, 4
    )


def test_firsts_of_months(load: Load) -> None:
    """Months over years tell themselves from the first twelve days of January."""
    days = "".join(f"{month:02}/01/{year}\n" for year in (2023, 2024) for month in range(1, 13))

    assert load({"a.csv": "d\n" + days})["d"][1].as_py() == date(2023, 2, 1)


@pytest.mark.parametrize(
    ("cells", "nulls", "kind"),
    [
        (["1", "NA", "3", "-"], {"NA": 1, "-": 1}, "integer"),
        (["Naples", "NA", "Rome"], {"NA": 1}, "text"),
        (["AG", "NA", "RM"], {}, "text"),
        (["None", "Minor", "None"], {}, "text"),
        (["x", "NULL", "N/A", "-"], {"NULL": 1, "N/A": 1}, "text"),
        (["2024-01-01", "n/a"], {"n/a": 1}, "date"),
        (["-", "-"], {}, "text"),
    ],
)
def test_null_words(load: Load, cells: list[str], nulls: dict[str, int], kind: str) -> None:
    """A word is a missing value where all else says so, and is counted."""
    table = load({"a.csv": "k,x\n" + "".join(f"k{i},{each}\n" for i, each in enumerate(cells))})

    report = report_in(table)
    assert (report.types["x"], report.null_words.get("x", {})) == (kind, nulls)
    assert table["x"].null_count == sum(nulls.values())


def test_listed_null_words(load: Load) -> None:
    """Words that are listed are all that there are."""
    table = load({"a.csv": "x,y\n1,NA\nNA,-1\nnone,NULL\n"}, null_words=("none", "-1"))

    assert table["x"].to_pylist() == ["1", "NA", None]
    assert table["y"].to_pylist() == ["NA", None, "NULL"]


def test_text_beside_tables(load: Load) -> None:
    """A README beside the tables is none of them, and is named."""
    table = load({"a.csv": "x,y\n1,2\n", "notes.txt": "Taken in May, by hand.\nSee above.\n"})

    assert report_in(table).ignored_files == ("data/notes.txt",)
    assert table.num_rows == 1


def test_dialect_of_one_file(project: Path) -> None:
    """What is said of files of a name holds for those, and for no other."""
    (project / "data" / "a.csv").write_text("x|y\n1|2\n")
    (project / "data" / "b.csv").write_text("x|y,y\n1,2\n")
    paths = [project / "data" / name for name in ("a.csv", "b.csv")]
    special: dict[str, dict[str, Any]] = {"b.csv": {"delimiter": ","}, "a.*": {"header_rows": 1}}
    sink, rejections = ParquetSink(project / "t.parquet"), Rejections(limit=0)
    dialects = Dialects(usual=Dialect(), special=special)

    with pytest.raises(TableError, match="not of one table") as caught:
        load_files(paths, dialects, sink, rejections)

    assert caught.value.facts["the others"] == "data/b.csv: x|y, y"


def test_dialect_with_a_slip() -> None:
    """A word that is no parameter of a file is told, and not passed over."""
    dialects = Dialects(usual=Dialect(), special={"a.csv": {"delimeter": ","}})

    with pytest.raises(TableError, match="'delimeter' is nothing"):
        dialects.of_file("data/a.csv")


def test_rejected_rows_are_written(project: Path) -> None:
    """`rejected.csv` has file, line, reason and the row, and can be read as the CSV that it is."""
    path = project / "data" / "a.csv"
    path.write_text('x,y\n1,2\n3\n"4, 5",6,"7"\n')
    rejections = Rejections(limit=10)

    load_files(
        [path],
        Dialects(usual=Dialect(), special={}),
        ParquetSink(project / "t.parquet"),
        rejections,
    )
    rejections.write(project / "rejected.csv")

    with (project / "rejected.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["file", "line", "reason", "record"],
            ["data/a.csv", "3", "1 field where the header has 2", "3"],
            ["data/a.csv", "4", "3 fields where the header has 2", '"4, 5",6,"7"'],
        ]
    assert check_loaded(project / "t.parquet") == []


CELLS = st.sampled_from(
    ["1", "2.5", "", "x", "NA", "a,b", 'q"q', "l\nl", "2024-01-02", "yes", "no"]
)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=12)


@given(st.lists(ROWS, min_size=1, max_size=3), st.sampled_from([",", ";", "\t"]))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
def test_rows_in_are_rows_loaded_and_rejected(
    load: Load, project: Path, files: list[list[list[str]]], delimiter: str
) -> None:
    """Whatever the rows are, none is lost, none is added, and the contract holds."""
    for path in (project / "data").iterdir():
        path.unlink()
    texts = {}
    for index, rows in enumerate(files):
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writerows([["left", "middle", "right"], *rows])
        texts[f"{index}.csv"] = text.getvalue()

    try:
        table = load(texts, max_rejected=10_000, header_rows=1, skip_lines=0, quote='"')
    except TableError as error:
        assert "most rows" in str(error) or "fewer than half" in str(error)  # noqa: PT017
        return

    written = {f"data/{i}.csv": rows for i, rows in enumerate(files)}
    for account in report_in(table).files:
        rows = [row for row in written[account.file] if len(row) > 1 or row[0].strip()]
        assert account.rows_read == len(rows)
        assert account.rows_loaded == sum(1 for row in rows if len(row) == account.columns)
    assert faults(table) == []


@given(st.text(st.sampled_from(list('ab1,;"\n\r \t#')), max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text(load: Load, text: str) -> None:
    """Any text is a table whose rows add up, or an error that says what is wrong."""
    try:
        table = load({"a.csv": text}, max_rejected=1000)
    except TableError:
        return

    (account,) = report_in(table).files
    assert account.rows_read == account.rows_loaded + account.rows_rejected
    assert faults(table) == []
