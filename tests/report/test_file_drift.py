"""A file whose values are unlike those of the others stands out, and ordinary change does not."""

from tests.report.conftest import Load

from capstone_report.alert import AlertKind
from capstone_report.profiling import profile_table

KINDS = {AlertKind.SHIFT, AlertKind.MISSING_SHIFT}


def shifts(load: Load, files: dict[str, list[str]]) -> list[tuple[AlertKind, str | None, str]]:
    """Return what is said of differences between files of one column and a number."""
    texts = {
        f"{name}.csv": "n,x\n" + "".join(f"{i % 7},{value}\n" for i, value in enumerate(values))
        for name, values in files.items()
    }
    alerts = profile_table(load(texts)).alerts
    return [(each.kind, each.column, each.text) for each in alerts if each.kind in KINDS]


def test_another_mix(load: Load) -> None:
    """A file in which other values are frequent is named, with the share of one of them."""
    files = {name: ["web", "web", "shop"] * 30 for name in "abd"}
    found = shifts(load, files | {"c": ["fax", "web", "fax"] * 30})

    assert [(kind, column) for kind, column, _ in found] == [(AlertKind.SHIFT, "x")]
    assert "data/c.csv: 'fax' is 66.7 % of it there and 0 % in the other files" in found[0][2]


def test_a_column_that_names_the_file(load: Load) -> None:
    """A column with a value of its own in each file is no drift."""
    assert shifts(load, {name: [name] * 40 for name in "abcd"}) == []


def test_missing_in_one_file(load: Load) -> None:
    """A column that one file leaves empty is named with that file."""
    files = {name: ["u", "v"] * 20 for name in "abd"}
    found = shifts(load, files | {"c": ["u"] * 10 + [""] * 30})

    assert (AlertKind.MISSING_SHIFT, "x") in [(kind, column) for kind, column, _ in found]
    assert any("75 % of the rows of data/c.csv, and in 0 %" in text for _, _, text in found)


def test_two_files(load: Load) -> None:
    """Of two files that differ, the difference is told once."""
    found = shifts(load, {"a": ["u"] * 40, "b": ["v"] * 40})

    assert len(found) == 1


def test_alike(load: Load) -> None:
    """Files alike give nothing, and neither do files of few rows."""
    assert shifts(load, {name: ["u", "v", "w"] * 20 for name in "abc"}) == []
    assert shifts(load, {"a": ["u"] * 40, "b": ["u"] * 40, "c": ["v"] * 3}) == []
