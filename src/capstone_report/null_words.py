"""
Null words: what people write where there is no value.

Knows words; does not know files. `NULL` and `N/A` mean the same everywhere. A
dash or `None` may be a value, and `NA` may be Naples: they are missing values
only where everything else in their column says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from capstone_report.arrow_values import FALSE, NO_TEXT, repeated, text_array

ALWAYS = ("NULL", "null", "Null", "(null)", "\\N", "<NA>", "N/A", "n/a", "#N/A")
"""Missing in a column of any type."""
AMBIGUOUS = "NA"
"""Missing, unless it stands among codes of its kind."""
AMONG_VALUES = (
    *(*ALWAYS, AMBIGUOUS, "na", "N.A.", "n.a.", "#NA", "NaN", "nan", "NAN", "None", "none", "nil"),
    *("-", "--", "---", "\u2013", "\u2014", ".", "..", "...", "?", "missing", "Missing"),
)
"""Missing in a column whose other values are all numbers, dates or yes and no."""

_CODE = re.compile(r"[A-Z]{1,3}")
_ZERO = repeated(0, 1)[0]
_NONE = text_array([])
_ALWAYS = text_array(ALWAYS)
_AMONG_VALUES = text_array(AMONG_VALUES)


def is_code_among(words: Iterable[str]) -> bool:
    """Tell whether `NA` is a code as *words* are: at least half are one to three capitals."""
    others = [each for each in words if each != AMBIGUOUS]
    codes = sum(1 for each in others if _CODE.fullmatch(each))
    return bool(others) and 2 * codes >= len(others)


def without_words_among_values(cells: pa.Array, *, listed: bool) -> tuple[pa.Array, Counter[str]]:
    """
    Trim cells, and make those missing that are blank or a null word; count the words.

    Args:
        cells: Text.
        listed: Whether the null words were listed by the user, and are null already.
    """
    trimmed = pc.utf8_trim_whitespace(cells)
    words = pc.is_in(trimmed, _NONE if listed else _AMONG_VALUES)
    return _without(trimmed, words, pc.equal(pc.binary_length(trimmed), _ZERO))


def without_words(cells: pa.Array, *, ambiguous: bool) -> tuple[pa.Array, Counter[str]]:
    """
    Make text cells missing that are a null word; count the words.

    Args:
        cells: Text, as it stands.
        ambiguous: Whether `NA` is one.
    """
    words = text_array([*ALWAYS, AMBIGUOUS]) if ambiguous else _ALWAYS
    return _without(cells, pc.is_in(cells, words), None)


def without_blanks(cells: pa.Array) -> pa.Array:
    """Make cells of nothing but spaces, tabs and line ends missing."""
    blank = pc.ascii_is_space(cells)
    if not pc.any(blank).as_py():
        return cells
    return pc.if_else(pc.fill_null(blank, FALSE), NO_TEXT, cells)


def _without(
    cells: pa.Array, words: pa.Array, blank: pa.Array | None
) -> tuple[pa.Array, Counter[str]]:
    counts: Counter[str] = Counter()
    if pc.any(words).as_py():
        for each in pc.value_counts(pc.filter(cells, words)).to_pylist():
            counts[each["values"]] = each["counts"]
    missing = words if blank is None else pc.or_(words, pc.fill_null(blank, FALSE))
    if not pc.any(missing).as_py():
        return cells, counts
    return pc.if_else(missing, NO_TEXT, cells), counts
