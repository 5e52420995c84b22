"""
What columns have in common, as a part of the report's page.

Knows correlations as a field of colours, and keys, dependencies and gaps as
sentences; does not know single columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from capstone_report.chart import matrix
from capstone_report.markup import Content, Markup, tag
from capstone_report.relation import Correlation, Dependency, MissingTogether, Relations
from capstone_report.wording import counted, listed

_MOST_IN_MATRIX = 12
_SENTENCES_SHOWN = 12
_TELLING = 0.3
"""Below it, that two columns go together is not worth a reader's time."""


def relations_section(relations: Relations) -> list[Content]:
    """Show what columns have in common; nothing where that is nothing."""
    dependencies = [_dependency(each) for each in relations.dependencies]
    gaps = [_missing(each) for each in relations.missing_together]
    keys = [listed([*each]) for each in relations.keys]
    shown: list[Content] = [_correlations(relations.correlations)]
    shown += _sentences("No two rows are alike in", keys)
    shown += _sentences("Columns that tell others", dependencies)
    shown += _sentences("Columns that are missing together", gaps)
    shown = [each for each in shown if each is not None]
    if shown:
        shown += [tag("p", each, class_="soft") for each in relations.limits]
    return shown


def _correlations(pairs: Sequence[Correlation]) -> Markup | None:
    """Draw the columns that go together the most with each other."""
    telling = [each for each in pairs if each.strength() >= _TELLING]
    names: list[str] = []
    for pair in telling:
        new = [name for name in pair.columns if name not in names]
        if len(names) + len(new) <= _MOST_IN_MATRIX:
            names += new
    if not names:
        return None
    known = {frozenset(each.columns): each.figure() for each in pairs}
    values = [[known.get(frozenset((a, b))) if a != b else None for b in names] for a in names]
    strongest = telling[0]
    label = (
        f"How far {len(names)} columns go together, from \u22121 to 1. The most: "
        f"{strongest.columns[0]} and {strongest.columns[1]}, {strongest.figure():.2f}."
    )
    said = (
        "\u22121 to 1: of two columns of numbers the correlation (the stronger of Pearson's and "
        "Spearman's), else Cram\u00e9r's V. An empty field: no figure, or a weaker one."
    )
    drawn = tag("div", matrix(label, names, values), class_="panel field-panel")
    return tag("div", drawn, tag("p", said, class_="soft"))


def _dependency(each: Dependency) -> str:
    says = (
        f"{each.determinant} and {each.dependent} tell each other"
        if each.mutual
        else f"{each.determinant} tells {each.dependent}"
    )
    return says + (f", in all but {counted(each.exceptions, 'row')}" if each.exceptions else "")


def _missing(each: MissingTogether) -> str:
    names = listed([*each.columns])
    if each.phi < 0:
        return f"{names}: one where the other is not"
    exactly = "always" if each.phi == 1 else f"mostly (phi {each.phi:.2g})"
    return f"{names}: {exactly} together, in {counted(each.rows, 'row')}"


def _sentences(title: str, sentences: Sequence[str]) -> Iterator[Markup]:
    if not sentences:
        return
    yield tag("h3", title, class_="sub")
    items = [tag("li", each) for each in sentences[:_SENTENCES_SHOWN]]
    if (more := len(sentences) - _SENTENCES_SHOWN) > 0:
        items.append(tag("li", f"and {more:,} more, in profile.json", class_="soft"))
    yield tag("ul", *items, class_="plain")
