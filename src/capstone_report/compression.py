"""
Compression: the most telling things about a table, within a budget of tokens.

Knows what may be left out, and in what order; does not know a model. Detail is
dropped in the order of `STEPS`, one step at a time, until the document fits; what
was dropped is said in it. What matters most goes last: the gravest alerts, and the
columns that have them or tell rows apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from capstone_report.alert import Alert, Severity
from capstone_report.column_profile import Column
from capstone_report.compressed import (
    Budget,
    Compressed,
    CompressedColumn,
    CompressedRelations,
    CompressedTable,
)
from capstone_report.errors import BudgetError
from capstone_report.loaded_table import LoadedTable
from capstone_report.personal_data import masked
from capstone_report.profile import Profile
from capstone_report.row_choice import ChosenRows, choose_rows
from capstone_report.token_count import token_counter
from capstone_report.token_scale import Scale
from capstone_report.told_column import rare_values, told_column

_TELLING = 0.3
"""Below it, that two columns go together is not told."""
_RELATIONS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """
    How much is told.

    Attributes:
        sample_rows: Rows of the sample.
        top_values: Frequent values of each column.
        timelines: Whether it is told how many rows each period has.
        spread: Whether quartiles, deviation, zeros, negatives and outliers are told.
        rare: Whether rare values are told.
        files: Whether each file is named.
        relations: How many keys, pairs and dependencies are told, of each.
        alerts: The least severity of the alerts that are told, and how many at most.
        figures: Whether more than name and type is told of a column without an alert.
        columns: How many columns are told of; None for all.
    """

    sample_rows: int = 20
    top_values: int = 8
    timelines: bool = True
    spread: bool = True
    rare: bool = True
    files: bool = True
    relations: int = _RELATIONS
    alerts: tuple[Severity, int] = (Severity.LOW, 200)
    figures: bool = True
    columns: int | None = None


STEPS: tuple[tuple[str, dict[str, object]], ...] = (
    ("sample rows beyond 10", {"sample_rows": 10}),
    ("frequent values beyond 5 a column", {"top_values": 5}),
    ("sample rows beyond 5", {"sample_rows": 5}),
    ("rows by period", {"timelines": False}),
    ("quartiles, deviations, zeros, negatives and outliers", {"spread": False}),
    ("frequent values beyond 3 a column", {"top_values": 3}),
    ("relations beyond 5 of each kind", {"relations": 5}),
    ("the sample", {"sample_rows": 0}),
    ("the list of files", {"files": False}),
    ("alerts of low severity", {"alerts": (Severity.MEDIUM, 200)}),
    ("frequent values", {"top_values": 0}),
    ("figures of columns without an alert", {"figures": False}),
    ("relations", {"relations": 0}),
    ("rare values", {"rare": False}),
    ("alerts beyond 40", {"alerts": (Severity.MEDIUM, 40)}),
    ("alerts beyond 10", {"alerts": (Severity.MEDIUM, 10)}),
)
"""What is dropped to fit, in this order; after all of it, the columns that tell the least."""


def compress_profile(
    profile: Profile,
    table: LoadedTable,
    max_tokens: int,
    *,
    tokenizer: str = "",
    is_masked: bool = True,
) -> Compressed:
    """
    Tell as much of a table as a budget allows.

    Args:
        profile: What is known of the table.
        table: The table, for a sample of its rows and for rare values.
        max_tokens: That the document may take, as it is written.
        tokenizer: Path of the model's `tokenizer.json`; empty to count bytes.
        is_masked: Whether personal data is hidden.

    Raises:
        BudgetError: Not even the counts of the table fit.
    """
    teller = _Teller(profile, table, is_masked=is_masked)
    scale = Scale(token_counter(tokenizer), tokenizer, max_tokens)
    detail, dropped = Detail(), tuple[str, ...]()
    for said, change in (("", dict[str, object]()), *STEPS):
        detail = replace(detail, **change)  # type: ignore[arg-type]  # the fields of Detail
        dropped = (*dropped, said) if said else dropped
        document = scale.weighed(teller.told(detail, dropped))
        if scale.is_light(document):
            return document
    # The most columns that fit: each one more takes more, so halving finds them.
    count = len(profile.columns)
    low, high, best = 0, count, None
    while low < high:
        kept = (low + high) // 2
        fewer = (*dropped, f"{count - kept:,} of {count:,} columns")
        document = scale.weighed(teller.told(replace(detail, columns=kept), fewer))
        if scale.is_light(document):
            low, best = kept + 1, document
        else:
            high = kept
    if best is not None:
        return best
    nothing = teller.told(
        replace(detail, columns=0, alerts=(Severity.HIGH, 0)),
        (*dropped, f"{count:,} of {count:,} columns", "all alerts"),
    )
    document = scale.weighed(nothing)
    if scale.is_light(document):
        return document
    while not scale.is_light(document):
        # The limit is written down, too: a larger one may take a digit more.
        scale = Scale(scale.counter, tokenizer, document.budget.tokens)
        document = scale.weighed(nothing)
    raise BudgetError(
        f"the token budget of {max_tokens:,} is too small to say anything about the table",
        facts={"least": f"{document.budget.limit:,} tokens", "counted": scale.counter.name},
        hint="Raise it in capstone.toml: [params.compress] max_tokens",
    )


class _Teller:
    """Tells of one table, in more or less detail; what is costly to find is found once."""

    def __init__(self, profile: Profile, table: LoadedTable, *, is_masked: bool) -> None:
        self._profile = profile
        self._is_masked = is_masked
        personal = {each.name: each.personal for each in profile.columns}
        self._sample = choose_rows(table, personal, is_masked=is_masked)
        self._columns = [
            told_column(each, self._rare(each, table), self._hide) for each in profile.columns
        ]
        self._flagged = {alert.column for alert in profile.alerts if alert.column}
        self._order = _by_telling(profile)

    def _rare(self, column: Column, table: LoadedTable) -> tuple[tuple[str, int], ...]:
        return tuple(rare_values(column, lambda: table.column(column.name)))

    def _hide(self, text: str) -> str:
        return masked(text, None) if self._is_masked else text

    def told(self, detail: Detail, dropped: tuple[str, ...]) -> Compressed:
        """Tell as much as *detail* says."""
        profile, facts = self._profile, self._profile.table
        chosen = sorted(self._order[: detail.columns])
        others = Counter(profile.columns[place].type for place in self._order[len(chosen) :])
        sample = self._sample.thinned(detail.sample_rows) if detail.sample_rows else _NO_ROWS
        return Compressed(
            budget=Budget(tokens=0, limit=1, counted_as=""),
            masked=self._is_masked,
            dropped=dropped,
            table=CompressedTable(
                rows=facts.rows,
                columns=facts.columns,
                missing_cells=facts.missing_cells,
                duplicate_rows=facts.duplicate_rows,
                rows_rejected=facts.rows_rejected,
                files=len(profile.sources),
                alerts=_severities(profile.alerts),
            ),
            files=tuple((self._hide(each.file), each.rows_loaded) for each in profile.sources)
            if detail.files
            else (),
            alerts=tuple(self._alerts(*detail.alerts)),
            relations=self._relations(detail.relations),
            columns=tuple(self._column(place, detail) for place in chosen),
            other_columns=dict(sorted(others.items())),
            sample_columns=tuple(map(self._hide, sample.names)),
            sample=sample.rows,
        )

    def _alerts(self, least: Severity, most: int) -> Sequence[Alert]:
        ranks = list(Severity)
        telling = [
            each
            for each in self._profile.alerts
            if ranks.index(each.severity) <= ranks.index(least)
        ]
        return [
            each.model_copy(
                update={
                    "text": masked(each.text, None) if self._is_masked else each.text,
                    "column": each.column and self._hide(each.column),
                }
            )
            for each in telling[:most]
        ]

    def _relations(self, most: int) -> CompressedRelations:
        known = self._profile.relations
        pairs = [each for each in known.correlations if each.strength() >= _TELLING]
        return CompressedRelations(
            keys=tuple(tuple(map(self._hide, each)) for each in known.keys[:most]),
            together=tuple(
                (self._hide(a), self._hide(b), float(f"{pair.figure():.3g}"))
                for pair in pairs[:most]
                for a, b in [pair.columns]
            ),
            tells=tuple(
                (self._hide(each.determinant), self._hide(each.dependent), each.exceptions)
                for each in known.dependencies[:most]
            ),
        )

    def _column(self, place: int, detail: Detail) -> CompressedColumn:
        """Tell of one column; of one without an alert less than of others."""
        told = self._columns[place]
        if not detail.figures and self._profile.columns[place].name not in self._flagged:
            return CompressedColumn(name=told.name, type=told.type)
        left_out: dict[str, object] = {}
        if not detail.spread:
            left_out |= dict.fromkeys(("quartiles", "std", "zeros", "negatives", "outliers"))
        if not detail.timelines:
            left_out["timeline"] = None
        if not detail.rare:
            left_out["rare"] = None
        if told.top is not None:
            left_out["top"] = told.top[: detail.top_values] or None
        return told.model_copy(update=left_out)


_NO_ROWS = ChosenRows(names=(), rows=())


def _severities(alerts: Sequence[Alert]) -> dict[str, int]:
    counts = Counter(each.severity for each in alerts)
    return {each.value: counts[each] for each in Severity if counts[each]}


def _by_telling(profile: Profile) -> list[int]:
    """Return the places of the columns, those that tell the most first."""
    gravest: Mapping[str, tuple[int, int]] = {
        alert.column: alert.rank() for alert in reversed(profile.alerts) if alert.column
    }
    none = (len(Severity), 0)
    keys = {name for each in profile.relations.keys for name in each}
    related = {
        name for each in profile.relations.correlations[:_RELATIONS] for name in each.columns
    }

    def rank(place: int) -> tuple[object, ...]:
        name = profile.columns[place].name
        return (gravest.get(name, none), name not in keys, name not in related, place)

    return sorted(range(len(profile.columns)), key=rank)
