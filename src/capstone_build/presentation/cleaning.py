"""
What cleaning does, a line a file.

Knows leftovers; does not know how they were found.
"""

from __future__ import annotations

from collections.abc import Sequence

from capstone_build.core.digest import JsonValue
from capstone_build.core.leftover import Fate, Leftover
from capstone_build.core.size import spell_size
from capstone_build.presentation.amount import counted
from capstone_build.presentation.cells import padded
from capstone_build.presentation.escaping import for_terminal
from capstone_build.presentation.sentence import listed
from capstone_build.presentation.style import Style, paint

FORMAT = 1

_STYLES = {Fate.REMOVED: Style.GOOD, Fate.KEPT: Style.NOTE, Fate.LEFT: Style.DIM}
_WORDS = {Fate.REMOVED: "removed", Fate.KEPT: "set aside", Fate.LEFT: "left"}
_DRY_WORDS = {Fate.REMOVED: "remove", Fate.KEPT: "set aside", Fate.LEFT: "leave"}
_WORD = 9


def cleaning_lines(
    leftovers: Sequence[Leftover], colour: bool, *, is_dry: bool, nothing: str
) -> list[str]:
    """
    Return what was, or would be, done with each file, and the whole of it in the last line.

    Args:
        leftovers: The files.
        colour: Whether the lines may hold colours.
        is_dry: Whether nothing was done.
        nothing: What to say where there is nothing.
    """
    words = _DRY_WORDS if is_dry else _WORDS
    lines = [
        f"{paint(padded(words[each.fate], _WORD), _STYLES[each.fate], colour)} {_said(each)}"
        for each in leftovers
        if not each.path.endswith("/")  # an empty folder goes without a word
    ]
    files = [each for each in leftovers if not each.path.endswith("/")]
    return [*lines, paint(_verdict(files, is_dry) if files else nothing, Style.HEAD, colour)]


def cleaning_record(leftovers: Sequence[Leftover]) -> dict[str, JsonValue]:
    """Return what was, or would be, done with each file, as JSON can say it."""
    return {
        "format": FORMAT,
        "files": [
            {
                "path": each.path,
                "stage": each.stage,
                "fate": each.fate.value,
                "bytes": each.size,
                "kept": each.kept or None,
                "why": each.why,
                "is_held": each.is_held,
            }
            for each in leftovers
        ],
    }


def orphans_line(leftovers: Sequence[Leftover]) -> str:
    """Name what stages that are gone left, in one line."""
    names = listed((each.path for each in leftovers), 3)
    return f"orphans: {names}, which no stage writes any more; see `capstone clean --orphans -n`"


def _said(each: Leftover) -> str:
    path, stage = for_terminal(each.path), for_terminal(each.stage)
    if each.fate is Fate.LEFT:
        return f"{path}: {for_terminal(each.why)}"
    if each.fate is Fate.KEPT:
        where = f"; it is now {for_terminal(each.kept)}" if each.kept else ""
        return f"{path}: edited since stage {stage} left it{where}"
    lost = "" if each.is_held else "; it is not in the store, and has to be computed again"
    return f"{path}: left by stage {stage}{lost}"


def _verdict(leftovers: Sequence[Leftover], is_dry: bool) -> str:
    said = []
    for fate, word in (_DRY_WORDS if is_dry else _WORDS).items():
        those = [each for each in leftovers if each.fate is fate]
        size = f" ({spell_size(sum(e.size for e in those))})" if fate is Fate.REMOVED else ""
        where = " in .cache/kept/" if fate is Fate.KEPT else ""
        said += [f"{word} {counted(len(those), 'file')}{size}{where}"] if those else []
    return f"{'would ' if is_dry else ''}{', '.join(said)}"
