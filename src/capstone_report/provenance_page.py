"""
Where a report comes from, as the last part of its page.

Knows files, digests, versions, who wrote the summary and what of it was checked;
does not know what the table holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from capstone_report.claim import FigureCheck
from capstone_report.load_report import LoadedFile
from capstone_report.markup import Content, Markup, tag
from capstone_report.report import Report
from capstone_report.summary import Author, OfflineAuthor
from capstone_report.wording import counted, listed

_CLAIMS_SHOWN = 500


def provenance_section(report: Report) -> Iterator[Content]:
    """Tell of the files, the rows that are not in the table, the summary and the programs."""
    yield tag(
        "p",
        "Everything on this page but the summary is computed from these files; whoever has files "
        "with the same digests can make it again.",
        class_="soft",
    )
    yield _files(report)
    if report.rejected:
        more = report.table.rows_rejected - len(report.rejected)
        rows = [
            tag("li", tag("code", f"{r.file}:{r.line}"), f" {r.reason}") for r in report.rejected
        ]
        rows += [tag("li", f"and {more:,} more")] if more > 0 else []
        yield tag(
            "details",
            tag("summary", f"{counted(report.table.rows_rejected, 'row')} that could not be read"),
            tag("ul", *rows, class_="plain"),
        )
    yield tag("h3", "Summary", class_="sub")
    yield _author(report.summary.author)
    yield from _claims(report.summary.check)
    yield tag("h3", "Programs", class_="sub")
    versions = ", ".join(f"{name} {each}" for name, each in report.provenance.versions.items())
    yield tag("p", versions, class_="soft")


def _files(report: Report) -> Markup:
    known = {each.file: each for each in report.provenance.files}
    rows = [
        [
            tag(
                "td",
                tag("code", each.file),
                _differences(each),
                tag("code", "SHA-256 ", known[each.file].sha256, class_="digest"),
                class_="file",
            ),
            _number(f"{each.rows_loaded:,}"),
            _number(f"{each.rows_rejected:,}"),
            _number(f"{known[each.file].bytes:,}"),
        ]
        for each in report.sources
    ]
    return _table(["File", "Rows", "Rejected", "Bytes"], rows)


def _differences(file: LoadedFile) -> Iterator[Content]:
    """Say which columns a file lacks, or alone has."""
    for what, names in (("without", file.missing_columns), ("also", file.extra_columns)):
        if names:
            yield tag("div", f"{what} {listed(names)}", class_="soft")


def _author(author: Author) -> Markup:
    if isinstance(author, OfflineAuthor):
        return tag("p", f"{author.name}: made from the profile by fixed rules.", class_="soft")
    said = f"Written by model {author.model} at {author.server}"
    said += f", answered {author.answered_at}" if author.answered_at else ""
    said += f", in {counted(author.answers, 'answer')}."
    return tag("p", said, class_="soft")


def _claims(check: FigureCheck) -> Iterator[Markup]:
    """List every figure that the summary states, with what the data says of it."""
    if not check.figures:
        return
    rows: list[Sequence[Markup]] = [
        [
            tag("td", "agrees" if each.holds else tag("mark", "not in the data")),
            tag("td", each.written),
            tag("td", each.against or ""),
            tag("td", each.place),
        ]
        for each in (*check.doubtful, *(each for each in check.claims if each.holds))
    ]
    said = (
        f"{check.held:,} of {counted(check.figures, 'figure')} in the summary agree with the data"
    )
    yield tag(
        "details",
        tag("summary", said),
        _table(["Result", "Figure", "In the data", "Where"], rows[:_CLAIMS_SHOWN]),
    )


def _table(header: Sequence[str], rows: Sequence[Sequence[Markup]]) -> Markup:
    right = frozenset({"Rows", "Rejected", "Bytes"})
    names = (
        tag("th", name, scope="col", class_="number" if name in right else None) for name in header
    )
    head = tag("thead", tag("tr", *names))
    body = tag("tbody", *(tag("tr", *cells) for cells in rows))
    return tag("div", tag("table", head, body), class_="table")


def _number(text: str) -> Markup:
    return tag("td", text, class_="number")
