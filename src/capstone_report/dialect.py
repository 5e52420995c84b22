"""
Dialects: what the user says of how files are written; the rest is found out.

Knows the parameters of stage `load` that have to do with a file; does not read
any. What is None is found out, file by file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatch
from typing import Any, Self

from capstone_report.date_writing import DAY_FIRST, MONTH_FIRST
from capstone_report.errors import TableError

AUTO = "auto"
"""In a parameter: find it out."""
NO_QUOTE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """
    How files are written, as far as it is declared.

    Attributes:
        encoding: By the name that Python knows it by.
        delimiter: Between the fields of a row; one character.
        quote: Around a field that holds a delimiter; empty if quotes are text like any other.
        header_rows: How many rows name the columns; 0 for none.
        skip_lines: How many lines stand before the header.
        decimal: Before the fraction of a number: a point or a comma.
        thousands: Between the groups of a number's figures; empty for nothing.
        date_order: `dmy` or `mdy`, for dates that could be read either way.
        null_words: All cells that stand for a missing value, besides blank ones.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header_rows: int | None = None
    skip_lines: int | None = None
    decimal: str | None = None
    thousands: str | None = None
    date_order: str | None = None
    null_words: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse what no file can be written in."""
        if self.delimiter is not None:
            _check_mark("delimiter", self.delimiter, ";")
        if self.quote:
            _check_mark("quote", self.quote, "'")
        if self.decimal not in {None, ".", ","}:
            raise _wrong("decimal", self.decimal, "a point or a comma", '","')
        if self.thousands is not None and len(self.thousands) > 1:
            raise _wrong("thousands", self.thousands, "one character, or empty", '"."')
        if self.date_order not in {None, DAY_FIRST, MONTH_FIRST}:
            raise _wrong("date_order", self.date_order, "dmy or mdy", '"dmy"')
        for name in ("header_rows", "skip_lines"):
            count = getattr(self, name)
            if count is not None and (type(count) is not int or count < 0):
                raise _wrong(name, count, "a number of lines", "1")
        if self.encoding is not None:
            try:
                "".encode(self.encoding)
            except (LookupError, TypeError):
                raise TableError(
                    f"no encoding is called {self.encoding!r}",
                    hint="Write for example utf-8, utf-16, cp1252 or latin-1.",
                ) from None

    @classmethod
    def of_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """
        Return the dialect that *parameters* declare; `auto` is for what they do not.

        Raises:
            TableError: A parameter is unknown, or none that a file can be written in.
        """
        known = {each.name for each in fields(cls)}
        if unknown := parameters.keys() - known:
            raise TableError(
                f"{min(unknown)!r} is nothing that a file is read by",
                facts={"known": ", ".join(sorted(known))},
            )
        values = {name: value for name, value in parameters.items() if value != AUTO}
        if "null_words" in values:
            values["null_words"] = tuple(values["null_words"])
        if values.get("quote") == "none":
            values["quote"] = NO_QUOTE
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialects:
    """
    The dialect of each file.

    Attributes:
        usual: That of a file of which nothing else is said.
        special: Pattern of file names to parameters that differ there; later ones win.
    """

    usual: Dialect
    special: Mapping[str, Mapping[str, Any]]

    def of_file(self, name: str) -> Dialect:
        """Return the dialect of the file called *name*, a path or its last part."""
        dialect = self.usual
        for pattern, parameters in self.special.items():
            if fnmatch(name, pattern) or fnmatch(name.rpartition("/")[2], pattern):
                declared = Dialect.of_parameters(parameters)
                changes = {
                    each.name: value
                    for each in fields(Dialect)
                    if (value := getattr(declared, each.name)) is not None
                }
                dialect = replace(dialect, **changes)
        return dialect


def _check_mark(name: str, mark: str, example: str) -> None:
    if (
        not isinstance(mark, str)
        or len(mark) != 1
        or mark in "\r\n"
        or (name == "delimiter" and mark == '"')
    ):
        raise TableError(
            f"the {name} must be one character, and {mark!r} is not",
            hint=f'Write for example [params.load] {name} = "{example}" in capstone.toml.',
        )


def _wrong(name: str, value: object, wanted: str, example: str) -> TableError:
    return TableError(
        f"{name} must be {wanted}, and {value!r} is not",
        hint=f"Write for example [params.load] {name} = {example} in capstone.toml.",
    )
