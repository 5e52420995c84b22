"""The page stands alone, escapes what comes from the world, and can be read by everyone."""

import re
from html.parser import HTMLParser
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.report.conftest import Load, reported

from capstone_report.chart import Bar, bars, histogram_label, matrix, part
from capstone_report.column_figure import Timeline
from capstone_report.markup import Markup, joined, tag
from capstone_report.page_style import DARK, LIGHT, STYLE
from capstone_report.period import period_names
from capstone_report.printable import printable
from capstone_report.report import Report
from capstone_report.report_html import report_html

TEXT = "day,kind,size,\n" + "".join(
    f"2024-01-{1 + i % 28:02d},{'abca'[i % 4]},{i * 1.5 if i % 9 else ''},\n" for i in range(100)
)
HOSTILE = "\"'><script>alert(1)</script><img src=http://127.0.0.1:9/x onerror=alert(2)>&amp;"


@pytest.fixture
def report(load: Load) -> Report:
    """A report on a small table."""
    return reported(load({"a.csv": TEXT}))


class Reader(HTMLParser):
    """Reads a page as a browser does: its elements, their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append(data)

    def attributes(self, *names: str) -> list[str]:
        """Return the values of attributes of these names, of all elements."""
        return [each[name] or "" for _, each in self.elements for name in names if name in each]


def test_order_of_the_page(report: Report) -> None:
    """Headline, findings and alerts come first, columns after them, provenance last."""
    page = report_html(report)
    places = [
        page.index(each)
        for each in ("<h1>", ">Findings</h2>", ">Alerts</h2>", ">Columns</h2>", "comes from</h2>")
    ]

    assert places == sorted(places)
    assert report.provenance.files[0].sha256 in page[places[-1] :]
    assert "capstone 0" in page[places[-1] :]
    assert "offline summary (no model)" in page


def test_page_stands_alone(report: Report) -> None:
    """Nothing in the page leads out of it, and nothing runs."""
    reader = Reader(report_html(report))

    names = {name for name, _ in reader.elements}
    assert not names & {"script", "img", "iframe", "object", "embed", "form", "base"}
    links = reader.attributes("href", "src", "srcset", "action", "data", "poster")
    assert links
    assert all(each.startswith(("#", "data:,")) for each in links)
    anchors = set(reader.attributes("id"))
    assert {each[1:] for each in links if each.startswith("#")} <= anchors
    assert "url(" not in report_html(report)
    assert "@import" not in report_html(report)


def test_charts_have_words(report: Report) -> None:
    """Every chart says what it shows to those who do not see it."""
    charts = [each for name, each in Reader(report_html(report)).elements if name == "svg"]

    assert len(charts) >= 4
    assert all(each["role"] == "img" and each["aria-label"] for each in charts)


def test_hostile_table_is_text(load: Load) -> None:
    """Markup in cells, in names of columns and in names of files stays text."""
    cell = HOSTILE.replace('"', '""')
    table = load({"<b>x.csv": f'"{cell}",n\n' + f'"{cell}",1\n' * 3 + "y,2\n"})
    report = reported(table, title=HOSTILE, dated=HOSTILE)
    reader = Reader(report_html(report))

    assert not {name for name, _ in reader.elements} & {"script", "img", "b"}
    assert not reader.attributes("onerror", "onload")
    assert "".join(reader.texts).count(HOSTILE) >= 4


@given(headline=st.text(min_size=1, max_size=200))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
def test_any_headline(report: Report, headline: str) -> None:
    """What a model says is what a reader sees, whatever it is; what steers is marked."""
    summary = report.summary.model_copy(update={"headline": headline})
    page = report_html(report.model_copy(update={"summary": summary}))
    found = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)

    assert found is not None
    assert "<" not in re.sub(r"</?span[^<>]*>", "", found[1])
    assert "".join(Reader(found[0]).texts) == printable(headline)


def test_only_markup_is_markup() -> None:
    """Text is escaped where it meets markup, in attributes too; markup is not, twice."""
    inner = tag("b", "<&>", title='"<')

    assert inner == '<b title="&quot;&lt;">&lt;&amp;&gt;</b>'
    assert joined(inner, "<", [inner, None]) == f"{inner}&lt;{inner}"
    assert tag("meta", charset="utf-8") == '<meta charset="utf-8">'
    assert tag("p", "\u202edlrow\n", class_=None) == "<p>\ufffddlrow </p>"
    assert isinstance(inner, Markup)


def test_same_report_same_page(report: Report) -> None:
    """The same report gives the same bytes."""
    assert report_html(report) == report_html(report)


def test_bars_are_as_high_as_they_count() -> None:
    """The highest bar is the fullest, an empty one is nothing, and one of many is seen."""
    drawn = bars(
        "Sizes", [Bar(label="a", count=0), Bar(label="b", count=1), Bar(label="c", count=9999)]
    )
    heights = [float(each) for each in re.findall(r'height="([\d.]+)" class="bar"', drawn)]

    assert heights[0] == 0
    assert 0 < heights[1] < heights[2] <= 64
    assert "<title>c: 9,999</title>" in drawn
    assert 'aria-label="Sizes"' in drawn


def test_parts_are_as_long_as_their_share() -> None:
    """Half is half; a little is seen; nothing is nothing."""
    widths = [
        re.findall(r'width="([\d.]+)"', part("share", each))[-1] for each in (0.5, 0.0001, 0.0, 1.0)
    ]

    assert widths == ["50", "0.8", "0", "100"]


def test_matrix_says_each_pair() -> None:
    """Each field says which two things it is about, and how far they go together."""
    drawn = matrix("Correlations", ["a", "b<c"], [[None, -0.75], [0.25, None]])

    assert "<title>a and b&lt;c: -0.75</title>" in drawn
    assert "<title>b&lt;c and a: 0.25</title>" in drawn
    assert drawn.count("field none") == 2


def test_periods_are_named() -> None:
    """Periods follow each other over the ends of years, months and days."""
    wanted = {
        ("year", "0999", 2): ["0999", "1000"],
        ("month", "2023-11", 3): ["2023-11", "2023-12", "2024-01"],
        ("day", "2024-02-28", 3): ["2024-02-28", "2024-02-29", "2024-03-01"],
        ("hour", "2024-12-31T23", 2): ["2024-12-31T23", "2025-01-01T00"],
        ("minute", "2024-01-01T00:59", 2): ["2024-01-01T00:59", "2024-01-01T01:00"],
        ("second", "2024-01-01T00:00:59", 2): ["2024-01-01T00:00:59", "2024-01-01T00:01:00"],
    }
    for (period, start, count), names in wanted.items():
        timeline = Timeline.model_validate(
            {"period": period, "start": start, "counts": tuple(range(count))}
        )

        assert period_names(timeline) == names


def test_columns_together(load: Load) -> None:
    """Correlations are drawn, and dependencies and gaps told, where there are any."""
    rows = [(i, 2 * i + i % 3, "ab"[i % 2], "xy"[i % 2]) for i in range(200)]
    text = "n,m,kind,code\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
    page = report_html(reported(load({"a.csv": text})))

    assert "How far 4 columns go together" in page
    assert "<title>n and m: 1.00</title>" in page
    assert "kind and code tell each other" in page
    assert "Columns together" not in report_html(reported(load({"a.csv": "n\n1\n1\n"})))


def test_histogram_in_words() -> None:
    """The words for a histogram say its ends, and where most of it lies."""
    said = histogram_label("size", [0.0, 5.0, 10.0], [3, 9])

    assert said == ("Histogram of size: 12 values from 0 to 10; the most, 9, between 5 and 10.")


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_can_be_read(theme: str) -> None:
    """Text of every colour has the contrast that WCAG asks for (4.5), on both backgrounds."""
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", theme))
    pairs = list(product(["ink", "soft", "accent", "high", "medium", "low"], ["paper", "card"]))
    for text, ground in [*pairs, ("doubt-ink", "doubt"), ("soft", "whole")]:
        light, dark = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)

        assert (light + 0.05) / (dark + 0.05) >= 4.5, (text, ground)


def test_wide_table(load: Load) -> None:
    """Of hundreds of columns the page shows the first, and names the others."""
    header = ",".join(f"c{i}" for i in range(230))
    page = report_html(reported(load({"a.csv": f"{header}\n{','.join('1' * 230)}\n"})))

    assert page.count("<article") == 200
    assert "30 more columns" in page
    assert "c229" in page


def test_rejected_rows_are_named(load: Load) -> None:
    """Rows that could not be read are counted at the top, and named where they come from."""
    page = report_html(reported(load({"a.csv": "a,b\n1,2\n1,2,3\n"})))

    assert "<dt>rejected row</dt><dd>1</dd>" in page
    assert "a.csv:3</code>" in page


def test_bytes_of_every_file(load: Load) -> None:
    """Each file is named with its size and the digest that `sha256sum` prints."""
    (file,) = reported(load({"a.csv": "x\n1\n"})).provenance.files

    assert file.file.endswith("data/a.csv")
    assert file.bytes == 4
    assert file.sha256 == "daff832f802000e645771a60983c76c963f6ee602a6230e45237bd360e91cc1a"


def test_no_line_of_the_style_ends_the_style() -> None:
    """The style is no markup: nothing in it is read as an element."""
    assert "<" not in STYLE
