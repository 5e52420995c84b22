"""
What a collection let go of, and what stays.

Knows amounts; does not know how they were chosen.
"""

from __future__ import annotations

from dataclasses import asdict

from capstone_build.core.collection import Bounds, Collection, Room
from capstone_build.core.digest import JsonValue
from capstone_build.core.size import spell_size
from capstone_build.presentation.amount import counted
from capstone_build.presentation.cells import padded
from capstone_build.presentation.style import Style, paint

_WORD = 9
_SIZE = 8
_DAY = 86400
_HOUR = 3600


def collection_lines(
    collection: Collection, bounds: Bounds, colour: bool, *, is_dry: bool
) -> list[str]:
    """
    Return a line for each kind of thing that went, and that stays; the whole in the last.

    Args:
        collection: What went.
        bounds: What for.
        colour: Whether the lines may hold colours.
        is_dry: Whether nothing was done.
    """
    word = "would go" if is_dry else "freed"
    went = [
        (collection.objects, f"results of {counted(collection.runs, 'earlier run')}"),
        (collection.logs, f"logs of {counted(collection.logs.count, 'build')}"),
        (collection.kept, f"set aside by {counted(collection.kept.count, 'build')}"),
        (collection.leftovers, "left by builds that were killed, or out of date"),
        (Room(1, collection.manifest) if collection.manifest else Room(), "air in the manifest"),
    ]
    lines = [_line(word, Style.GOOD, room.size, said, colour) for room, said in went if room.count]
    stays = [(collection.needed, "needed by what stands")]
    stays += [
        (collection.recent, f"results of {counted(collection.runs_stay, 'earlier run')}"),
        (collection.kept_stays, _kept(bounds)),
    ]
    lines += [
        _line("stays", Style.DIM, room.size, said, colour) for room, said in stays if room.count
    ]
    return [*lines, paint(_verdict(collection, bounds, is_dry), Style.HEAD, colour)]


def collection_record(collection: Collection) -> dict[str, JsonValue]:
    """Return *collection* as JSON can say it."""
    return {**asdict(collection), "freed": collection.freed}


def spelled_time(seconds: float) -> str:
    """Return a time as the command line takes it."""
    if seconds % _DAY == 0:
        return counted(round(seconds / _DAY), "day")
    return f"{seconds / _HOUR:g} hours"


def _kept(bounds: Bounds) -> str:
    said = "set aside in .cache/kept/"
    if bounds.is_kept_bounded:
        return said
    older = f"--kept removes what is older than {spelled_time(bounds.spare_seconds)}"
    return f"{said}, edits by hand among it ({older})"


def _line(word: str, style: Style, size: int, said: str, colour: bool) -> str:
    return f"{paint(padded(word, _WORD), style, colour)} {spell_size(size):>{_SIZE}}  {said}"


def _verdict(collection: Collection, bounds: Bounds, is_dry: bool) -> str:
    size = collection.needed.size + collection.recent.size
    if not collection.freed:
        said = "nothing to free"
    else:
        said = f"{'would free' if is_dry else 'freed'} {spell_size(collection.freed)}"
    said += f"; the store holds {spell_size(size)}" if size else ""
    if bounds.max_size is not None and size > bounds.max_size:
        said += f", more than {spell_size(bounds.max_size)}: what stands needs it"
    return said
