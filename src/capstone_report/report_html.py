"""
The report as a page of HTML: `output/report.html`.

Knows the order in which a reader wants things: what it is, what was found, what to
beware of, the columns, and last where it all comes from. The page is whole in
itself: it fetches nothing and runs nothing, and says so to the browser.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from capstone_report.alert import Alert
from capstone_report.chart import part
from capstone_report.claim import Claim, FigureCheck
from capstone_report.column_card import column_card
from capstone_report.column_profile import Column
from capstone_report.markup import Content, Markup, joined, tag
from capstone_report.page_style import STYLE
from capstone_report.provenance_page import provenance_section
from capstone_report.relation_page import relations_section
from capstone_report.report import Report
from capstone_report.report_page import checked_sentence, signature
from capstone_report.summary import Finding, OfflineAuthor
from capstone_report.wording import counted, share

_ALERTS_SHOWN = 12
_MISSING_SHOWN = 30
_CARDS = 200
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)


def report_html(report: Report) -> str:
    """Write *report* as a page that stands alone."""
    sections = [each for each in _sections(report) if each is not None]
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", f"{report.title}: {report.summary.headline}"),
        # Browsers ask for an icon where a page names none.
        tag("link", rel="icon", href="data:,"),
        tag("style", Markup(STYLE)),
    )
    body = tag(
        "body",
        _top(report, [name for name, _ in sections]),
        tag("main", *(section for _, section in sections)),
        tag("footer", "Made by capstone from the files named above. It fetches nothing."),
    )
    return "<!doctype html>\n" + tag("html", head, body, lang="en") + "\n"


def _sections(report: Report) -> Iterator[tuple[str, Markup] | None]:
    """Yield the parts of the page by name, in the order in which a reader wants them."""
    summary = report.summary
    quality = () if isinstance(summary.author, OfflineAuthor) else summary.quality
    findings = [_finding(each, i, summary.check) for i, each in enumerate(summary.findings)]
    yield _section("Findings", tag("ol", *findings, class_="findings"))
    yield _section("Alerts", *_alerts(report.alerts))
    yield _sentences("Quality", "quality", quality, summary.check)
    yield _sentences("Questions", "questions", summary.questions, summary.check)
    yield _missingness(report.columns, report.rows)
    if together := relations_section(report.relations):
        yield _section("Columns together", *together)
    yield _section("Columns", *_columns(report))
    yield _section("Where this comes from", *provenance_section(report))


def _top(report: Report, names: Sequence[str]) -> Markup:
    facts = report.table
    counts = [(facts.rows, "row"), (facts.columns, "column"), (len(report.sources), "file")]
    counts += [(facts.duplicate_rows, "duplicate row")]
    counts += [(facts.rows_rejected, "rejected row")] if facts.rows_rejected else []
    tiles = [counted(count, noun).split(" ", 1) for count, noun in counts]
    tiles.insert(3, [share(facts.missing_cells, facts.cells), "cells missing"])
    links = [tag("li", tag("a", name, href=f"#{_anchor(name)}")) for name in names]
    title = f"{report.title} \u00b7 {report.dated}" if report.dated else report.title
    check = report.summary.check
    return tag(
        "header",
        tag("p", title, class_="title"),
        tag("h1", _marked(report.summary.headline, "headline", check)),
        tag(
            "p", f"{signature(report.summary.author)} {checked_sentence(check)}", class_="signature"
        ),
        tag(
            "dl",
            *(tag("div", tag("dt", name), tag("dd", each), class_="tile") for each, name in tiles),
            class_="tiles",
        ),
        tag("nav", tag("ul", *links), aria_label="Parts of this page"),
    )


def _section(name: str, *content: Content) -> tuple[str, Markup]:
    heading = tag("h2", name)
    return name, tag("section", heading, *content, id=_anchor(name))


def _anchor(name: str) -> str:
    return name.lower().replace(" ", "-")


def _sentences(
    name: str, block: str, sentences: Sequence[str], check: FigureCheck
) -> tuple[str, Markup] | None:
    if not sentences:
        return None
    items = [tag("li", _marked(each, f"{block}[{i}]", check)) for i, each in enumerate(sentences)]
    return _section(name, tag("ul", *items, class_="plain"))


def _finding(finding: Finding, place: int, check: FigureCheck) -> Markup:
    """Show a finding with the columns that it does not name, and figures that do not hold."""
    unsaid = [name for name in finding.columns if name not in finding.text]
    beside = [
        each
        for each in check.doubtful
        if each.start is None and each.place.startswith(f"findings[{place}].")
    ]
    return tag(
        "li",
        _marked(finding.text, f"findings[{place}].text", check),
        tag("span", f" ({', '.join(unsaid)})", class_="soft") if unsaid else None,
        *((" ", _doubt(each)) for each in beside),
    )


def _marked(text: str, place: str, check: FigureCheck) -> Markup:
    """Mark the figures in a text: those that the data confirms quietly, the others aloud."""
    return joined(
        *(
            piece if claim is None else _held(claim) if claim.holds else _doubt(claim)
            for piece, claim in check.cut(place, text)
        )
    )


def _held(claim: Claim) -> Markup:
    return tag("span", claim.written, class_="held", title=claim.against)


def _doubt(claim: Claim) -> Markup:
    title = f"The data says {claim.against}." if claim.against else None
    return tag("mark", claim.written, " ", tag("small", "not in the data"), title=title)


def _alerts(alerts: Sequence[Alert]) -> Iterator[Markup]:
    if not alerts:
        yield tag("p", "None.")
        return
    yield _alert_list(alerts[:_ALERTS_SHOWN])
    if more := alerts[_ALERTS_SHOWN:]:
        yield tag("details", tag("summary", f"{len(more):,} more"), _alert_list(more))


def _alert_list(alerts: Sequence[Alert]) -> Markup:
    items = [
        tag(
            "li",
            tag("span", each.severity.value, class_="badge"),
            tag("span", each.text),
            class_=f"alert {each.severity.value}",
        )
        for each in alerts
    ]
    return tag("ul", *items, class_="alerts")


def _missingness(columns: Sequence[Column], rows: int) -> tuple[str, Markup] | None:
    """Draw in which columns how much is missing, the most first."""
    lacking = sorted((each for each in columns if each.nulls), key=lambda each: -each.nulls)
    if not lacking:
        return None
    lines = [
        tag(
            "tr",
            tag("th", each.name, scope="row"),
            tag("td", part(f"{share(each.nulls, rows)} of {each.name} missing", each.nulls / rows)),
            tag(
                "td",
                share(each.nulls, rows),
                tag("span", f" \u00b7 {each.nulls:,}", class_="count"),
            ),
        )
        for each in lacking[:_MISSING_SHOWN]
    ]
    more = len(lacking) - _MISSING_SHOWN
    whole = len(columns) - len(lacking)
    said = f"{counted(whole, 'column')} without missing values."
    if more > 0:
        said = f"{counted(more, 'more column')} with fewer; {said}"
    return _section(
        "Missing values",
        tag("div", tag("table", *lines, class_="missing"), class_="panel"),
        tag("p", said, class_="soft"),
    )


def _columns(report: Report) -> Iterator[Markup]:
    about: dict[str | None, list[Alert]] = {}
    for alert in report.alerts:
        about.setdefault(alert.column, []).append(alert)
    cards = [
        column_card(each, report.rows, about.get(each.name, ())) for each in report.columns[:_CARDS]
    ]
    yield tag("div", *cards, class_="cards")
    if more := report.columns[_CARDS:]:
        names = ", ".join(each.name for each in more)
        yield tag(
            "details",
            tag("summary", f"{counted(len(more), 'more column')}, described in profile.json"),
            tag("p", names, class_="soft"),
        )
