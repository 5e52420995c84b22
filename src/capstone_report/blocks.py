"""
Blocks: a file as pieces of UTF-8 that each hold whole records.

Knows packed files, encodings, and where a record may end; does not know what is
in the fields. However large a file is, a few blocks of it are in memory.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from capstone_report.encoding import UTF_8
from capstone_report.errors import TableError
from capstone_report.layout import Compression, CsvFile, Layout
from capstone_report.records import is_sound, records_of

BLOCK_SIZE = 4 << 20
"""How many bytes are read at a time."""
_LARGEST = 1 << 28
_MAGIC = {
    b"\x1f\x8b": Compression.GZIP,
    b"\x28\xb5\x2f\xfd": Compression.ZSTD,
    b"BZh": Compression.BZ2,
}
_UTF_8 = {"utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """
    A piece of a file that holds whole records.

    Attributes:
        data: UTF-8, but for bytes that are no text.
        line: The line on which it begins, counted from 1.
        is_last: Whether the file ends with it.
    """

    data: bytes
    line: int
    is_last: bool


def compression_of(path: Path) -> Compression:
    """Return how the file at *path* is packed."""
    with path.open("rb") as file:
        head = file.read(4)
    return next(
        (kind for magic, kind in _MAGIC.items() if head.startswith(magic)), Compression.NONE
    )


def pieces_of(file: CsvFile, size: int = BLOCK_SIZE) -> Iterator[bytes]:
    """
    Yield the bytes of *file*, unpacked.

    Raises:
        TableError: It is packed, and damaged.
    """
    packed = None if file.compression is Compression.NONE else file.compression.value
    try:
        with pa.input_stream(str(file.path), compression=packed) as stream:
            while piece := stream.read(size):
                yield piece
    except OSError as error:
        if packed is None:
            raise
        raise TableError(
            f"{file.name} cannot be unpacked: {error}",
            facts={"file": file.name, "line": "unknown", "packed by": packed},
            hint="It may be cut off; fetch it again.",
        ) from None


def text_of(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the text of *pieces* as UTF-8, without a mark; bad bytes of UTF-8 stay in."""
    if codecs.lookup(encoding).name in {codecs.lookup(each).name for each in _UTF_8}:
        yield from _without_mark(pieces)
        return
    decoder = codecs.getincrementaldecoder(encoding)("capstone.bad")
    texts = (decoder.decode(piece) for piece in pieces)
    yield from _without_mark(text.encode(UTF_8, "surrogatepass") for text in texts)
    yield decoder.decode(b"", final=True).encode(UTF_8, "surrogatepass")


def blocks_of(file: CsvFile, layout: Layout, size: int = BLOCK_SIZE) -> Iterator[Block]:
    """Yield the rows of *file*, from the first below the header."""
    start, line = layout.start
    held = b""
    pending: Block | None = None
    for piece in text_of(pieces_of(file, size), layout.encoding):
        if start:
            start, piece = max(0, start - len(piece)), piece[start:]  # noqa: PLW2901 (the rest of it)
        if layout.newline == "\r":
            piece = piece.replace(b"\r", b"\n")  # noqa: PLW2901 (with ends that all readers know)
        held = held + piece if held else piece
        cut = _end_of_records(held, layout)
        if not cut and len(held) > _LARGEST:
            raise TableError(
                f"a row of {file.name} is longer than {_LARGEST >> 20} MB",
                facts={"file": file.name, "line": str(line)},
                hint="Look for a quote that is never closed, or for line ends of another kind.",
            )
        if cut:
            if pending is not None:
                yield pending
            pending = Block(data=held[:cut], line=line, is_last=False)
            line += count_line_ends(pending.data)
            held = held[cut:]
    if pending is not None and not held:
        yield Block(data=pending.data, line=pending.line, is_last=True)
    elif pending is not None and len(held) < size // 8:  # a footer is looked for in the last one
        yield Block(data=pending.data + held, line=pending.line, is_last=True)
    else:
        if pending is not None:
            yield pending
        yield Block(data=held, line=line, is_last=True)


def count_line_ends(data: bytes) -> int:
    r"""Count the ends of lines: `\\n`, `\\r\\n` and `\\r`."""
    ends = data.count(b"\n")
    returns = data.count(b"\r")
    return ends + (returns - data.count(b"\r\n") if returns else 0)


def decoded(data: bytes) -> str:
    """Return the text of a block, `BAD` where its bytes are none."""
    try:
        return data.decode(UTF_8)
    except UnicodeDecodeError:
        return data.decode(UTF_8, "capstone.bad")


def _without_mark(pieces: Iterable[bytes]) -> Iterator[bytes]:
    is_first = True
    for piece in pieces:
        yield piece.removeprefix(codecs.BOM_UTF8) if is_first else piece
        is_first = is_first and not piece


def _end_of_records(data: bytes, layout: Layout) -> int:
    """Return how many bytes of *data* are whole records; all that follows may be a part of one."""
    end = data.rfind(b"\n") + 1
    quote = layout.marks.quote.encode()
    if not quote or quote not in data:
        return end
    if layout.marks.escape or _has_quotes_inside(data, layout):
        return _end_by_reading(data, layout)
    # Each quote opens, closes, or is one of two: a line ends a record after an even number.
    before = data.count(quote, 0, end)
    while end and before % 2:
        last = data.rfind(quote, 0, end)
        end = data.rfind(b"\n", 0, last) + 1
        before = data.count(quote, 0, end) if end else 0
    return end


def _has_quotes_inside(data: bytes, layout: Layout) -> bool:
    """Tell whether some quote may be a part of an unquoted cell: inches, say."""
    quote, delimiter = re.escape(layout.marks.quote), re.escape(layout.marks.delimiter)
    beside = f"[^{quote}{delimiter}\r\n]".encode()
    return re.search(beside + quote.encode() + beside, data) is not None


def _end_by_reading(data: bytes, layout: Layout) -> int:
    """Find the end of the last whole record as a reader of records does."""
    lines = data.splitlines(keepends=True)
    if lines and not lines[-1].endswith(b"\n"):
        lines.pop()
    texts = [decoded(line) for line in lines]
    previous = end = 0
    for count, _ in records_of(texts, layout.marks):
        previous, end = end, count
    # Only the last record may be cut. It is held back unless it is whole beyond doubt.
    if not is_sound(texts[previous:end], layout.marks):
        end = previous
    return sum(map(len, lines[:end]))
