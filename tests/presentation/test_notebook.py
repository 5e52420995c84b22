"""In a notebook answers are pieces of a page: readable, and harmless whatever they hold."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from capstone_build.core.report import BuildReport, Cause, Failure, Outcome, StageResult
from capstone_build.core.stage import StageName
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.notebook import lines_html, report_html
from capstone_build.presentation.style import Style, paint
from tests.presentation.specimens import HOSTILE_NAMES

TAGS = {"div", "p", "pre", "span", "table", "tbody", "td", "th", "thead", "tr"}


class Page(HTMLParser):
    """What a browser makes of a piece of a page."""

    def __init__(self, piece: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(piece)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag; no attribute but for the looks is there."""
        assert {name for name, _ in attrs} <= {"style", "colspan"}
        self.tags.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note what is to be read."""
        self.text += data


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_names_and_messages_are_text(name: str) -> None:
    """Nothing that a pipeline or a stage says becomes a part of the page."""
    failure = Failure(cause=Cause.RAISED, message=name, traceback=name, printed=(name,), log=name)
    result = StageResult(stage=StageName(name), outcome=Outcome.FAILED, failure=failure)
    page = Page(report_html(BuildReport(build="b", results={StageName(name): result})))
    said = for_terminal(name)
    lines = Page(lines_html([said, paint(said, Style.BAD, colour=True)]))

    assert set(page.tags) <= {
        *["div", "table", "thead", "tbody", "tr", "th", "td", "pre", "span", "p"]
    }
    assert page.open == lines.open == []
    assert said in page.text
    assert lines.text.strip("\n").split("\n", 1)[0].strip() == said.strip()
    assert set(lines.tags) <= {"pre", "span"}


def test_colours_of_the_terminal_are_colours_of_the_page() -> None:
    """And none is white or black: a notebook may be either."""
    piece = lines_html([f"a {paint('bad', Style.BAD, colour=True)} b", paint("c", Style.DIM, True)])

    assert piece == (
        '<pre style="background:none;white-space:pre-wrap">'
        'a <span style="color:#d03b3b;font-weight:bold">bad</span> b\n'
        '<span style="opacity:.65">c</span></pre>'
    )


def test_of_very_many_stages_some_are_shown_and_the_others_counted() -> None:
    """A page of ten thousand rows helps nobody."""
    results = {
        StageName(f"s{i}"): StageResult(stage=StageName(f"s{i}"), outcome=Outcome.BUILT)
        for i in range(1000)
    }
    page = Page(report_html(BuildReport(build="b", results=results, seconds=2)))

    assert page.tags.count("tr") == 202
    assert "and 800 more" in page.text
    assert page.text.endswith("built 1000 in 2.0 s")
