"""
Arrow values: a few words and numbers as Arrow has them.

`pyarrow.array` and `pyarrow.scalar` ask for pandas where that is installed,
which takes longer to import than a table takes to load. What is made here does
not.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import accumulate

import pyarrow as pa
import pyarrow.compute as pc


def text_array(words: Sequence[str]) -> pa.Array:
    """Return *words* as an array of text."""
    encoded = [each.encode() for each in words]
    ends = [0, *accumulate(map(len, encoded))]
    offsets = pa.py_buffer(struct.pack(f"={len(ends)}i", *ends))
    return pa.StringArray.from_buffers(len(words), offsets, pa.py_buffer(b"".join(encoded)))


def text_scalar(word: str) -> pa.Scalar:
    """Return *word* as a scalar."""
    return text_array([word])[0]


def repeated(number: int, times: int) -> pa.Array:
    """Return an array of 32-bit integers that is *number* throughout."""
    values = pa.py_buffer(struct.pack("=i", number) * times)
    return pa.Array.from_buffers(pa.int32(), times, [None, values])


NO_TEXT = pa.nulls(1, pa.string())[0]
"""A cell that is missing."""
FALSE = pc.is_valid(pa.nulls(1))[0]
