"""
Passages: the text of one part of a closure, in any version of its file.

Knows how parts are called and reads one file at a time, so that an old version
is read as today's is; does not know whether the part counted then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from capstone_build.analysis.file.spelling import Speller
from capstone_build.analysis.file.summary import Summary, summarise
from capstone_build.analysis.file.unit import Kind

_AS_WRITTEN = (" (docstrings, annotations)", " (source text)")
_IDLE = {Kind.IMPORT, Kind.STAR}
_DEFINITIONS = {Kind.FUNCTION, Kind.CLASS}


def passage(text: bytes, part: str) -> str:
    """
    Return what *part*, `module:name` as in a fingerprint, is in a file of this *text*.

    Normalised, as far as the part is: one layout, without comments, docstrings
    and annotations. Empty if the file does not have it.
    """
    name = part.partition(":")[2]
    summary = summarise(text)
    if summary.broken:
        return text.decode("utf-8", "replace")
    for ending in _AS_WRITTEN:
        if name.endswith(ending):
            return _lines(text, summary, summary.binders.get(name.removesuffix(ending), ()))
    indices = tuple(_effects(summary) if name.startswith("<") else summary.binders.get(name, ()))
    return Speller(text).spell(indices) if indices else ""


def _effects(summary: Summary) -> Iterator[int]:
    """Yield the statements that may act when the file is executed."""
    for index, unit in enumerate(summary.units):
        is_definition = unit.kind in _DEFINITIONS and not unit.decorators and not unit.bases
        if not (is_definition or unit.fixed or unit.kind in _IDLE):
            yield index


def _lines(text: bytes, summary: Summary, indices: Sequence[int]) -> str:
    lines = text.splitlines()  # bytes end where Python's lines do; text ends at form feeds, too
    units = [summary.units[index] for index in indices]
    found = [line for unit in units for line in lines[unit.line - 1 : unit.end]]
    return "".join(f"{line.decode('utf-8', 'replace')}\n" for line in found)
