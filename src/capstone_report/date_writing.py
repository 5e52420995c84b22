"""
Dates, times and yes or no as people write them: `24/12/2024`, `3-Nov-23`, `9:30 PM`.

Knows the order and the names of their parts; does not know files. Where every
date of a column could be read with either the day or the month first, nothing
here decides which.

A year of two figures is 1969 to 2068, as POSIX has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from capstone_report.column_type import ColumnType, arrow_type_of
from capstone_report.writing import NO_FACTS, Reading, Writing, by_distinct

DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
OTHER_DAYS = "other days"
"""The fact that not all dates are the first of a month."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_PIVOT = 69
_LIKELY = re.compile(r"[0-9][-/.:, ]+[0-9A-Za-z]")
_MANY = 1000
_PARTS = {
    "%d": r"(?P<day>0?[1-9]|[12][0-9]|3[01])",
    "%m": r"(?P<month>0?[1-9]|1[0-2])",
    "%b": rf"(?P<month>{'|'.join(_MONTHS)})\.?",
    "%B": rf"(?P<month>{'|'.join(_LONG_MONTHS)})",
    "%Y": r"(?P<year>[0-9]{4})",
    "%y": r"(?P<year>[0-9]{2})",
    "%H": r"(?P<hour>[01]?[0-9]|2[0-3])",
    "%I": r"(?P<hour>0?[1-9]|1[0-2])",
    "%M": r"(?P<minute>[0-5][0-9])",
    "%S": r"(?P<second>[0-5][0-9])(?:\.(?P<fraction>[0-9]{1,6}))?",
    "%p": r"(?P<half>am|pm|a\.m\.|p\.m\.)",
}
_DATES = (
    *(f"%Y{mark}%m{mark}%d" for mark in "-/."),
    *(
        order
        for mark in "/-."
        for year in ("%Y", "%y")
        for order in (f"%d{mark}%m{mark}{year}", f"%m{mark}%d{mark}{year}")
        if mark != "." or order.startswith("%d")  # nobody writes 12.24.2024
    ),
    *(f"%d{mark}%b{mark}{year}" for mark in "- /" for year in ("%Y", "%y")),
    "%d %B %Y",
    "%d. %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
    "%B %d %Y",
)
_TIMES = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p")
_STYLES = (
    *((ColumnType.DATE, each) for each in _DATES),
    *((ColumnType.TIMESTAMP, f"{each} {clock}") for each in _DATES for clock in _TIMES),
    *((ColumnType.TIME, each) for each in _TIMES),
)
_ANSWERS = (
    ("yes", "no"),
    ("y", "n"),
    ("t", "f"),
    ("oui", "non"),
    ("ja", "nein"),
    ("ja", "nee"),
    ("ja", "nej"),
    ("sí", "no"),
    ("si", "no"),
    ("sì", "no"),
    ("sim", "não"),
    ("да", "нет"),
    ("tak", "nie"),
)


def date_writings(cells: list[str]) -> Iterator[Writing]:
    """Yield the ways in which some dates or times may be written; *cells* are some of them."""
    if not all(_LIKELY.search(each) for each in cells):
        return
    for kind, style in _STYLES:
        pattern = _pattern(style)
        if all(pattern.fullmatch(each) for each in cells):
            yield _dates(kind, style)


def answer_writings(cells: list[str]) -> Iterator[Writing]:
    """Yield the pairs of yes and no that *cells* are of."""
    found = {each.lower() for each in cells}
    for yes, no in _ANSWERS:
        if found <= {yes, no}:
            yield _answers(yes, no)


def order_of(writing: Writing) -> str:
    """Return whether the day or the month is first, where that could be mistaken; else nothing."""
    if writing.style.startswith(("%d/%m/", "%d-%m-")):
        return DAY_FIRST
    return MONTH_FIRST if writing.style.startswith(("%m/%d/", "%m-%d-")) else ""


@cache
def _pattern(style: str) -> re.Pattern[str]:
    # A date may be followed by a `T`, a comma or more than one space, and the time.
    pattern = re.sub(r"%[a-zA-Z]", lambda part: _PARTS[part[0]], style.replace(".", r"\."))
    clock = pattern.find("(?P<hour>")
    if clock > 0:
        pattern = pattern[:clock].rstrip() + r"(?:T|,?\s+)" + pattern[clock:]
    return re.compile(pattern.replace(" (?P<half>", r"\s?(?P<half>"), re.IGNORECASE)


@cache
def _dates(kind: ColumnType, style: str) -> Writing:
    pattern = _pattern(style)

    def convert(cells: list[str]) -> list[object] | None:
        values: list[object] = []
        for cell in cells:
            found = pattern.fullmatch(cell)
            value = None if found is None else _value(kind, found.groupdict())
            if value is None:
                return None
            values.append(value)
        return values

    def read(cells: pa.Array) -> Reading | None:
        values = _read_padded(cells, kind, style)
        if values is None:
            values = by_distinct(cells, arrow_type_of(kind), convert)
        return None if values is None else Reading(values=values, facts=_facts(kind, values))

    return Writing(type=kind, style=style, read=read)


def _facts(kind: ColumnType, values: pa.Array) -> frozenset[str]:
    """Tell two of the years, and whether there are days but firsts of months."""
    if kind is ColumnType.TIME:
        return NO_FACTS
    years = sorted(each for each in pc.unique(pc.year(values)).to_pylist() if each is not None)
    days = set(pc.unique(pc.day(values)).to_pylist()) - {None, 1}
    return frozenset([*map(str, years[:2]), *([OTHER_DAYS] if days else [])])


def _read_padded(cells: pa.Array, kind: ColumnType, style: str) -> pa.Array | None:
    """Read dates of figures only, none left out, all at once; None if they are not so."""
    order = re.findall("%([dmY])", style)
    clock = {"": "", " %H:%M": " [0-9]{2}:[0-9]{2}", " %H:%M:%S": " [0-9]{2}:[0-9]{2}:[0-9]{2}"}
    if len(order) < 3 or style[8:] not in clock or len(cells) < _MANY:
        return None
    figures = [f"([0-9]{{{4 if part == 'Y' else 2}}})" for part in order]
    written = f"^{re.escape(style[2]).join(figures)}({clock[style[8:]]})$"
    if pc.all(pc.match_substring_regex(cells, written), min_count=0).as_py() is False:
        return None
    iso = "-".join(f"\\{order.index(part) + 1}" for part in "Ymd") + "\\4"
    try:
        return pc.cast(pc.replace_substring_regex(cells, written, iso), arrow_type_of(kind))
    except pa.ArrowInvalid:  # 30 February
        return None


def _value(kind: ColumnType, parts: dict[str, str | None]) -> object | None:
    """Return the date or time that *parts* are of; None if there is none such."""
    clock = _clock(parts)
    if kind is ColumnType.TIME:
        return clock
    year, month = int(parts["year"] or 0), (parts["month"] or "").lower()
    if len(parts["year"] or "") == 2:
        year += 1900 if year >= _PIVOT else 2000
    number = _MONTHS.index(month[:3]) + 1 if month[:1].isalpha() else int(month)
    try:
        day = date(year, number, int(parts["day"] or 0))
    except ValueError:  # 30 February
        return None
    return day if kind is ColumnType.DATE else datetime.combine(day, clock)


def _clock(parts: dict[str, str | None]) -> time:
    hour = int(parts.get("hour") or 0)
    if half := (parts.get("half") or "").lower():
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    fraction = (parts.get("fraction") or "").ljust(6, "0")
    return time(hour, int(parts.get("minute") or 0), int(parts.get("second") or 0), int(fraction))


@cache
def _answers(yes: str, no: str) -> Writing:
    def read(cells: pa.Array) -> Reading | None:
        seen: set[str] = set()

        def convert(different: list[str]) -> list[object] | None:
            words = [each.lower() for each in different]
            seen.update(words)
            return [each == yes for each in words] if seen <= {yes, no} else None

        values = by_distinct(cells, pa.bool_(), convert)
        return None if values is None else Reading(values=values, facts=frozenset(seen))

    # A column of nothing but `n` may be one of north and south.
    needs = frozenset({yes, no})
    return Writing(type=ColumnType.BOOLEAN, style=f"{yes}/{no}", read=read, needs=needs)
