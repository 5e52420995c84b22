"""What seems to be personal is found by its look or its name, and masked."""

import pyarrow as pa
import pytest

from capstone_report.cells import cells_of
from capstone_report.column_type import ColumnType
from capstone_report.personal_data import masked, personal_kind
from capstone_report.value_look import looks_of


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("contact", ["ada@example.com", "bob@example.org"], "email"),
        ("e_mail", ["x"], "email"),
        ("customerEmail", ["x"], "email"),
        ("reach", ["+49 30 901820", "0049 (30) 90-18-21"], "phone"),
        ("reach", ["(555) 123-4567", "555-123-4568"], "phone"),
        ("First Name", ["Ada"], "name"),
        ("screen_name", ["ada"], "handle"),
        ("client_ip", ["n/a"], "ip"),
        ("paid", ["4111 1111 1111 1111"], "card number"),
        ("paid", ["4111 1111 1111 1112"], None),
        ("account", ["DE89 3704 0044 0532 0130 00"], "iban"),
        ("account", ["DE88 3704 0044 0532 0130 00"], None),
        ("name", ["chevrolet impala"], None),
        ("product", ["Kettle"], None),
        ("order", ["2024-0001"], None),
        ("at", ["12:30:45", "23:59:59"], None),
        ("mobile", [7, 9], None),
        ("mobile", [491711234567], "phone"),
        ("email_opened", [True, False], None),
        ("size", [1.5], None),
    ],
)
def test_kinds(name: str, values: list[object], expected: str | None) -> None:
    """Columns are judged by their name and by the look of their values."""
    cells = cells_of(pa.chunked_array([pa.array(values)]))
    looks = looks_of(cells.texts) if cells.kind is ColumnType.TEXT else {}

    assert personal_kind(name, cells, looks) == expected


def test_masked() -> None:
    """A personal cell is masked whole; in another one, addresses are."""
    assert masked("Ada", "name") == "[name]"
    assert masked("write to ada@example.com, please", None) == "write to [email], please"
    assert masked("plain", None) == "plain"
