"""
The page: the picture of a pipeline to move about in, and what is known of each stage.

Knows HTML and how the page is put together; does not know how it behaves
(`world.js` and what follows it) and looks (`page.css`). The page is whole in itself: it names
the only scripts and styles that the browser may run, by their digests, and may
fetch nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from html import escape
from importlib.resources import files

from capstone_build.core.graph import StageGraph
from capstone_build.core.plan import Plan
from capstone_build.core.stage import StageName
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.layout.layout import HEIGHT, Layout, lay_out
from capstone_build.presentation.mark import FILE_FILL, MARKS
from capstone_build.presentation.page.facts import facts_of
from capstone_build.presentation.page.told import Told
from capstone_build.presentation.picture import Kind, Picture
from capstone_build.presentation.svg import SIGNS, shown, widths

_SCRIPTS = ("world.js", "paint.js", "view.js", "panel.js", "control.js")
_KINDS = list(Kind)


def draw(
    picture: Picture,
    graph: StageGraph,
    plan: Plan,
    told: Mapping[StageName, Told],
    *,
    title: str,
    when: str,
    hide: Callable[[str], str] = str,
) -> str:
    """
    Return the page of a pipeline.

    Args:
        picture: What is drawn; its stages are those of *graph*, one by one.
        graph: The stages.
        plan: A verdict for each of them.
        told: What is told of a stage besides.
        title: What the pipeline is called.
        when: When it was looked at.
        hide: Returns a text without what nobody is to see.
    """
    layout = lay_out(widths(picture), picture.above, picture.rank)
    data = {
        **_geometry(picture, layout),
        "facts": facts_of(picture, graph, plan, told, hide),
        "states": [
            {"word": mark.word, "fill": mark.fill, "line": mark.line, "bright": mark.bright}
            for mark in MARKS
        ],
        "signs": [SIGNS[mark.state] for mark in MARKS],
        "fileFill": FILE_FILL,
    }
    style = _source("page.css")
    scripts = [_source(name) for name in _SCRIPTS]
    policy = (
        f"default-src 'none'; script-src {' '.join(map(_digest, scripts))}; "
        f"style-src {_digest(style)}; img-src data:; base-uri 'none'; form-action 'none'"
    )
    head = [
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{escape(for_terminal(title))}: pipeline</title>",
        '<link rel="icon" href="data:,">',
        f"<style>{style}</style>",
    ]
    body = _source("page.html").format(title=escape(for_terminal(title)), when=escape(when))
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            *head,
            "</head>",
            "<body>",
            body,
            f'<script type="application/json" id="data">{_embedded(data)}</script>',
            *(f"<script>{script}</script>" for script in scripts),
            "</body>",
            "</html>\n",
        ]
    )


def _geometry(picture: Picture, layout: Layout) -> dict[str, object]:
    """Return where everything stands, in whole pixels and as flat as can be: there may be much."""
    states = {mark.state: number for number, mark in enumerate(MARKS)}
    ways = [
        number
        for way in layout.ways
        for number in (way.start, way.end, way.through.start, len(way.through))
    ]
    return {
        "names": [for_terminal(box.title()) for box in picture.boxes],
        "labels": [shown(box) for box in picture.boxes],
        "kinds": [_KINDS.index(box.kind) for box in picture.boxes],
        "state": [states[box.mark.state] if box.mark else -1 for box in picture.boxes],
        "left": [round(place.left) for place in layout.places],
        "right": [round(place.right) for place in layout.places],
        "y": [round(place.y) for place in layout.places],
        "layer": [place.layer for place in layout.places],
        "ways": ways,
        "height": HEIGHT,
        "size": [round(layout.width), round(layout.height)],
    }


def _embedded(data: Mapping[str, object]) -> str:
    """Return *data* as JSON that no browser takes for the end of the script that it is in."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c").replace("&", "\\u0026")


def _source(name: str) -> str:
    return files(__package__ or "").joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """Return *text* as a policy names it (W3C Content Security Policy 3, section 2.3.1)."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
