"""
Known figures: everything that a profile states, with the columns it is of.

Knows how a profile is walked; does not know who claims what. What is walked is the
document, not a list of statistics: one that is added to the profile is a fact by
being there. Bare rows of numbers (the bars of a histogram) state nothing by
themselves and are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from capstone_report.alert import Severity
from capstone_report.column_figure import Timeline
from capstone_report.period import period_names
from capstone_report.profile import Profile
from capstone_report.written_figure import number_in, written_dates, written_numbers

_DATE = re.compile(r"\d{4}-\d{2}(-\d{2}([T ]\d{2}(:\d{2}.*)?)?)?")
_NO_SHARE = frozenset(
    {"position", "min", "max", "days", "min_length", "max_length", "version", "period"}
)
"""Whole numbers that count no cells: a share of the rows would say nothing."""
_ALERT = "alert:"
_SPOKEN = {"quantiles.q50": "median", "nulls": "missing", "quantiles.q25": "first quartile"}
_SPOKEN |= {"quantiles.q75": "third quartile"}
_NAMES = frozenset({"name", "type", "personal", "period"})


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFigure:
    """
    One figure that a profile states.

    Attributes:
        columns: Those that it is about; none for the whole table.
        statistic: What it is, in the profile's words: `mean`, `share of nulls`.
        value: A number (of a share: percent), a date (ISO 8601) or a word.
        of: The value that is counted, where one is.
        is_share: Whether it is a share, in percent.
    """

    columns: tuple[str, ...]
    statistic: str
    value: float | str
    of: str | None = None
    is_share: bool = False

    @property
    def is_date(self) -> bool:
        """Whether its value is a date or a time."""
        return isinstance(self.value, str) and _DATE.fullmatch(self.value) is not None

    @property
    def is_from_alert(self) -> bool:
        """Whether an alert states it."""
        return self.statistic.startswith(_ALERT)

    def __str__(self) -> str:
        """Return it as readers are told of it."""
        value = self.value if isinstance(self.value, str) else f"{self.value:.12g}"
        value = f"{self.value:.6g} %" if self.is_share else value
        where = f" of {', '.join(self.columns)}" if self.columns else ""
        for name, spoken in _SPOKEN.items():
            if self.statistic.endswith(name):
                return f"{self.statistic.removesuffix(name)}{spoken}{where}: {value}"
        return f"{self.statistic.replace('_', ' ')}{where}: {value}"


def known_figures(profile: Profile) -> tuple[KnownFigure, ...]:
    """List what *profile* states, of the table first, then of its columns in their order."""
    document = profile.model_dump(mode="json")
    names = frozenset(each.name for each in profile.columns)
    found = [*_of_table(profile), *_of_alerts(profile)]
    for column in document.pop("columns"):
        found += _of_column(column, profile.table.rows)
    for known in ("table", "alerts", "version", "rejected"):
        del document[known]
    for block in document.values():
        found += _walked(block, (), "", names)
    return tuple(found)


def _of_table(profile: Profile) -> Iterator[KnownFigure]:
    table = profile.table
    wholes = {
        "missing_cells": table.cells,
        "duplicate_rows": table.rows,
        "repeated_rows": table.rows,
        "rows_rejected": table.rows_read,
        "rows": table.rows_read,
    }
    for name, value in table.model_dump(mode="json").items():
        yield from _leaf(value, (), name)
        if wholes.get(name):
            yield from _shares((), name, value, wholes[name])
    counts = {
        "files": len(profile.sources),
        "columns with missing values": sum(each.nulls > 0 for each in profile.columns),
        "columns without missing values": sum(not each.nulls for each in profile.columns),
        "alerts": len(profile.alerts),
    }
    counts |= {
        f"columns of {kind}": n for kind, n in Counter(c.type for c in profile.columns).items()
    }
    severities = Counter(each.severity for each in profile.alerts)
    counts |= {f"alerts of {each} severity": severities[each] for each in Severity}
    kinds = Counter(each.kind for each in profile.alerts)
    counts |= {f"alerts: {kind}": count for kind, count in kinds.items()}
    for statistic, count in counts.items():
        yield KnownFigure(columns=(), statistic=statistic, value=count)


def _of_alerts(profile: Profile) -> Iterator[KnownFigure]:
    """Take the figures out of what the alerts say, of which some stand nowhere else."""
    for alert in profile.alerts:
        columns = (alert.column,) if alert.column else ()
        for each in written_numbers(alert.text):
            yield KnownFigure(
                columns=columns,
                statistic=f"{_ALERT} {alert.kind}",
                value=each.value,
                is_share=each.is_percent,
            )
        for date in written_dates(alert.text):
            yield KnownFigure(columns=columns, statistic=f"{_ALERT} {alert.kind}", value=date.iso)


def _of_column(column: Mapping[str, object], rows: int) -> Iterator[KnownFigure]:
    """Walk what is known of one column, and add the shares that its counts come to."""
    columns = (str(column["name"]),)
    present = column["count"]
    match column:
        case {"outliers": {"below": int(below), "above": int(above)}}:
            yield KnownFigure(columns=columns, statistic="outliers", value=below + above)
    for fact in _walked(
        {key: value for key, value in column.items() if key != "name"}, columns, "", frozenset()
    ):
        yield fact
        if isinstance(fact.value, int) and fact.statistic.split(".")[-1] not in _NO_SHARE:
            for whole in {rows, present}:
                if isinstance(whole, int) and 0 <= fact.value <= whole:
                    yield from _shares(columns, fact.statistic, fact.value, whole, fact.of)


def _shares(
    columns: tuple[str, ...], name: str, part: int, whole: int, of: str | None = None
) -> Iterator[KnownFigure]:
    """Return what a count is of a whole, in percent; and the rest, but of single values."""
    if not whole:
        return
    percent = 100 * part / whole
    shared = {f"share of {name}": percent}
    if of is None and name in {"nulls", "zeros", "negatives", "missing_cells", "count"}:
        shared[f"share of all but {name}"] = 100 - percent
    for statistic, value in shared.items():
        yield KnownFigure(columns=columns, statistic=statistic, value=value, of=of, is_share=True)


def _walked(
    node: object, columns: tuple[str, ...], path: str, names: frozenset[str]
) -> Iterator[KnownFigure]:
    """
    Walk a part of the document.

    Args:
        node: The part.
        columns: Those that it is about.
        path: How it is reached.
        names: Of columns; one that stands in a mapping says what that is about.
    """
    if isinstance(node, Mapping):
        if {"value", "count"} <= node.keys() and isinstance(node["value"], str):
            of = node["value"]
            yield KnownFigure(
                columns=columns, statistic=f"count of {of}", value=node["count"], of=of
            )
            yield KnownFigure(columns=columns, statistic="value", value=of)
            if (number := number_in(of)) is not None:
                yield KnownFigure(columns=columns, statistic="value", value=number)
            return
        if node.keys() == Timeline.model_fields.keys():
            timeline = Timeline.model_validate(node)
            for period, count in zip(period_names(timeline), timeline.counts, strict=True):
                yield KnownFigure(columns=columns, statistic=f"rows in {period}", value=count)
                yield KnownFigure(columns=columns, statistic="period", value=period)
            return
        about = tuple(dict.fromkeys(_columns_named(node.values(), names))) or columns
        for key, value in node.items():
            yield from _walked(value, about, f"{path}.{key}" if path else str(key), names)
    elif isinstance(node, list | tuple):
        if not all(isinstance(each, int | float) for each in node):
            for each in node:
                yield from _walked(each, columns, path, names)
    else:
        yield from _leaf(node, columns, path)


def _columns_named(values: Iterable[object], names: frozenset[str]) -> Iterator[str]:
    """Find the columns that a mapping names, alone or in a row of names."""
    for value in values:
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str) and each in names:
                yield each


def _leaf(value: object, columns: tuple[str, ...], path: str) -> Iterator[KnownFigure]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, str) and not (_DATE.fullmatch(value) or path in _NAMES):
        return
    if isinstance(value, int | float | str):
        yield KnownFigure(columns=columns, statistic=path, value=value)
