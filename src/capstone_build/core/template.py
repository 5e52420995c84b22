"""
Command templates: text with places for paths and values.

Knows the places; does not know shells' quoting rules beyond POSIX, nor runs
anything.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence

from capstone_build.core.digest import JsonValue, spell_value

_PLACE = re.compile(r"\{(inputs|outputs|params)(?:\.(\w+))?\}")
"""Any other brace is the command's own: `awk '{print $1}'` needs no escape."""

Values = Mapping[str, Mapping[str, str | Sequence[str]]]
"""For each of inputs, outputs and params: name to a text or a list of texts."""


def places(text: str | Sequence[str]) -> list[tuple[str, str | None]]:
    """
    List the places in a template, in order.

    Returns:
        Pairs such as `("inputs", "script")`; the name is None for `{inputs}`,
        which stands for all of them.
    """
    words = [text] if isinstance(text, str) else text
    return [(m[1], m[2]) for word in words for m in _PLACE.finditer(word)]


def shell_line(text: str, values: Values) -> str:
    """Fill in a line for the shell; every value is quoted as one word of it."""
    return _filled(text, values, lambda words: " ".join(shlex.quote(word) for word in words))


def argument_list(words: Sequence[str], values: Values) -> list[str]:
    """Fill in a program and its arguments; a list becomes several arguments."""
    arguments: list[str] = []
    for word in words:
        if whole := _PLACE.fullmatch(word):
            arguments += _chosen(whole, values)
        else:
            arguments.append(_filled(word, values, " ".join))
    return arguments


def words_of(value: JsonValue) -> str | list[str]:
    """Spell a parameter for a command: text as it is, a list as several words."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return [word for each in value for word in [words_of(each)] if isinstance(word, str)]
    return spell_value(value)


def _filled(text: str, values: Values, join: Callable[[list[str]], str]) -> str:
    return _PLACE.sub(lambda place: join(_chosen(place, values)), text)


def _chosen(place: re.Match[str], values: Values) -> list[str]:
    group = values[place[1]]
    chosen = group.values() if place[2] is None else [group[place[2]]]
    words: list[str] = []
    for value in chosen:
        words += [value] if isinstance(value, str) else value
    # A name that begins with a dash would be taken for an option.
    return [f"./{w}" if w.startswith("-") and place[1] != "params" else w for w in words]
