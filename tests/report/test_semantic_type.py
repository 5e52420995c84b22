"""What values stand for is told where nine of ten agree."""

import pyarrow as pa
import pytest

from capstone_report.column_statistics import profile_column

TEN = 10


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("contact", ["ada@example.com", "bob@example.org"], "email"),
        ("link", ["https://example.com/a?b=c", "www.example.org"], "url"),
        ("host", ["10.0.0.1", "192.168.255.254", "::1", "2001:db8::8a2e:370:7334"], "ip"),
        ("host", ["10.0.0.256", "999.1.1.1"], "id"),
        ("call", ["+49 30 901820", "(555) 123-4567"], "phone"),
        ("key", ["123e4567-e89b-12d3-a456-426614174000"] * 2, "uuid"),
        ("land", ["DE", "FR", "IT", "ES", "DE"], "country code"),
        ("country", ["DE", "DE", "AT"], "country code"),
        ("size", ["NO", "NO", "IT"], "category"),
        ("currency", ["EUR", "USD", "EUR"], "currency code"),
        ("paid", ["$1,234.50", "$12", "$7.5"], "money"),
        ("paid", ["1.234,50 €", "12 €", "12 €"], "money"),
        ("growth", ["5.2%", "-1%", "12 %"], "percent"),
        ("place", ["52.5200, 13.4050", "48.8566, 2.3522"], "coordinates"),
        ("start", ["09:30", "17:45:10", "09:30"], "time of day"),
        ("file", ["/usr/lib/x.so", "docs/a.md", "docs/a.md"], "file path"),
        ("extra", ['{"a": 1}', "[1, 2]", "[1, 2]"], "json"),
        ("ok", ["yes", "no", "yes"], "flag"),
        ("zip", ["00501", "10115", "00501"], "postcode"),
        ("code", ["A-001", "A-002", "A-003"], "id"),
        ("kind", ["a", "b", "a"], "category"),
        (
            "note",
            [f"{i}: a sentence of more than thirty characters" for i in range(3)],
            "free text",
        ),
        ("lat", [52.52, 48.8566], "latitude"),
        ("lat", [52.52, 148.8566], None),
        ("lng", [13.405, -122.4], "longitude"),
        ("year", [1999, 2024], "year"),
        ("created", [1_700_000_000, 1_700_000_500], "epoch seconds"),
        ("price", [9.99, 12.5], "money"),
        ("row", [7, 8, 9], "id"),
        ("has", [0, 1, 1], "flag"),
        ("length", [1.5, 2.5], None),
        ("when", [True, False], None),
    ],
)
def test_kinds(name: str, values: list[object], kind: str | None) -> None:
    """By the look of the values, by their name, or by their figures."""
    found = profile_column(name, 1, pa.chunked_array([pa.array(values)])).semantic

    assert (found.kind if found else None) == kind


def test_a_tenth_may_be_something_else() -> None:
    """Nine of ten make a meaning, and are counted; eight do not."""
    links = [f"https://example.com/{i}" for i in range(TEN)]
    nine = profile_column("x", 1, pa.chunked_array([pa.array([*links[:9], "none"])])).semantic
    eight = profile_column("x", 1, pa.chunked_array([pa.array([*links[:8], "a", "b"])])).semantic

    assert nine is not None
    assert (nine.kind, nine.count) == ("url", 9)
    assert eight is None or eight.kind != "url"
