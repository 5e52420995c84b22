"""What seems to be personal is found by its look or its name, and masked."""

import pyarrow as pa
import pytest

from capstone_report.personal_data import masked, personal_kind


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("contact", ["ada@example.com", "bob@example.org"], "email"),
        ("e_mail", ["x"], "email"),
        ("customerEmail", ["x"], "email"),
        ("reach", ["+49 30 901820", "0049 (30) 90-18-21"], "phone"),
        ("First Name", ["Ada"], "name"),
        ("screen_name", ["ada"], "handle"),
        ("client_ip", ["n/a"], "ip"),
        ("name", ["chevrolet impala"], None),
        ("product", ["Kettle"], None),
        ("order", ["2024-0001"], None),
        ("mobile", [7, 9], None),
        ("mobile", [491711234567], "phone"),
        ("email_opened", [True, False], None),
        ("size", [1.5], None),
    ],
)
def test_kinds(name: str, values: list[object], expected: str | None) -> None:
    """Columns are judged by their name and by the look of their values."""
    assert personal_kind(name, pa.chunked_array([pa.array(values)])) == expected


def test_masked() -> None:
    """A personal cell is masked whole; in another one, addresses are."""
    assert masked("Ada", "name") == "[name]"
    assert masked("write to ada@example.com, please", None) == "write to [email], please"
    assert masked("plain", None) == "plain"
