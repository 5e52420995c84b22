"""
Numbers as people write them: `1,234.5`, `1.234,5`, `12 %`, `$65,548`, `(3.00)`.

Knows marks, units and what tells a number from a list of codes; does not know
files. Where `1,234` may be a number, or a list of two codes, or 1.234 with a
decimal comma, the whole column has to say which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import pyarrow as pa

from capstone_report.column_type import ColumnType, arrow_type_of
from capstone_report.writing import NO_FACTS, Reading, Writing, by_distinct

DECIMAL_MARKS = (".", ",")
THOUSANDS_MARKS = (",", ".", " ", "\u00a0", "\u202f", "'", "\u2019")
_CURRENCIES = "$€£¥₹₽₩₺₴₫₪฿¢"
_CODES = ("USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN")
_UNIT = re.compile(
    rf"^[-(]*\s*((?P<before>[A-Z]{{0,2}}[{_CURRENCIES}]|{'|'.join(_CODES)})\s*)?"
    rf"[-(]?[0-9.,'\u2019\s]+[)-]?\s*"
    rf"(?P<after>%|[{_CURRENCIES}]|{'|'.join(_CODES)}|kr)?\)?$"
)
_GROUPED = "grouped"
"""The fact that some number has a first group of fewer than three figures, as no code has."""
_FRACTION = "fraction"
"""The fact that some comma is no mark of thousands: `0,5`, `1234,567`."""
_MAX_FIGURES = 15  # so many figures a double holds exactly


def number_writings(cells: list[str], *, in_commas: bool) -> Iterator[Writing]:
    """
    Yield the ways in which some numbers may be written, the likelier ones first.

    Args:
        cells: Some of the numbers, trimmed.
        in_commas: Whether commas stand between the fields, so that a number with a
            decimal comma had to be quoted. Where some have none, `2,2` is a list.
    """
    units = {
        found["before"] or found["after"] or "" for each in cells if (found := _UNIT.match(each))
    }
    if len(units) != 1 or not all(_UNIT.match(each) for each in cells):
        return
    unit = next(iter(units))
    marks = {mark for mark in THOUSANDS_MARKS if any(mark in each.strip("()-% ") for each in cells)}
    for decimal in DECIMAL_MARKS:
        for thousands in ("", *THOUSANDS_MARKS):
            if thousands == decimal or (thousands and thousands not in marks):
                continue
            if not thousands and not unit and decimal == "." and not any("(" in c for c in cells):
                continue  # the plain way
            always = decimal == "," and in_commas and not thousands
            if thousands and not unit:
                yield _number(ColumnType.INTEGER, decimal, thousands, unit, always)
            yield _number(ColumnType.FLOAT, decimal, thousands, unit, always)


@lru_cache(maxsize=256)
def _number(kind: ColumnType, decimal: str, thousands: str, unit: str, always: bool) -> Writing:
    """Return the writing of numbers with these marks; *always*: no number is without decimals."""
    form = _Form(kind, decimal, thousands, unit, always)
    needs = frozenset({_GROUPED} if thousands else {_FRACTION} if decimal == "," else ())
    arrow_type = arrow_type_of(kind)

    def read(cells: pa.Array) -> Reading | None:
        values = by_distinct(cells, arrow_type, form.convert)
        if values is None:
            return None
        is_proven = any(form.proves_marks(each) for each in cells.unique().to_pylist() if each)
        return Reading(values=values, facts=needs if is_proven else NO_FACTS)

    return Writing(
        type=kind,
        style=form.style(),
        read=read,
        needs=needs,
        decimal=decimal,
        thousands=thousands,
        holds_integers=kind is ColumnType.FLOAT and not always and not unit,
    )


class _Form:
    """The form of a number: its marks, its unit, and whether it has a fraction."""

    def __init__(
        self, kind: ColumnType, decimal: str, thousands: str, unit: str, always: bool
    ) -> None:
        self._kind, self._decimal, self._thousands, self._unit = kind, decimal, thousands, unit
        mark, point = re.escape(thousands), re.escape(decimal)
        fraction = rf"(?:{point}(?P<fraction>[0-9]+))" + ("" if always else "?")
        if kind is ColumnType.INTEGER:
            fraction = ""
        # Beside 1,234 stands no 1234: one of them would be no number, or another one.
        plain = "0|[1-9][0-9]{0,2}" if thousands else "0|[1-9][0-9]*"
        groups = rf"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+|" if thousands else ""
        before = rf"(?P<before>{re.escape(unit)}\s*)?" if unit and unit != "%" else "(?P<before>)?"
        after = rf"(?P<after>\s*{re.escape(unit)})?" if unit else "(?P<after>)?"
        self._pattern = re.compile(
            rf"(?P<open>\()?(?P<minus>-\s*)?{before}(?P<inner>-)?(?P<whole>{groups}{plain})"
            rf"{fraction}{after}(?P<close>\))?"
        )
        if thousands:
            proof = rf"(?<![0-9])[1-9][0-9]?{mark}[0-9]{{3}}(?![0-9])"
            proof += rf"|{mark}[0-9]{{3}}(?:{mark}|{point}[0-9])"
        else:
            proof = rf"(?<![0-9])(0|[0-9]{{4,}}){point}"
            proof += rf"|{point}([0-9]{{1,2}}|[0-9]{{4,}})(?![0-9])"
        self._proof = re.compile(proof)

    def convert(self, cells: list[str]) -> list[object] | None:
        """Return the numbers that *cells* are; None if one is none, or loses figures."""
        values: list[object] = []
        for cell in cells:
            found = self._pattern.fullmatch(cell)
            if found is None or bool(found["open"]) != bool(found["close"]):
                return None
            if self._unit and bool(found["before"]) == bool(found["after"]):
                return None
            digits = found["whole"]
            if self._thousands:
                digits = digits.replace(self._thousands, "")
            if len(digits) > _MAX_FIGURES:
                return None
            sign = "-" if found["open"] or found["minus"] or found["inner"] else ""
            if self._kind is ColumnType.INTEGER:
                values.append(int(sign + digits))
            else:
                values.append(float(f"{sign}{digits}.{found['fraction'] or '0'}"))
        return values

    def proves_marks(self, cell: str) -> bool:
        """Tell whether the marks in *cell* can mean nothing else; with a unit, they cannot."""
        return bool(self._unit) or self._proof.search(cell) is not None

    def style(self) -> str:
        """Return the form as a person would put it."""
        fraction = f"{self._decimal}5" if self._kind is ColumnType.FLOAT else ""
        style = f"1{self._thousands}234{fraction}"
        if self._unit:
            usual = {(".", ""), (".", ",")}
            is_usual = (self._decimal, self._thousands) in usual
            return self._unit if is_usual else f"{style} {self._unit}"
        return style if self._thousands or self._decimal != "." else "(1234.5)"
