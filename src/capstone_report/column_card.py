"""
A column as a card on the report's page: what it is, how its values lie, what is odd.

Knows how each type of column is best shown; does not know the page. Of a personal
column it shows counts only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from capstone_report.alert import Alert
from capstone_report.chart import Bar, bars, histogram_label, part
from capstone_report.column_figure import Timeline, TopValue
from capstone_report.column_profile import (
    BooleanColumn,
    Column,
    DateColumn,
    NumberColumn,
    TextColumn,
)
from capstone_report.markup import Markup, tag
from capstone_report.period import period_names
from capstone_report.wording import counted, figure, share

_TOP_SHOWN = 6
_MOST_DISTINCT = 2
"""Where values do not stand so often on average, the most frequent ones say little."""
_VALUE_LENGTH = 60
_NEARLY_ALL = 0.9


def column_card(column: Column, rows: int, alerts: Sequence[Alert]) -> Markup:
    """
    Make the card of one column.

    Args:
        column: What is known of it.
        rows: Rows of the table.
        alerts: Those that are about it.
    """
    facts = [(name, value) for name, value in _facts(column, rows) if value]
    notes = [tag("li", alert.text) for alert in alerts]
    return tag(
        "article",
        tag(
            "div",
            tag("h3", column.name or "(no name)"),
            tag("span", _kind(column), class_="kind"),
            class_="head",
        ),
        () if column.personal else _drawn(column),
        tag("dl", *((tag("dt", name), tag("dd", value)) for name, value in facts), class_="facts"),
        tag("ul", *notes, class_="notes") if notes else None,
        class_="card",
        id=f"column-{column.position}",
    )


def _kind(column: Column) -> str:
    if column.personal:
        return f"{column.type}, personal ({column.personal})"
    return f"{column.type}, {column.semantic.kind}" if column.semantic else column.type


def _facts(column: Column, rows: int) -> Iterator[tuple[str, str]]:
    """Yield what is known, name and value; what says nothing is empty."""
    yield "Missing", f"{column.nulls:,} ({share(column.nulls, rows)})" if column.nulls else "none"
    own = ", all of them" if column.unique else ""
    yield "Distinct", f"{column.distinct:,}{own}" if column.count else ""
    if column.personal:
        yield "Values", "not shown"
        return
    match column:
        case NumberColumn():
            spread = f" \u00b1 {figure(column.std)}" if column.std is not None else ""
            yield "Mean", f"{figure(column.mean)}{spread}"
            middle = column.quantiles
            yield "Median", figure(middle.q50)
            yield "Middle half", f"{figure(middle.q25)} to {figure(middle.q75)}"
            yield "Zeros", _some(column.zeros, column.count)
            yield "Negative", _some(column.negatives, column.count)
            yield "Infinite", _some(column.infinite, column.count)
            if column.outliers:
                yield "Outliers", _some(column.outliers.below + column.outliers.above, column.count)
            if column.histogram is None:
                yield "Always", figure(column.min)
        case DateColumn():
            yield "From", column.min
            yield "To", column.max
            yield "Span", counted(column.days, "day")
            yield "Granularity", column.granularity if column.type != "date" else ""
            if column.rhythm:
                missing = f", {column.rhythm.missing:,} missing" if column.rhythm.missing else ""
                yield "Rhythm", f"every {column.rhythm.period}{missing}"
        case TextColumn():
            low, high = column.min_length, column.max_length
            yield "Length", f"{low} to {high}" if low != high else counted(low, "character")
            yield "Numeric", _some(column.numeric, column.count)
            yield "With spaces around", _some(column.padded, column.count)
            yield "Shape", _shape(column)


def _shape(column: TextColumn) -> str:
    """Return the shape that nearly all values have, if there is one."""
    most = column.shapes[0] if column.shapes else None
    return most.value if most and most.count >= _NEARLY_ALL * column.count else ""


def _some(count: int, whole: int) -> str:
    return f"{count:,} ({share(count, whole)})" if count else ""


def _drawn(column: Column) -> Iterator[Markup]:
    """Draw how the values lie, where there is something to draw."""
    match column:
        case NumberColumn(histogram=histogram) if histogram:
            edges, counts = histogram.edges, histogram.counts
            drawn = [
                Bar(label=f"{figure(edges[i])} to {figure(edges[i + 1])}", count=count)
                for i, count in enumerate(counts)
            ]
            yield bars(histogram_label(column.name, edges, counts), drawn)
            yield _ends(figure(column.min), figure(column.max))
        case DateColumn(timeline=timeline) if timeline and len(timeline.counts) > 1:
            yield from _timeline(column.name, timeline)
        case BooleanColumn():
            yield _shares(column, [("true", column.true), ("false", column.false)])
        case TextColumn() if column.top and _MOST_DISTINCT * column.distinct <= column.count:
            yield _shares(column, [(_cut(each), each.count) for each in column.top[:_TOP_SHOWN]])


def _timeline(name: str, timeline: Timeline) -> Iterator[Markup]:
    """Draw how many rows each period has."""
    names, counts = period_names(timeline), timeline.counts
    most = max(range(len(counts)), key=lambda place: counts[place])
    label = (
        f"Rows by {timeline.period} of {name}, from {names[0]} to {names[-1]}; the most, "
        f"{counts[most]:,}, in {names[most]}."
    )
    yield bars(
        label, [Bar(label=each, count=count) for each, count in zip(names, counts, strict=True)]
    )
    yield _ends(names[0], names[-1])


def _ends(first: str, last: str) -> Markup:
    """Label the two ends of a chart."""
    return tag("div", tag("span", first), tag("span", last), class_="ends", aria_hidden="true")


def _shares(column: Column, values: Sequence[tuple[str, int]]) -> Markup:
    """Show how often single values stand, and all others together."""
    rest = column.count - sum(count for _, count in values)
    shown = [*values, *([(_others(column, len(values)), rest)] if rest else [])]
    return tag(
        "table",
        (
            tag(
                "tr",
                tag("th", value or "(empty)", scope="row"),
                tag(
                    "td", part(f"{share(count, column.count)} of the values", count / column.count)
                ),
                tag("td", share(count, column.count)),
            )
            for value, count in shown
        ),
        class_="shares",
    )


def _others(column: Column, shown: int) -> str:
    return f"{counted(column.distinct - shown, 'other value')}"


def _cut(top: TopValue) -> str:
    text = top.value
    return text if len(text) <= _VALUE_LENGTH else text[: _VALUE_LENGTH - 1] + "\u2026"
