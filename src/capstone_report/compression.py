"""
Compression: the most telling things about a table, within a budget of tokens.

Knows what may be left out, and in what order; does not know a model. Detail is
dropped in the order of `STEPS`, one step at a time, until the document fits;
what was dropped is said in it. Alerts and the names of columns go last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyarrow as pa

from capstone_report.alert import Alert, Severity
from capstone_report.column_profile import (
    BooleanColumn,
    Column,
    DateColumn,
    NumberColumn,
    TextColumn,
)
from capstone_report.column_statistics import plain
from capstone_report.compressed import Budget, Compressed, CompressedColumn, CompressedTable
from capstone_report.errors import BudgetError
from capstone_report.load_report import report_in
from capstone_report.personal_data import masked
from capstone_report.profile import Profile
from capstone_report.token_count import count_tokens

_CELL_LENGTH = 40
_FEW = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """
    How much is told.

    Attributes:
        sample_rows: Rows of the sample.
        top_values: Frequent values of each column.
        quartiles: Whether the first and third quartile are told.
        files: Whether each file is named.
        alerts: The least severity of the alerts that are told, and how many at most.
        figures: Whether more than name and type is told of a column without an alert.
        columns: How many columns are told of; those with alerts come first.
    """

    sample_rows: int = 20
    top_values: int = 8
    quartiles: bool = True
    files: bool = True
    alerts: tuple[Severity, int] = (Severity.LOW, 200)
    figures: bool = True
    columns: int | None = None


STEPS: tuple[tuple[str, dict[str, object]], ...] = (
    ("sample rows beyond 10", {"sample_rows": 10}),
    ("frequent values beyond 5 a column", {"top_values": 5}),
    ("sample rows beyond 4", {"sample_rows": 4}),
    ("quartiles", {"quartiles": False}),
    ("frequent values beyond 3 a column", {"top_values": 3}),
    ("the sample", {"sample_rows": 0}),
    ("the list of files", {"files": False}),
    ("alerts of low severity", {"alerts": (Severity.MEDIUM, 200)}),
    ("frequent values", {"top_values": 0}),
    ("figures of columns without an alert", {"figures": False}),
    ("alerts beyond 40", {"alerts": (Severity.MEDIUM, 40)}),
    ("alerts beyond 10", {"alerts": (Severity.MEDIUM, 10)}),
)
"""What is dropped to fit, in this order; after all of it, whole columns."""


def compress_profile(profile: Profile, loaded: pa.Table, token_budget: int) -> Compressed:
    """
    Tell as much of a table as a budget allows.

    Args:
        profile: What is known of the table.
        loaded: The table, for a sample of its rows.
        token_budget: Tokens that the document may take, as it is written.

    Raises:
        BudgetError: Not even the counts of the table fit.
    """
    least = 0
    for detail, dropped in _less_and_less(len(profile.columns)):
        document = _measured(_told(profile, loaded, detail, dropped), token_budget)
        if document.budget.tokens <= token_budget:
            return document
        least = document.budget.tokens
    raise BudgetError(
        f"the token budget of {token_budget:,} is too small to say anything about the table",
        facts={"least": f"{least:,} tokens"},
        hint="Raise it in capstone.toml: [params.compress] token_budget",
    )


def _less_and_less(columns: int) -> Iterator[tuple[Detail, tuple[str, ...]]]:
    """Yield ever less detail, with what was dropped to get there."""
    detail, dropped = Detail(), tuple[str, ...]()
    yield detail, dropped
    for said, change in STEPS:
        detail = replace(detail, **change)  # type: ignore[arg-type]  # the fields of Detail
        dropped = (*dropped, said)
        yield detail, dropped
    kept = columns
    while kept:
        kept = kept * 3 // 4
        said = f"{columns - kept} of {columns} columns"
        yield replace(detail, columns=kept), (*dropped, said)
    yield replace(detail, columns=0, alerts=(Severity.HIGH, 0)), (*dropped, said, "all alerts")


def _told(
    profile: Profile, loaded: pa.Table, detail: Detail, dropped: tuple[str, ...]
) -> Compressed:
    """Tell of *profile* as much as *detail* says."""
    facts = profile.table
    severity, most = detail.alerts
    ranks = list(Severity)
    alerts = [a for a in profile.alerts if ranks.index(a.severity) <= ranks.index(severity)][:most]
    flagged = {alert.column for alert in alerts}
    # With an alert first, else in the table's order; and again in that order when cut.
    chosen = sorted(profile.columns, key=lambda each: each.name not in flagged)[: detail.columns]
    chosen.sort(key=lambda each: each.position)
    names, rows = _sample(profile, loaded, detail.sample_rows)
    return Compressed(
        budget=Budget(tokens=0, limit=1),
        dropped=dropped,
        table=CompressedTable(
            rows=facts.rows,
            columns=facts.columns,
            missing_cells=facts.missing_cells,
            duplicate_rows=facts.duplicate_rows,
            rows_rejected=facts.rows_rejected,
            files=len(profile.sources),
        ),
        files=tuple((each.file, each.rows_loaded) for each in profile.sources)
        if detail.files
        else (),
        alerts=tuple(_shortened(each) for each in alerts),
        columns=tuple(
            _described(each, detail)
            if detail.figures or each.name in flagged
            else CompressedColumn(name=each.name, type=each.type)
            for each in chosen
        ),
        sample_columns=names,
        sample=rows,
    )


def _measured(document: Compressed, limit: int) -> Compressed:
    """Write into *document* what it costs; a figure that is part of what it counts."""
    tokens = 0
    while True:
        measured = document.model_copy(
            update={"budget": Budget(tokens=tokens, limit=max(limit, 1))}
        )
        if (counted := count_tokens(measured.written())) <= tokens:
            return measured
        tokens = counted


def _described(column: Column, detail: Detail) -> CompressedColumn:
    """Tell of one column what suits its type."""
    facts: dict[str, object] = {
        "name": column.name,
        "type": column.type,
        "missing": column.nulls or None,
        "distinct": column.distinct,
        "personal": column.personal,
    }
    match column:
        case NumberColumn():
            facts |= {"mean": _short(column.mean), "median": _short(column.quantiles.q50)}
            if not column.personal:
                facts["range"] = (column.min, column.max)
            if detail.quartiles:
                facts["quartiles"] = (_short(column.quantiles.q25), _short(column.quantiles.q75))
        case DateColumn():
            facts["range"] = None if column.personal else (column.min, column.max)
            if column.rhythm:
                missing = f"; {column.rhythm.missing} missing" if column.rhythm.missing else ""
                facts["note"] = f"every {column.rhythm.period}{missing}"
        case BooleanColumn():
            facts["true"] = column.true
    if detail.top_values and _top_is_telling(column):
        shown = column.top[: detail.top_values]
        facts["top"] = tuple((_cell(each.value, None), each.count) for each in shown)
    return CompressedColumn.model_validate(facts)


def _top_is_telling(column: Column) -> bool:
    """Tell whether the most frequent values say more than they cost: where they repeat."""
    match column:
        case TextColumn():
            return bool(column.top) and 2 * column.distinct <= column.count
        case NumberColumn():
            return bool(column.top) and column.distinct <= _FEW
        case _:
            return False


def _sample(
    profile: Profile, loaded: pa.Table, rows: int
) -> tuple[tuple[str, ...], tuple[tuple[str | None, ...], ...]]:
    """Pick rows from evenly spaced places, the same each time; personal values masked."""
    rows = min(rows, loaded.num_rows)
    if not rows:
        return (), ()
    names = tuple(report_in(loaded).types)
    places = pa.array([i * loaded.num_rows // rows for i in range(rows)], pa.int64())
    kinds = {each.name: each.personal for each in profile.columns}
    columns = [
        [
            None if value is None else _cell(plain(value), kinds[name])
            for value in loaded[name].take(places).to_pylist()
        ]
        for name in names
    ]
    return names, tuple(zip(*columns, strict=True))


def _cell(text: str, personal: str | None) -> str:
    return masked(text, personal)[:_CELL_LENGTH]


def _shortened(alert: Alert) -> Alert:
    """Leave out what the text says again."""
    return alert.model_copy(update={"text": masked(alert.text, None)})


def _short(number: float) -> float:
    """Keep six digits: more tell a model nothing."""
    return float(f"{number:.6g}")
