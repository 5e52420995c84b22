"""
The report as a page of Markdown: `output/report.md`.

Knows the order in which a reader wants things: what it is, what was found, what
to beware of, the columns, and last where it all comes from.
"""

from __future__ import annotations

from capstone_report.claim import FigureCheck
from capstone_report.markdown import escaped
from capstone_report.printable import printable
from capstone_report.profile_page import (
    alert_lines,
    column_table,
    rejected_lines,
    relation_lines,
    source_table,
)
from capstone_report.provenance import Provenance
from capstone_report.report import Report
from capstone_report.summary import Author, Finding, OfflineAuthor
from capstone_report.wording import counted, share

_ALERTS_SHOWN = 15


def report_page(report: Report) -> str:
    """Write *report* as a page."""
    summary, facts = report.summary, report.table
    offline = isinstance(summary.author, OfflineAuthor)
    size = f"{counted(facts.rows, 'row')}, {counted(facts.columns, 'column')}"
    size += f" from {counted(len(report.sources), 'file')}"
    missing = f"{share(facts.missing_cells, facts.cells)} of the cells missing"
    headline = _marked(summary.headline, "headline", summary.check)
    lines = [
        f"# {escaped(report.title)}",
        "",
        f"**{headline}**",
        "",
        *([escaped(report.dated), ""] if report.dated else []),
        f"{size}; {missing}, {counted(facts.duplicate_rows, 'duplicate row')}.",
        "",
        f"*{escaped(signature(summary.author))} {checked_sentence(summary.check)}*",
        "",
        "## Findings",
        "",
        *(_finding_line(each, i, summary.check) for i, each in enumerate(summary.findings)),
        "",
        # The offline summary says of quality what the alerts below say.
        *_section(
            "Quality of the data", "quality", () if offline else summary.quality, summary.check
        ),
        "## Alerts",
        "",
        *alert_lines(report.alerts[:_ALERTS_SHOWN]),
    ]
    if (more := len(report.alerts) - _ALERTS_SHOWN) > 0:
        lines.append(f"- and {more:,} more, in output/profile.md")
    lines += [
        "",
        *_section("Questions to look at next", "questions", summary.questions, summary.check),
        "## Columns",
        "",
        *column_table(report.columns, facts.rows),
        "",
        *relation_lines(report.relations),
        "## Where this comes from",
        "",
        f"{escaped(signature(summary.author))} All else on this page is computed from the files:",
        "",
        *source_table(report.sources),
        *rejected_lines(report.rejected, facts.rows_rejected),
        "",
        *_digest_lines(report.provenance),
    ]
    return "\n".join(lines) + "\n"


def _digest_lines(provenance: Provenance) -> list[str]:
    """Name the bytes of the files, as `sha256sum` prints them, and the programs."""
    digests = [f"{each.sha256}  {each.file}" for each in provenance.files]
    versions = ", ".join(f"{name} {each}" for name, each in provenance.versions.items())
    return [
        "SHA-256 of the files:",
        "",
        *(f"    {printable(each)}" for each in digests),
        "",
        f"Made with {versions}.",
    ]


def signature(author: Author) -> str:
    """Say who wrote the summary."""
    if isinstance(author, OfflineAuthor):
        return f"Summary: {author.name}. It was made from the profile by fixed rules."
    when = f" on {author.answered_at[:10]}" if author.answered_at else ""
    return f"Summary: written by model {author.model} at {author.server}{when}."


def checked_sentence(check: FigureCheck) -> str:
    """Say how many of a summary's figures hold."""
    if not check.figures:
        return "It states no figures."
    if check.held == check.figures:
        return f"Checked: all {counted(check.figures, 'figure')} in it agree with the data."
    return (
        f"Checked: {check.held:,} of {counted(check.figures, 'figure')} in it agree with the data "
        f"({share(check.held, check.figures)}); the others are marked."
    )


def _section(title: str, block: str, sentences: tuple[str, ...], check: FigureCheck) -> list[str]:
    if not sentences:
        return []
    told = [_marked(each, f"{block}[{i}]", check) for i, each in enumerate(sentences)]
    return [f"## {title}", "", *(f"- {each}" for each in told), ""]


def _finding_line(finding: Finding, place: int, check: FigureCheck) -> str:
    unsaid = [name for name in finding.columns if name not in finding.text]
    columns = ", ".join(escaped(name) for name in unsaid)
    line = f"- {_marked(finding.text, f'findings[{place}].text', check)}"
    line += f" ({columns})" if columns else ""
    beside = [
        escaped(each.written)
        for each in check.doubtful
        if each.start is None and each.place.startswith(f"findings[{place}].")
    ]
    return line + (f" *(not in the data: {'; '.join(beside)})*" if beside else "")


def _marked(text: str, place: str, check: FigureCheck) -> str:
    """Write a text with a mark behind each figure that the data does not confirm."""
    return "".join(
        escaped(piece) + (" *(not in the data)*" if claim and not claim.holds else "")
        for piece, claim in check.cut(place, text)
    )
