"""
CSV files: one file as a table of text, and the rows of it that do not fit.

Knows commas, quotes and line ends (RFC 4180, lenient where it can be); does not
know types or other files. A well-formed file is read by Arrow. Its rows are
counted a second time, by another way; where the counts differ, or a row does
not fit, the file is read again by a reader that knows the line of each record.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from capstone_report.errors import TableError
from capstone_report.load_report import RejectedRow

_BYTE_ORDER_MARK = "\ufeff"
_HEADER_LIMIT = 1 << 20  # characters in which the header must end
_CELL_LIMIT = 1 << 27  # characters in one cell; the default of 128 KiB is too few for prose
_MEANT_INSTEAD = (";", "\t", "|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """
    How the files are written.

    Attributes:
        delimiter: Between the fields of a row; one character.
        encoding: By the name that Python knows it by.
        null_words: Cells that stand for a missing value, besides those that are
            empty or nothing but white space. None by default: `NA` may be Naples.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    null_words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no file can be written in."""
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n':
            raise TableError(
                f"the delimiter must be one character, and {self.delimiter!r} is not",
                hint='Write for example [params.load] delimiter = ";" in capstone.toml.',
            )
        try:
            "".encode(self.encoding)
        except LookupError:
            raise TableError(
                f"no encoding is called {self.encoding!r}",
                hint="Write for example utf-8, utf-16, cp1252 or latin-1.",
            ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFile:
    """
    One file as it was read.

    Attributes:
        name: Its path, as the reader of a report should see it.
        path: Where it is.
        dialect: How it was read.
        table: Its rows by the header's columns, all text, null for a missing value.
        rejected: Rows that do not fit, by line.
        rows_read: Records below the header, counted apart from the two above.
        renamed: Name in the table to name in the header, where they differ.
    """

    name: str
    path: Path
    dialect: Dialect
    table: pa.Table
    rejected: tuple[RejectedRow, ...] = ()
    rows_read: int = 0
    renamed: dict[str, str] = field(default_factory=dict)

    def has_column(self, name: str) -> bool:
        """Tell whether the table has a column *name*, without a walk over all of them."""
        return bool(self.table.schema.get_field_index(name) >= 0)

    def line_of(self, row: int) -> int:
        """Return the line on which row *row* of the table begins; both as people count."""
        width = self.table.num_columns
        text = _decoded(self.path.read_bytes(), self.dialect.encoding)
        lines = [line for line, cells in _records(text, self.dialect) if len(cells) == width]
        return lines[row + 1]  # the first is the header's


def read_csv(path: Path, name: str, dialect: Dialect) -> CsvFile:
    """
    Read one file.

    Raises:
        TableError: It is not text in the dialect's encoding, or its header does not end.
    """
    try:
        text = _decoded(path.read_bytes(), dialect.encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(name, error, dialect.encoding) from None
    header, rest = _split_header(text, name, dialect)
    columns, renamed = _unique_names(header)
    if not columns:
        return CsvFile(name=name, path=path, dialect=dialect, table=pa.table({}))
    counted = _count_records(rest)
    table = _read_fast(rest, columns, dialect)
    if table is not None and table.num_rows == counted:
        rejected: tuple[RejectedRow, ...] = ()
    else:
        table, rejected, counted = _read_with_lines(text, name, columns, dialect)
    return CsvFile(
        name=name,
        path=path,
        dialect=dialect,
        table=_without_blanks(table),
        rejected=rejected,
        rows_read=counted,
        renamed=renamed,
    )


def likely_delimiter(file: CsvFile) -> str | None:
    """Return what seems to stand between the fields instead, if all of them are one column."""
    if file.table.num_columns != 1:
        return None
    header = next(iter(file.renamed.values()), file.table.column_names[0])
    return next((each for each in _MEANT_INSTEAD if each in header), None)


def _decoded(data: bytes, encoding: str) -> str:
    return data.decode(encoding).removeprefix(_BYTE_ORDER_MARK)


def _undecodable(name: str, error: UnicodeDecodeError, encoding: str) -> TableError:
    data = error.object
    line = data.count(b"\n", 0, error.start) + 1
    looks = "UTF-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ""
    return TableError(
        f"{name} is not {encoding.upper()} text",
        facts={
            "file": name,
            "line": f"{line} (byte {error.start + 1} of the file is 0x{data[error.start]:02x})",
        }
        | ({"looks like": looks} if looks else {}),
        hint=(
            "Save it as UTF-8, or name its encoding in capstone.toml: "
            f'[params.load] encoding = "{"utf-16" if looks else "cp1252"}"'
        ),
    )


def _records(text: str, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which each record begins, from 1, and its cells; blank lines are none."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter)
    limit = csv.field_size_limit(_CELL_LIMIT)
    try:
        line = 1
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    finally:
        csv.field_size_limit(limit)


def _split_header(text: str, name: str, dialect: Dialect) -> tuple[list[str], str]:
    """Return the cells of the first record, and all that follows it."""
    lines = io.StringIO(text[:_HEADER_LIMIT], newline="")
    consumed = 0

    def counted() -> Iterator[str]:
        nonlocal consumed
        for line in lines:
            consumed += len(line)
            yield line

    for cells in csv.reader(counted(), delimiter=dialect.delimiter):
        if cells and consumed == _HEADER_LIMIT < len(text):
            raise TableError(
                f"the header of {name} does not end within {_HEADER_LIMIT:,} characters",
                facts={"file": name, "line": "1"},
                hint="Look for a quote in its first line that is never closed.",
            )
        if cells:
            return cells, text[consumed:]
    return [], ""


def _unique_names(header: list[str]) -> tuple[list[str], dict[str, str]]:
    """Give each column a name of its own: those without one by position, repeated ones by count."""
    names: list[str] = []
    renamed = {}
    for position, written in enumerate(header, start=1):
        name = base = written or f"column_{position}"
        count = 1
        while name in names or (name != written and name in header):
            count += 1
            name = f"{base}_{count}"
        names.append(name)
        if name != written:
            renamed[name] = written
    return names, renamed


def _count_records(text: str) -> int:
    """Count records without reading cells: lines that have something outside of quotes."""
    outside = '"'.join(text.split('"')[::2]) if '"' in text else text
    return sum(1 for line in io.StringIO(outside, newline="") if line.rstrip("\r\n"))


def _read_fast(text: str, columns: list[str], dialect: Dialect) -> pa.Table | None:
    """Read well-formed rows with Arrow; None if some row is not."""
    # A quote that is never closed, or one that is only text: Arrow would not say which. And
    # it knows delimiters of one byte only.
    if text.count('"') % 2 or not dialect.delimiter.isascii():
        return None
    data = text.encode()
    if not data.strip(b"\r\n"):
        return pa.table({name: pa.array([], pa.string()) for name in columns})
    try:
        return pacsv.read_csv(
            pa.BufferReader(data),
            read_options=pacsv.ReadOptions(column_names=columns),
            parse_options=pacsv.ParseOptions(
                delimiter=dialect.delimiter, newlines_in_values='"' in text
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()),
                null_values=["", *dialect.null_words],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid:
        return None


def _read_with_lines(
    text: str, name: str, columns: list[str], dialect: Dialect
) -> tuple[pa.Table, tuple[RejectedRow, ...], int]:
    """Read row by row; set those aside that do not have a cell for each column."""
    nulls = {"", *dialect.null_words}
    kept: list[list[str | None]] = []
    rejected = []
    records = _records(text, dialect)
    next(records)  # the header
    open_line = _line_of_open_quote(text, dialect)
    count = 0
    for line, cells in records:
        count += 1
        if line == open_line:
            reason = "a quote opened here is never closed, and takes in the rest of the file"
        elif len(cells) != len(columns):
            reason = f"{_fields(len(cells))} where the header has {len(columns)}"
        else:
            kept.append([None if cell in nulls else cell for cell in cells])
            continue
        rejected.append(RejectedRow(file=name, line=line, reason=reason))
    rows = list(zip(*kept, strict=True)) or [()] * len(columns)
    arrays = [pa.array(cells, pa.string()) for cells in rows]
    return pa.table(arrays, names=columns), tuple(rejected), count


def _without_blanks(table: pa.Table) -> pa.Table:
    """Make cells of nothing but white space missing; Arrow knows only the empty ones."""
    for position, column in enumerate(table.columns):
        blank = pc.match_substring_regex(column, r"^[ \t\r\n]+$")
        if pc.any(blank).as_py():
            filled = pc.if_else(blank, pa.scalar(None, pa.string()), column)
            table = table.set_column(position, table.field(position), filled)
    return table


def _line_of_open_quote(text: str, dialect: Dialect) -> int | None:
    """Return the line of the record that the text ends inside of, for want of a closing quote."""
    *_, (last, _cells) = _records(text, dialect)
    lines = io.StringIO(text, newline="")
    tail = (line for number, line in enumerate(lines, start=1) if number >= last)
    try:
        list(csv.reader(tail, delimiter=dialect.delimiter, strict=True))
    except csv.Error as error:
        return last if "unexpected end" in str(error) else None
    return None


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count} fields"
