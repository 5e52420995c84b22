"""
Personal data: which columns seem to hold it, and how it is kept out of sight.

Knows the look of values and the words in names of columns; does not know
whose data it is. A guess: it errs towards masking.
"""

from __future__ import annotations

import re
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

_EMAIL = r"[\w.+-]+@[\w-]+(\.[\w-]+)+"
_BY_VALUE = {
    "email": rf"^\s*{_EMAIL}\s*$",
    "phone": r"^\s*(\+|00)[0-9][0-9 ()/.-]{6,18}$",
    "ip": r"^[0-9]{1,3}(\.[0-9]{1,3}){3}$",
    "iban": r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$",
}
_SHARE = 0.2
"""The share of values from which on the look of them makes a column personal."""
_LONG_NUMBER = 1_000_000
_BY_NAME = {
    "email": {"email", "mail"},
    "ip": {"ip", "ipaddress"},
    "phone": {"phone", "telephone", "mobile", "tel", "fax"},
    "name": {"firstname", "lastname", "surname", "fullname", "forename", "customername", "owner"},
    "handle": {"username", "screenname", "handle", "login"},
    "address": {"address", "street"},
    "birth date": {"birthdate", "dob", "birthday", "dateofbirth"},
    "identity number": {"ssn", "passport", "iban", "taxid", "nationalid"},
}
_IN_TEXT = re.compile(_EMAIL)


def personal_kind(name: str, values: pa.ChunkedArray) -> str | None:
    """
    Guess what kind of personal data a column holds; None if none.

    Args:
        name: The column's name.
        values: Its values, of a type that a table is loaded with.
    """
    if not _may_be_personal(values):
        return None
    if (kind := _kind_by_name(name)) or not pa.types.is_string(values.type):
        return kind
    distinct = pc.unique(values).drop_null()
    for kind, pattern in _BY_VALUE.items():
        matching = pc.sum(pc.match_substring_regex(distinct, pattern)).as_py() or 0
        if matching and matching >= _SHARE * len(distinct):
            return kind
    return None


def masked(text: str, kind: str | None) -> str:
    """Return *text* as it may be shown: all of it masked, or the addresses in it."""
    return f"[{kind}]" if kind else _IN_TEXT.sub("[email]", text)


def _may_be_personal(values: pa.ChunkedArray) -> bool:
    """Leave out what cannot be: an integer is a phone number, say, only if it is long."""
    if pa.types.is_integer(values.type):
        return bool((pc.min(values).as_py() or 0) >= _LONG_NUMBER)
    return bool(pa.types.is_string(values.type) or pa.types.is_date(values.type))


def _kind_by_name(name: str) -> str | None:
    """Look for a telling word in the name, its parts, or two parts of it that stand together."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    parts = [part for part in re.split(r"[^a-z0-9]+", spaced.lower()) if part]
    words = {*parts, *(a + b for a, b in pairwise(parts)), "".join(parts)}
    return next((kind for kind, telling in _BY_NAME.items() if telling & words), None)
