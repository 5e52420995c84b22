"""
The profile as a page of Markdown: `output/profile.md`.

Knows what a profile says; does not know how its figures were found.
"""

from __future__ import annotations

from capstone_report.alert import Alert
from capstone_report.column_figure import Histogram
from capstone_report.column_profile import (
    BooleanColumn,
    Column,
    DateColumn,
    NumberColumn,
    TextColumn,
)
from capstone_report.load_report import LoadedFile, RejectedRow
from capstone_report.markdown import escaped, table
from capstone_report.profile import Profile
from capstone_report.relation import Correlation, Relations
from capstone_report.wording import counted, figure, listed, share

_BARS = " ▁▂▃▄▅▆▇█"
_TOP_SHOWN = 3
_VALUE_LENGTH = 40
_RELATIONS_SHOWN = 20
_TELLING = 0.3


def profile_page(profile: Profile) -> str:
    """Write *profile* as a page."""
    facts = profile.table
    size = f"{counted(facts.rows, 'row')}, {counted(facts.columns, 'column')}"
    missing = counted(facts.missing_cells, "missing cell")
    missing += f" ({share(facts.missing_cells, facts.cells)})"
    lines = [
        "# Profile",
        "",
        f"{size}; {missing}, {counted(facts.duplicate_rows, 'duplicate row')}.",
        "",
        "## Alerts",
        "",
        *alert_lines(profile.alerts),
        "",
        "## Columns",
        "",
        *column_table(profile.columns, facts.rows),
        "",
        *relation_lines(profile.relations),
        "## Files",
        "",
        *source_table(profile.sources),
        *rejected_lines(profile.rejected, facts.rows_rejected),
        *_limit_lines(profile.relations),
    ]
    return "\n".join(lines) + "\n"


def alert_lines(alerts: tuple[Alert, ...]) -> list[str]:
    """List alerts, the most telling first."""
    return [f"- **{alert.severity}** {escaped(alert.text)}" for alert in alerts] or ["None."]


def column_table(columns: tuple[Column, ...], rows: int) -> list[str]:
    """Show every column on a line: what it is, what is missing, and how its values spread."""
    return table(
        ["Column", "Type", "Missing", "Distinct", "Range", "Values"],
        (
            [
                escaped(column.name),
                column.type + (f": {column.semantic.kind}" if column.semantic else ""),
                share(column.nulls, rows) if column.nulls else "",
                f"{column.distinct:,}",
                _range(column),
                _values(column),
            ]
            for column in columns
        ),
    )


def relation_lines(relations: Relations) -> list[str]:
    """Say what columns have in common, under headings; nothing where that is nothing."""
    keys = [f"- {_together(each)}" for each in relations.keys[:_RELATIONS_SHOWN]]
    dependencies = [
        f"- {escaped(each.determinant)} {'and' if each.mutual else 'tells'} "
        f"{escaped(each.dependent)}{' tell each other' if each.mutual else ''}"
        + (f", in all but {counted(each.exceptions, 'row')}" if each.exceptions else "")
        for each in relations.dependencies[:_RELATIONS_SHOWN]
    ]
    correlations = [
        f"- {_together(each.columns)}: {_strength(each)}"
        for each in relations.correlations[:_RELATIONS_SHOWN]
        if each.strength() >= _TELLING
    ]
    gaps = [
        f"- {_together(each.columns)}: "
        + (f"both in {counted(each.rows, 'row')}" if each.phi > 0 else "one where the other is not")
        + ("" if abs(each.phi) == 1 else f" (phi {each.phi:.2g})")
        for each in relations.missing_together[:_RELATIONS_SHOWN]
    ]
    sections = (
        ("Keys: no two rows are alike in", keys),
        ("Columns that tell others", dependencies),
        ("Columns that go together", correlations),
        ("Columns that are missing together", gaps),
    )
    return [line for title, said in sections if said for line in (f"## {title}", "", *said, "")]


def source_table(sources: tuple[LoadedFile, ...]) -> list[str]:
    """Show every file on a line, with what became of its rows and columns."""
    return table(
        ["File", "Rows read", "Loaded", "Rejected", "Columns"],
        (
            [
                escaped(each.file),
                f"{each.rows_read:,}",
                f"{each.rows_loaded:,}",
                f"{each.rows_rejected:,}",
                "; ".join(
                    [
                        str(each.columns),
                        *_named("without", each.missing_columns),
                        *_named("also", each.extra_columns),
                    ]
                ),
            ]
            for each in sources
        ),
    )


def rejected_lines(rejected: tuple[RejectedRow, ...], count: int) -> list[str]:
    """Name rows that could not be read, *count* in all, under a heading; nothing for none."""
    if not count:
        return []
    lines = ["", "## Rows that could not be read", ""]
    lines += [f"- {escaped(row.file)}:{row.line}: {escaped(row.reason)}" for row in rejected]
    more = count - len(rejected)
    return [*lines, f"- and {more:,} more"] if more > 0 else lines


def _limit_lines(relations: Relations) -> list[str]:
    if not relations.limits:
        return []
    return ["", "## What was left out", "", *(f"- {escaped(each)}" for each in relations.limits)]


def _together(columns: tuple[str, ...]) -> str:
    return listed([escaped(name) for name in columns])


def _strength(pair: Correlation) -> str:
    figures = (("r", pair.pearson), ("rho", pair.spearman), ("V", pair.cramers_v))
    return ", ".join(f"{sign} {each:.2f}" for sign, each in figures if each is not None)


def _named(what: str, names: tuple[str, ...]) -> list[str]:
    return [f"{what} {listed([escaped(name) for name in names])}"] if names else []


def _range(column: Column) -> str:
    match column:
        case _ if column.personal:
            return ""
        case NumberColumn():
            return f"{figure(column.min)} to {figure(column.max)}"
        case DateColumn():
            return f"{column.min} to {column.max}"
        case TextColumn(min_length=low, max_length=high):
            return f"{low} to {high} characters" if low != high else counted(low, "character")
        case _:
            return ""


def _values(column: Column) -> str:
    """Show how the values of a column spread, in the form that suits its type."""
    match column:
        case _ if column.personal:
            return f"not shown: {column.personal}"
        case NumberColumn():
            bars = f" `{_drawn(column.histogram)}`" if column.histogram else ""
            return f"mean {figure(column.mean)}, median {figure(column.quantiles.q50)}{bars}"
        case BooleanColumn():
            return f"{share(column.true, column.count)} true"
        case DateColumn(rhythm=rhythm) if rhythm:
            missing = f", {rhythm.missing:,} missing" if rhythm.missing else ""
            return f"every {rhythm.period}{missing}"
        case _:
            shown = column.top[:_TOP_SHOWN]
            return ", ".join(
                f"{escaped(_cut(each.value))} ({share(each.count, column.count)})" for each in shown
            )


def _cut(text: str) -> str:
    return text if len(text) <= _VALUE_LENGTH else text[: _VALUE_LENGTH - 1] + "…"


def _drawn(histogram: Histogram) -> str:
    """Draw counts as bars, the highest full; a count above zero is never nothing."""
    most = max(histogram.counts)
    steps = len(_BARS) - 1
    return "".join(_BARS[-(-count * steps // most)] for count in histogram.counts)
