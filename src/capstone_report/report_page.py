"""
The report as a page of Markdown: `output/report.md`.

Knows the order in which a reader wants things: what it is, what was found, what
to beware of, the columns, and last where it all comes from.
"""

from __future__ import annotations

from capstone_report.markdown import escaped
from capstone_report.profile_page import alert_lines, column_table, rejected_lines, source_table
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
    lines = [
        "# Data report",
        "",
        f"**{escaped(summary.headline)}**",
        "",
        f"{size}; {missing}, {counted(facts.duplicate_rows, 'duplicate row')}.",
        "",
        f"*{_signature(summary.author)}*",
        "",
        "## Findings",
        "",
        *(_finding_line(each) for each in summary.findings),
        "",
        # The offline summary says of quality what the alerts below say.
        *_section("Quality of the data", () if offline else summary.quality),
        "## Alerts",
        "",
        *alert_lines(report.alerts[:_ALERTS_SHOWN]),
    ]
    if (more := len(report.alerts) - _ALERTS_SHOWN) > 0:
        lines.append(f"- and {more:,} more, in output/profile.md")
    lines += [
        "",
        *_section("Questions to look at next", summary.questions),
        "## Columns",
        "",
        *column_table(report.columns, facts.rows),
        "",
        "## Where this comes from",
        "",
        f"{_signature(summary.author)} All else on this page is computed from the files:",
        "",
        *source_table(report.sources),
        *rejected_lines(report.rejected, facts.rows_rejected),
    ]
    return "\n".join(lines) + "\n"


def _signature(author: Author) -> str:
    """Say who wrote the summary."""
    if isinstance(author, OfflineAuthor):
        return f"Summary: {author.name}. It was made from the profile by fixed rules."
    return (
        f"Summary: written by model {escaped(author.model)} at {escaped(author.server)}. "
        "Its figures were not checked."
    )


def _section(title: str, sentences: tuple[str, ...]) -> list[str]:
    if not sentences:
        return []
    return [f"## {title}", "", *(f"- {escaped(each)}" for each in sentences), ""]


def _finding_line(finding: Finding) -> str:
    unsaid = [name for name in finding.columns if name not in finding.text]
    columns = ", ".join(escaped(name) for name in unsaid)
    return f"- {escaped(finding.text)}" + (f" ({columns})" if columns else "")
