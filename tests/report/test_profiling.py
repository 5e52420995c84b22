"""A profile says of a table what is in it, exactly, and the same each time."""

import json
import math
import statistics
from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.conftest import Load

from capstone_report.alert import Alert, AlertKind, Severity
from capstone_report.alert_rules import in_turns
from capstone_report.column_profile import (
    BooleanColumn,
    DateColumn,
    EmptyColumn,
    NumberColumn,
    TextColumn,
)
from capstone_report.column_statistics import profile_column
from capstone_report.profile import Profile
from capstone_report.profile_page import profile_page
from capstone_report.profiling import profile_table

NUMBERS = st.lists(st.integers(-(10**6), 10**6) | st.none(), min_size=1, max_size=40)


def column(values: list[object], arrow_type: pa.DataType) -> pa.ChunkedArray:
    """Return values as a column."""
    return pa.chunked_array([pa.array(values, arrow_type)])


@given(NUMBERS)
def test_numbers_agree_with_plain_python(values: list[int | None]) -> None:
    """Counts, extremes and moments are those that Python's own statistics find."""
    found = profile_column("x", 1, column(list(values), pa.int64()))
    present = [each for each in values if each is not None]
    if not present:
        assert isinstance(found, EmptyColumn)
        return

    assert isinstance(found, NumberColumn)
    assert (found.count, found.nulls) == (len(present), len(values) - len(present))
    assert (found.distinct, found.min, found.max) == (
        len(set(present)),
        min(present),
        max(present),
    )
    assert math.isclose(found.mean, statistics.fmean(present), rel_tol=1e-9, abs_tol=1e-6)
    assert found.quantiles.q50 == statistics.median(present)
    if len(present) > 1:
        assert found.std is not None
        assert math.isclose(found.std, statistics.stdev(present), rel_tol=1e-9, abs_tol=1e-6)
    assert found.zeros == present.count(0)
    assert found.negatives == sum(each < 0 for each in present)
    assert found.histogram is None or sum(found.histogram.counts) == len(present)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_any_numbers_have_a_profile(values: list[float]) -> None:
    """No finite number, however great or small, makes a figure that JSON cannot say."""
    found = profile_column("x", 1, column(list(values), pa.float64()))

    assert isinstance(found, NumberColumn)
    json.dumps(found.model_dump(), allow_nan=False)


@given(st.lists(st.sampled_from(["a", "b", "cc", "", "é"]), min_size=1))
def test_texts(values: list[str]) -> None:
    """The top values are the most frequent ones, and equal ones stand in their order."""
    found = profile_column("x", 1, column(list(values), pa.string()))

    assert isinstance(found, TextColumn)
    counts = Counter(values)
    expected = sorted(counts.items(), key=lambda item: (-item[1], item[0].encode()))
    assert found.top == () or [(each.value, each.count) for each in found.top] == expected
    assert found.max_length == max(map(len, values))


def test_long_integers_are_exact() -> None:
    """An id of 18 digits keeps them all."""
    ids = [901656910939770881, 901674381738258432]
    found = profile_column("id", 1, column(list(ids), pa.int64()))

    assert isinstance(found, NumberColumn)
    assert (found.min, found.max) == tuple(ids)
    assert math.isclose(found.mean, sum(ids) / 2)


def test_counts_of_the_table(load: Load) -> None:
    """Rows, columns, missing cells and duplicates are counted without the origin of rows."""
    facts = profile_table(load({"a.csv": "x,y\n1,a\n1,a\n,b\n", "b.csv": "x,y\n1,a\n2,\n"})).table

    assert (facts.rows, facts.columns, facts.cells, facts.missing_cells) == (5, 2, 10, 2)
    assert (facts.duplicate_rows, facts.repeated_rows) == (2, 1)
    assert (facts.rows_read, facts.rows_rejected) == (5, 0)


def test_types(load: Load) -> None:
    """Each column is described in the way of its type."""
    text = "d,b,n,t,e\n2024-01-01,True,1.5,x,\n2024-01-02,False,2.5,y,\n2024-01-02,True,,y,\n"
    d, b, n, t, e = profile_table(load({"a.csv": text})).columns

    assert isinstance(d, DateColumn)
    assert (d.min, d.max, d.days, d.distinct) == ("2024-01-01", "2024-01-02", 1, 2)
    assert isinstance(b, BooleanColumn)
    assert (b.true, b.false) == (2, 1)
    assert isinstance(n, NumberColumn)
    assert (n.mean, n.nulls) == (2.0, 1)
    assert isinstance(t, TextColumn)
    assert [(each.value, each.count) for each in t.top] == [("y", 2), ("x", 1)]
    assert isinstance(e, EmptyColumn)


def test_times(load: Load) -> None:
    """Times are spelled as they were written, instants in UTC."""
    local, instant = profile_table(
        load(
            {
                "a.csv": "l,i\n2024-01-01 10:30:00,2024-01-01T10:30:00+02:00\n"
                "2024-01-03 00:00:00.25,2024-01-01T09:30:00Z\n"
            }
        )
    ).columns

    assert isinstance(local, DateColumn)
    assert isinstance(instant, DateColumn)
    assert (local.min, local.max) == ("2024-01-01 10:30:00", "2024-01-03 00:00:00.25")
    assert (instant.min, instant.max) == ("2024-01-01 08:30:00Z", "2024-01-01 09:30:00Z")


def alert_kinds(profile: Profile) -> dict[AlertKind, str]:
    """Return the text of each kind of alert."""
    return {alert.kind: alert.text for alert in profile.alerts}


def test_alerts_about_files(load: Load) -> None:
    """What differs from file to file is told with the file's name."""
    profile = profile_table(
        load({"a.csv": "x,y\n1,2\n3\n", "b.csv": "x,y,z\n1.5,2,3\n", "c.csv": "x\n1\n"})
    )
    found = alert_kinds(profile)

    assert found[AlertKind.REJECTED_ROWS].startswith("1 of 4 rows could not be read")
    assert "float in data/b.csv (line 2: '1.5')" in found[AlertKind.TYPE_DRIFT]
    assert found[AlertKind.MISSING_COLUMN] == "data/c.csv lacks column 'y'."
    assert found[AlertKind.EXTRA_COLUMN] == "data/b.csv alone has column 'z'."
    assert profile.alerts[0].severity is Severity.HIGH


def test_alerts_about_columns(load: Load) -> None:
    """Constant, empty, missing, keyed, zero-heavy and nearly numeric columns are told."""
    rows = "".join(
        f"k{i},same,{'' if i < 12 else i},,{0 if i < 15 else i},{'a lot' if i == 3 else i}\n"
        for i in range(20)
    )
    profile = profile_table(load({"a.csv": "key,const,miss,empty,zero,words\n" + rows}))
    found = {(alert.kind, alert.column) for alert in profile.alerts}

    assert {
        (AlertKind.UNIQUE, "key"),
        (AlertKind.CONSTANT, "const"),
        (AlertKind.MOSTLY_MISSING, "miss"),
        (AlertKind.EMPTY, "empty"),
        (AlertKind.ZEROS, "zero"),
        (AlertKind.MIXED_TYPES, "words"),
    } <= found


def test_shift_between_files(load: Load) -> None:
    """A file in another unit stands out; ids that merely count on do not."""
    files = {
        f"{name}.csv": "id,size\n"
        + "".join(f"{1000 * part + i},{factor * (5 + i % 7)}\n" for i in range(40))
        for part, (name, factor) in enumerate([("a", 1), ("b", 1), ("c", 100)])
    }
    shifts = [a for a in profile_table(load(files)).alerts if a.kind is AlertKind.SHIFT]

    assert [(alert.column, "data/c.csv" in alert.text) for alert in shifts] == [("size", True)]


def test_personal_values_are_not_in_a_profile(load: Load) -> None:
    """A column of addresses is described without showing one."""
    text = "email,n\nada@example.com,1\nada@example.com,2\nbob@example.com,3\n"
    profile = profile_table(load({"a.csv": text, "b.csv": "email,n\n7,4\n"}))

    assert profile.columns[0].personal == "email"
    assert "@" not in profile.model_dump_json()
    assert "@" not in profile_page(profile)


def test_same_table_same_bytes(load: Load) -> None:
    """The same files give the same profile, to the byte."""
    text = "x,y\n" + "".join(f"{i * 0.1},{'ab'[i % 2]}\n" for i in range(500))

    assert profile_table(load({"a.csv": text})) == profile_table(load({"a.csv": text}))


def test_page_shows_cells_as_they_are(load: Load) -> None:
    """A cell that is markup or a table's bar stays a cell."""
    page = profile_page(profile_table(load({"a.csv": "x|y\n<b>|`a`\n<b>|`a`\n"}, delimiter=",")))

    assert r"\<b>\|\`a\` (100 %)" in page
    assert r"x\|y" in page


@pytest.mark.parametrize("count", [0, 1])
def test_small_tables(load: Load, count: int) -> None:
    """Tables of no row or one row have a profile and a page."""
    profile = profile_table(load({"a.csv": "x,y\n" + "1,a\n" * count}))

    assert profile.table.rows == count
    assert "# Profile" in profile_page(profile)


def test_counts_must_add_up(load: Load) -> None:
    """A profile whose counts contradict each other is none."""
    document = json.loads(profile_table(load({"a.csv": "x\n1\n\n2\n"})).model_dump_json())
    document["table"]["rows"] = 7

    with pytest.raises(ValueError, match="do not add up"):
        Profile.model_validate(document)


def test_a_hundred_alike_do_not_hide_the_rest() -> None:
    """Of one severity, three of each kind come first, in the order of the kinds."""

    def alert(kind: AlertKind, column: int, severity: Severity = Severity.LOW) -> Alert:
        return Alert(severity=severity, kind=kind, column=f"c{column}", text="...")

    constant = [alert(AlertKind.CONSTANT, number) for number in range(5)]
    unique = [alert(AlertKind.UNIQUE, number) for number in range(4)]
    grave = alert(AlertKind.SHIFT, 9, Severity.HIGH)

    assert in_turns([*unique, *constant, grave]) == (
        *(grave, *constant[:3], *unique[:3]),
        *(*constant[3:], *unique[3:]),
    )


def test_times_of_a_day(load: Load) -> None:
    """A column of times is described, too."""
    (column,) = profile_table(load({"a.csv": "at\n09:30\n10:00\n09:30\n"})).columns

    assert (column.distinct, column.count) == (2, 3)
