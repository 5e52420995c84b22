"""
Value looks: what a single text looks like, whatever column it stands in.

Knows how e-mail addresses, links, codes and the like are written; does not know
what follows from it (`semantic_type`, `personal_data`).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from capstone_report.arrays import Array, as_numpy, chosen
from capstone_report.code_lists import COUNTRIES_2, COUNTRIES_3, CURRENCIES

EMAIL = r"[\w.+-]+@[\w-]+(\.[\w-]+)+"
"""An e-mail address, anywhere in a text."""
_OCTET = r"(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_HEX = r"[0-9a-fA-F]{1,4}"
_AMOUNT = r"[0-9]{1,3}([., '][0-9]{3})*([.,][0-9]{1,2})?|[0-9]+([.,][0-9]{1,2})?"
_SIGN = r"([$€£¥₹]|[A-Z]{3}|R\$|US\$)"
_DEGREES = r"[-+]?[0-9]{1,3}\.[0-9]+"

# A pattern, and a text that no value can do without: most columns are done with after that.
_PATTERNS: dict[str, tuple[str, str]] = {
    "email": (rf"^\s*{EMAIL}\s*$", "@"),
    "url": (r"^\s*(?i:(https?|ftp)://|www\.)[^\s]+\s*$", "."),
    "ip": (rf"^{_OCTET}(\.{_OCTET}){{3}}$", "."),
    "ip v6": (rf"^({_HEX}:){{7}}{_HEX}$|^({_HEX}(:{_HEX})*)?::({_HEX}(:{_HEX})*)?$", ":"),
    "mac address": (r"^([0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$", ""),
    "uuid": (r"^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", "-"),
    "iban": (r"^[A-Z]{2}[0-9]{2}( ?[A-Z0-9]{4}){2,7}( ?[A-Z0-9]{1,3})?$", ""),
    "phone": (
        r"^\s*((\+|00)[0-9][0-9 ()/.-]{6,18}|\(?[0-9]{3}\)?[-. ][0-9]{3}[-. ][0-9]{4})\s*$",
        "",
    ),
    "social security number": (r"^[0-9]{3}-[0-9]{2}-[0-9]{4}$", "-"),
    "card number": (r"^[0-9]{4}([ -]?[0-9]{4}){2}[ -]?[0-9]{1,7}$", ""),
    "coordinates": (rf"^\s*\(?{_DEGREES}\s*[,; ]\s*{_DEGREES}\)?\s*$", "."),
    "money": (rf"^\s*-?({_SIGN} ?-?({_AMOUNT})|({_AMOUNT}) ?{_SIGN})\s*$", ""),
    "percent": (r"^\s*[-+]?[0-9]+([.,][0-9]+)?\s*%\s*$", "%"),
    "time of day": (
        r"^\s*([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?(\s?[apAP][mM])?$",
        ":",
    ),
    "file path": (
        r"^(/|\./|\.\./|[A-Za-z]:\\|~/)[^\s].*|^[\w.-]+(/[\w .-]+)+\.[A-Za-z0-9]{1,5}$",
        "",
    ),
    "json": (r"^\s*(\{.*\}|\[.*\])\s*$", ""),
}
_LISTS = {
    "country code": COUNTRIES_2 | COUNTRIES_3,
    "currency code": CURRENCIES,
}
_LONGEST_LISTED = 300
"""More different values than this are on none of the lists."""


def looks_of(texts: pa.StringArray) -> dict[str, Array]:
    """
    Say what texts look like.

    Args:
        texts: Different ones, at least one.

    Returns:
        For each look that at least one has, which have it. A text may have several.
    """
    found = {}
    for kind, (pattern, needed) in _PATTERNS.items():
        if needed and not pc.any(pc.match_substring(texts, needed)).as_py():
            continue
        matching = as_numpy(pc.match_substring_regex(texts, pattern))
        if matching.any():
            found[kind] = matching
    if len(texts) <= _LONGEST_LISTED:
        for kind, codes in _LISTS.items():
            listed = np.array([text in codes for text in texts.to_pylist()])
            if listed.any():
                found[kind] = listed
    for kind, is_sound in (("card number", _sums_to_ten), ("iban", _sums_to_97)):
        if kind in found:
            sound = found.pop(kind)
            sound[sound] = [is_sound(text) for text in chosen(texts, sound).to_pylist()]
            found |= {kind: sound} if sound.any() else {}
    if "ip v6" in found:
        others = found.pop("ip v6")
        found["ip"] = found.get("ip", np.zeros(len(texts), np.bool_)) | others
    return found


def _sums_to_ten(text: str) -> bool:
    """Check a card number by its last digit (Luhn; ISO/IEC 7812-1, annex B)."""
    digits = [int(each) for each in text if each.isdigit()]
    doubled = [sum(divmod(2 * each, 10)) for each in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 and any(digits)


def _sums_to_97(text: str) -> bool:
    """Check an account number by its second pair of digits (ISO 13616-1, 5: modulo 97)."""
    plain = text.replace(" ", "")
    return int("".join(str(int(each, 36)) for each in plain[4:] + plain[:4])) % 97 == 1
