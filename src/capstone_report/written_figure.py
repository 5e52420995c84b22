"""
Written figures: the numbers and dates that stand in a sentence.

Knows how English writes them, and how much rounding a way of writing allows; does
not know what they are of. Numbers in words (`two`, `half`) are no figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_SCALES = {"k": 3, "thousand": 3, "m": 6, "million": 6, "bn": 9, "billion": 9}
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<sign>[-\u2212+]?)(?P<digits>\d{1,3}(?:[,\u202f\u00a0]\d{3})+|\d+)"
    r"(?P<decimals>\.\d+)?(?P<exponent>[eE][+-]?\d+)?"
    r"(?:\s?(?P<percent>%|per ?cent\b|percent\b)|\s?(?P<scale>thousand|million|billion|bn|[kM])\b)?"
    r"(?![\w]|\.\d)"
)
_ABOUT = re.compile(
    r"(?i)(about|around|roughly|approximately|approx\.?|nearly|almost|over|under|some|"
    r"more than|less than|at least|at most|up to|close to|circa|ca\.|~|\u2248)\s*[$\u20ac\u00a3]?$"
)
_NO_CLAIM_BEFORE = re.compile(r"(?i)\b(top|first|last|step|part|no\.|question|item)\s$")
_NO_CLAIM_AFTER = re.compile(r"(?i)-(digit|character|letter|hour|day|week|month|year|bit)\b")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = "|".join(f"{month[:3]}(?:{month[3:]})?" if month[3:] else month for month in _MONTHS)
_ISO = re.compile(
    r"(?<![\w-])\d{4}-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?)?(?![\w-])"
)
_DAY_MONTH = re.compile(
    rf"(?i)\b(\d{{1,2}})(?:st|nd|rd|th)?\s+({_MONTH})\b\.?,?(?:\s+(\d{{4}}))?\b"
)
_MONTH_DAY = re.compile(
    rf"(?i)\b({_MONTH})\b\.?(?:\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d))?(?:,?\s+(\d{{4}})\b)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenNumber:
    """
    A number as it is written.

    Attributes:
        text: The characters, with sign and unit.
        start: Where they begin.
        value: What they say.
        slack: How far the number meant may be off: half a unit of the last digit;
            after a word such as `about`, of the last that is not 0.
        is_percent: Whether a percent sign follows.
        is_year: Whether it may be a year.
    """

    text: str
    start: int
    value: float
    slack: float
    is_percent: bool = False
    is_year: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDate:
    """
    A date, a time or a month of a year as it is written.

    Attributes:
        text: The characters.
        start: Where they begin.
        iso: The same by ISO 8601, as far as it is said: `2024-03`.
    """

    text: str
    start: int
    iso: str


def written_dates(text: str) -> Iterator[WrittenDate]:
    """Find the dates in *text*; those without a year are none."""
    for found in _ISO.finditer(text):
        yield WrittenDate(text=found[0], start=found.start(), iso=found[0].replace(" ", "T"))
    for found in _DAY_MONTH.finditer(text):
        if found[3]:
            iso = f"{found[3]}-{_month(found[2]):02}-{int(found[1]):02}"
            yield WrittenDate(text=found[0], start=found.start(), iso=iso)
    for found in _MONTH_DAY.finditer(_DAY_MONTH.sub(lambda f: " " * len(f[0]), text)):
        iso = f"{found[3]}-{_month(found[1]):02}" + (f"-{int(found[2]):02}" if found[2] else "")
        yield WrittenDate(text=found[0], start=found.start(), iso=iso)


def written_numbers(text: str) -> Iterator[WrittenNumber]:
    """Find the numbers in *text* that claim something; those of dates are none."""
    for date in written_dates(text):
        text = blanked(text, date.start, date.start + len(date.text))
    for found in _NUMBER.finditer(text):
        if _NO_CLAIM_AFTER.match(text, found.end()) or _NO_CLAIM_BEFORE.search(
            text[: found.start()]
        ):
            continue
        # A hyphen after a word or a digit joins; it is no sign: 3-5.
        before = text[: found.start()].rstrip()
        sign = found["sign"] if not before[-1:].isalnum() or before != text[: found.start()] else ""
        digits = re.sub(r"[,\u202f\u00a0]", "", found["digits"])
        number = Decimal(digits + (found["decimals"] or "") + (found["exponent"] or ""))
        shift = _SCALES.get((found["scale"] or "").lower(), 0)
        number = number.scaleb(shift)
        about = _ABOUT.search(text[: found.start()]) is not None
        skipped = len(found["sign"]) if not sign else 0
        yield WrittenNumber(
            text=found[0][skipped:],
            start=found.start() + skipped,
            value=float(-number if sign in {"-", "\u2212"} else number),
            slack=_slack(number, is_about=about),
            is_percent=found["percent"] is not None,
            is_year=found[0] == digits and len(digits) == 4 and "1800" <= digits <= "2199",
        )


def number_in(text: str) -> float | None:
    """Read *text*, all of it, as a number; None if it is none."""
    cleaned = text.strip().removesuffix("%").rstrip().replace(",", "").replace("\u2212", "-")
    try:
        number = Decimal(cleaned)
    except InvalidOperation:
        return None
    return float(number) if number.is_finite() else None


def slack_of(value: float | str) -> float:
    """Return how far the number meant may be off from *value*, by the digits it is given with."""
    text = str(value).strip().removesuffix("%").rstrip().replace(",", "").replace("\u2212", "-")
    return _slack(Decimal(text), is_about=False)


def blanked(text: str, start: int, end: int) -> str:
    """Return *text* with spaces for what stands from *start* to *end*."""
    return text[:start] + " " * (end - start) + text[end:]


def _slack(number: Decimal, *, is_about: bool) -> float:
    if not number.is_finite():
        raise ValueError(f"{number} is no finite number")
    power = int(number.as_tuple().exponent)
    if is_about and number:
        # Two digits that count, at least: `about 1,000` says no more than 950 to 1,050.
        reduced = number.normalize().as_tuple()
        least = int(reduced.exponent) - max(0, 2 - len(reduced.digits))
        return float(10.0 ** max(power, least))  # a truncated one is meant as well
    return float(10.0**power) / 2


def _month(word: str) -> int:
    return next(i for i, month in enumerate(_MONTHS, 1) if month.startswith(word.lower()[:3]))
