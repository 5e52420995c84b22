"""
Text statistics: the different texts of a column in, their figures out.

Knows characters; does not know what the texts mean. Each different text is looked
at once and weighs as many rows as it stands in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from capstone_report.arrays import Array, as_arrow, as_numpy, chosen
from capstone_report.column_figure import Characters, TopValue
from capstone_report.moments import rounded
from capstone_report.value_look import EMAIL

VALUE_LENGTH = 80
"""How many characters of a value are shown."""
NEARLY = 0.8
"""The share of values from which on the others are misfits."""
_NUMBER = r"^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"
_YEAR_FIRST = r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}"
_YEAR_LAST = r"[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ][0-9]{2,4}"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_NAMED = rf"[0-9]{{1,2}}[-/. ]{_MONTH}[-/., ]+[0-9]{{2,4}}|{_MONTH} [0-9]{{1,2}},? [0-9]{{4}}"
_CLOCK = r"[T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?( ?[ap]m)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
_DATE = rf"(?i)^\s*({_YEAR_FIRST}|{_YEAR_LAST}|{_NAMED})({_CLOCK})?\s*$"
_PADDED = r"^\s|\s$|^\p{Z}|\p{Z}$"
_MOST_VARIANTS = 100_000
_SHAPE_LENGTH = 40
_SHAPES_SHOWN = 5
_MISFITS_SHOWN = 3
_BLOCK = 1 << 20
_CLASSES = ("upper", "lower", "digits", "spaces", "marks")


def text_facts(texts: pa.StringArray, counts: Array, personal: str | None) -> dict[str, Any]:
    """
    Describe texts.

    Args:
        texts: The different ones, at least one.
        counts: In how many rows each stands.
        personal: What kind of personal data they are; None if none.
    """
    lengths = as_numpy(pc.utf8_length(texts)).astype(np.int64)
    numeric = _matching(texts, _NUMBER)
    dated = _matching(texts, _DATE) & ~numeric
    total = int(counts.sum())
    facts: dict[str, Any] = {
        "min_length": int(lengths.min()),
        "mean_length": rounded(int((lengths * counts).sum()) / total),
        "median_length": _weighted_median(lengths, counts),
        "max_length": int(lengths.max()),
        "numeric": int(counts[numeric].sum()),
        "dated": int(counts[dated].sum()),
        "padded": int(counts[_matching(texts, _PADDED)].sum()),
        "addresses": int(counts[_with_address(texts)].sum()),
        "variants": _variants(texts),
        "characters": _characters(texts, counts),
    }
    if personal:
        return facts
    if facts["max_length"] <= _SHAPE_LENGTH:
        facts["shapes"] = _shapes(texts, counts)
    for fitting in (numeric, dated):
        if NEARLY <= counts[fitting].sum() / total < 1:
            others = chosen(texts, ~fitting)
            facts["misfits"] = most_frequent(others, counts[~fitting], _MISFITS_SHOWN)
    return facts


def most_frequent(values: pa.Array, counts: Array, most: int) -> tuple[TopValue, ...]:
    """Pick the most frequent of different texts; among equally frequent ones, the least."""
    if len(counts) > most:  # most of them stand too rarely to be looked at
        least = np.partition(counts, len(counts) - most)[len(counts) - most]
        values, counts = chosen(values, counts >= least), counts[counts >= least]
    table = pa.table({"value": values, "count": as_arrow(counts)})
    keys = [("count", "descending"), ("value", "ascending")]
    rows = table.take(pc.sort_indices(table, keys)[:most]).to_pylist()
    return tuple(TopValue(value=row["value"][:VALUE_LENGTH], count=row["count"]) for row in rows)


def _matching(texts: pa.StringArray, pattern: str) -> Array:
    return as_numpy(pc.match_substring_regex(texts, pattern))


def _with_address(texts: pa.StringArray) -> Array:
    """Say which texts hold an e-mail address; most columns hold no `@` at all."""
    some = as_numpy(pc.match_substring(texts, "@"))
    if some.any():
        some[some] = _matching(chosen(texts, some), EMAIL)
    return some


def _weighted_median(lengths: Array, counts: Array) -> float:
    """Return the length in the middle of all rows."""
    rows = np.cumsum(np.bincount(lengths, weights=counts).astype(np.int64))
    total = int(rows[-1])
    low, high = np.searchsorted(rows, [(total + 1) // 2, total // 2 + 1])
    return float(low + high) / 2


def _variants(texts: pa.StringArray) -> int | None:
    """Count texts that equal another one but for case and white space."""
    if len(texts) > _MOST_VARIANTS:
        return None
    plain = pc.replace_substring_regex(pc.utf8_trim_whitespace(texts), r"\s+", " ")
    groups = as_numpy(pc.value_counts(pc.utf8_lower(plain)).field("counts"))
    return int(groups[groups > 1].sum())


def _characters(texts: pa.StringArray, counts: Array) -> Characters:
    """Count the characters of each class over all rows."""
    found = dict.fromkeys((*_CLASSES, "beyond_ascii"), 0)
    ascii_only = as_numpy(pc.string_is_ascii(texts))
    raw, ends = _bytes_of(texts)
    each_once = bool((counts == 1).all())
    for start, end, block in _blocks(raw, ends):
        classes = _CLASS_OF_BYTE[block]
        if each_once:
            sums = [int(np.count_nonzero(classes == k)) for k in range(len(_CLASSES))]
        else:
            weights = np.repeat(counts[start:end], np.diff(ends[start : end + 1]))
            sums = np.bincount(classes, weights=weights, minlength=len(_CLASSES)).tolist()
        for name, total in zip(_CLASSES, sums, strict=False):
            found[name] += int(total)
    if not ascii_only.all():
        others = chosen(texts, ~ascii_only)
        for name, count in _beyond_ascii(others, counts[~ascii_only]).items():
            found[name] += count
    return Characters(**found)


def _beyond_ascii(texts: pa.StringArray, counts: Array) -> dict[str, int]:
    """Count characters that are not ASCII, by class."""
    found = dict.fromkeys((*_CLASSES, "beyond_ascii"), 0)
    for start in range(0, len(texts), _BLOCK // 16):
        part = texts[start : start + _BLOCK // 16]
        lengths = as_numpy(pc.utf8_length(part)).astype(np.int64)
        joined = "".join(part.to_pylist()).encode("utf-32-le", "surrogatepass")
        points = np.frombuffer(joined, np.uint32)
        weights = np.repeat(counts[start : start + _BLOCK // 16], lengths)
        beyond = points >= 128
        different, places = np.unique(points[beyond], return_inverse=True)
        sums = np.bincount(places, weights=weights[beyond], minlength=len(different))
        for point, count in zip(different.tolist(), sums.astype(np.int64).tolist(), strict=True):
            found[_class_of(chr(point))] += count
            found["beyond_ascii"] += count
    return found


def _class_of(character: str) -> str:
    if character.isupper():
        return "upper"
    if character.isalpha():
        return "lower"
    if character.isdecimal():
        return "digits"
    return "spaces" if character.isspace() else "marks"


_CLASS_OF_BYTE = np.array(
    [_CLASSES.index(_class_of(chr(b))) if b < 128 else len(_CLASSES) for b in range(256)],
    np.uint8,
)
"""For each byte, the place of its class; one more for what is no character of ASCII."""
_SHAPE_BYTES = bytes(
    {"upper": ord("A"), "lower": ord("a"), "digits": ord("9")}.get(_class_of(chr(b)), b)
    if b < 128
    else b
    for b in range(256)
)


def _shapes(texts: pa.StringArray, counts: Array) -> tuple[TopValue, ...]:
    """Count the shapes of texts."""
    raw, ends = _bytes_of(texts)
    drawn = raw.tobytes().translate(_SHAPE_BYTES)
    offsets = pa.py_buffer(ends.astype(np.int32))
    shapes = pa.StringArray.from_buffers(len(texts), offsets, pa.py_buffer(drawn))
    if not pc.all(pc.string_is_ascii(texts)).as_py():
        # The second leaves out "A", which stands for upper-case letters by then.
        for pattern, sign in ((r"\p{Lu}", "A"), (r"[^\P{L}A]", "a"), (r"\p{Nd}", "9")):
            shapes = pc.replace_substring_regex(shapes, pattern, sign)
    encoded = shapes.dictionary_encode()
    sums = np.bincount(as_numpy(encoded.indices), weights=counts).astype(np.int64)
    return most_frequent(encoded.dictionary, sums, _SHAPES_SHOWN)


def _bytes_of(texts: pa.StringArray) -> tuple[Array, Array]:
    """Return the bytes of all texts one after the other, and where each begins and ends."""
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    ends = ends.astype(np.int64)
    raw = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return raw[ends[0] : ends[-1]], ends - ends[0]


def _blocks(raw: Array, ends: Array) -> Iterator[tuple[int, int, Array]]:
    """Yield texts in blocks of about a million bytes: first and last text, and the bytes."""
    start = 0
    while start < len(ends) - 1:
        end = int(np.searchsorted(ends, ends[start] + _BLOCK, "left"))
        end = min(max(end, start + 1), len(ends) - 1)
        yield start, end, raw[ends[start] : ends[end]]
        start = end
