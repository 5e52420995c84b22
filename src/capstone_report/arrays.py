"""
Arrays: from Arrow to numpy and back.

Knows how both lay out numbers; does not know what they mean. Arrow's own
conversions import pandas where it is installed, which takes half a second.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Array: TypeAlias = npt.NDArray[Any]
"""An array of one dimension."""

_NUMPY_TYPES = {
    pa.uint8(): np.uint8,
    pa.int32(): np.int32,
    pa.int64(): np.int64,
    pa.float64(): np.float64,
}


def as_numpy(values: pa.Array) -> Array:
    """Return numbers or truth values, any where one is missing, as an array that shares memory."""
    if pa.types.is_boolean(values.type):
        return as_numpy(pc.cast(values, pa.uint8())).view(np.bool_)
    kind = _NUMPY_TYPES[values.type]
    if not len(values):
        return np.zeros(0, kind)
    return np.frombuffer(values.buffers()[1], kind)[values.offset : values.offset + len(values)]


def filled(values: pa.Array) -> tuple[Array, Array | None]:
    """Return numbers, 0 where one is missing, and where none is; None if none is missing."""
    numbers = as_numpy(values)
    if not values.null_count:
        return numbers, None
    valid = as_numpy(values.is_valid())
    return np.where(valid, numbers, numbers.dtype.type(0)), valid


def as_arrow(numbers: Array) -> pa.Array:
    """Return whole numbers as an array of 64 bits."""
    whole = np.ascontiguousarray(numbers, np.int64)
    return pa.Array.from_buffers(pa.int64(), len(whole), [None, pa.py_buffer(whole)])


def chosen(values: pa.Array, where: Array) -> pa.Array:
    """Return those of *values* for which *where* is true."""
    return values.take(as_arrow(np.flatnonzero(where)))
