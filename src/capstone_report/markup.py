"""
Markup: elements of HTML and SVG, in which text is text.

Knows how a page is kept from reading meaning into a cell, a file's name or a
model's answer: whatever is not markup that was made here is escaped. Does not
know pages.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import TypeAlias

from capstone_report.printable import printable

_VOID = frozenset({"br", "hr", "link", "meta"})


class Markup(str):
    """Markup that was made here; any other text is escaped where it meets markup."""

    __slots__ = ()


Content: TypeAlias = "str | Iterable[Content] | None"
"""Text, markup, any number of these, or nothing."""


def tag(element: str, /, *content: Content, **attributes: str | float | None) -> Markup:
    """
    Make an element.

    Args:
        element: Its name.
        content: What is in it.
        attributes: Their values; None leaves one out. Underscores stand for hyphens;
            one at the end is dropped, for `class_`.
    """
    spelled = "".join(
        f' {_attribute(key)}="{_escaped(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if element in _VOID:
        return Markup(f"<{element}{spelled}>")
    return Markup(f"<{element}{spelled}>{joined(*content)}</{element}>")


def joined(*content: Content) -> Markup:
    """Put pieces together; those that are no markup are escaped."""
    return Markup("".join(_piece(each) for each in content))


def _piece(content: Content) -> str:
    if content is None:
        return ""
    if isinstance(content, Markup):
        return content
    if isinstance(content, str):
        return _escaped(content)
    return joined(*content)


def _escaped(text: str) -> str:
    return html.escape(printable(text), quote=True)


def _attribute(key: str) -> str:
    return key.removesuffix("_").replace("_", "-")
