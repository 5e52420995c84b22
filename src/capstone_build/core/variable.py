"""
Variables and parameters: how a value counts, and which values must not be kept.

Knows names and values; does not know the environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from capstone_build.core.digest import Digest, JsonValue, digest_fields

SECRET_PIECES = ("key", "secret", "token", "pass", "pwd", "credential", "auth", "cookie", "dsn")
"""One of these, in small letters, is in every name of a key."""

_SECRET = re.compile(
    r"(^|_)(api_?key|key|keys|secret|secrets|token|tokens|password|passwd|pwd|passphrase"
    r"|credential|credentials|auth|cookie|dsn)(_|$)",
    re.IGNORECASE,
)


def digest_variable(value: str | None) -> Digest:
    """Return the digest of an environment variable's value; None where it is not set."""
    return digest_fields("unset") if value is None else digest_fields("set", value)


def is_secret(name: str) -> bool:
    """
    Tell whether a variable of this *name* holds a key, as far as the name says.

    What the code is merely seen to read is not to be remembered then, not even
    as a digest; a declaration says that the value counts all the same.
    """
    return _SECRET.search(name) is not None


def without_secrets(value: JsonValue) -> JsonValue:
    """Return *value* with `...` for what has, anywhere in it, the name of a key."""
    if isinstance(value, Mapping):
        return {
            name: "..." if is_secret(name) else without_secrets(each)
            for name, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [without_secrets(each) for each in value]
    return value


def secrets_in(value: JsonValue, name: str = "") -> Iterator[str]:
    """Yield the texts in *value*, of a parameter called *name*, that are keys by their names."""
    match value:
        case Mapping():
            for key, each in value.items():
                yield from secrets_in(each, key if is_secret(key) else name)
        case list() | tuple():
            for each in value:
                yield from secrets_in(each, name)
        case str() if value and is_secret(name):
            yield value
