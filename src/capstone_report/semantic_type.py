"""
Semantic types: what the values of a column seem to stand for, beyond their type.

Knows the look of values, the words in names of columns and a few figures; does
not know the other columns. It speaks where at least 90 % of the values agree.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from capstone_report.arrays import Array
from capstone_report.cells import Cells, Tally
from capstone_report.column_figure import Semantic
from capstone_report.column_name import words_of
from capstone_report.column_type import ColumnType

_AGREEMENT = 0.9
_FEWEST_CODES = 4
"""So many different codes of a list tell by themselves; fewer need a name that says so."""
_CODE_NAMES = {
    "country code": {"country", "countrycode", "nation", "nationality", "iso", "cc"},
    "currency code": {"currency", "currencycode", "ccy", "curr", "iso"},
}
_ID_NAMES = {"id", "key", "uid", "guid", "pk"}
_POSTCODE_NAMES = {"zip", "zipcode", "postcode", "postalcode", "plz"}
_RANGES = {
    "latitude": ({"lat", "latitude", "latitudine", "latitud"}, -90.0, 90.0),
    "longitude": ({"lon", "lng", "long", "longitude", "longitudine", "longitud"}, -180.0, 180.0),
    "year": ({"year", "yr"}, 1000.0, 2999.0),
    "percent": ({"percent", "pct", "percentage"}, -1e6, 1e6),
    "epoch seconds": ({"epoch", "timestamp", "ts", "time", "created", "updated"}, 1e8, 4e9),
    "epoch milliseconds": ({"epoch", "timestamp", "ts", "time", "created", "updated"}, 1e11, 4e12),
    "money": (
        {
            "price",
            "amount",
            "cost",
            "costs",
            "revenue",
            "salary",
            "fare",
            "fee",
            "usd",
            "eur",
            "gbp",
        },
        -1e15,
        1e15,
    ),
}
_FLAGS = ({"yes", "no"}, {"y", "n"}, {"t", "f"}, {"true", "false"}, {"on", "off"}, {"1", "0"})
_FREE_TEXT_LENGTH = 30
_FEW = 50


def semantic_of(
    name: str, cells: Cells, tally: Tally, looks: Mapping[str, Array]
) -> Semantic | None:
    """
    Guess what the values of a column stand for.

    Args:
        name: The column's name.
        cells: Its values, of which there is at least one.
        tally: The different ones.
        looks: What they look like, if they are texts.

    Returns:
        The first that fits; None if nothing in particular.
    """
    total = int(tally.counts.sum())
    words = words_of(name)
    if cells.kind is ColumnType.TEXT:
        return _by_look(words, tally, looks, total) or _of_text(words, cells, tally, total)
    if cells.kind in {ColumnType.INTEGER, ColumnType.FLOAT}:
        return _of_numbers(words, cells, tally, total)
    return None


def _by_look(
    words: frozenset[str], tally: Tally, looks: Mapping[str, Array], total: int
) -> Semantic | None:
    for kind, matching in looks.items():
        count = int(tally.counts[matching].sum())
        if count < _AGREEMENT * total:
            continue
        named = _CODE_NAMES.get(kind)
        if named and not named & words and np.count_nonzero(matching) < _FEWEST_CODES:
            continue
        return Semantic(kind=kind, count=count)
    return None


def _of_text(words: frozenset[str], cells: Cells, tally: Tally, total: int) -> Semantic | None:
    distinct = len(tally.values)
    if distinct <= 2 and ({each.strip().lower() for each in cells.texts.to_pylist()} in _FLAGS):
        return Semantic(kind="flag", count=total)
    if words & _POSTCODE_NAMES:
        return Semantic(kind="postcode", count=total)
    mean = cells.size / total
    unique = distinct == len(cells.data) > 1
    if unique and (words & _ID_NAMES or mean < _FREE_TEXT_LENGTH):
        return Semantic(kind="id", count=total)
    if words & _ID_NAMES:
        return Semantic(kind="id", count=total)
    if mean >= _FREE_TEXT_LENGTH and distinct > total / 2:
        return Semantic(kind="free text", count=total)
    return Semantic(kind="category", count=total) if 1 < distinct <= _FEW else None


def _of_numbers(words: frozenset[str], cells: Cells, tally: Tally, total: int) -> Semantic | None:
    whole = cells.kind is ColumnType.INTEGER
    least, greatest = float(tally.values[0]), float(tally.values[-1])
    if whole and words & _POSTCODE_NAMES:
        return Semantic(kind="postcode", count=total)
    for kind, (named, low, high) in _RANGES.items():
        must_be_whole = kind == "year" or kind.startswith("epoch")
        if words & named and low <= least <= greatest <= high and (whole or not must_be_whole):
            return Semantic(kind=kind, count=total)
    if not whole:
        return None
    distinct = len(tally.values)
    counts_on = distinct == len(cells.data) > 1 and greatest - least == distinct - 1
    if words & _ID_NAMES or counts_on:
        return Semantic(kind="id", count=total)
    return Semantic(kind="flag", count=total) if tally.values.tolist() == [0, 1] else None
