"""
The page of a pipeline as people use it: in a real browser, with pointer and keys.

Skipped, with the reason, where there is no browser; `.ci/run` installs one.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from capstone_build.core.artifact import ArtifactPath
from capstone_build.core.graph import StageGraph
from capstone_build.core.history import Left, PastStage
from capstone_build.core.linking import link
from capstone_build.core.plan import Plan, UpToDate
from capstone_build.core.report import Outcome
from capstone_build.core.stage import StageName
from capstone_build.presentation.page import page
from capstone_build.presentation.page.told import Run, Told
from capstone_build.presentation.picture import Picture, files_picture, stages_picture
from tests.browser import Browser, Page, wait_for
from tests.presentation.specimens import (
    HOSTILE_NAMES,
    NEW,
    forced,
    layered,
    report_pipeline,
    report_plan,
    stage,
)

HOSTILE = "</script><script>document.title='run'</script><img src=http://127.0.0.1:9/x>"
MIDDLE = "[...Array(count).keys()].map(b => [(data.left[b] + data.right[b]) / 2, data.y[b]])"


def written(folder: Path, picture: Picture, graph: StageGraph, plan: Plan) -> str:
    """Write the page with a past for each stage; return its address."""
    past = PastStage(
        stage=StageName("any"),
        outcome=Outcome.FAILED,
        at=1.7e9,
        seconds=1.5,
        memory=10**8,
        message=HOSTILE,
        outputs={ArtifactPath("out/a"): Left(NEW, 2000)},
    )
    told = Told(
        runs=(Run("20260501T101500-1", past),),
        log=f"first line\n{HOSTILE}",
        log_place=".cache/logs/x.log",
        why=(
            "code changed: pipeline:load (pipeline.py:3)",
            "    -    return 1",
            "    +    return 2",
        ),
    )
    path = folder / "graph.html"
    text = page.draw(
        picture, graph, plan, dict.fromkeys(graph.stages, told), title=HOSTILE, when="2026-05-01"
    )
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


def press(opened: Page, key: str) -> None:
    """Press a key, as a user does."""
    text = {"text": key} if len(key) == 1 else {}
    for kind in ("keyDown", "keyUp"):
        opened.browser.ask("Input.dispatchKeyEvent", opened.session, type=kind, key=key, **text)


def point(opened: Page, kind: str, x: float, y: float) -> None:
    """Do something with the pointer at a place of the window."""
    opened.browser.ask(
        "Input.dispatchMouseEvent",
        opened.session,
        type=kind,
        x=x,
        y=y,
        button="left",
        buttons=1,
        clickCount=1,
    )


def click(opened: Page, box: int) -> None:
    """Click on a box of the picture."""
    x, y = opened.evaluate(
        f"(() => {{ const [x, y] = {MIDDLE}[{box}]; const r = canvas.getBoundingClientRect();"
        " return [r.left + (x - look.x) * look.scale, r.top + (y - look.y) * look.scale]; })()"
    )
    point(opened, "mousePressed", x, y)
    point(opened, "mouseReleased", x, y)


def heading(opened: Page) -> str:
    """Return what the panel tells of; nothing while it is closed."""
    said: str = opened.evaluate("panel.hidden ? '' : panel.querySelector('h2').innerText")
    return said


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["desktop", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_page_is_whole(browser: Browser, tmp_path: Path, size: tuple[int, int], dark: bool) -> None:
    """No error, no request but for the page, nothing beyond the edge, and no text is obeyed."""
    named = [stage(name, ["data/a"], [f"out/{i}"]) for i, name in enumerate(HOSTILE_NAMES)]
    graph = link([*named, stage(HOSTILE, ["out/0"], ["out/h"])])
    plan: Plan = {name: forced(name) for name in graph.stages}
    address = written(tmp_path, files_picture(graph, plan), graph, plan)
    opened = browser.open(address, width=size[0], height=size[1], dark=dark)
    boxes = opened.evaluate("count")

    assert boxes == 2 * len(graph) + 1
    opened.evaluate("for (let box = 0; box < count; box++) choose(box, true)")
    opened.evaluate("search.value = 'a'; lookFor()")
    assert opened.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert opened.evaluate("[document.scripts.length, document.images.length]") == [6, 0]
    assert opened.evaluate("document.title") == f"{HOSTILE}: pipeline"
    background = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(20, 23, 27)" if dark else "rgb(251, 251, 250)")
    assert opened.requests == [address]
    assert opened.complaints == []


def test_a_stage_is_clicked(browser: Browser, tmp_path: Path) -> None:
    """Its panel tells all that is known of it, and leads on to what is above and below."""
    graph, plan = report_pipeline(), report_plan()
    address = written(tmp_path, stages_picture(graph, plan), graph, plan)
    opened = browser.open(address, width=1280, height=900)
    click(opened, 2)
    said = opened.evaluate("panel.innerText")

    assert heading(opened) == "compress"
    for fact in (
        "must run",
        "code changed: pipeline:load",
        "return 2",
        "output/profile.json",
        "output/compressed.json",
        "pipeline.py:7",
        "failed",
        "1.5 s",
        "first line",
        HOSTILE,
    ):
        assert fact in said
    assert opened.evaluate("decodeURIComponent(location.hash)") == "#compress"
    opened.evaluate("[...panel.querySelectorAll('.link')].find(e => e.innerText == 'llm').click()")
    assert heading(opened) == "llm"
    assert opened.evaluate("panel.innerText").count("waits for") == 1
    again = browser.open(f"{address}#profile", width=1280, height=900)
    assert heading(again) == "profile"
    assert opened.complaints == again.complaints == []


def test_without_a_pointer(browser: Browser, tmp_path: Path) -> None:
    """Keys find a stage, go along the links and beside, zoom, and close the panel."""
    graph, plan = report_pipeline(), report_plan()
    address = written(tmp_path, stages_picture(graph, plan), graph, plan)
    opened = browser.open(address, width=1280, height=900)
    press(opened, "/")
    for letter in "comp":
        press(opened, letter)
    assert opened.evaluate("[...found.children].map(e => e.innerText)") == ["compress", "llm"]
    press(opened, "Enter")
    assert heading(opened) == "compress"
    assert opened.evaluate("document.getElementById('said').innerText") == "compress, must run"
    press(opened, "ArrowLeft")
    assert heading(opened) == "load"
    press(opened, "ArrowRight")
    press(opened, "ArrowRight")
    press(opened, "ArrowRight")
    assert heading(opened) == "llm"
    before = opened.evaluate("look.scale")
    press(opened, "+")
    assert opened.evaluate("look.scale") > before
    press(opened, "Escape")
    assert heading(opened) == ""
    opened.evaluate("document.querySelector('#legend button').click()")
    assert opened.evaluate("[...emphasis.wanted]") == [0, 0, 1, 0, 0]
    assert opened.evaluate("document.querySelector('#legend button').ariaPressed") == "true"
    assert opened.complaints == []


def test_states_are_seen_in_the_picture(browser: Browser, tmp_path: Path) -> None:
    """The picture is drawn: in the place of each stage is the colour of its state."""
    graph, plan = report_pipeline(), report_plan()
    address = written(tmp_path, stages_picture(graph, plan), graph, plan)
    opened = browser.open(address, width=1280, height=900)
    colours = (
        f"{MIDDLE}.map(([, y], b) => [...pen.getImageData((data.left[b] + 5 - look.x) * look.scale,"
        " (y - 14 - look.y) * look.scale, 1, 1).data].slice(0, 3))"
    )
    wait_for(lambda: opened.evaluate(colours)[2] == [251, 215, 160], "it is drawn")

    assert opened.evaluate(colours) == [
        [207, 232, 252],
        [211, 240, 230],
        [251, 215, 160],
        [253, 243, 207],
        [253, 243, 207],
    ]


def test_thousands_of_stages_are_moved_about(browser: Browser, tmp_path: Path) -> None:
    """What takes longer than a frame is not drawn anew in each frame of a move."""
    graph = layered(40, 60)
    plan: Plan = {name: UpToDate() for name in graph.stages}
    path = tmp_path / "graph.html"
    picture = stages_picture(graph, plan)
    path.write_text(page.draw(picture, graph, plan, {}, title="large", when=""), encoding="utf-8")
    opened = browser.open(path.as_uri(), width=1280, height=900)
    wait_for(lambda: opened.evaluate("drawn > MANY && still.scale > 0"), "it is drawn")
    opened.evaluate(
        "window.painted = 0; window.first = paint;"
        "paint = (...all) => { painted++; return first(...all); }"
    )
    opened.evaluate("window.before = look.x")
    point(opened, "mousePressed", 600, 450)
    for step in range(20):
        point(opened, "mouseMoved", 600 - 4 * step, 450)
        time.sleep(0.005)
    moved = opened.evaluate("[painted, (look.x - before) * look.scale]")
    point(opened, "mouseReleased", 524, 450)

    assert moved[1] == pytest.approx(76, abs=1)
    assert moved[0] <= 2
    opened.evaluate("choose(byName.get('s20_30'), true)")
    assert heading(opened) == "s20_30"
    assert opened.evaluate("inSight(emphasis.chosen)")
    assert opened.complaints == []
