"""
Answers in a notebook: pieces of a page, without scripts and without colours of their own ground.

Knows coloured lines and what a build did; does not know what shows the piece: a
notebook may be light or dark, so that text keeps the colour that it has there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape

from capstone_build.core.report import BuildReport, Outcome, StageResult
from capstone_build.presentation.duration import spelled
from capstone_build.presentation.ending import failure_lines, verdict
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.sentence import reason
from capstone_build.presentation.style import Style

_SGR = re.compile(r"\x1b\[([0-9;]*)m")

_CSS = {
    Style.GOOD.value: "color:#2e8b57",
    Style.BUSY.value: "color:#1e88a8",
    Style.NOTE.value: "color:#b07d00",
    Style.STALE.value: "color:#b07d00;font-weight:bold",
    Style.BAD.value: "color:#d03b3b;font-weight:bold",
    Style.HEAD.value: "font-weight:bold",
    Style.DIM.value: "opacity:.65",
}
"""How a style of a terminal is told in a page; readable on white and on black."""

_PRE = "background:none;white-space:pre-wrap"
_STYLES = {
    Outcome.BUILT: Style.GOOD,
    Outcome.RESTORED: Style.BUSY,
    Outcome.FAILED: Style.BAD,
    Outcome.SKIPPED: Style.NOTE,
    Outcome.REUSED: Style.DIM,
}
_WORDS = {Outcome.REUSED: "up to date"}
_ROWS = 200
"""So many stages have a row; the others are counted."""


def lines_html(lines: Iterable[str]) -> str:
    """Return coloured lines as a piece of a page."""
    said = "\n".join(map(_line, lines)).strip("\n")
    return f'<pre style="{_PRE}">{said}</pre>'


def report_html(report: BuildReport) -> str:
    """Return what a build did: a row for each stage with which something was done, the verdict."""
    rows = [each for each in report.results.values() if each.outcome is not Outcome.REUSED]
    failures = [lines_html(failure_lines(each, colour=True)) for each in report.failures]
    style = Style.BAD if report.failures else Style.GOOD
    pieces = [_table(rows), *failures, _span("p", style, verdict(report))]
    return f"<div>{''.join(pieces)}</div>"


def _table(rows: list[StageResult]) -> str:
    if not rows:
        return ""
    body = "".join(map(_row, rows[:_ROWS]))
    more = len(rows) - _ROWS
    body += f'<tr><td colspan="4">and {more} more</td></tr>' if more > 0 else ""
    head = "".join(
        f'<th style="text-align:left">{word}</th>' for word in ("stage", "", "time", "why")
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _row(result: StageResult) -> str:
    failure = result.failure
    why = failure.message.split("\n", 1)[0] if failure else reason(result.because)
    took = spelled(result.seconds) if result.seconds else ""
    cells = (
        _span("td", None, result.stage),
        _span("td", _STYLES[result.outcome], _WORDS.get(result.outcome, result.outcome.value)),
        _span("td", None, took, "text-align:right;white-space:nowrap"),
        _span("td", None, why),
    )
    return f"<tr>{''.join(cells)}</tr>"


def _span(tag: str, style: Style | None, text: str, css: str = "text-align:left") -> str:
    own = f"{css};{_CSS[style.value]}" if style else css
    return f'<{tag} style="{own}">{escape(for_terminal(text))}</{tag}>'


def _line(line: str) -> str:
    """Return one line with its colours as a page tells them."""
    return "".join(_pieces(line))


def _pieces(line: str) -> Iterator[str]:
    css, at = "", 0
    for found in _SGR.finditer(line):
        yield _styled(line[at : found.start()], css)
        css, at = _CSS.get(found[1], ""), found.end()
    yield _styled(line[at:], css)


def _styled(text: str, css: str) -> str:
    said = escape(text, quote=False)
    return f'<span style="{css}">{said}</span>' if css and said else said
