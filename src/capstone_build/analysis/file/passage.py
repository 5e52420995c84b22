"""
Passages: the text of one part of a closure, in any version of its file.

Knows how parts are called and reads one file at a time, so that an old version
is read as today's is; does not know whether the part counted then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from capstone_build.analysis.file.spelling import Speller
from capstone_build.analysis.file.summary import Summary, summarise
from capstone_build.analysis.file.unit import Kind

_AS_WRITTEN = (" (docstrings, annotations)", " (source text)")
_IDLE = {Kind.IMPORT, Kind.STAR}
_DEFINITIONS = {Kind.FUNCTION, Kind.CLASS}


def passage(text: bytes, part: str, told: Collection[str] = ()) -> str:
    """
    Return what *part*, `module:name` as in a fingerprint, is in a file of this *text*.

    Normalised, as far as the part is: one layout, without comments, docstrings
    and annotations. Empty if the file does not have it.

    Args:
        text: The file.
        part: What of it.
        told: Globals that are told of by themselves: what a file does leaves them out.
    """
    name = part.partition(":")[2]
    summary = summarise(text)
    if summary.broken:
        return text.decode("utf-8", "replace")
    for ending in _AS_WRITTEN:
        if name.endswith(ending):
            return _lines(text, summary, summary.binders.get(name.removesuffix(ending), ()))
    if is_unnamed(part):
        units = summary.running if name == "<script>" else _effects(summary)
        indices = tuple(i for i in units if not _is_told(summary.units[i].names, told))
    else:
        indices = summary.binders.get(name, ())
    return Speller(text).spell(indices) if indices else ""


def is_unnamed(part: str) -> bool:
    """Tell whether *part* is what a file does when it is executed, and no definition."""
    return part.rpartition(":")[2].startswith("<")


def _is_told(names: Sequence[str], told: Collection[str]) -> bool:
    return any(name in told for name in names)


def _effects(summary: Summary) -> Iterator[int]:
    """Yield the statements that may act when the file is executed."""
    for index, unit in enumerate(summary.units):
        is_definition = unit.kind in _DEFINITIONS and not unit.decorators and not unit.bases
        if not (is_definition or unit.fixed or unit.main or unit.kind in _IDLE):
            yield index


def _lines(text: bytes, summary: Summary, indices: Sequence[int]) -> str:
    lines = text.splitlines()  # bytes end where Python's lines do; text ends at form feeds, too
    units = [summary.units[index] for index in indices]
    found = [line for unit in units for line in lines[unit.line - 1 : unit.end]]
    return "".join(f"{line.decode('utf-8', 'replace')}\n" for line in found)
