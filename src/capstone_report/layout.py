"""
Layouts: how one file turned out to be written.

Knows the facts that its rows are read by; does not know how they were found out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from capstone_report.dialect import Dialect
from capstone_report.records import Marks


class Compression(StrEnum):
    """How the bytes of a file are packed; told by its first ones, not by its name."""

    NONE = ""
    GZIP = "gzip"
    ZSTD = "zstd"
    BZ2 = "bz2"


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFile:
    """
    A file to be read.

    Attributes:
        name: Its path, as the reader of a report should see it.
        path: Where it is.
        dialect: What is declared of it.
        compression: How it is packed.
    """

    name: str
    path: Path
    dialect: Dialect
    compression: Compression


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    r"""
    How a file is written.

    Attributes:
        encoding: By the name that Python knows it by.
        marks: What parts the cells of a row.
        newline: What ends a line: `\\n` (which may follow `\\r`), or `\\r` alone.
        skipped: The lines before the header, as they stand.
        header_rows: How many rows name the columns.
        columns: A name of its own for each column; none for an empty file.
        renamed: Name here to name in the file, where they differ.
        start: Where the first row begins: bytes from the beginning, in UTF-8, and line.
        is_encoding_sure: Whether the encoding was declared, marked, or found by reading all.
        is_quote_sure: The same of the quotes.
        likeness: The share of its first records that have the same number of fields.
    """

    encoding: str
    marks: Marks
    newline: str = "\n"
    skipped: tuple[str, ...] = ()
    header_rows: int = 1
    columns: tuple[str, ...] = ()
    renamed: dict[str, str] = field(default_factory=dict)
    start: tuple[int, int] = (0, 1)
    is_encoding_sure: bool = False
    is_quote_sure: bool = False
    likeness: float = 1.0
