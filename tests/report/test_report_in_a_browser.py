"""
The page as people see it: in a real browser, wide and narrow, light, dark and on paper.

Skipped, with the reason, where there is no browser; `.ci/run` installs one.
"""

from contextlib import chdir
from pathlib import Path

import pytest
from tests.browser import Browser
from tests.report.conftest import loaded, reported

from capstone_report.claim import FigureCheck
from capstone_report.figure_check import check_figures
from capstone_report.profile import Profile
from capstone_report.profiling import profile_table
from capstone_report.report_html import report_html
from capstone_report.summary import Answer, Finding, ModelAuthor, Summary

DATA = Path(__file__).parents[2] / "data"
DESKTOP = (1280, 900)
PHONE = (390, 844)
HOSTILE = "<script>document.title='run'</script><img src=http://127.0.0.1:9/x>"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the sample."""
    path = tmp_path_factory.mktemp("sample") / "report.html"
    with chdir(DATA):
        table = loaded(*sorted(Path().glob("*.csv")))
        path.write_text(report_html(reported(table)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a table, and a model, that want to do harm, in long words."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "a.csv").write_text(f'"{HOSTILE}",{"n" * 300}\n' + f'"{"W" * 500}",1\n' * 9 + "y,2\n")
    page = folder / "report.html"
    with chdir(folder):
        table = loaded(Path("a.csv"))
        said = reported(table, _made_up(profile_table(table)))
        page.write_text(report_html(said), encoding="utf-8")
    return page


def _made_up(profile: Profile) -> Summary:
    finding = Finding(text=f"There are 11 rows, or 12. {HOSTILE}", columns=("no such",))
    answer = Answer(headline=HOSTILE, findings=(finding,), quality=("x" * 600,))
    author = ModelAuthor(name="m", model=HOSTILE, server="http://h", answers=1)
    check: FigureCheck = check_figures(answer, profile)
    return Summary(**dict(answer), author=author, check=check)


@pytest.mark.parametrize("which", ["sample", "hostile"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_page_is_whole(
    browser: Browser, request: pytest.FixtureRequest, which: str, size: tuple[int, int], dark: bool
) -> None:
    """No error, no request but for the page, nothing beyond the edge, every chart with words."""
    path: Path = request.getfixturevalue(which)
    page = browser.open(path.as_uri(), width=size[0], height=size[1], dark=dark)

    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.evaluate("document.scripts.length + document.images.length") == 0
    assert page.evaluate("[...document.querySelectorAll('svg')].every(e => e.ariaLabel)")
    assert page.evaluate("document.querySelectorAll('h1').length") == 1
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(21, 23, 26)" if dark else "rgb(250, 249, 247)")
    assert page.requests == [path.as_uri()]
    assert page.complaints == []


def test_columns_side_by_side(browser: Browser, sample: Path) -> None:
    """Cards of columns stand side by side on a desk, and below each other on a phone."""
    first = (
        "[...document.querySelectorAll('.card')].slice(0, 2).map(e => e.getBoundingClientRect())"
    )
    tops = f"{first}.map(e => e.top)"
    wide = browser.open(sample.as_uri(), width=DESKTOP[0], height=DESKTOP[1]).evaluate(tops)
    narrow = browser.open(sample.as_uri(), width=PHONE[0], height=PHONE[1]).evaluate(tops)

    assert wide[0] == wide[1]
    assert narrow[0] < narrow[1]


def test_made_up_figures_are_seen(browser: Browser, hostile: Path) -> None:
    """A figure that the data does not have is marked where it stands; markup is text."""
    page = browser.open(hostile.as_uri(), width=DESKTOP[0], height=DESKTOP[1])
    marks = page.evaluate("[...document.querySelectorAll('.findings mark')].map(e => e.innerText)")

    assert marks == ["11 not in the data", "12 not in the data", "no such not in the data"]
    assert page.evaluate("document.querySelector('h1').innerText") == HOSTILE
    assert page.evaluate("document.title").endswith(HOSTILE)


def test_charts_are_drawn(browser: Browser, sample: Path) -> None:
    """A histogram fills its card, in the colour of the page, with bars of different heights."""
    page = browser.open(sample.as_uri(), width=DESKTOP[0], height=DESKTOP[1])
    found = page.evaluate(
        "(() => { const chart = document.querySelector('.card > svg');"
        " const bars = [...chart.querySelectorAll('.bar')];"
        " return [chart.getBoundingClientRect().width, chart.parentElement.clientWidth,"
        " bars.map(e => e.getBoundingClientRect().height),"
        " getComputedStyle(bars[0]).fill]; })()"
    )

    assert found[0] > 0.85 * found[1]
    assert len(set(found[2])) > 2
    assert max(found[2]) > 50
    assert found[3] == "rgb(44, 94, 158)"


def test_on_paper(browser: Browser, sample: Path) -> None:
    """Printed, the page is light, shows what is folded away, and has no links to jump to."""
    page = browser.open(sample.as_uri(), width=794, height=1123, dark=True, medium="print")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
    folded = "document.querySelector('details > :not(summary)').getBoundingClientRect().height"
    assert page.evaluate(folded) > 20
    assert page.pdf().startswith(b"%PDF")
