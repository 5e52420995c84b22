"""
Charts: numbers as drawings, in SVG that stands inside a page.

Knows shapes and their text alternatives; does not know tables. Every drawing says
in words what it shows (`role="img"` with a label), and every mark of it what it
stands for. Colours are the page's, by class.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from capstone_report.markup import Markup, tag
from capstone_report.wording import counted

_WIDTH = 240
_HEIGHT = 64
_LEAST = 1.5
"""Height of the lowest bar that stands for something."""
_CELL = 34
_LETTER = 7
"""Pixels that a letter of a label takes, at most, on average."""
_LABEL_LETTERS = 18
_STRONG = 0.75
"""From here on a field is so full of colour that its text changes its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """
    One bar of a chart.

    Attributes:
        label: What it stands for.
        count: How much.
    """

    label: str
    count: int


def bars(label: str, drawn: Sequence[Bar]) -> Markup:
    """
    Draw upright bars from left to right, the highest as high as the chart.

    Args:
        label: What the chart shows, in words.
        drawn: The bars; one at least.
    """
    most = max(each.count for each in drawn) or 1
    step = _WIDTH / len(drawn)
    gap = min(2.0, step / 5)
    marks = []
    for place, each in enumerate(drawn):
        high = max(each.count / most * (_HEIGHT - 2), _LEAST if each.count else 0)
        marks.append(
            tag(
                "rect",
                tag("title", f"{each.label}: {each.count:,}"),
                x=_short(place * step + gap / 2),
                y=_short(_HEIGHT - high),
                width=_short(step - gap),
                height=_short(high),
                class_="bar",
            )
        )
    base = tag("line", x1=0, y1=_HEIGHT, x2=_WIDTH, y2=_HEIGHT, class_="axis")
    return _drawing(label, _WIDTH, _HEIGHT + 1, *marks, base, is_stretched=True)


def part(label: str, share: float) -> Markup:
    """
    Draw how large a part is of a whole, as one bar on its way to the right.

    Args:
        label: What it shows, in words.
        share: 0 to 1.
    """
    wide = max(share * 100, 0.8) if share else 0.0
    whole = tag("rect", x=0, y=0, width=100, height=8, rx=1, class_="whole")
    filled = tag("rect", x=0, y=0, width=_short(wide), height=8, rx=1, class_="bar")
    return _drawing(label, 100, 8, whole, filled, is_stretched=True)


def matrix(label: str, names: Sequence[str], values: Sequence[Sequence[float | None]]) -> Markup:
    """
    Draw how strongly each of some things goes with each other one, as a field of colours.

    Args:
        label: What the chart shows, in words.
        names: Of the things.
        values: -1 to 1, a row for each thing; None where it is not known.
    """
    size = _CELL * len(names)
    beside = 12 + _LETTER * max(len(_cut(name)) for name in names)
    marks = []
    for i, name in enumerate(names):
        middle = _CELL * i + _CELL / 2
        shown = _cut(name)
        marks += [
            tag("text", shown, x=beside - 8, y=_short(beside + middle + 4), text_anchor="end"),
            tag(
                "text",
                shown,
                transform=f"translate({_short(beside + middle + 4)} {beside - 8}) rotate(-90)",
            ),
        ]
        marks += [
            _field(beside + _CELL * j, beside + _CELL * i, f"{name} and {names[j]}", value)
            for j, value in enumerate(values[i])
        ]
    return _drawing(label, beside + size, beside + size, *marks, is_stretched=False)


def _field(x: float, y: float, pair: str, value: float | None) -> Markup:
    """Draw one field of a matrix; one without a value is there, and empty."""
    said = None if value is None else tag("title", f"{pair}: {value:.2f}")
    square = tag(
        "rect",
        said,
        x=x + 1,
        y=y + 1,
        width=_CELL - 2,
        height=_CELL - 2,
        rx=3,
        class_="field none" if value is None else "field plus" if value >= 0 else "field minus",
        fill_opacity=None if value is None else _short(0.08 + 0.92 * abs(value)),
    )
    if value is None:
        return square
    text = tag(
        "text",
        f"{value:.2f}".replace("-", "\u2212"),
        x=_short(x + _CELL / 2),
        y=_short(y + _CELL / 2 + 4),
        text_anchor="middle",
        class_="value strong" if abs(value) >= _STRONG else "value",
    )
    return tag("g", square, text)


def _drawing(label: str, width: float, height: float, *marks: Markup, is_stretched: bool) -> Markup:
    return tag(
        "svg",
        tag("title", label),
        *marks,
        viewBox=f"0 0 {_short(width)} {_short(height)}",
        width=None if is_stretched else _short(width),
        height=None if is_stretched else _short(height),
        preserveAspectRatio="none" if is_stretched else None,
        role="img",
        aria_label=label,
        class_="chart",
    )


def histogram_label(name: str, edges: Sequence[float], counts: Sequence[int]) -> str:
    """Say in words what a histogram shows: where it reaches, and where most of it lies."""
    fullest = max(range(len(counts)), key=lambda place: counts[place])
    low, high = edges[fullest], edges[fullest + 1]
    return (
        f"Histogram of {name}: {counted(sum(counts), 'value')} from {edges[0]:.6g} to "
        f"{edges[-1]:.6g}; the most, {counts[fullest]:,}, between {low:.6g} and {high:.6g}."
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LABEL_LETTERS else text[: _LABEL_LETTERS - 1] + "\u2026"


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
