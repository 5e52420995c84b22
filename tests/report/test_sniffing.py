"""How a file is written is told by its first lines, and kept with what was skipped."""

import gzip
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from capstone_report.dialect import Dialect, Dialects
from capstone_report.errors import TableError
from capstone_report.family import named_files
from capstone_report.layout import Compression, Layout
from capstone_report.sniffing import find_layout


def layout_of(folder: Path, content: str | bytes, **dialect: Any) -> Layout:
    """Write *content* to a file, and find out how it is written."""
    path = folder / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (file,) = named_files([path], Dialects(usual=Dialect(**dialect), special={}))
    return find_layout(file)


@pytest.mark.parametrize(
    ("content", "delimiter", "quote", "count", "columns"),
    [
        ("a,b\n1,2\n", ",", '"', 1, ("a", "b")),
        ("a;b\n1,5;2,5\n3,5;4\n", ";", '"', 1, ("a", "b")),
        ("a\tb\nx, y\tz\nv\tw, u\n", "\t", '"', 1, ("a", "b")),
        ("a|b\n1|2\n", "|", '"', 1, ("a", "b")),
        ("a^b\n1^2\n3^4\n", "^", '"', 1, ("a", "b")),
        ("x\n1\n2\n", ",", '"', 1, ("x",)),
        ("x\n1,5\n-2,5\n", ";", '"', 1, ("x",)),
        ('"a";"b"\n"1;1";"2"\n"3";"4"\n', ";", '"', 1, ("a", "b")),
        ("'a','b'\n'1,1','2'\n'3','4'\n", ",", "'", 1, ("a", "b")),
        ("sep=;\na;b\n1;2\n", ";", '"', 1, ("a", "b")),
        ("Ann,F,25\nBob,M,31\n", ",", '"', 0, ("column_1", "column_2", "column_3")),
        ("1,2\n3,4\n", ",", '"', 0, ("column_1", "column_2")),
        ("a,b\n", ",", '"', 1, ("a", "b")),
        ("land,2001,2002\nFR,67,68\nDE,81,82\n", ",", '"', 1, ("land", "2001", "2002")),
        ("land,2001\nFR,67\nDE,81\n", ",", '"', 1, ("land", "2001")),
        ("1,2,3\n4,5,6\n7,8,9\n", ",", '"', 0, ("column_1", "column_2", "column_3")),
        ("a,b,x,d\np,q,x,r\ns,t,,u\n", ",", '"', 1, ("a", "b", "x", "d")),
        ("2001,2002,2003\n1,2,4\n", ",", '"', 1, ("2001", "2002", "2003")),
        ("name,town\nAnn,Rome\nBob,Oslo\n", ",", '"', 1, ("name", "town")),
        ("Ann,Rome\nBob,Rome\nEve,Oslo\n", ",", '"', 0, ("column_1", "column_2")),
        ("when,temp\ns,degC\n1,2.5\n2,3.5\n", ",", '"', 2, ("when / s", "temp / degC")),
        (
            "id,Films,\n,Jaws,Alien\n1,4,5\n2,3,3\n",
            ",",
            '"',
            2,
            ("id", "Films / Jaws", "Films / Alien"),
        ),
        ("a,b\n1,2,\n3,4,\n5,6,\n", ",", '"', 1, ("a", "b", "column_3")),
        ("a,b\nx,1,2\ny,3,4\nz,5,6\n", ",", '"', 1, ("column_1", "a", "b")),
        ("x y z\n1 2 3\n4 5 6\n", " ", '"', 1, ("x", "y", "z")),
        ("at\n" + "2024-01-01 10:00\n" * 99, ",", '"', 1, ("at",)),
        ('"a"\t"b"\n"1,234.5"\t"x"\n"2,345.5"\t"y"\n', "\t", '"', 1, ("a", "b")),
        ('text\n"Hello, you"\n"Bye, all"\n', ",", '"', 1, ("text",)),
        (" a , b\u00a0\n1,2\n", ",", '"', 1, ("a", "b")),
        ("a,,a,a_2\n1,2,3,4\n", ",", '"', 1, ("a", "column_2", "a_3", "a_2")),
    ],
)
def test_layouts(
    tmp_path: Path,
    *,
    content: str,
    delimiter: str,
    quote: str,
    count: int,
    columns: tuple[str, ...],
) -> None:
    """Delimiter, quotes, header and names are found."""
    found = layout_of(tmp_path, content)

    assert found.marks[:2] == (delimiter, quote)
    assert (found.header_rows, found.columns) == (count, columns)


@pytest.mark.parametrize(
    ("above", "skipped"),
    [
        ("# made by a script\n#\n# in May\n", ("# made by a script", "#", "# in May")),
        ("Sales of the year, by month.\n", ("Sales of the year, by month.",)),
        ("Sales\n\nin EUR\n\n", ("Sales", "in EUR")),
        ("Sales,,\n", ("Sales,,",)),
        ("\n\n", ()),
    ],
)
def test_lines_above(tmp_path: Path, above: str, skipped: tuple[str, ...]) -> None:
    """Titles, comments and blank lines above the header are skipped, and kept."""
    found = layout_of(tmp_path, above + "name,n,x\na,1,2.5\nb,2,3.5\nc,3,1.5\n")

    assert (found.columns, found.skipped) == (("name", "n", "x"), skipped)
    assert found.start[1] == above.count("\n") + 2


def test_header_in_a_comment(tmp_path: Path) -> None:
    """The last comment is the header where it has a name for each column."""
    found = layout_of(tmp_path, "# made by hand\n#id,x\n1,2\n3,4\n")

    assert (found.columns, found.skipped) == (("id", "x"), ("# made by hand",))


def test_what_was_renamed_is_known(tmp_path: Path) -> None:
    """Names that the file does not have, or has more than once, are told."""
    assert layout_of(tmp_path, "a,,a\n1,2,3\n").renamed == {"column_2": "", "a_2": "a"}


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("a,é\n1,ü\n".encode(), "utf-8"),
        ("a,é\n1,ü\n".encode("utf-8-sig"), "utf-8-sig"),
        ("a,é\n1,ü\n".encode("utf-16"), "utf-16"),
        ("a,b\n1,2\n".encode("utf-16-le"), "utf-16-le"),
        ("a,b\n1,2\n".encode("utf-16-be"), "utf-16-be"),
        ("a,é\n1,ü\n".encode("utf-32"), "utf-32"),
        ("name,price\nCafé “Zürich”,5 €\n".encode("cp1252"), "cp1252"),
        (b"n,t\n" + "1,Привет это обычный русский текст\n".encode("cp1251") * 9, "cp1251"),
        (b"n,t\n" + "1,Zażółć gęślą jaźń, książka święta\n".encode("cp1250") * 9, "cp1250"),
        (
            b"n,t\n" + "1,日本語のテキスト、東京都と大阪府\n".encode("shift_jis") * 9,
            "cp932",
        ),
    ],
)
def test_encodings(tmp_path: Path, data: bytes, encoding: str) -> None:
    """The encoding is told by a mark, by being valid, or by what the text then looks like."""
    assert layout_of(tmp_path, data).encoding == encoding


def test_a_few_bad_bytes_in_utf_8(tmp_path: Path) -> None:
    """A file with more of UTF-8 than of anything else stays UTF-8."""
    data = "n,t\n1,é\n2,ü\n3,ß\n".encode() + b"4,\xff\n"

    assert layout_of(tmp_path, data).encoding == "utf-8"


@pytest.mark.parametrize(
    ("pack", "compression"),
    [
        (gzip.compress, Compression.GZIP),
        (lambda data: pa.compress(data, "zstd", asbytes=True), Compression.ZSTD),
    ],
)
def test_packed_files(tmp_path: Path, pack: Any, compression: Compression) -> None:
    """Packed files are told by their first bytes, whatever they are called."""
    path = tmp_path / "t.csv"
    path.write_bytes(pack(b"a,b\n1,2\n"))
    (file,) = named_files([path], Dialects(usual=Dialect(), special={}))

    assert file.compression is compression
    assert find_layout(file).columns == ("a", "b")


@pytest.mark.parametrize(
    ("declared", "columns", "skipped"),
    [
        ({"skip_lines": 1}, ("1", "2_2"), ("a,b",)),
        ({"header_rows": 0}, ("column_1", "column_2"), ()),
        ({"header_rows": 2}, ("a / 1", "b / 2"), ()),
        ({"delimiter": ";"}, ("a,b",), ()),
        ({"quote": ""}, ("a", "b"), ()),
    ],
)
def test_what_is_declared_is_not_guessed(
    tmp_path: Path, declared: dict[str, Any], columns: tuple[str, ...], skipped: tuple[str, ...]
) -> None:
    """A parameter has the last word."""
    text = "a,b\n1,2\nx,y\n" if "skip_lines" not in declared else "a,b\n1,2_2\nx,y\n"
    found = layout_of(tmp_path, text, **declared)

    assert (found.columns, found.skipped) == (columns, skipped)


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"delimiter": ""}, "one character"),
        ({"delimiter": "::"}, "one character"),
        ({"delimiter": "\n"}, "one character"),
        ({"quote": "--"}, "one character"),
        ({"encoding": "utf-99"}, "no encoding"),
        ({"encoding": "base64"}, "no encoding"),
        ({"decimal": ";"}, "a point or a comma"),
        ({"thousands": "ab"}, "one character"),
        ({"date_order": "ymd"}, "dmy or mdy"),
        ({"header_rows": -1}, "a number of lines"),
        ({"skip_lines": "two"}, "a number of lines"),
    ],
)
def test_dialects_that_are_none(declared: dict[str, Any], message: str) -> None:
    """A parameter that no file can be written in is an error that says so."""
    with pytest.raises(TableError, match=message):
        Dialect(**declared)


def test_header_that_does_not_end(tmp_path: Path) -> None:
    """A file of one endless line is no table, and is not read to its end."""
    with pytest.raises(TableError, match="does not end"):
        layout_of(tmp_path, "a" * (3 << 20))
