"""
Personal data: which columns seem to hold it, and how it is kept out of sight.

Knows what in the look of values and in the names of columns points to people;
does not know whose data it is. A guess: it errs towards masking.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from capstone_report.arrays import Array
from capstone_report.cells import Cells
from capstone_report.column_name import words_of
from capstone_report.column_type import ColumnType
from capstone_report.value_look import EMAIL

_BY_LOOK = {
    "email": "email",
    "phone": "phone",
    "ip": "ip",
    "iban": "iban",
    "mac address": "mac address",
    "card number": "card number",
    "social security number": "identity number",
}
_SHARE = 0.2
"""The share of different values from which on the look of them makes a column personal."""
_LONG_NUMBER = 1_000_000
_BY_NAME = {
    "email": {"email", "mail"},
    "ip": {"ip", "ipaddress"},
    "phone": {"phone", "telephone", "mobile", "tel", "fax", "telefon", "telefono", "handy"},
    "name": {
        *("firstname", "lastname", "surname", "fullname", "forename", "customername", "owner"),
        *("vorname", "nachname", "cognome", "apellido", "apellidos", "prenom", "gestore"),
    },
    "handle": {"username", "screenname", "handle", "login"},
    "address": {"address", "street", "adresse", "strasse", "indirizzo", "direccion"},
    "birth date": {"birthdate", "dob", "birthday", "dateofbirth", "geburtsdatum"},
    "identity number": {"ssn", "passport", "iban", "taxid", "nationalid", "codicefiscale", "dni"},
}
_IN_TEXT = re.compile(EMAIL)


def personal_kind(name: str, cells: Cells, looks: Mapping[str, Array]) -> str | None:
    """
    Guess what kind of personal data a column holds; None if none.

    Args:
        name: The column's name.
        cells: Its values.
        looks: What its different values look like, if they are texts.
    """
    if not _may_be_personal(cells):
        return None
    if kind := _kind_by_name(name):
        return kind
    for look, kind in _BY_LOOK.items():
        if look in looks and looks[look].mean() >= _SHARE:
            return kind
    return None


def masked(text: str, kind: str | None) -> str:
    """Return *text* as it may be shown: all of it masked, or the addresses in it."""
    return f"[{kind}]" if kind else _IN_TEXT.sub("[email]", text)


def _may_be_personal(cells: Cells) -> bool:
    """Leave out what cannot be: an integer is a phone number, say, only if it is long."""
    if cells.kind is ColumnType.INTEGER:
        present = cells.present()
        return bool(len(present)) and int(present.min()) >= _LONG_NUMBER
    return cells.kind in {ColumnType.TEXT, ColumnType.DATE}


def _kind_by_name(name: str) -> str | None:
    words = words_of(name)
    return next((kind for kind, telling in _BY_NAME.items() if telling & words), None)
