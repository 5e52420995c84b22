"""
The check of figures: every figure of an answer, held against the profile.

Knows what makes a claim hold: its column is there, and a figure of that column, or
of the table, is what the claim says it is, as exactly as it is written. Does not
know who answered. A claim that does not hold stays, with a mark: a reader should
see what was said, and that nothing in the data supports it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from capstone_report.claim import Claim, FigureCheck
from capstone_report.compressed import Compressed
from capstone_report.known_figure import KnownFigure, known_figures
from capstone_report.personal_data import masked
from capstone_report.profile import Profile
from capstone_report.statistic_name import statistics_in, words_for
from capstone_report.summary import Answer, Figure
from capstone_report.written_figure import (
    WrittenNumber,
    blanked,
    number_in,
    slack_of,
    written_dates,
    written_numbers,
)

_TOLD_DIGITS = 5e-6
"""Models are told six digits of a mean: a claim need not know more."""
_NO_COLUMN = "the table has no such column"
_CLAUSE = re.compile(r"[;:.!?](?=\s|$)|,(?!\d)|\b(?:and|but|while|whereas|with|from|to)\b")


def check_figures(answer: Answer, profile: Profile, told: Compressed | None = None) -> FigureCheck:
    """
    Check every figure of *answer*.

    Args:
        answer: What somebody says of a table.
        profile: What is known of it.
        told: What they were told of it: of rare values more than a profile has.
    """
    return FigureCheck.of(_Checker(profile, _rare(told)).claims_of(answer))


def _rare(told: Compressed | None) -> Iterator[KnownFigure]:
    for column in told.columns if told else ():
        for value, count in column.rare or ():
            statistic = f"count of {value}"
            yield KnownFigure(columns=(column.name,), statistic=statistic, value=count, of=value)


class _Checker:
    """Holds claims against the facts of one profile."""

    def __init__(self, profile: Profile, more: Iterable[KnownFigure]) -> None:
        self._columns = {each.name for each in profile.columns}
        # A model knows a name that holds an address only with the address masked.
        self._real = {masked(name, None): name for name in self._columns}
        self._of_table: list[KnownFigure] = []
        self._of_column: dict[str, list[KnownFigure]] = {name: [] for name in self._columns}
        self._of_none_named: list[KnownFigure] = []
        values = set[str]()
        for figure in (*known_figures(profile), *more):
            for name in figure.columns:
                self._of_column[self._real.get(name, name)].append(figure)
            if not figure.columns:
                self._of_table.append(figure)
            elif figure.is_date or figure.is_from_alert:
                self._of_none_named.append(figure)
            if figure.of and number_in(figure.of) is None:
                values.add(figure.of)
        files = {each.file for each in profile.sources}
        names = self._columns | self._real.keys() | files | values
        # Digits in names claim nothing.
        self._names = _any_of(name for name in names if any(map(str.isdigit, name)))
        # `unit price` and `Unit_Price` are how people write of `unit_price`.
        self._mentions = {_loose(name): name for name in self._columns if _loose(name)}
        self._mention = _any_of(self._mentions)

    def claims_of(self, answer: Answer) -> Iterator[Claim]:
        yield from self.in_text("headline", answer.headline, ())
        for i, finding in enumerate(answer.findings):
            place = f"findings[{i}]"
            for j, name in enumerate(finding.columns):
                if self._column(name) is None:
                    yield Claim(
                        place=f"{place}.columns[{j}]", written=name, holds=False, against=_NO_COLUMN
                    )
            named = (*finding.columns, *(each.column for each in finding.figures if each.column))
            yield from self.in_text(f"{place}.text", finding.text, named)
            for j, figure in enumerate(finding.figures):
                yield self.stated(f"{place}.figures[{j}]", figure, finding.columns)
        for block in ("quality", "questions"):
            for i, text in enumerate(getattr(answer, block)):
                yield from self.in_text(f"{block}[{i}]", text, ())

    # Figures that are stated as such.

    def stated(self, place: str, figure: Figure, columns: Sequence[str]) -> Claim:
        """Check a figure that says what it is of: its column and its statistic count."""
        where = f" of {figure.column}" if figure.column else ""
        claim = Claim(
            place=place, written=f"{figure.statistic}{where}: {figure.value}", holds=False
        )
        column = self._column(figure.column)
        if figure.column is not None and column is None:
            return claim.model_copy(update={"against": _NO_COLUMN})
        if column is not None:
            facts = self._of_column[column]
        else:
            facts = [*self._of_table, *self._about(columns)]
        meant = _meant(facts, figure.statistic)
        found = next((fact for fact in meant if _is(fact, figure)), None)
        if found is not None:
            return claim.model_copy(update={"holds": True, "against": str(found)})
        return claim.model_copy(update={"against": next((str(fact) for fact in meant), None)})

    # Figures in sentences.

    def in_text(self, place: str, text: str, columns: Iterable[str]) -> Iterator[Claim]:
        """Check the numbers and dates of a sentence against what it is about."""
        about = {*columns, *self._mentioned(text)}
        known = self._about(about)
        facts = [*self._of_table, *(known or self._of_none_named)]
        plain = text
        for found in self._names.finditer(text) if self._names else ():
            plain = blanked(plain, *found.span())
        dates = [fact for fact in facts if fact.is_date]
        for date in written_dates(plain):
            same = next((f for f in dates if _iso(f.value).startswith(date.iso)), None)
            yield Claim(
                place=place,
                written=date.text,
                start=date.start,
                holds=same is not None,
                against=None if same is None else str(same),
            )
        numbers = list(written_numbers(plain))
        ends = [0, *(each.start + len(each.text) for each in numbers)]
        starts = [*(each.start for each in numbers[1:]), len(plain)]
        for number, last, following in zip(numbers, ends, starts, strict=False):
            same = _supporting(number, facts, plain, last, following)
            yield Claim(
                place=place,
                written=number.text,
                start=number.start,
                holds=same is not None,
                against=None if same is None else str(same),
            )

    def _column(self, name: str | None) -> str | None:
        """Return the column that somebody names; None if the table has none of that name."""
        if name is None or name in self._columns:
            return name
        return self._real.get(name)

    def _about(self, names: Iterable[str]) -> list[KnownFigure]:
        """Return the figures of some columns; those of several only if all of them are named."""
        columns = {column for name in names if (column := self._column(name))}
        return [
            figure
            for column in sorted(columns)
            for figure in self._of_column[column]
            if columns.issuperset(figure.columns)
        ]

    def _mentioned(self, text: str) -> Iterator[str]:
        if self._mention:
            for found in self._mention.finditer(_loose(text)):
                yield self._mentions[found[0]]


def _supporting(
    number: WrittenNumber, facts: Sequence[KnownFigure], text: str, last: int, following: int
) -> KnownFigure | None:
    """
    Find a fact that a number in a sentence states.

    Where a statistic is named for it, before it or else after it, in the same clause
    and between its neighbours, it must be that one.

    Args:
        number: The number.
        facts: Those that it may be.
        text: The sentence.
        last: Where the number before it ends.
        following: Where the number after it begins.
    """
    end = number.start + len(number.text)
    said = statistics_in(_CLAUSE.split(text[last : number.start])[-1])
    said = said or statistics_in(_CLAUSE.split(text[end:following])[0])
    if said:
        among = [f for f in facts if said & statistics_in(f.statistic) or f.is_from_alert]
    else:
        among = list(facts)
    for fact in among:
        if _agrees(fact, number.value, number.slack, is_percent=number.is_percent):
            return fact
    if number.is_year:
        year = f"{number.value:.0f}-"
        return next((f for f in facts if f.is_date and _iso(f.value).startswith(year)), None)
    return None


def _meant(facts: Sequence[KnownFigure], statistic: str) -> Sequence[KnownFigure]:
    """
    Narrow *facts* down to those that a statistic, in anybody's words, may be.

    Counts of single values are among them only if the value is named, or nothing else
    is: `count of web`, or `top` alone.
    """
    low = statistic.casefold()
    named = [
        f for f in facts if f.of and re.search(rf"(?<!\w){re.escape(f.of.casefold())}\W*$", low)
    ]
    if named:
        return named
    wanted = words_for(statistic)
    shared = [(len(wanted & words_for(_kind(fact))), fact) for fact in facts]
    known = frozenset(word for _, fact in shared for word in words_for(_kind(fact)))
    shared = [each for each in shared if each[1].of is None or wanted <= known]
    most = max((count for count, _ in shared), default=0)
    return [fact for count, fact in shared if count == most] if most else []


def _ends_with(phrase: str, value: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}\W*$", phrase) is not None


def _kind(fact: KnownFigure) -> str:
    """Return what a figure is, without the value that it may be of."""
    return fact.statistic if fact.of is None else fact.statistic.removesuffix(fact.of) + " value"


def _is(fact: KnownFigure, figure: Figure) -> bool:
    """Tell whether a fact is what a stated figure says."""
    value = figure.value
    if isinstance(value, str):
        if fact.is_date:
            said = _iso(value)
            return len(said) >= len("2024-01") and _iso(fact.value).startswith(said)
        if isinstance(fact.value, str):
            return fact.value.casefold() == value.strip().casefold()
    number = number_in(str(value))
    if number is None or isinstance(fact.value, str):
        return False
    slack = slack_of(value)
    is_percent = isinstance(value, str) and value.rstrip().endswith("%")
    if _agrees(fact, number, slack, is_percent=is_percent):
        return True
    if not fact.is_share:
        return False
    # A share may be given as 12.5 or as 0.125.
    return abs(fact.value - number) <= slack or abs(fact.value / 100 - number) <= slack


def _agrees(fact: KnownFigure, number: float, slack: float, *, is_percent: bool) -> bool:
    """Tell whether a number, as exactly as it is written, is that of a fact."""
    if isinstance(fact.value, str) or (fact.is_share and not is_percent):
        return False
    told = 0.0 if isinstance(fact.value, int) else abs(fact.value) * _TOLD_DIGITS
    return abs(fact.value - number) <= max(slack, told) * (1 + 1e-9)


def _iso(value: float | str) -> str:
    """Spell a date as dates are compared: without a zone, with a `T` before the time."""
    return str(value).strip().replace(" ", "T").removesuffix("Z").removesuffix("T00:00:00")


def _loose(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip().casefold()


def _any_of(names: Iterable[str]) -> re.Pattern[str] | None:
    """Compile a pattern that finds any of *names* as a word, the longest first."""
    ordered = sorted((name for name in names if name), key=lambda name: (-len(name), name))
    if not ordered:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, ordered))})(?!\w)")
