"""Two files that differ are told apart by the first place at which they do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from capstone_build.asking.contrasting import contrast
from capstone_build.asking.file_change import compare_files
from capstone_build.presentation.artifact_change import content_lines

QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=10,
)


def told(folder: Path, name: str, then: bytes, now: bytes) -> tuple[str, str, str]:
    """Return what is said of two contents of one file."""
    (folder / "then").mkdir(exist_ok=True)
    (folder / "now").mkdir(exist_ok=True)
    one, other = folder / "then" / name, folder / "now" / name
    one.write_bytes(then)
    other.write_bytes(now)
    found = contrast(name, one, other)
    assert found.path == name
    return found.what, found.then, found.now


@QUIET
@given(st.binary(max_size=50), st.binary(max_size=50), st.sampled_from(["a", "a.json", "a.csv"]))
def test_whatever_they_hold_something_is_said(
    tmp_path: Path, then: bytes, now: bytes, name: str
) -> None:
    """Also where a suffix promises what the file is not."""
    assume(then != now)

    what, _, _ = told(tmp_path, name, then, now)

    assert what
    assert what != "only whether it can be run"


@QUIET
@given(JSON, JSON)
def test_a_path_into_json_leads_to_what_differs(tmp_path: Path, then: Any, now: Any) -> None:
    """And what is shown is what is there."""
    texts = [json.dumps(each, sort_keys=True) for each in (then, now)]
    assume(texts[0] != texts[1])

    what, before, after = told(tmp_path, "a.json", *(text.encode() for text in texts))

    assert what.startswith("$")
    assert before != after
    for value, text in ((before, texts[0]), (after, texts[1])):
        spelled = json.dumps(json.loads(value), sort_keys=True) if value != "nothing" else ""
        assert spelled in json.dumps(json.loads(text), sort_keys=True)


@pytest.mark.parametrize(
    ("name", "then", "now", "said"),
    [
        ("a.txt", "one\ntwo\n", "one\n2\n", ("line 2", "two", "2")),
        ("a.txt", "one\n", "one\ntwo\n", ("line 2", "nothing", "two")),
        ("a.txt", "one\n", "one", ("line 1", "one", "one (no newline)")),
        ("a.csv", "a,b\n1,2\n", "a,b\n1,3\n", ("row 1, column 'b'", "2", "3")),
        ("a.csv", "a,b\n1,2\n", "a,c\n1,2\n", ("the header", "a, b", "a, c")),
        (
            "a.csv",
            "a\n1\n2\n",
            "a\n1\n",
            ("row 2 (3 lines then, 2 now)", "2", "nothing"),
        ),
        ("a.csv", 'a,b\n"1",2\n', "a,b\n1,2\n", ("line 2", '"1",2', "1,2")),
        ("a.tsv", "a\tb\n1\t2\n", "a\tb\n1\t3\n", ("row 1, column 'b'", "2", "3")),
        ("a.json", '{"a": [1, {"b c": 2}]}', '{"a": [1, {}]}', ('$.a[1]["b c"]', "2", "nothing")),
        ("a.json", "[1]", "[1.0]", ("$[0]", "1", "1.0")),
        ("a.bin", "ab\0cd", "ab\0ce", ("byte 4 (of 5)", "", "")),
        ("a.bin", "ab\0cd", "ab\0cdef", ("byte 5 (5 bytes then, 7 now)", "", "")),
    ],
)
def test_the_first_difference_is_named(
    tmp_path: Path, name: str, then: str, now: str, said: tuple[str, str, str]
) -> None:
    """In the terms of the format."""
    assert told(tmp_path, name, then.encode(), now.encode()) == said


def test_json_that_only_looks_different_is_told_as_that(tmp_path: Path) -> None:
    """Order of keys, spaces: with the line at which it begins."""
    what, before, after = told(tmp_path, "a.json", b'{"a": 1, "b": 2}', b'{"b": 2, "a": 1}')

    assert what == "the same values, in another order of keys or with other spaces, from line 1 on"
    assert (before, after) == (
        '{"a": 1, "b": 2} (no newline)',
        '{"b": 2, "a": 1} (no newline)',
    )


def test_a_table_that_is_only_laid_out_differently_is_told_as_that(tmp_path: Path) -> None:
    """The same rows in other groups, or with other metadata."""
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = arrow.table({"a": range(100), "b": [float("nan")] * 100})
    for name, size in (("one", 10), ("other", 100)):
        parquet.write_table(table, tmp_path / f"{name}.parquet", row_group_size=size)

    found = contrast("t.parquet", tmp_path / "one.parquet", tmp_path / "other.parquet")

    assert found.what == "the same table, laid out or described in another way"


@pytest.mark.parametrize(
    ("type_", "then", "now"),
    [
        (pa.timestamp("us"), 10**18, 10**18 + 1),
        (pa.timestamp("us", "No/Where"), 1, 2),
        (pa.duration("ms"), 10**18, 10**18 + 1),
        (pa.date32(), 2**31 - 1, 2**31 - 2),
        (pa.float64(), 1e308, -1e308),
    ],
)
def test_a_table_of_what_python_cannot_hold_is_contrasted_all_the_same(
    tmp_path: Path, type_: pa.DataType, then: float, now: float
) -> None:
    """If only by its bytes: a date too far away is no reason not to say why a stage runs."""
    files = tmp_path / "then.parquet", tmp_path / "now.parquet"
    for file, value in zip(files, (then, now), strict=True):
        # More than one, for a mean.
        parquet.write_table(pa.table({"column": pa.array([value] * 2, type_)}), file)

    assert [*content_lines(compare_files("a.parquet", *files))]
    assert contrast("a.parquet", *files).what


def test_a_nan_in_json_is_what_it_was(tmp_path: Path) -> None:
    """Though it does not equal itself."""
    then, now = b'{"a": NaN, "b": 1}', b'{"a": NaN, "b": 2}'

    assert told(tmp_path, "a.json", then, now) == ("$.b", "1", "2")
