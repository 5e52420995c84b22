"""A file is read to the last row: what does not fit is named by its line, never lost."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from capstone_report.blocks import BLOCK_SIZE, blocks_of
from capstone_report.dialect import Dialect, Dialects
from capstone_report.family import named_files
from capstone_report.layout import Layout
from capstone_report.rows import Misfit, lines_of, read_rows
from capstone_report.sniffing import find_layout


@dataclass
class Read:
    """What was read of a file: its rows as tuples, the rows that do not fit, and how many."""

    layout: Layout
    rows: list[tuple[str | None, ...]]
    lines: list[int]
    misfits: list[Misfit]
    count: int
    footer: tuple[str, ...]
    types: list[pa.DataType]


def read(folder: Path, content: str | bytes, size: int = BLOCK_SIZE, **dialect: Any) -> Read:
    """Write *content* to a file, and read it in blocks of about *size* bytes."""
    path = folder / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    declared = Dialect(**{"quote": '"', "encoding": "utf-8", **dialect})
    (file,) = named_files([path], Dialects(usual=declared, special={}))
    layout = find_layout(file)
    read = Read(layout, [], [], [], 0, (), [])
    if not layout.columns:
        return read
    for block in blocks_of(file, layout, size):
        rows = read_rows(block, layout, declared.null_words or ())
        read.rows += [tuple(row.values()) for row in rows.table.to_pylist()]
        read.lines += lines_of(block, layout)
        read.misfits += rows.misfits
        read.count += rows.count
        read.footer += rows.footer
        read.types = rows.table.schema.types
    return read


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

    assert list(file.layout.columns) == ["a", "b"]
    assert file.rows == [("1", "2"), ("3", None)]
    assert (file.count, file.misfits) == (2, [])


def test_quoted_cells(tmp_path: Path) -> None:
    """Quotes keep commas, line ends and quotes as part of a cell."""
    file = read(tmp_path, 'a,b\n"x,""y""\nz",2\n')

    assert file.rows == [('x,"y"\nz', "2")]


def test_rows_that_do_not_fit(tmp_path: Path) -> None:
    """A row with more or fewer fields is set aside, with the line on which it begins."""
    file = read(tmp_path, 'a,b\n1,2\n\n3\n"4\n4",5\n6,7,8\n9,10\n')

    assert file.rows == [("1", "2"), ("4\n4", "5"), ("9", "10")]
    assert [(row.line, row.reason) for row in file.misfits] == [
        (4, "1 field where the header has 2"),
        (7, "3 fields where the header has 2"),
    ]
    assert file.count == 5


def test_quote_that_is_never_closed(tmp_path: Path) -> None:
    """A quote that takes in the rest of the file is found, and the row named where it opens."""
    file = read(tmp_path, 'a,b\n1,2\n3,"4\nx\ny\n')

    assert file.rows == [("1", "2")]
    assert [row.line for row in file.misfits] == [3]
    assert "never closed" in file.misfits[0].reason
    assert file.misfits[0].record == '3,"4\nx\ny'


def test_quote_that_takes_in_rows(tmp_path: Path) -> None:
    """Where each line that a quote took in is a row, one row is lost and not all of them."""
    file = read(tmp_path, 'a,b\n1,2\n5,"6\n7,8\n"9",10\n')

    assert file.rows == [("1", "2"), ("7", "8"), ("9", "10")]
    assert [(row.line, row.record) for row in file.misfits] == [(3, '5,"6')]
    assert "not closed on its line" in file.misfits[0].reason


def test_escaped_quotes(tmp_path: Path) -> None:
    """A quote after a backslash is a part of its cell, where only that makes sense of a file."""
    text = 'a,b\n1,"say \\"hi\\", ok"\n2,C:\n'

    file = read(tmp_path, text)

    assert (file.rows, file.misfits) == ([("1", 'say "hi", ok'), ("2", "C:")], [])
    assert read(tmp_path, text, 5).rows == file.rows
    assert read(tmp_path, 'a,b\n1,C:\\\n2,"x""y"\n').rows == [("1", "C:\\"), ("2", 'x"y')]


def test_quote_in_the_middle_of_a_cell(tmp_path: Path) -> None:
    """Inches do not open a quote."""
    file = read(tmp_path, 'a,b\n12" pipe,1\nrod,2\n')

    assert file.rows == [('12" pipe', "1"), ("rod", "2")]


def test_null_words(tmp_path: Path) -> None:
    """Words that are listed mean that a value is missing, on the fast way and on the slow one."""
    text = "a\nNA\nx\n"

    assert read(tmp_path, text, null_words=("NA",)).rows == [(None,), ("x",)]
    assert read(tmp_path, text + "1,2\n", null_words=("NA",)).rows[0] == (None,)


def test_other_dialects(tmp_path: Path) -> None:
    """Delimiter and encoding are those that are declared."""
    file = read(tmp_path, "größe;b\n1,5;ä\n".encode("cp1252"), delimiter=";", encoding="cp1252")

    assert (file.layout.columns, file.rows) == (("größe", "b"), [("1,5", "ä")])


def test_delimiter_of_two_bytes(tmp_path: Path) -> None:
    """Any one character may stand between fields."""
    assert read(tmp_path, "a§b\n1§2\n", delimiter="§").rows == [("1", "2")]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """A row with bytes that are not of the encoding is set aside; the others stay."""
    file = read(tmp_path, b"a,b\n1,caf\xc3\xa9\n3,caf\xe9\n4,\xe2\x82\xac\n", header_rows=1)

    assert file.rows == [("1", "café"), ("4", "€")]
    assert [(row.line, row.record) for row in file.misfits] == [(3, "3,caf\ufffd")]
    assert "no UTF-8 text" in file.misfits[0].reason


def test_utf_16_with_a_half_character(tmp_path: Path) -> None:
    """In an encoding of two bytes, too, only the row with the fault is lost."""
    data = "a,b\n1,2\n3,".encode("utf-16-le") + b"\x00\xd8" + "\n4,5\n".encode("utf-16-le")
    file = read(tmp_path, data, encoding="utf-16-le", header_rows=1)

    assert file.rows == [("1", "2"), ("4", "5")]
    assert [row.line for row in file.misfits] == [3]


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_empty_file(tmp_path: Path, content: str) -> None:
    """A file without a header has no columns and no rows."""
    file = read(tmp_path, content)

    assert (file.layout.columns, file.count) == ((), 0)


def test_header_only(tmp_path: Path) -> None:
    """A file with nothing but a header has its columns and no rows."""
    file = read(tmp_path, "a,b\n")

    assert (file.layout.columns, file.rows) == (("a", "b"), [])
    assert file.types == [pa.string(), pa.string()]


def test_lines(tmp_path: Path) -> None:
    """The line of a row is known even where cells span lines and rows are set aside."""
    file = read(tmp_path, 'a,b\n"x\ny",1\n\nz\nw,2\n')

    assert file.lines == [2, 6]


def test_footer(tmp_path: Path) -> None:
    """Notes below a blank line at the end are no rows, and are kept as what they are."""
    rows = "a,b,c\n1,2,3\n4,5,6\n"
    file = read(tmp_path, rows + "\nReport made in May,,\nTotal: 2\n\n")

    assert file.rows == [("1", "2", "3"), ("4", "5", "6")]
    assert (file.count, file.misfits) == (2, [])
    assert file.footer == ("Report made in May,,", "Total: 2")


@pytest.mark.parametrize(
    "end",
    [
        "\n7,,9\n",  # a row
        "7\n",  # a row that is cut off
        ",,\n",  # a row without values
        '7,8,"a\n\nb"\n',  # a cell with a blank line
    ],
)
def test_what_is_no_footer(tmp_path: Path, end: str) -> None:
    """What may be a row at the end of a file is never taken for a footer."""
    file = read(tmp_path, "a,b,c\n1,2,3\n4,5,6\n" + end)

    assert file.count == len(file.rows) + len(file.misfits) == 3
    assert file.footer == ()


CELLS = st.text(st.sampled_from(list('ab1 ,"\n\r;é')), max_size=5)


@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=8),
    st.sampled_from(["\n", "\r\n"]),
)
@example(rows=[["", ""], *[["", "", "1"]] * 3, ["a", "b"]], end="\n")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_nothing_is_lost(tmp_path: Path, rows: list[list[str]], end: str) -> None:
    """Whatever is written comes back or is named: rows in = rows out + rows rejected."""
    rows = [row for row in rows if len(row) > 1 or row[0].strip()]
    # Else the header may lack a name; a row without values says nothing of that.
    assume(any(len(row) != 3 and any(map(str.strip, row)) for row in rows))
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=end).writerows([["x", "y"], *rows])

    file = read(tmp_path, text.getvalue(), delimiter=",", header_rows=1, skip_lines=0)

    kept = [
        tuple(cell if cell.strip(" \t\r\n") else None for cell in r) for r in rows if len(r) == 2
    ]
    if not any(row.reason.startswith("a quote") for row in file.misfits):
        assert file.rows == kept
        assert file.count == len(rows)
    assert file.count == len(file.rows) + len(file.misfits)


TEXTS = st.text(st.sampled_from(list('a1,"\n\r ')), max_size=60)


@given(TEXTS, st.integers(1, 30), st.sampled_from(['"', ""]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_blocks_make_no_difference(tmp_path: Path, text: str, size: int, quote: str) -> None:
    """A file read in small blocks has the rows of one that is read at once, line by line."""
    declared: dict[str, Any] = {"delimiter": ",", "quote": quote, "header_rows": 1, "skip_lines": 0}

    whole = read(tmp_path, "x,y\n" + text, **declared)
    parts = read(tmp_path, "x,y\n" + text, size, **declared)

    assert whole.count == len(whole.rows) + len(whole.misfits)
    assert parts.count == len(parts.rows) + len(parts.misfits)
    if not whole.footer and not parts.footer and '"' not in text:
        assert (parts.rows, parts.lines, parts.misfits) == (whole.rows, whole.lines, whole.misfits)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=12), st.integers(1, 30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_blocks_keep_quoted_cells_whole(
    tmp_path: Path, rows: list[tuple[str, str]], size: int
) -> None:
    """Wherever a block ends, a cell with line ends and quotes in it stays one cell."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("x", "y"), *rows])
    declared: dict[str, Any] = {"delimiter": ",", "header_rows": 1, "skip_lines": 0}

    whole = read(tmp_path, text.getvalue(), **declared)
    parts = read(tmp_path, text.getvalue(), size, **declared)

    assert (parts.rows, parts.lines) == (whole.rows, whole.lines)


LINES = ["1,2", "3", "4,5,6", "\xff,7", '"8,9', "", "a b", '"c",d']


@given(st.lists(st.sampled_from(LINES), max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_fast_and_slow_ways_agree(tmp_path: Path, lines: list[str]) -> None:
    """Rows in are rows loaded and rows rejected, whatever is wrong with some of them."""
    data = ("x,y\n" + "".join(f"{line}\n" for line in lines)).encode("latin-1")

    file = read(tmp_path, data, delimiter=",", header_rows=1, skip_lines=0)

    assert file.count == len(file.rows) + len(file.misfits)
    assert len(file.lines) == len(file.rows)
