"""
Digests of content.

Knows bytes and fields; does not know files (`capstone_build.storage` does).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NewType, TypeAlias, TypeVar

import xxhash

Digest = NewType("Digest", str)
"""`xxh3:` and 32 hexadecimal digits: the XXH3 hash of some content, 128 bits."""

JsonValue: TypeAlias = (
    "bool | int | float | str | list[JsonValue] | tuple[JsonValue, ...] | "
    "Mapping[str, JsonValue] | None"
)
"""What JSON and TOML can say: the type of parameters."""

_Text = TypeVar("_Text", bound=str)

PREFIX = "xxh3:"

EMPTY_FOLDER = Digest(PREFIX + xxhash.xxh3_128_hexdigest(b"an empty folder"))
"""Stands for a folder without any file; a folder with files is its files."""


class Hasher:
    """Digests content that comes in pieces."""

    __slots__ = ("_state",)

    def __init__(self) -> None:
        self._state = xxhash.xxh3_128()

    def update(self, piece: bytes | bytearray | memoryview) -> None:
        """Add the next *piece* of the content."""
        self._state.update(piece)

    def digest(self) -> Digest:
        """Return the digest of all pieces so far."""
        return Digest(PREFIX + self._state.hexdigest())


def digest_bytes(content: bytes) -> Digest:
    """Return the digest of *content*."""
    return Digest(PREFIX + xxhash.xxh3_128_hexdigest(content))


def digest_fields(*fields: str) -> Digest:
    """
    Return the digest of a sequence of texts.

    Each field is preceded by its length in bytes, so that no two sequences
    share an encoding: `("a", "bc")` and `("ab", "c")` differ.
    """
    encoded = [field.encode("utf-8", "surrogatepass") for field in fields]
    return digest_bytes(b"".join([b"%d:%b" % (len(each), each) for each in encoded]))


def executable(content: Digest) -> Digest:
    """Return the digest of a file that can be run, given that of its content."""
    return digest_fields("executable", content)


def digest_mapping(mapping: Mapping[_Text, Digest]) -> Digest:
    """Return the digest of a mapping; the order of its items does not count."""
    return digest_fields(*(text for item in sorted(mapping.items()) for text in item))


def digest_value(value: JsonValue) -> Digest:
    """
    Return the digest of a parameter's value.

    Types count: `1`, `1.0`, `True` and `"1"` have four digests. So does the
    order of a mapping, which a stage sees.
    """
    return digest_fields("json", spell_value(value))


def spell_value(value: JsonValue) -> str:
    """Return the one spelling of *value* as JSON: no spaces, plain ASCII."""
    return json.dumps(value, separators=(",", ":"))


def is_plain(value: object) -> bool:
    """Tell whether JSON can say *value* so that it arrives as it was: keys are text."""
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and is_plain(each) for key, each in value.items())
    if isinstance(value, list | tuple):
        return all(is_plain(each) for each in value)
    return value is None or isinstance(value, bool | int | float | str)
