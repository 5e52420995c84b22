"""
The offline summary: an answer made from the compressed input by fixed rules.

Knows what a model would be told, and nothing else; needs no network, no key
and no client library, and gives the same answer each time.
"""

from __future__ import annotations

from collections.abc import Iterator

from capstone_report.alert import Alert, AlertKind, Severity
from capstone_report.compressed import Compressed, CompressedColumn
from capstone_report.summary import Answer, Figure, Finding
from capstone_report.wording import counted, figure, share

_MOST = 10
_WORST = 3
_CHOICES = 30
_DATES = {"date", "timestamp", "instant"}
_QUESTIONS = {
    AlertKind.SHIFT: "Is {column} measured in another unit in that file?",
    AlertKind.TYPE_DRIFT: "What changed in the export that wrote {column} in another form?",
    AlertKind.MIXED_TYPES: "Which words in {column} stand for a missing value?",
    AlertKind.MISSING_COLUMN: "Can the columns that some files lack be filled in?",
    AlertKind.EXTRA_COLUMN: "Do the columns that only some files have belong to the table?",
    AlertKind.DUPLICATES: "Are the repeated rows events that happened twice, or exported twice?",
    AlertKind.GAPS: "Did nothing happen in the gap in {column}, or was it not recorded?",
    AlertKind.MOSTLY_MISSING: "Is {column} missing because it does not apply, or unknown?",
    AlertKind.REJECTED_ROWS: "What wrote the rows that could not be read?",
    AlertKind.PERSONAL: "Does {column} have to be in this data?",
}


def summarise_offline(told: Compressed) -> Answer:
    """
    Summarise a table by fixed rules.

    Args:
        told: What a model would be told of it.
    """
    findings = [
        Finding(text=alert.text[:600], columns=(alert.column,) if alert.column else ())
        for alert in told.alerts
        if alert.severity is Severity.HIGH
    ]
    findings = [
        *findings[:_WORST],
        *_spans(told),
        *_categories(told),
        *_numbers(told),
        *_together(told),
    ]
    if not findings:
        findings = [Finding(text="There is nothing to tell of the table but its size.")]
    return Answer(
        headline=_headline(told),
        findings=tuple(findings[:_MOST]),
        quality=tuple(
            alert.text[:600] for alert in told.alerts if alert.severity is not Severity.LOW
        )[:_MOST],
        questions=tuple(dict.fromkeys(_questions(told.alerts)))[:_MOST],
    )


def _headline(told: Compressed) -> str:
    table = told.table
    text = f"{counted(table.rows, 'row')} in {counted(table.columns, 'column')}"
    text += f" from {counted(table.files, 'file')}"
    if (span := _span(told)) is not None:
        first, last = span[1]
        text += f", {str(first)[:10]} to {str(last)[:10]}"
    serious = table.alerts.get(Severity.HIGH, 0)
    lesser = table.alerts.get(Severity.MEDIUM, 0)
    if serious:
        return f"{text}; {counted(serious, 'serious problem')} to look at first."
    if lesser:
        return f"{text}; {counted(lesser, 'thing')} to look at."
    return f"{text}; nothing looks wrong."


def _span(told: Compressed) -> tuple[CompressedColumn, tuple[int | float | str, ...]] | None:
    """Find the first column of dates: as a rule the one that the rows are about."""
    dated = [each for each in told.columns if each.type in _DATES]
    return next(((each, each.range) for each in dated if each.range), None)


def _spans(told: Compressed) -> Iterator[Finding]:
    """Say what time the table covers."""
    if (span := _span(told)) is None:
        return
    column, (first, last) = span
    rhythm = f" ({column.note})" if column.note else ""
    yield Finding(
        text=f"{column.name} runs from {first} to {last}{rhythm}.",
        columns=(column.name,),
        figures=(
            Figure(column=column.name, statistic="min", value=first),
            Figure(column=column.name, statistic="max", value=last),
        ),
    )


def _numbers(told: Compressed) -> Iterator[Finding]:
    """Say where the numbers lie that vary the most, unless there is doubt about them."""
    doubtful = {alert.column for alert in told.alerts if alert.severity is Severity.HIGH}
    varied = [each for each in told.columns if each.name not in doubtful]
    varied = [each for each in varied if each.mean is not None and not _is_key(each, told)]
    for column in sorted(varied, key=lambda each: -(each.distinct or 0))[:3]:
        low, high = column.range or (0, 0)
        yield Finding(
            text=f"{column.name} has a mean of {figure(column.mean)} and a median of "
            f"{figure(column.median)}, from {figure(_number(low))} to {figure(_number(high))}.",
            columns=(column.name,),
            figures=(
                Figure(column=column.name, statistic="mean", value=column.mean or 0.0),
                Figure(column=column.name, statistic="median", value=column.median or 0.0),
                Figure(column=column.name, statistic="min", value=low),
                Figure(column=column.name, statistic="max", value=high),
            ),
        )


def _categories(told: Compressed) -> Iterator[Finding]:
    """Say which value is the most frequent, where there is a choice of few."""
    texts = [each for each in told.columns if each.type == "text" and each.top]
    # The more alike the rows, the more there is to say: few values first.
    texts.sort(key=lambda column: column.distinct or 0)
    for column in [each for each in texts if 1 < (each.distinct or 0) <= _CHOICES][:3]:
        value, count = (column.top or (("", 0),))[0]
        present = told.table.rows - (column.missing or 0)
        among = "the rows that have one" if column.missing else "the rows"
        yield Finding(
            text=f"The most frequent of {column.distinct} values of {column.name} is "
            f"{value!r}, in {share(count, present)} of {among}.",
            columns=(column.name,),
            figures=(Figure(column=column.name, statistic=f"count of {value}", value=count),),
        )


def _together(told: Compressed) -> Iterator[Finding]:
    """Say which two columns of numbers go together the most without being the same."""
    numbers = {each.name for each in told.columns if each.mean is not None}
    for first, second, figure_of_both in told.relations.together:
        if first in numbers and second in numbers and abs(figure_of_both) < 1:
            yield Finding(
                text=f"{first} and {second} go together (correlation {figure_of_both:.2f}).",
                columns=(first, second),
                figures=(Figure(column=first, statistic="correlation", value=figure_of_both),),
            )
            return


def _is_key(column: CompressedColumn, told: Compressed) -> bool:
    present = told.table.rows - (column.missing or 0)
    return column.type == "integer" and (column.distinct or 0) > 0.95 * present


def _number(value: float | str) -> float:
    return value if not isinstance(value, str) else float(value)


def _questions(alerts: tuple[Alert, ...]) -> Iterator[str]:
    for alert in alerts:
        if alert.kind in _QUESTIONS and (alert.column or "{column}" not in _QUESTIONS[alert.kind]):
            yield _QUESTIONS[alert.kind].format(column=alert.column)
