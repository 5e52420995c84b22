"""A file is read to the last row: what does not fit is named by its line, never lost."""

import csv
import io
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capstone_report.csv_file import CsvFile, Dialect, likely_delimiter, read_csv
from capstone_report.errors import TableError


def read(folder: Path, content: str | bytes, **dialect: object) -> CsvFile:
    """Write *content* to a file and read it."""
    path = folder / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_csv(path, "t.csv", Dialect(**dialect))  # type: ignore[arg-type]


def rows_of(file: CsvFile) -> list[tuple[str | None, ...]]:
    """Return the rows of a file as tuples."""
    return [tuple(row.values()) for row in file.table.to_pylist()]


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,2\n3,\n",
        "a,b\r\n1,2\r\n3,\r\n",
        "a,b\r1,2\r3,\r",
        "a,b\n1,2\n3,",
        "\ufeffa,b\n1,2\n3,\n",
        "\n\na,b\n\n1,2\n\n3,\n\n",
        '"a","b"\n"1","2"\n"3",""\n',
        "a,b\n1,2\n3, \t\n",
    ],
)
def test_ways_to_write_the_same(tmp_path: Path, content: str) -> None:
    """Line ends, a byte order mark, quotes and blank lines make no difference."""
    file = read(tmp_path, content)

    assert file.table.column_names == ["a", "b"]
    assert rows_of(file) == [("1", "2"), ("3", None)]
    assert (file.rows_read, file.rejected) == (2, ())


def test_quoted_cells(tmp_path: Path) -> None:
    """Quotes keep commas, line ends and quotes as part of a cell."""
    file = read(tmp_path, 'a,b\n"x,""y""\nz",2\n')

    assert rows_of(file) == [('x,"y"\nz', "2")]


def test_rows_that_do_not_fit(tmp_path: Path) -> None:
    """A row with more or fewer fields is set aside, with the line on which it begins."""
    file = read(tmp_path, 'a,b\n1,2\n\n3\n"4\n4",5\n6,7,8\n9,10\n')

    assert rows_of(file) == [("1", "2"), ("4\n4", "5"), ("9", "10")]
    assert [(row.line, row.reason) for row in file.rejected] == [
        (4, "1 field where the header has 2"),
        (7, "3 fields where the header has 2"),
    ]
    assert file.rows_read == 5


@pytest.mark.parametrize("last", ['5,"6\n7,8\n', '5,6,"7\n8,9\n', '"5\n6,7\n'])
def test_quote_that_is_never_closed(tmp_path: Path, last: str) -> None:
    """A quote that takes in the rest of the file is found, and the row named where it opens."""
    file = read(tmp_path, f"a,b\n1,2\n{last}")

    assert rows_of(file) == [("1", "2")]
    assert [row.line for row in file.rejected] == [3]
    assert "never closed" in file.rejected[0].reason


def test_quote_in_the_middle_of_a_cell(tmp_path: Path) -> None:
    """Inches do not open a quote."""
    file = read(tmp_path, 'a,b\n12" pipe,1\nrod,2\n')

    assert rows_of(file) == [('12" pipe', "1"), ("rod", "2")]


def test_names(tmp_path: Path) -> None:
    """Every column has a name of its own, and what was renamed is known."""
    file = read(tmp_path, "a,,a,a_2\n1,2,3,4\n")

    assert file.table.column_names == ["a", "column_2", "a_3", "a_2"]
    assert file.renamed == {"column_2": "", "a_3": "a"}


def test_null_words(tmp_path: Path) -> None:
    """Words mean that a value is missing only where they are declared to."""
    text = "a\nNA\nx\n"

    assert rows_of(read(tmp_path, text)) == [("NA",), ("x",)]
    assert rows_of(read(tmp_path, text, null_words=("NA",))) == [(None,), ("x",)]
    assert rows_of(read(tmp_path, text + "1,2\n", null_words=("NA",)))[0] == (None,)


def test_other_dialects(tmp_path: Path) -> None:
    """Delimiter and encoding are those that are declared."""
    file = read(tmp_path, "größe;b\n1,5;ä\n".encode("cp1252"), delimiter=";", encoding="cp1252")

    assert file.table.to_pylist() == [{"größe": "1,5", "b": "ä"}]


@pytest.mark.parametrize(
    ("dialect", "message"),
    [
        ({"delimiter": ""}, "one character"),
        ({"delimiter": "::"}, "one character"),
        ({"delimiter": "\n"}, "one character"),
        ({"encoding": "utf-99"}, "no encoding"),
        ({"encoding": "base64"}, "no encoding"),
    ],
)
def test_dialects_that_are_none(dialect: dict[str, str], message: str) -> None:
    """A parameter that no file can be written in is an error that says so."""
    with pytest.raises(TableError, match=message):
        Dialect(**dialect)  # type: ignore[arg-type]


def test_delimiter_of_two_bytes(tmp_path: Path) -> None:
    """Any one character may stand between fields."""
    assert rows_of(read(tmp_path, "a§b\n1§2\n", delimiter="§")) == [("1", "2")]


def test_likely_delimiter(tmp_path: Path) -> None:
    """A single column whose name holds another delimiter is suspicious."""
    assert likely_delimiter(read(tmp_path, "a;b\n1;2\n")) == ";"
    assert likely_delimiter(read(tmp_path, "a;b,c\n1;2,3\n")) is None


def test_not_text(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are named with file, line and remedy."""
    with pytest.raises(TableError) as caught:
        read(tmp_path, b"a,b\n1,2\n3,caf\xe9\n")

    assert "t.csv is not UTF-8 text" in str(caught.value)
    assert caught.value.facts["line"].startswith("3 (byte 14 ")
    assert "encoding" in caught.value.hint


def test_utf_16(tmp_path: Path) -> None:
    """A file in UTF-16 is recognised in the error, and read when it is declared."""
    data = "a,b\n1,2\n".encode("utf-16")
    with pytest.raises(TableError, match=r"t\.csv") as caught:
        read(tmp_path, data)

    assert 'encoding = "utf-16"' in caught.value.hint
    assert rows_of(read(tmp_path, data, encoding="utf-16")) == [("1", "2")]


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_empty_file(tmp_path: Path, content: str) -> None:
    """A file without a header has no columns and no rows."""
    file = read(tmp_path, content)

    assert (file.table.num_columns, file.rows_read) == (0, 0)


def test_header_only(tmp_path: Path) -> None:
    """A file with nothing but a header has its columns and no rows."""
    file = read(tmp_path, "a,b\n")

    assert (file.table.column_names, file.table.num_rows) == (["a", "b"], 0)
    assert file.table.schema.types == [pa.string(), pa.string()]


def test_line_of(tmp_path: Path) -> None:
    """The line of a row is known even where cells span lines and rows are set aside."""
    file = read(tmp_path, 'a,b\n"x\ny",1\n\nz\nw,2\n')

    assert [file.line_of(row) for row in (0, 1)] == [2, 6]


CELLS = st.text(st.sampled_from(list('ab1 ,"\n\r;é')), max_size=5)


@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=8),
    st.sampled_from(["\n", "\r\n"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_is_lost(tmp_path: Path, rows: list[list[str]], end: str) -> None:
    """Whatever is written comes back or is named: rows in = rows out + rows rejected."""
    rows = [row for row in rows if row != [""]]
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=end).writerows([["x", "y"], *rows])

    file = read(tmp_path, text.getvalue())

    kept = [
        tuple(cell if cell.strip(" \t\r\n") else None for cell in r) for r in rows if len(r) == 2
    ]
    assert rows_of(file) == kept
    assert file.rows_read == len(rows) == file.table.num_rows + len(file.rejected)


@given(st.text(st.sampled_from(list('a1,"\n\r ')), max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_accounted_for(tmp_path: Path, text: str) -> None:
    """No text is too broken to be read, and its rows add up."""
    file = read(tmp_path, "x,y\n" + text)

    assert file.rows_read == file.table.num_rows + len(file.rejected)
