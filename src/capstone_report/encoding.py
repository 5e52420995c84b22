"""
Encodings: which one the bytes of a file are text in.

Knows marks, valid sequences and what text looks like; does not know tables. What
is valid UTF-8 is that. Of older encodings the one of western Windows is taken,
unless the text would then look like none; the others are told by
charset-normalizer, whose word is a guess.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

UTF_8 = "utf-8"
BAD = "\udcff"
"""Stands in decoded text where bytes were no text; nothing else can give it."""
_MARKS = (  # the longer ones first: that of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN, _ANY_BYTE = "cp1252", "latin-1"
_SAMPLE = 1 << 16
_PLAUSIBLE = 0.9
_ODD_BESIDE_LETTERS = re.compile(
    "[\u00a1-\u00a6\u00a8-\u00a9\u00ac\u00ae-\u00b6\u00b8-\u00bf\u201a\u201e\u2020\u2021\u0192"
    "\u02c6\u02dc\u2030\u2039\u203a\u0160\u0161\u017d\u017e](?=[a-z])|(?<=[a-z])[\u00a1-\u00a6"
    "\u00a8\u00a9\u00ac\u00ae-\u00b1\u00b3-\u00b6\u00b8\u00b9\u00bc-\u00bf\u201a\u201e\u0192\u02c6\u02dc"
    "\u2030\u2039\u203a\u017d]"
)
_RUN = re.compile("[\u0080-\u00ff\u0152-\u017e\u0192\u02c6\u02dc\u2013-\u2122]{4,}")


def _mark_bad(error: UnicodeError) -> tuple[str, int]:
    return BAD, error.end if isinstance(error, UnicodeDecodeError) else 0


codecs.register_error("capstone.bad", _mark_bad)


def encoding_of_head(head: bytes) -> str | None:
    """
    Return the encoding that the first bytes of a file tell; None if they are no UTF-8.

    Args:
        head: Its first bytes; the last character may be cut.
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if (wide := _wide(head)) is not None:
        return wide
    try:
        codecs.getincrementaldecoder(UTF_8)().decode(head)
    except UnicodeDecodeError:
        return None
    return UTF_8


def encoding_of_all(pieces: Iterable[bytes]) -> str:
    """
    Return the encoding of a file that is not all UTF-8: that, with faults, or an older one.

    Args:
        pieces: All of its bytes, in order.
    """
    good = bad = 0
    decoder = codecs.getincrementaldecoder(UTF_8)("capstone.bad")
    sample: list[bytes] = []
    size = 0
    for piece in pieces:
        text = decoder.decode(piece)
        bad += (faults := text.count(BAD))
        good += len(text) - faults - len(text.encode("ascii", "ignore"))
        if size < _SAMPLE and not piece.isascii():
            lines = [line for line in piece.split(b"\n") if not line.isascii()]
            sample.append(b"\n".join(lines)[: _SAMPLE - size])
            size += len(sample[-1])
    return UTF_8 if good >= bad else _older(b"\n".join(sample))


def _wide(head: bytes) -> str | None:
    """Return the encoding of two bytes for each character that *head* seems to be in."""
    pairs = len(head) // 2
    if not pairs:
        return None
    for zeros, name in ((head[1::2], "utf-16-le"), (head[0::2], "utf-16-be")):
        others = head.count(0) - zeros.count(0)
        if 2 * zeros.count(0) >= pairs and not others:
            return name
    return None


def _older(sample: bytes) -> str:
    """Return the encoding that a text with bytes that are no UTF-8 seems to be in."""
    try:
        text = sample.decode(_WESTERN)
    except UnicodeDecodeError:
        # Five bytes mean nothing there: it is another one, or controls of ISO 8859-1.
        return _guessed(sample) or _ANY_BYTE
    high = sum(1 for each in text if not each.isascii())
    odd = len(_ODD_BESIDE_LETTERS.findall(text))
    odd += sum(len(run) for run in _RUN.findall(text))
    if odd <= (1 - _PLAUSIBLE) * high or high < 3:
        return _WESTERN
    return _guessed(sample) or _WESTERN


def _guessed(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_exclusion=["utf_7"]).best()
    return None if best is None else best.encoding.replace("_", "-")
