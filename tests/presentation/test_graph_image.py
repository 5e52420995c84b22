"""The graph as an image is valid whatever stages are called, and says each state by a sign too."""

from __future__ import annotations

import struct
import sys
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capstone_build.core.graph import StageGraph
from capstone_build.core.linking import link
from capstone_build.core.plan import Plan, UpToDate
from capstone_build.errors import MissingExtraError
from capstone_build.presentation import png, svg
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.folding import folded
from capstone_build.presentation.picture import files_picture, stages_picture
from tests.presentation.specimens import (
    HOSTILE_NAMES,
    graphs_with_plans,
    report_pipeline,
    report_plan,
    stage,
)

SVG = "{http://www.w3.org/2000/svg}"
names = st.text(st.characters(codec=None), min_size=1, max_size=30) | st.sampled_from(HOSTILE_NAMES)


def drawn(image: str) -> ET.Element:
    """Return an image that we made ourselves, as XML."""
    return ET.fromstring(image)  # noqa: S314 (it comes from us)


@settings(max_examples=50)
@given(names)
def test_the_image_is_xml_whatever_a_stage_is_called(name: str) -> None:
    """A name is the text that it is; what XML cannot hold is shown escaped, or replaced."""
    graph = link([stage(name, ["data/a"], ["out/a"]), stage("after it", ["out/a"], ["out/b"])])
    root = drawn(svg.draw(stages_picture(graph, {each: UpToDate() for each in graph.stages})))
    tags = {each.tag.removeprefix(SVG) for each in root.iter()}
    tips = [each.text or "" for each in root.iter(f"{SVG}title")]

    assert tags == {"svg", "title", "rect", "defs", "marker", "path", "symbol", "g", "use", "text"}
    shown = "".join(
        c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in for_terminal(name)
    )
    assert any(
        "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in tip)
        == f"{shown}: up to date"
        for tip in tips
    )


@settings(max_examples=30)
@given(graphs_with_plans())
def test_the_image_shows_every_stage(made: tuple[StageGraph, Plan]) -> None:
    """A box and a sign each, an arrow to all that read from another, all within the image."""
    graph, plan = made
    image = svg.draw(stages_picture(graph, plan))
    root = drawn(image)
    width, height = svg.size_of(image)
    boxes = root.findall(f"{SVG}g/{SVG}rect")
    paths = [each.get("d", "") for each in root.iter(f"{SVG}path") if each.get("marker-end")]
    ends = {tuple(path.split()[-2:]) for path in paths}

    assert len(boxes) == len(root.findall(f"{SVG}g/{SVG}use")) == len(graph)
    assert len(ends) == sum(bool(graph.upstream(name)) for name in graph.stages)
    for box in boxes:
        left, top, wide, high = (float(box.get(n, "")) for n in ("x", "y", "width", "height"))
        assert left >= 0
        assert top >= 0
        assert left + wide <= width
        assert top + high <= height
    assert {each.get("href", "")[1:] for each in root.iter(f"{SVG}use")} <= set(svg.SIGNS)


def test_states_are_told_by_a_sign_and_a_word_besides_the_colour() -> None:
    """For those who do not see the colours, and on paper."""
    root = drawn(svg.draw(stages_picture(report_pipeline(), report_plan())))
    key = [text.text for text in root.findall(f"{SVG}text")]

    assert key == ["1 up to date", "2 may run", "1 can be restored", "1 must run"]
    assert len({each.get("d") for each in root.iterfind(f".//{SVG}symbol/{SVG}path")}) == 4
    assert drawn(svg.draw(stages_picture(link([]), {}))).find(f"{SVG}title") is not None


def test_a_png_is_drawn_from_it() -> None:
    """Twice the size, for sharp screens; of something too large, smaller; folded or with files."""
    picture = files_picture(report_pipeline(), report_plan())
    image = png.draw(picture)
    width, height = svg.size_of(svg.draw(picture))

    assert image.startswith(b"\x89PNG\r\n")
    assert struct.unpack(">II", image[16:24]) == (2 * width, pytest.approx(2 * height, abs=2))
    assert png.draw(folded(picture, 0)).startswith(b"\x89PNG\r\n")


def test_without_its_library_a_png_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most users need no PNG."""
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(MissingExtraError) as raised:
        png.draw(stages_picture(report_pipeline(), report_plan()))

    assert "capstone-build[png]" in raised.value.hint
